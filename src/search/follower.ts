import type { FastifyBaseLogger } from 'fastify'
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises'
import { standingOf } from '../credit-files/publication-policy.ts'
import { findHead } from '../feed/repository.ts'
import type { FeedListener } from '../feed/listener.ts'
import { follow } from '../feed/reader.ts'
import { dayOf, type Clock } from '../platform/clock.ts'
import { faultOf, type Db } from '../platform/db.ts'
import { listIndexRows, listIndexRowsByCodes, type IndexPage, type IndexRow } from './repository.ts'
import { createSubjectIndex, type IndexedSubject, type SubjectIndex } from './subject-index.ts'

/** The names of all businesses in this process, kept true by the log. */
export interface FollowedNames {
  /** The index and the position of the log that it has reached; null until it is built. */
  readonly present: { index: SubjectIndex; position: number } | null
  /** Resolves once it is built; rejects never. */
  readonly built: Promise<void>
  /** Resolves once it has reached this position. */
  reach(position: number): Promise<void>
  stop(): Promise<void>
}

/** Businesses read in one query while building. */
const chunk = 5000
/** Rest after a failure, such as a database that restarts. */
const restMs = 1000
/** The index is built anew when so many names in it are dead, and as many as a quarter of the living. */
const wasteMost = 50_000

/**
 * Builds the index from the registry, as of a position of the log read before, then follows the log from there. An event
 * tells which business changed; what it is called now is read from the registry, so that a business that is told of
 * twice, or out of turn, comes out right.
 */
export function startFollowingNames(
  db: Db,
  listener: FeedListener,
  clock: Clock,
  log?: FastifyBaseLogger,
): FollowedNames {
  const today = () => dayOf(clock.now())
  const end = new AbortController()
  let present: FollowedNames['present'] = null
  let sleepers: { position: number; resolve: () => void }[] = []
  let tellBuilt: () => void = () => undefined
  const built = new Promise<void>((resolve) => (tellBuilt = resolve))

  const arrive = (index: SubjectIndex, position: number) => {
    present = { index, position }
    tellBuilt()
    for (const one of sleepers) if (one.position <= position) one.resolve()
    sleepers = sleepers.filter((one) => one.position > position)
  }

  const build = async (): Promise<void> => {
    const { position } = await findHead(db)
    const index = createSubjectIndex()
    let reading = listIndexRows(db, '', chunk)
    while (!end.signal.aborted) {
      const page = await reading
      const isLast = page.count < chunk
      if (!isLast) {
        // The database reads on while these are taken in; a failure is told at the next turn.
        reading = listIndexRows(db, page.last ?? '', chunk)
        reading.catch(() => undefined)
        // The driver sends in a turn of its own: taken in at once, this page would hold up the question too.
        await breathe()
        await breathe()
      }
      index.load(entriesOf(page, today()))
      await breathe()
      if (isLast) break
    }
    if (end.signal.aborted) return
    arrive(index, position)
    for (const _ of index.prepareSounds()) await breathe()
  }

  const keepUp = async (): Promise<void> => {
    const onFault = (error: unknown) => log?.error({ err: faultOf(error) }, 'the names cannot follow the log')
    while (!end.signal.aborted && !listener.closed) {
      try {
        await build()
        if (present === null) return
        await follow(db, listener, {
          after: present.position,
          signal: end.signal,
          onFault,
          onEvents: async (events, position) => {
            const index = present?.index ?? createSubjectIndex()
            const usccs = [...new Set(events.map((event) => event.subject))]
            const rows = new Map((await listIndexRowsByCodes(db, usccs)).map((row) => [row.uscc, row]))
            for (const uscc of usccs) {
              const row = rows.get(uscc)
              if (row === undefined) index.remove(uscc)
              else index.put(entryOf(row, today()))
            }
            arrive(index, position)
            if (index.waste > wasteMost && index.waste * 4 > index.size) await build()
          },
        })
      } catch (error) {
        onFault(error)
        await sleep(restMs, undefined, { signal: end.signal }).catch(() => undefined)
      }
    }
  }
  const running = keepUp()

  return {
    get present() {
      return present
    },
    built,
    reach: (position) =>
      new Promise((resolve) => {
        if (present !== null && present.position >= position) resolve()
        else sleepers.push({ position, resolve })
      }),
    stop: async () => {
      end.abort()
      await running
    },
  }
}

/** One by one, so that a start holds few of its million at a time: what outlives its use costs the collector most. */
function* entriesOf(page: IndexPage, today: string): Generator<IndexedSubject> {
  for (const row of page.rows()) yield entryOf(row, today)
}

/** Written out, without spreading rows: a start makes a million of them. */
function entryOf(row: IndexRow, today: string): IndexedSubject {
  const { uscc, regionCode, entityType, status, listings, formerNames, shopNames } = row
  const names: IndexedSubject['names'][number][] = [{ kind: 'name', name: row.name }]
  for (const name of formerNames ?? []) names.push({ kind: 'former-name', name })
  for (const name of shopNames ?? []) names.push({ kind: 'shop-name', name })
  return { uscc, regionCode, entityType, status, names, standing: standingOf(listings ?? [], today) }
}
