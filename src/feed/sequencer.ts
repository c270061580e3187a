import type { Db, DbOrTx } from '../platform/db.ts'
import { chainEvent, type Head } from './domain.ts'
import {
  existsPendingEvent,
  findHead,
  listPendingEvents,
  moveEvents,
  tryLockSequencer,
  type LogRow,
} from './repository.ts'
import { makeWakings } from './wakings.ts'

const batchSize = 1000
/** How soon a committed decision is noticed: one cheap query of an empty table each time. */
const pollMs = 20
/** Rest after a failure, such as a database that restarts. */
const restMs = 500

/** Told of events with their positions. */
export type Numbered = (rows: readonly LogRow[]) => void

export interface Sequencer {
  /** Something was committed in this process: its events are moved now, not at the next look. */
  wake(): void
  stop(): Promise<void>
}

/**
 * Gives the next positions to committed events: read from the outbox, link into the hash chain, append to the log,
 * delete from the outbox. The lock that makes this process the sequencer belongs to the same transaction, so a lost
 * connection loses both, and two processes never number the same events.
 * @param numbered is told what was moved, once that is committed
 * @returns how many events were moved; 0 also while another process is the sequencer
 */
export async function sequencePending(
  db: DbOrTx,
  limit = batchSize,
  numbered: Numbered = () => undefined,
): Promise<number> {
  const moved = await db.transaction(async (tx) => {
    // Sent together, each as of when its turn comes: what is listed was committed before the lock was had.
    const [isSequencer, pending, end] = await Promise.all([
      tryLockSequencer(tx),
      listPendingEvents(tx, limit),
      findHead(tx),
    ])
    if (!isSequencer || pending.length === 0) return []
    let head: Head = end
    const rows = pending.map(({ seq: _, ...event }): LogRow => {
      const chained = chainEvent(head, event)
      head = { position: head.position + 1, hash: chained.hash }
      return { ...event, position: head.position, event: chained, hash: chained.hash }
    })
    await moveEvents(
      tx,
      rows,
      pending.map((event) => event.seq),
    )
    return rows
  })
  if (moved.length > 0) numbered(moved)
  return moved.length
}

/**
 * Sequences for ever, through lost connections. Every `serve` process runs one; whichever finds committed events and
 * takes the lock moves them, so another takes over at once when one dies (design rule 2).
 */
export function startSequencer(
  db: Db,
  log: { warn(context: object, message: string): void },
  numbered?: Numbered,
): Sequencer {
  const stopping = new AbortController()
  const wakings = makeWakings()

  const run = async () => {
    let isWoken = false
    while (!stopping.signal.aborted) {
      const since = wakings.count
      try {
        const isPending = isWoken || (await existsPendingEvent(db))
        const moved = isPending ? await sequencePending(db, batchSize, numbered) : 0
        if (moved === 0) await wakings.wait(pollMs, stopping.signal, since)
        isWoken = wakings.count !== since
      } catch (error) {
        log.warn({ err: error }, 'the sequencer could not reach the database and tries again')
        await wakings.wait(restMs, stopping.signal)
      }
    }
  }
  const running = run()
  return {
    wake: wakings.wakeAll,
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
