import { v7 as uuidv7 } from 'uuid'
import type { Db, Tx } from '../platform/db.ts'
import { defaultPatience, SourceError, type Patience } from '../platform/http-client.ts'
import { takers, type ReadRecords } from './collection.ts'
import {
  advance,
  beginWalk,
  countOverlap,
  defaultGuards,
  newestOf,
  shrunkFault,
  unreadableFault,
  type Checkpoint,
  type Guards,
} from './domain.ts'
import { downloadPage, parsePage, type Download, type Source } from './download.ts'
import { keepBytes, packParts } from './raw-bytes.ts'
import { findSettledPage, insertIntake } from './raw-repository.ts'
import { findCheckpoint, upsertCheckpoint } from './repository.ts'
import { admitPull, recordFailure, SourceStopped, stopSource } from './source-state.ts'
import { lockState, updateState, type SourceState } from './state-repository.ts'
import { addTaken, noRecords, retryUnknownSubjects, settleTaken, type RecordCounts } from './take.ts'
import type { Collection, StopReason } from './vocabulary.ts'

export interface PullCounts extends RecordCounts {
  pages: number
  /** Records that had waited in quarantine for their business and were taken now. */
  retried: number
}

export interface PullOptions {
  db: Db
  collection: Collection
  source: Source
  now: () => Date
  /** The run of a job that it belongs to. */
  runId?: string | undefined
  guards?: Partial<Guards> | undefined
  patience?: Patience | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((counts: PullCounts) => void | Promise<void>) | undefined
}

/** A page that was downloaded and read, and waits to be taken. */
interface ReadPage extends Download {
  next: string | null
  records: number
  newestUpdatedAt: string | null
  updatedAts: string[]
  /** Null when the very same bytes were taken before, by the same parser: nothing is left to do. */
  read: ReadRecords | null
  packed: Buffer[] | null
}

/** A source that goes on for so long without a record is not going to end. */
const maxEmptyPages = 100
/** Sources may repeat items across pages; a page that comes so often in a row will come for ever. */
const maxSamePages = 5
/** How often in one run a source may forget the cursors that it gave out. */
const maxAnew = 3

/**
 * Pulls what has changed in a collection since the last complete pull, page by page. Each page commits with its bytes and
 * the checkpoint that follows it, so a pull that is killed goes on where it stopped. While a page is written the next one
 * is downloaded and read.
 * @throws SourceStopped when the source is stopped, or is now: it has shrunk, repeats itself, or cannot be read
 * @throws SourceError when the source is left alone for a while, cannot be read or does not keep to the protocol; what was
 * taken stays taken
 */
export async function pullCollection(options: PullOptions): Promise<PullCounts> {
  const { db, collection, now } = options
  const guards = { ...defaultGuards, ...options.guards }
  const { state, isProbe } = await admitPull(db, collection, now(), guards)
  const counts: PullCounts = { pages: 0, ...noRecords(), retried: await retryUnknownSubjects(db, collection, now()) }
  const ending = new AbortController()
  const abort = () => ending.abort(options.signal?.reason)
  options.signal?.addEventListener('abort', abort)
  try {
    options.signal?.throwIfAborted()
    await walk({ ...options, guards, signal: ending.signal }, state, isProbe, counts)
    return counts
  } catch (error) {
    if (error instanceof SourceError && !(error instanceof SourceStopped)) {
      await recordFailure(db, collection, error, now(), guards)
    }
    throw error
  } finally {
    // A page that is being downloaded ahead is of no use any more.
    options.signal?.removeEventListener('abort', abort)
    ending.abort()
  }
}

async function walk(
  options: PullOptions & { guards: Guards; signal: AbortSignal },
  known: SourceState,
  isProbe: boolean,
  counts: PullCounts,
): Promise<void> {
  const { db, collection, now, guards, signal } = options
  const startedAt = now().toISOString()
  const last = await findCheckpoint(db, collection)
  let beganEarlier = last?.cursor != null
  let at = last !== null && beganEarlier ? last : beginWalk(last)
  const overlap = countOverlap()
  const circles = watchForCircles()
  let anew = 0
  let unreadable = 0
  let read = 0
  let isFirst = true
  const download = (from: Checkpoint, patience = options.patience) => {
    const page = readPage(options, from, patience)
    // Its fault is told when it is waited for.
    page.catch(() => undefined)
    return page
  }
  // A source that was left alone is asked once, and not again and again.
  let ahead = download(
    at,
    isProbe ? { ...(options.patience ?? defaultPatience), retries: 0, retryAfters: 0 } : options.patience,
  )

  for (;;) {
    signal.throwIfAborted()
    let page: ReadPage
    try {
      page = await ahead
    } catch (error) {
      if (at.cursor === null || !isRefusal(error) || anew >= maxAnew) throw error
      // The source no longer knows its cursor: walk again from the beginning of this walk, which is passed over quickly.
      anew += 1
      beganEarlier = false
      circles.clear()
      overlap.clear()
      at = { ...at, cursor: null, walkRecords: 0 }
      ahead = download(at)
      continue
    }
    counts.pages += 1
    read += page.records
    unreadable += page.read?.unreadable ?? 0
    overlap.add(page.updatedAts)
    const isLast = page.next === null
    const circle = circles.see(page)
    const next = advance(at, page, startedAt, beganEarlier)
    const fault = faultOf({ circle, at, page, read, unreadable, isLast, known, guards })
    if (fault === null && !isLast) ahead = download(next)

    await db.transaction(async (tx) => {
      const records = await takePage(tx, options, at, page, fault)
      if (fault !== null) {
        // What is not trusted completes nothing: the watermark stays, and after a person has resumed it is walked anew.
        await upsertCheckpoint(
          tx,
          collection,
          fault.reason === 'unreadable' ? at : { ...beginWalk(at), updatedSince: null },
        )
        await stopSource(tx, collection, fault, { now: now(), runId: options.runId ?? null })
      } else {
        await upsertCheckpoint(tx, collection, next)
        known = await saveState(tx, collection, known, {
          isFirst,
          added: records?.new ?? 0,
          completed: isLast
            ? {
                from: at,
                moved: next.watermark !== at.watermark,
                overlap: overlap.since(next.watermark),
                records: at.walkRecords + page.records,
              }
            : null,
        })
      }
      if (records === null) addUnchanged(counts, page.records)
      else mergeCounts(counts, records)
    })
    isFirst = false
    await options.onProgress?.(counts)
    if (fault !== null) throw new SourceStopped(collection, fault)
    if (!isLast) {
      at = next
      continue
    }
    if (!beganEarlier) return
    // What changed on the pages that an earlier run walked is seen by a walk that begins now.
    beganEarlier = false
    circles.clear()
    overlap.clear()
    at = beginWalk(next)
    ahead = download(at)
  }
}

/** Whether a source says that it does not know what it was asked for. */
function isRefusal(error: unknown): boolean {
  return error instanceof SourceError && error.status !== null && [400, 404, 409, 410, 422].includes(error.status)
}

/** Downloads a page and reads it, unless the very same bytes were taken before. */
async function readPage(
  options: PullOptions & { signal: AbortSignal },
  at: Checkpoint,
  patience: Patience | undefined,
): Promise<ReadPage> {
  const { db, source, collection, signal } = options
  const taker = takers[collection]
  return downloadPage(source, collection, at, { patience, signal }, async (downloaded) => {
    const before = await findSettledPage(db, collection, downloaded.sha256, taker.parserVersion)
    if (before !== null) {
      const { next, records, newestUpdatedAt } = before
      // When the others were changed is not known without reading them: too few are expected again, and never too many.
      const updatedAts = newestUpdatedAt === null ? [] : [newestUpdatedAt]
      return { ...downloaded, next, records, newestUpdatedAt, updatedAts, read: null, packed: null }
    }
    const packing = packParts(downloaded.body)
    const { items, next } = parsePage(downloaded.body, downloaded.location)
    const read = taker.read(items)
    const newestUpdatedAt = newestOf(...read.updatedAts)
    const { updatedAts } = read
    return { ...downloaded, next, records: items.length, newestUpdatedAt, updatedAts, read, packed: await packing }
  })
}

interface Fault {
  reason: StopReason
  detail: string
}

/** Why this page is the last that is taken of the source until a person has looked, or null. */
function faultOf(seen: {
  circle: string | null
  at: Checkpoint
  page: ReadPage
  read: number
  unreadable: number
  isLast: boolean
  known: SourceState
  guards: Guards
}): Fault | null {
  const { circle, at, page, read, unreadable, isLast, known, guards } = seen
  if (circle !== null) return { reason: 'repeating', detail: circle }
  if (known.accepted !== 'unreadable') {
    const detail = unreadableFault({ records: read, unreadable }, guards)
    if (detail !== null) return { reason: 'unreadable', detail }
  }
  if (!isLast || known.accepted === 'shrunk') return null
  const walked = { fromTheBeginning: at.updatedSince === null, records: at.walkRecords + page.records }
  const detail = shrunkFault(walked, known, guards)
  return detail === null ? null : { reason: 'shrunk', detail }
}

/** Sees when a source goes round: the same cursor twice in a walk, the same page or no record at all many times in a row. */
function watchForCircles() {
  const cursors = new Set<string>()
  let empty = 0
  let same = 0
  let before = ''
  return {
    see(page: ReadPage): string | null {
      empty = page.records === 0 ? empty + 1 : 0
      // Without the cursor, which may be another each time.
      const mark = page.read?.mark ?? page.sha256
      same = mark === before && page.records > 0 ? same + 1 : 0
      before = mark
      if (page.next === null) return null
      const known = cursors.has(page.next)
      cursors.add(page.next)
      if (known || empty >= maxEmptyPages || same >= maxSamePages) return `cursor ${page.next.slice(0, 80)}`
      return null
    },
    clear() {
      cursors.clear()
      empty = same = 0
      before = ''
    },
  }
}

/** Takes a page with its bytes. Answers what became of its records, or null when nothing was left to do. */
async function takePage(
  tx: Tx,
  options: PullOptions & { guards: Guards },
  at: Checkpoint,
  page: ReadPage,
  fault: Fault | null,
): Promise<RecordCounts | null> {
  const { collection } = options
  const now = options.now()
  const counts = noRecords()
  await keepBytes(tx, { ...page, now })
  if (page.read !== null) {
    const taken = await page.read.take(tx, now)
    // When a source has changed its form, all of its records are refused: some of them show it as well.
    if (fault?.reason === 'unreadable') taken.refused.splice(options.guards.quarantinedOfLastPage)
    await settleTaken(tx, collection, taken, now)
    addTaken(counts, page.records, taken)
  }
  const refused = Object.values(counts.quarantined).reduce((sum, count) => sum + count, 0)
  await insertIntake(tx, {
    id: uuidv7(),
    collection,
    origin: 'pull',
    sha256: page.sha256,
    location: page.location,
    updatedSince: at.updatedSince,
    cursor: at.cursor,
    next: page.next,
    runId: options.runId ?? null,
    parserVersion: takers[collection].parserVersion,
    receivedAt: now.toISOString(),
    records: page.records,
    refused,
    newestUpdatedAt: page.newestUpdatedAt,
    // A record stamped with a time to come is judged anew when the time has come.
    settled: refused === 0 && fault === null && (page.newestUpdatedAt ?? '') <= now.toISOString(),
  })
  return page.read === null ? null : counts
}

function addUnchanged(counts: PullCounts, records: number): void {
  counts.records += records
  counts.unchanged += records
}

function mergeCounts(counts: PullCounts, page: RecordCounts): void {
  for (const name of ['records', 'new', 'changed', 'unchanged', 'older'] as const) counts[name] += page[name]
  for (const [reason, count] of Object.entries(page.quarantined) as [keyof typeof page.quarantined, number][]) {
    counts.quarantined[reason] = (counts.quarantined[reason] ?? 0) + count
  }
}

/** Keeps what is known of the source with the page that tells it. */
async function saveState(
  tx: Tx,
  collection: Collection,
  known: SourceState,
  page: {
    isFirst: boolean
    added: number
    completed: { from: Checkpoint; moved: boolean; overlap: number; records: number } | null
  },
): Promise<SourceState> {
  const { isFirst, added, completed } = page
  const heals = isFirst && (known.failures > 0 || known.retryAt !== null)
  if (!heals && added === 0 && completed === null) return known
  const held = await lockState(tx, collection)
  let { heldRecords, overlapRecords, accepted } = held
  heldRecords += added
  if (completed !== null) {
    const fromTheBeginning = completed.from.updatedSince === null
    if (fromTheBeginning) {
      heldRecords = accepted === 'shrunk' ? completed.records : Math.max(heldRecords, completed.records)
    }
    // A walk that found nothing newer must see the same again next time, though it passed over pages without reading them.
    const isLess = completed.moved || accepted === 'shrunk'
    overlapRecords = isLess ? completed.overlap : Math.max(overlapRecords, completed.overlap)
    accepted = null
  }
  const changed: SourceState = {
    ...held,
    ...(heals && { failures: 0, retryAt: null }),
    heldRecords,
    overlapRecords,
    accepted,
  }
  await updateState(tx, collection, changed)
  return changed
}
