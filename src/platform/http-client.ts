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

const defaultPatience: Patience = {
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
  constructor(message: string, status: number | null = null) {
    super(message)
    this.status = status
  }
}

/** A failure that may pass. */
class Refusal extends SourceError {
  readonly retryAfterMs: number | null
  constructor(message: string, status: number | null, retryAfterMs: number | null) {
    super(message, status)
    this.retryAfterMs = retryAfterMs
  }
}

const passes = (status: number) => status >= 500 || [408, 425, 429].includes(status)

/**
 * GETs a URL and parses its JSON. Retries what may pass (lost connections, timeouts, 408, 425, 429, 5xx, a body that
 * breaks off or is no JSON) with exponential backoff and jitter, and never sooner than `Retry-After` (RFC 9110 10.2.3)
 * asks, in seconds or as a date. A body over `maxBytes` and any other status end at once.
 * @throws SourceError
 */
export async function getJson(
  url: URL,
  options: { token?: string | undefined; patience?: Patience; signal?: AbortSignal | undefined },
): Promise<unknown> {
  const patience = options.patience ?? defaultPatience
  // fetch refuses such an address too, with a message that repeats the password.
  if (url.username !== '' || url.password !== '') {
    throw new SourceError(`${where(url)}: credentials stand in a token, not in the address`)
  }
  let waits = 0
  try {
    return await pRetry(() => attempt(url, options.token, patience, options.signal).catch(nameConnectionFault(url)), {
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
          throw new SourceError(`${error.message}, and asks to come back in ${Math.ceil(retryAfterMs / 1000)} s`)
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
    throw new Refusal(`${where(url)} could not be read: ${reasonOf(error)}`, null, null)
  }
}

async function attempt(
  url: URL,
  token: string | undefined,
  patience: Patience,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const timeout = AbortSignal.timeout(patience.timeoutMs)
  const response = await fetch(url, {
    headers: {
      accept: 'application/json',
      'user-agent': 'xinjian',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    // Not followed: a redirect could carry the token to another host.
    redirect: 'manual',
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  })
  if (!response.ok) {
    await response.body?.cancel()
    const said = `${where(url)} answered ${response.status}`
    if (!passes(response.status)) throw new AbortError(new SourceError(said, response.status))
    throw new Refusal(said, response.status, retryAfterMs(response.headers.get('retry-after'), Date.now()))
  }
  const text = await readBounded(response, url, patience.maxBytes)
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new Refusal(`${where(url)} answered with something that is no JSON`, response.status, null)
  }
}

async function readBounded(response: Response, url: URL, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).byteLength
    if (bytes > maxBytes)
      throw new AbortError(new SourceError(`${where(url)} answered with more than ${maxBytes} bytes`))
    chunks.push(chunk)
  }
  return new TextDecoder('utf-8').decode(Buffer.concat(chunks))
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
