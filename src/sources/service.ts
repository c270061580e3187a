import type { Db, DbOrTx, Tx } from '../platform/db.ts'
import { SourceError, type Patience } from '../platform/http-client.ts'
import type { TakenCounts } from '../registry/service.ts'
import { takers } from './collection.ts'
import { downloadPage, type Page, type Source } from './download.ts'
import { instant, type RefusedRecord } from './read.ts'
import {
  findCheckpoint,
  insertQuarantined,
  listQuarantined,
  listUsccsInQuarantine,
  resolveById,
  resolveQuarantined,
  upsertCheckpoint,
  type Checkpoint,
} from './repository.ts'
import type { Collection, QuarantineReason } from './vocabulary.ts'

/** What became of the records of a pull or an import. */
export interface RecordCounts extends TakenCounts {
  records: number
  quarantined: Partial<Record<QuarantineReason, number>>
}

export interface PullCounts extends RecordCounts {
  pages: number
  /** Records that had waited in quarantine for their business and were taken now. */
  retried: number
}

export const noRecords = (): RecordCounts => ({
  records: 0,
  new: 0,
  changed: 0,
  unchanged: 0,
  older: 0,
  quarantined: {},
})

/**
 * Takes raw records inside the caller's transaction: the good ones into the registry, the others into quarantine with
 * the reason. Adds to `counts`, and answers the records that were refused.
 */
export async function takeRecords(
  tx: Tx,
  collection: Collection,
  raws: readonly unknown[],
  now: Date,
  counts: RecordCounts,
): Promise<readonly RefusedRecord[]> {
  const taken = await takers[collection](tx, raws, now)
  await insertQuarantined(tx, collection, taken.refused, now)
  await resolveQuarantined(tx, collection, taken.takenIds)
  counts.records += raws.length
  for (const outcome of ['new', 'changed', 'unchanged', 'older'] as const) counts[outcome] += taken.counts[outcome]
  for (const { reason } of taken.refused) counts.quarantined[reason] = (counts.quarantined[reason] ?? 0) + 1
  return taken.refused
}

/** Which of these businesses have a record of the collection in quarantine, and so must not be judged by its absence. */
export async function usccsInQuarantine(
  db: DbOrTx,
  collection: Collection,
  usccs: readonly string[],
): Promise<Set<string>> {
  return new Set(await listUsccsInQuarantine(db, collection, usccs))
}

/** When the last complete pull of a collection began; null when there was none. */
export async function lastCompletePull(db: DbOrTx, collection: Collection): Promise<Date | null> {
  const checkpoint = await findCheckpoint(db, collection)
  return checkpoint?.completedAt == null ? null : new Date(checkpoint.completedAt)
}

const retryBatch = 1000

/** Tries again what waited for its business to be registered. Answers how many records were taken. */
export async function retryUnknownSubjects(db: Db, collection: Collection, now: Date): Promise<number> {
  let taken = 0
  let after: string | null = null
  for (;;) {
    const waiting = await listQuarantined(db, collection, 'unknown-subject', after, retryBatch)
    const last = waiting.at(-1)
    if (last === undefined) return taken
    after = last.id
    const raws = waiting.map((record) => JSON.parse(record.raw) as unknown)
    taken += await db.transaction(async (tx) => {
      const { refused } = await takers[collection](tx, raws, now)
      const stillRefused = new Set(refused.map((record) => record.raw))
      const settled = waiting.filter((_, i) => !stillRefused.has(raws[i])).map((record) => record.id)
      await resolveById(tx, settled)
      return settled.length
    })
  }
}

export interface PullOptions {
  db: Db
  collection: Collection
  source: Source
  now: () => Date
  patience?: Patience | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((counts: PullCounts) => void | Promise<void>) | undefined
}

/**
 * A pull asks again for the last minutes before the watermark: a source may commit a record late, with an `updatedAt`
 * that it has already passed (style.md trap 10). Records that come twice change nothing.
 */
const overlapMs = 10 * 60_000
/** A source that goes on for so long without a record is not going to end. */
const maxEmptyPages = 100

/**
 * Pulls what has changed in a collection since the last complete pull, page by page. Each page commits with the
 * checkpoint that follows it, so a pull that is killed goes on where it stopped.
 * @throws SourceError when the source cannot be read or does not keep to the protocol; what was taken stays taken
 */
export async function pullCollection(options: PullOptions): Promise<PullCounts> {
  const { db, collection, now } = options
  const startedAt = now().toISOString()
  const counts: PullCounts = { pages: 0, ...noRecords(), retried: await retryUnknownSubjects(db, collection, now()) }
  let checkpoint = await findCheckpoint(db, collection)
  let resumed = checkpoint?.cursor != null
  let beganEarlier = resumed
  if (!resumed) checkpoint = beginPull(checkpoint)
  let at = checkpoint ?? beginPull(null)
  const seenCursors = new Set<string>()
  let emptyPages = 0

  for (;;) {
    options.signal?.throwIfAborted()
    let page: Page
    try {
      page = await downloadPage(options.source, collection, at, options)
    } catch (error) {
      const refused =
        error instanceof SourceError && error.status !== null && error.status < 500 && error.status !== 429
      if (!resumed || !refused) throw error
      // The source no longer knows the cursor of the pull that was broken off: walk again from its beginning.
      resumed = false
      beganEarlier = false
      at = { ...at, cursor: null }
      continue
    }
    resumed = false
    counts.pages += 1
    emptyPages = page.items.length === 0 ? emptyPages + 1 : 0
    if (page.next !== null && (seenCursors.has(page.next) || emptyPages >= maxEmptyPages)) {
      throw new SourceError(`the source of ${collection} goes round in circles: cursor ${page.next.slice(0, 80)}`)
    }
    const next = advance(at, page, startedAt, beganEarlier)
    await db.transaction(async (tx) => {
      await takeRecords(tx, collection, page.items, now(), counts)
      await upsertCheckpoint(tx, collection, next)
    })
    await options.onProgress?.(counts)
    if (page.next !== null) {
      seenCursors.add(page.next)
      at = next
    } else if (beganEarlier) {
      // What changed on the pages that an earlier run walked is seen by a walk that begins now.
      beganEarlier = false
      seenCursors.clear()
      at = beginPull(next)
    } else {
      return counts
    }
  }
}

/** A new walk from a little before the watermark. */
function beginPull(last: Checkpoint | null): Checkpoint {
  const watermark = last?.watermark ?? null
  return {
    watermark,
    updatedSince: watermark === null ? null : new Date(Date.parse(watermark) - overlapMs).toISOString(),
    cursor: null,
    highestUpdatedAt: null,
    completedAt: last?.completedAt ?? null,
  }
}

/** The checkpoint after a page; after the last one the watermark moves to the newest record of the walk. */
function advance(at: Checkpoint, page: Page, startedAt: string, beganEarlier: boolean): Checkpoint {
  const highestUpdatedAt = newestOf(at.highestUpdatedAt, ...page.items.map(updatedAtOf))
  if (page.next !== null) return { ...at, cursor: page.next, highestUpdatedAt }
  // A record stamped with a time to come must not shut out those that are written until then.
  const reached = highestUpdatedAt !== null && highestUpdatedAt > startedAt ? startedAt : highestUpdatedAt
  return {
    watermark: newestOf(at.watermark, reached),
    updatedSince: null,
    cursor: null,
    highestUpdatedAt: null,
    completedAt: beganEarlier ? at.completedAt : startedAt,
  }
}

function newestOf(...instants: (string | null)[]): string | null {
  return instants.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null)
}

function updatedAtOf(item: unknown): string | null {
  return instant.safeParse((item as { updatedAt?: unknown } | null)?.updatedAt).data ?? null
}
