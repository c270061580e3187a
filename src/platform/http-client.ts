import pRetry, { AbortError } from 'p-retry'
import { setTimeout as sleep } from 'node:timers/promises'

/** How patient the client is with a source. All times in milliseconds. */
export interface Patience {
  /** Attempts after the first one, not counting those that a source asks for with `Retry-After`. */
  retries: number
  /** How many times in a row a source may ask to wait. */
  retryAfters: number
  /** First backoff; doubled each time, with jitter, up to `maxBackoffMs`. */
  minBackoffMs: number
  maxBackoffMs: number
  /** The longest `Retry-After` that is waited for; a source that asks for more is left alone until the next run. */
  maxRetryAfterMs: number
  /** For one attempt, body included. */
  timeoutMs: number
  maxBytes: number
}

export const defaultPatience: Patience = {
  retries: 6,
  retryAfters: 20,
  minBackoffMs: 250,
  maxBackoffMs: 20_000,
  maxRetryAfterMs: 300_000,
  timeoutMs: 60_000,
  maxBytes: 64 * 1024 * 1024,
}

/** A source that could not be read, after all retries. `message` says what it answered, without its body. */
export class SourceError extends Error {
  override name = 'SourceError'
  /** The status of its last answer, where it answered. */
  readonly status: number | null
  /** How long it asked to be left alone, where it asked for longer than was waited. */
  readonly retryAfterMs: number | null
  constructor(message: string, status: number | null = null, retryAfterMs: number | null = null) {
    super(message)
    this.status = status
    this.retryAfterMs = retryAfterMs
  }
}

/** A failure that may pass. */
class Refusal extends SourceError {}

const passes = (status: number) => status >= 500 || [408, 425, 429].includes(status)

/** The body of an answer is not what its reader reads. It is asked for again, and never repeated in an error. */
class UnreadableBody extends Error {}

/** Types of an answer that may hold JSON. A page of a firewall or a portal comes as `text/html`, with 200. */
const mayBeJson = /^(application\/(\w[\w.+-]*\+)?json|text\/(json|plain)|application\/octet-stream)\b/i

/** GETs a URL and parses its JSON, as `getBody` reads it. @throws SourceError */
export async function getJson(
  url: URL,
  options: { token?: string | undefined; patience?: Patience; signal?: AbortSignal | undefined },
): Promise<unknown> {
  return getBody(url, options, async (body) => parseJson(body))
}

/** @throws UnreadableBody for what is no JSON */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8').decode(body)) as unknown
  } catch {
    throw new UnreadableBody()
  }
}

/**
 * GETs a URL that answers with JSON, and reads its bytes. Retries what may pass (lost connections, timeouts, 408, 425,
 * 429, 5xx, a body that breaks off, is of another type or cannot be read) with exponential backoff and jitter, and never
 * sooner than `Retry-After` (RFC 9110 10.2.3) asks, in seconds or as a date. A body that unpacks to more than `maxBytes`
 * and any other status end at once.
 * @param read throws UnreadableBody when the bytes are not whole
 * @throws SourceError
 */
export async function getBody<Result>(
  url: URL,
  options: { token?: string | undefined; patience?: Patience; signal?: AbortSignal | undefined },
  read: (body: Buffer) => Promise<Result>,
): Promise<Result> {
  const patience = options.patience ?? defaultPatience
  // fetch refuses such an address too, with a message that repeats the password.
  if (url.username !== '' || url.password !== '') {
    throw new SourceError(`${where(url)}: credentials stand in a token, not in the address`)
  }
  let waits = 0
  try {
    const once = () =>
      attempt(url, options.token, patience, options.signal)
        .catch(nameConnectionFault(url))
        .then((body) => readWith(read, body, url))
    return await pRetry(once, {
      retries: patience.retries,
      minTimeout: patience.minBackoffMs,
      maxTimeout: patience.maxBackoffMs,
      randomize: true,
      ...(options.signal && { signal: options.signal }),
      onFailedAttempt: async ({ error }) => {
        const retryAfterMs = error instanceof Refusal ? error.retryAfterMs : null
        if (retryAfterMs === null) return
        waits += 1
        if (waits > patience.retryAfters || retryAfterMs > patience.maxRetryAfterMs) {
          const said = `${error.message}, and asks to come back in ${Math.ceil(retryAfterMs / 1000)} s`
          throw new SourceError(said, error instanceof SourceError ? error.status : null, retryAfterMs)
        }
        const jitter = Math.random() * patience.minBackoffMs
        await sleep(retryAfterMs + jitter, undefined, { signal: options.signal })
      },
      shouldConsumeRetry: ({ error }) => !(error instanceof Refusal && error.retryAfterMs !== null),
    })
  } catch (error) {
    options.signal?.throwIfAborted()
    throw error
  }
}

/** A connection that cannot be made, breaks off or takes too long may pass; p-retry takes some of these for bugs. */
function nameConnectionFault(url: URL): (error: unknown) => never {
  return (error) => {
    if (error instanceof SourceError || error instanceof AbortError) throw error
    throw new Refusal(`${where(url)} could not be read: ${reasonOf(error)}`)
  }
}

async function readWith<Result>(read: (body: Buffer) => Promise<Result>, body: Buffer, url: URL): Promise<Result> {
  try {
    return await read(body)
  } catch (error) {
    if (error instanceof UnreadableBody) throw new Refusal(`${where(url)} answered with something that is no JSON`, 200)
    // A fault of ours is not asked for again.
    throw new AbortError(error instanceof Error ? error : String(error))
  }
}

async function attempt(
  url: URL,
  token: string | undefined,
  patience: Patience,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  // Not AbortSignal.any: on Node 20 a signal that lives long keeps every one made of it.
  const ending = new AbortController()
  const abort = () => ending.abort(signal?.reason)
  const timer = setTimeout(() => ending.abort(new Error(`timeout after ${patience.timeoutMs} ms`)), patience.timeoutMs)
  signal?.addEventListener('abort', abort)
  try {
    signal?.throwIfAborted()
    return await fetchBody(url, token, patience, ending.signal)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

async function fetchBody(
  url: URL,
  token: string | undefined,
  patience: Patience,
  signal: AbortSignal,
): Promise<Buffer> {
  const response = await fetch(url, {
    headers: {
      accept: 'application/json',
      'user-agent': 'xinjian',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    // Not followed: a redirect could carry the token to another host.
    redirect: 'manual',
    signal,
  })
  if (!response.ok) {
    await response.body?.cancel()
    const said = `${where(url)} answered ${response.status}`
    if (!passes(response.status)) throw new AbortError(new SourceError(said, response.status))
    throw new Refusal(said, response.status, retryAfterMs(response.headers.get('retry-after'), Date.now()))
  }
  const type = response.headers.get('content-type')
  if (type !== null && !mayBeJson.test(type)) {
    await response.body?.cancel()
    throw new Refusal(`${where(url)} answered with something that is no JSON`, response.status)
  }
  return readBounded(response, url, patience.maxBytes)
}

/** Counts the bytes as they are unpacked, so that a small body that unpacks to gigabytes is given up early. */
async function readBounded(response: Response, url: URL, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).byteLength
    if (bytes > maxBytes)
      throw new AbortError(new SourceError(`${where(url)} answered with more than ${maxBytes} bytes`))
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, bytes)
}

/** The wait that a `Retry-After` header asks for, or null when it is missing or is neither seconds nor a date. */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}

/** Without the query, which holds cursors, and without credentials. */
function where(url: URL): string {
  return `${url.origin}${url.pathname}`
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}
