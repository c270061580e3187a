import { setTimeout as sleep } from 'node:timers/promises'
import type { DbOrTx } from '../platform/db.ts'
import type { EventFilter, FeedEvent } from './domain.ts'
import type { FeedListener } from './listener.ts'
import { listEvents, type EventPage } from './repository.ts'

/** Rest after a failure to read, such as a database that restarts. */
const restMs = 500

/** Where a reader reads, and who wakes it. */
export interface LogSource<Entry = FeedEvent> extends Pick<FeedListener, 'closed' | 'count' | 'wait'> {
  read: (after: number, limit: number, filter: EventFilter) => Promise<EventPage<Entry>>
}

export interface ReadOptions {
  /** The position of the reader: everything after it is read, in order. */
  after: number
  filter?: EventFilter | undefined
  /** At most so many events in a page. */
  limit?: number
  /** So often, an empty page tells how far the log was read when no event did. */
  quietMs?: number
  /** Ends the reading. */
  signal: AbortSignal
  /** Told each time the log cannot be read; the reading goes on from the same place. */
  onFault?: ((error: unknown) => void) | undefined
}

/**
 * The log after a position, for ever: pages of events in order, read one by one as they are asked for, so that a slow
 * reader holds one page and no connection. Ends when `signal` aborts or the source is closed.
 */
export async function* readLog<Entry = FeedEvent>(
  source: LogSource<Entry>,
  options: ReadOptions,
): AsyncGenerator<EventPage<Entry>, void> {
  const { filter = {}, limit = 1000, quietMs = 60_000, signal, onFault } = options
  let position = options.after
  let quietAt = performance.now() + quietMs
  while (!signal.aborted && !source.closed) {
    const since = source.count
    let page: EventPage<Entry>
    try {
      page = await source.read(position, limit, filter)
    } catch (error) {
      onFault?.(error)
      await sleep(restMs, undefined, { signal }).catch(() => undefined)
      continue
    }
    position = page.next
    const isDue = performance.now() >= quietAt
    if (isDue) quietAt = performance.now() + quietMs
    if (page.events.length > 0 || isDue) yield page
    if (page.events.length < limit) await source.wait(quietAt - performance.now(), signal, since)
  }
}

/**
 * Follows the log for ever: catches up by reading, then is woken when it grows. Each page is handed over once the one
 * before is done with; a reader that keeps `position` with its work, and starts after it, misses and repeats nothing.
 * Failures to read are tried again; a failure of `onEvents` ends the following and is thrown.
 * @param options.onEvents takes the events in order, and the position up to which the log has been read, which is further
 *   than the last event where a filter left some out. It is called without events about once a minute when there are none
 */
export async function follow(
  db: DbOrTx,
  listener: FeedListener,
  options: ReadOptions & { onEvents: (events: FeedEvent[], position: number) => Promise<void> | void },
): Promise<void> {
  const log = logOf(listener, (after, limit, filter) => listEvents(db, after, limit, filter))
  for await (const { events, next } of readLog(log, options)) await options.onEvents(events, next)
}

/** The log itself, each page a query. `read` says which columns come with an event. */
export function logOf<Entry = FeedEvent>(listener: FeedListener, read: LogSource<Entry>['read']): LogSource<Entry> {
  return {
    get closed() {
      return listener.closed
    },
    get count() {
      return listener.count
    },
    wait: listener.wait,
    read,
  }
}
