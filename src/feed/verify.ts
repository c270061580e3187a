import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { isDeepStrictEqual } from 'node:util'
import type { JSONWebKeySet } from 'jose'
import type { Db } from '../platform/db.ts'
import { getJson } from '../platform/http-client.ts'
import { verifySigned } from '../platform/signing.ts'
import { BrokenChain, verifyCheckpoints, verifyEnd, verifyNext, type Checkpoint } from './chain.ts'
import { emptyHead, type Head } from './domain.ts'
import { findMislabelledEvent, listEvents } from './repository.ts'

/** What a verification went through: the head of the log, and how many signed checkpoints it agrees with. */
export interface VerifiedFeed extends Head {
  checkpoints: number
}

export type OnProgress = (progress: { position: number }) => void

/** Something to verify with that cannot be read or is none. */
export class VerifyInputError extends Error {
  override name = 'VerifyInputError'
}

/**
 * Verifies a log from its first event to its last: positions contiguous from 1, the hash chain, the signatures of
 * checkpoints and that the log agrees with them.
 * @throws BrokenChain naming the first position at which it does not
 */
async function verifyLog(
  pages: AsyncIterable<readonly unknown[]>,
  checkpoints: readonly Checkpoint[],
  jwks: JSONWebKeySet,
  onProgress: OnProgress,
): Promise<VerifiedFeed> {
  for (const checkpoint of checkpoints) await verifySignature(checkpoint, jwks)
  let head = emptyHead
  verifyCheckpoints(head, checkpoints)
  for await (const events of pages) {
    for (const event of events) {
      head = verifyNext(head, event)
      verifyCheckpoints(head, checkpoints)
    }
    onProgress({ position: head.position })
  }
  verifyEnd(head, checkpoints)
  return { ...head, checkpoints: checkpoints.length }
}

/**
 * Checks that a checkpoint says what was signed, by one of the keys.
 * @throws BrokenChain
 */
export async function verifySignature({ signature, ...statement }: Checkpoint, jwks: JSONWebKeySet): Promise<void> {
  const { position, hash, createdAt } = statement
  const signed = await verifySigned(signature, jwks).catch(() => {
    throw new BrokenChain(position, 'the checkpoint was signed by none of the keys')
  })
  if (!isDeepStrictEqual(signed, { position, hash, createdAt })) {
    throw new BrokenChain(position, 'the checkpoint says something else than was signed')
  }
}

/**
 * Verifies what a service gives out at this moment, its signed checkpoint included.
 * @param options.jwks file or URL of the keys; those of the service itself without it
 * @param options.checkpoints file of checkpoints kept from earlier: they hold even against a service that rewrote its log
 * @throws BrokenChain, SourceError, VerifyInputError
 */
export async function verifyService(
  url: string,
  options: { key: string | undefined; jwks: string | undefined; checkpoints: string | undefined },
  onProgress: OnProgress,
): Promise<VerifiedFeed> {
  const get = (path: string) => getJson(new URL(`${url.replace(/(?<!\/)\/+$/, '')}${path}`), { token: options.key })
  const jwks = options.jwks === undefined ? await get('/.well-known/jwks.json') : await readKeySet(options.jwks)
  const newest = (await get('/v1/feed/checkpoint')) as Checkpoint
  async function* pages() {
    for (let after = 0; after < newest.position;) {
      const page = (await get(`/v1/feed/events?after=${after}&limit=1000`)) as { events: unknown[]; next: number }
      if (page.events.length === 0) return
      // Contiguous or refused, so the count is the position.
      after += page.events.length
      yield page.events
    }
  }
  const kept = await readCheckpoints(options.checkpoints)
  return verifyLog(pages(), [...kept, newest], jwks as JSONWebKeySet, onProgress)
}

/** What a saved copy holds, one event a line, in pages; a line that is no JSON comes as null. */
export async function* eventsOfFile(file: string): AsyncGenerator<unknown[]> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity })
  let events: unknown[] = []
  for await (const line of lines) {
    if (line.trim() === '') continue
    events.push(parseJson(line))
    if (events.length < 1000) continue
    yield events
    events = []
  }
  yield events
}

/**
 * Verifies a saved copy: one event a line, from the first on. Without a checkpoint nobody can tell whether its end is
 * missing.
 * @throws BrokenChain, VerifyInputError, or the error of the file system
 */
export async function verifyFile(
  file: string,
  options: { jwks: string | undefined; checkpoints: string | undefined },
  onProgress: OnProgress,
): Promise<VerifiedFeed> {
  const { checkpoints, jwks } = await readKept(options)
  return verifyLog(eventsOfFile(file), checkpoints, jwks, onProgress)
}

/**
 * Verifies the log in the database, and that its columns say what the events say.
 * @throws BrokenChain, VerifyInputError
 */
export async function verifyDatabase(
  db: Db,
  options: { jwks: string | undefined; checkpoints: string | undefined },
  onProgress: OnProgress,
): Promise<VerifiedFeed> {
  async function* pages() {
    for (let after = 0; ;) {
      const { events } = await listEvents(db, after, 1000, {})
      if (events.length === 0) return
      after += events.length
      yield events
    }
  }
  const { checkpoints, jwks } = await readKept(options)
  const verified = await verifyLog(pages(), checkpoints, jwks, onProgress)
  const mislabelled = await findMislabelledEvent(db)
  if (mislabelled !== null) {
    throw new BrokenChain(mislabelled, 'the columns beside the event say something else than it does')
  }
  return verified
}

/**
 * The checkpoints of a file, with the keys that they are verified with.
 * @throws VerifyInputError when there are checkpoints and no keys, or something else in the files
 */
export async function readKept(options: { jwks: string | undefined; checkpoints: string | undefined }) {
  const checkpoints = await readCheckpoints(options.checkpoints)
  if (checkpoints.length > 0 && options.jwks === undefined) {
    throw new VerifyInputError('a checkpoint is verified with keys: give them with --jwks')
  }
  return { checkpoints, jwks: options.jwks === undefined ? { keys: [] } : await readKeySet(options.jwks) }
}

async function readKeySet(fileOrUrl: string): Promise<JSONWebKeySet> {
  const keys = /^https?:\/\//.test(fileOrUrl)
    ? await getJson(new URL(fileOrUrl), {})
    : parseJson(await readFile(fileOrUrl, 'utf8'))
  if (Array.isArray((keys as Partial<JSONWebKeySet> | null)?.keys)) return keys as JSONWebKeySet
  throw new VerifyInputError(`${fileOrUrl} is no JWK set`)
}

/** One checkpoint, or one a line. */
async function readCheckpoints(file: string | undefined): Promise<Checkpoint[]> {
  if (file === undefined) return []
  const text = await readFile(file, 'utf8')
  const whole = parseJson(text)
  const all = whole === null ? text.split('\n').filter((line) => line.trim() !== '') : []
  const checkpoints = (whole === null ? all.map(parseJson) : [whole]) as (Checkpoint | null)[]
  return checkpoints.map((checkpoint) => {
    if (Number.isInteger(checkpoint?.position) && typeof checkpoint?.signature === 'string') return checkpoint
    throw new VerifyInputError(`${file} has something else than checkpoints in it`)
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
