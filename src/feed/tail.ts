import type { Db } from '../platform/db.ts'
import { matchesFilter, type LogEntry } from './domain.ts'
import type { FeedListener } from './listener.ts'
import { logOf, readLog, type LogSource } from './reader.ts'
import { listEvents, listNewestEntries } from './repository.ts'
import { makeWakings } from './wakings.ts'

/** So many of the newest events are kept in memory, once for all readers. */
const keptEvents = 1000

/** The end of the log, read once for all readers of this process that have caught up. */
export interface FeedTail extends LogSource {
  /** Keeps the tail going until the answer is called. */
  join(): () => void
  /** Takes events that this process has just put into the log, so that nobody waits until they are read from there. */
  take: (entries: readonly LogEntry[]) => void
}

/**
 * Makes a tail that reads nothing before somebody joins. While somebody has, each growth of the log is one query,
 * however many read: their pages come from memory. A reader further behind than what is kept reads the log itself.
 * @param told hears how far its readers are about to know the log
 */
export function makeFeedTail(
  db: Db,
  listener: FeedListener,
  log?: { warn(context: object, text: string): void },
  told: (position: number) => void = () => undefined,
): FeedTail {
  const wakings = makeWakings()
  let readers = 0
  let running: AbortController | null = null
  /** The newest events without a gap, up to `position`. */
  let kept: LogEntry[] = []
  let position = 0

  /** Keeps what follows on the newest event that is kept; what is kept already comes again from the log. */
  const keep = (entries: readonly LogEntry[], upTo: number) => {
    const fresh = entries.filter(({ event }) => Number(event.sequence) > position)
    kept = [...kept, ...fresh].slice(-keptEvents)
    position = Math.max(position, upTo)
    told(position)
    wakings.wakeAll()
  }

  const start = (after: number) => {
    const stopping = (running = new AbortController())
    kept = []
    position = after
    const pages = readLog(
      logOf(listener, (after, limit) => listNewestEntries(db, after, limit)),
      {
        after,
        limit: keptEvents,
        signal: stopping.signal,
        onFault: (error) => log?.warn({ err: error }, 'the end of the log could not be read; trying again'),
      },
    )
    const run = async () => {
      for await (const page of pages) {
        if (stopping.signal.aborted) break
        keep(page.events, page.next)
      }
      // Stopped, or the service stops: whoever waits must see it.
      wakings.wakeAll()
    }
    void run()
  }

  return {
    get closed() {
      return listener.closed
    },
    get count() {
      return wakings.count
    },
    wait: wakings.wait,
    read: async (after, limit, filter) => {
      // Positions have no gaps, so the place of an event follows from its position.
      const from = after - (position - kept.length)
      if (running !== null && from >= 0) {
        const events = []
        for (let i = from; i < kept.length && events.length < limit; i += 1) {
          const entry = kept[i]
          if (entry !== undefined && matchesFilter(entry, filter)) events.push(entry.event)
        }
        const last = events.at(-1)
        const next = last !== undefined && events.length === limit ? Number(last.sequence) : Math.max(after, position)
        return { events, next, head: position }
      }
      const page = await listEvents(db, after, limit, filter)
      if (running === null && readers > 0) start(page.head)
      told(page.next)
      return page
    },
    take: (entries) => {
      const first = Number(entries[0]?.event.sequence)
      const isNext = running !== null && first === position + 1
      // What does not follow on what is kept is read from the log when its turn comes.
      if (isNext) keep(entries, position + entries.length)
    },
    join: () => {
      readers += 1
      let joined = true
      return () => {
        if (!joined) return
        joined = false
        readers -= 1
        if (readers > 0) return
        running?.abort()
        running = null
      }
    },
  }
}
