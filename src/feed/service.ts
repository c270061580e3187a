import { setTimeout as sleep } from 'node:timers/promises'
import type { DbOrTx, Tx } from '../platform/db.ts'
import type { PendingEvent } from './domain.ts'
import { existsPendingEvent, insertPendingEvents } from './repository.ts'

/**
 * Records events in the deciding transaction, so that they commit with the change or not at all (design rule 1). The
 * sequencer gives them their positions afterwards; readers are not woken from here, which would halve the rate.
 */
export async function appendEvents(tx: Tx, events: readonly PendingEvent[]): Promise<void> {
  if (events.length > 0) await insertPendingEvents(tx, events)
}

/** Resolves when everything that was committed has its position; needs a sequencer at work. */
export async function untilSequenced(db: DbOrTx): Promise<void> {
  while (await existsPendingEvent(db)) await sleep(50)
}
