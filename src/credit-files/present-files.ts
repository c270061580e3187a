import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import { LRUCache } from 'lru-cache'
import type { FeedListener } from '../feed/listener.ts'
import { logOf, readLog } from '../feed/reader.ts'
import { findHead, listChanges, type Change, type ChangePage } from '../feed/repository.ts'
import { findNewestAmendmentId } from '../law/repository.ts'
import { rulebookOf } from '../law/service.ts'
import { inBatches } from '../platform/batches.ts'
import { etagOf } from '../platform/caching.ts'
import { dayOf, type Clock } from '../platform/clock.ts'
import { faultOf, type Db } from '../platform/db.ts'
import type { TaggedJson } from '../platform/direct-answers.ts'
import type { Language } from '../platform/language.ts'
import type { HeldFile } from './held.ts'
import { publishFile } from './publication-policy.ts'
import { findHeldFiles } from './repository.ts'
import type { CreditFile } from './schemas.ts'

/** The file of a business as of now, as it is published. */
export interface PresentFile extends TaggedJson {
  /** Read out of its JSON when it is asked for: most only pass that on. */
  readonly file: CreditFile
  /** Of the file without the moment of reading and the position, which change without the file changing. */
  readonly etag: string
}

/** The files of this process's readers, from memory while the log says that they have not changed. */
export interface PresentFiles {
  /** The file of a business, at once where it is in memory; null when nobody is registered under the code. */
  find(uscc: string, language: Language): PresentFile | Promise<PresentFile | null>
  /**
   * Something was committed in this process: what is read from now on shows it, though it has no position yet. Until the
   * log has it, files are read from the database.
   */
  wrote(): void
  /** Somebody was told of the log up to this position: no file is answered that is older than that. */
  told: (position: number) => void
  /** Resolves once the log has been followed up to this position. */
  reach(position: number): Promise<void>
  /** How many files are kept, and how many bytes of text. */
  readonly kept: { files: number; bytes: number }
  stop(): Promise<void>
}

interface Kept {
  today: string
  /** What does not change with the moment of reading, as the bytes of JSON without its last bracket. */
  open: string
  etag: string
}

/** At most so many bytes of JSON are kept; no objects, through which the collector of garbage would have to go. */
const keptBytes = 64 * 1024 * 1024
/** So often the head of the log is asked for when nothing wakes the reader. */
const confirmMs = 400
/**
 * So long after a commit the old file may be answered (issue 9). A process to which the log has not told for so long that it
 * has everything that was committed, since it cannot be reached or since nobody numbers events, answers from the database.
 */
const trustMs = 1000
/** How files are read that are not in memory (bench credit-file): a statement for a few costs as much here as one for many. */
const batch = { most: 64, atOnce: 4, patienceMs: 10 }
/** Rest after a failure, such as a database that restarts. */
const restMs = 500

/**
 * Follows the log and keeps the files that were read last. A file is dropped when an event names its business, when the
 * law is amended, and at the end of the day. No file is answered with an older position than one told before.
 * @param reads a replica of `db`: what it does not know yet is read from `db`
 */
export function startPresentFiles(
  db: Db,
  listener: FeedListener,
  clock: Clock,
  log?: FastifyBaseLogger,
  reads = db,
): PresentFiles {
  const end = new AbortController()
  const kept = new LRUCache<string, Kept>({
    maxSize: keptBytes,
    sizeCalculation: ({ open }, key) => open.length + key.length,
  })
  /**
   * How far the log has been followed and by which amendment of the law. What was committed before `completeAt` (of
   * `performance.now`) is in the log up to there, all of it.
   */
  let followed: { position: number; completeAt: number; amendmentId: string | null } | null = null
  /** The highest position that anybody was told of: with a file from the database, or with an event. */
  let told = 0
  /** Commits of this process so far, and how many of them the log is known to have. */
  let writes = 0
  let settled = 0
  let sleepers: { position: number; resolve: () => void }[] = []

  const read = inBatches<HeldFile>(async (usccs) => {
    const today = dayOf(clock.now())
    const least = Math.max(told, followed?.position ?? 0)
    const files = await findHeldFiles(reads, usccs, today)
    if (reads === db) return files
    // Who is not there yet, and what is older than the log that this process knows.
    const isBehind = (uscc: string) => (files.get(uscc)?.position ?? -1) < least
    const behind = usccs.filter(isBehind)
    return behind.length === 0 ? files : new Map([...files, ...(await findHeldFiles(db, behind, today))])
  }, batch)

  const follow = async (): Promise<void> => {
    const [{ position: start }, amendmentId] = await Promise.all([findHead(db), findNewestAmendmentId(db)])
    kept.clear()
    followed = { position: start, completeAt: performance.now(), amendmentId }
    /** A look at the log that found committed events without a position, up to this one. */
    let awaited: { writes: number; startedAt: number; seq: bigint } | null = null
    const latest: { page: ChangePage | null; startedAt: number; writes: number } = {
      page: null,
      startedAt: 0,
      writes: 0,
    }
    const source = logOf<Change>(listener, async (after, limit) => {
      const [startedAt, counted] = [performance.now(), writes]
      const page = await listChanges(db, after, limit)
      Object.assign(latest, { page, startedAt, writes: counted })
      return page
    })
    const onFault = (error: unknown) => log?.warn({ err: faultOf(error) }, 'the credit files cannot follow the log')
    for await (const { events, next } of readLog(source, {
      after: start,
      quietMs: confirmMs,
      signal: end.signal,
      onFault,
    })) {
      const { page, startedAt, writes: counted } = latest
      if (page === null) continue
      for (const { uscc } of events) for (const language of ['zh', 'en'] as const) kept.delete(`${uscc} ${language}`)
      if (page.amendmentId !== followed.amendmentId) kept.clear()
      followed = { ...followed, position: next, amendmentId: page.amendmentId }
      if (next === page.head) {
        const { firstPending, lastPending } = page
        const isComplete = (of: { writes: number; startedAt: number }) => {
          settled = of.writes
          if (followed !== null) followed.completeAt = of.startedAt
        }
        if (awaited !== null && (firstPending === null || firstPending > awaited.seq)) {
          isComplete(awaited)
          awaited = null
        }
        if (lastPending === null) isComplete({ writes: counted, startedAt })
        else awaited ??= { writes: counted, startedAt, seq: lastPending }
      }
      for (const one of sleepers) if (one.position <= next) one.resolve()
      sleepers = sleepers.filter((one) => one.position > next)
    }
  }

  const keepUp = async (): Promise<void> => {
    while (!end.signal.aborted && !listener.closed) {
      try {
        await follow()
      } catch (error) {
        log?.error({ err: faultOf(error) }, 'the credit files cannot follow the log')
        await sleep(restMs, undefined, { signal: end.signal }).catch(() => undefined)
      }
    }
  }
  const running = keepUp()

  /** The position as of which what is kept holds, or null when the database must be asked. */
  const trusted = (): number | null => {
    if (followed === null || writes !== settled || followed.position < told) return null
    return performance.now() - followed.completeAt < trustMs ? followed.position : null
  }

  const load = async (uscc: string, language: Language, today: string, now: Date): Promise<PresentFile | null> => {
    const held = await read(uscc)
    if (held === undefined) return null
    told = Math.max(told, held.position)
    const rulebook = await rulebookOf(db, held.amendmentId)
    const view = { asOf: today, knownAt: now.toISOString(), today, language, seesHistory: false }
    const { knownAt: _, position: __, ...content } = publishFile(rulebook, held, view)
    const text = JSON.stringify(content)
    const one: Kept = { today, open: Buffer.from(text.slice(0, -1)).toString('latin1'), etag: etagOf(text) }
    // Read before the log was followed to where it is now, it may lack what changed since.
    const isUpToDate =
      followed !== null && held.position >= followed.position && held.amendmentId === followed.amendmentId
    if (isUpToDate) kept.set(`${uscc} ${language}`, one)
    return new Answer(one, now, held.position)
  }

  return {
    find: (uscc, language) => {
      const now = clock.now()
      const today = dayOf(now)
      const position = trusted()
      const inMemory = position === null ? undefined : kept.get(`${uscc} ${language}`)
      if (position !== null && inMemory?.today === today) return new Answer(inMemory, now, position)
      return load(uscc, language, today, now)
    },
    wrote: () => void (writes += 1),
    told: (position) => void (told = Math.max(told, position)),
    reach: (position) =>
      new Promise((resolve) => {
        if (followed !== null && followed.position >= position) resolve()
        else sleepers.push({ position, resolve })
      }),
    get kept() {
      return { files: kept.size, bytes: kept.calculatedSize }
    },
    stop: async () => {
      end.abort()
      await running
    },
  }
}

class Answer implements PresentFile {
  readonly etag: string
  readonly bytes: string

  constructor({ open, etag }: Kept, now: Date, position: number) {
    this.etag = etag
    this.bytes = `${open},"knownAt":"${now.toISOString()}","position":${position}}`
  }

  get file(): CreditFile {
    return JSON.parse(Buffer.from(this.bytes, 'latin1').toString()) as CreditFile
  }
}
