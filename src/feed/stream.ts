import { Readable } from 'node:stream'
import type { EventFilter, FeedEvent } from './domain.ts'
import { readLog } from './reader.ts'
import type { FeedTail } from './tail.ts'

/** Events in one piece: what a slow client makes us hold. */
const pageSize = 100
/** How often a comment says that the connection lives (contract section 4). */
const commentMs = 15_000
/** How often it is asked whether the client may still read. */
const everyMinute = 60_000

/** The wire form of an event, made once for all clients that are sent the same object. */
const frames = new WeakMap<FeedEvent, string>()

function frameOf(event: FeedEvent): string {
  let frame = frames.get(event)
  if (frame === undefined) {
    // JSON has no line breaks outside its escapes, so one data line holds it.
    frame = `id: ${event.sequence}\ndata: ${JSON.stringify(event)}\n\n`
    frames.set(event, frame)
  }
  return frame
}

/**
 * The log after a position as server-sent events (WHATWG HTML 9.2), for ever. It is read only as the client takes what
 * came before. Ends when `signal` aborts, the service stops, or `mayRead` says no.
 */
export function eventStream(
  tail: FeedTail,
  options: {
    after: number
    filter: EventFilter
    signal: AbortSignal
    mayRead: () => Promise<boolean>
    quietMs?: number
    checkMs?: number
  },
): Readable {
  const { after, filter, signal, mayRead, quietMs = commentMs, checkMs = everyMinute } = options
  async function* generate() {
    const leave = tail.join()
    let checkAt = performance.now() + checkMs
    try {
      // Also sends the head of the answer, so that a client knows at once that it is connected.
      yield 'retry: 1000\n\n'
      for await (const { events, next } of readLog(tail, { after, filter, limit: pageSize, quietMs, signal })) {
        if (performance.now() >= checkAt) {
          if (!(await mayRead())) return
          checkAt = performance.now() + checkMs
        }
        yield events.length > 0 ? events.map(frameOf).join('') : `: read up to ${next}\n\n`
      }
    } finally {
      leave()
    }
  }
  return Readable.from(generate(), { objectMode: false })
}
