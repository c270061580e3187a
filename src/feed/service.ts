import { setTimeout as sleep } from 'node:timers/promises'
import type { DbOrTx, Tx } from '../platform/db.ts'
import { withoutPersonalData } from '../registry/personal-data.ts'
import type { PendingEvent } from './domain.ts'
import { existsPendingEvent, insertPendingEvents } from './repository.ts'

/** Fields of events that somebody wrote by hand. */
const freeTexts = ['authority', 'decisionNumber', 'ground', 'kind', 'removalDecisionNumber', 'title'] as const

/**
 * Records events in the deciding transaction, so that they commit with the change or not at all (design rule 1). The
 * sequencer gives them their positions afterwards; readers are not woken from here, which would halve the rate.
 * Personal data that somebody wrote into a text is masked, since nothing in the log can be taken back.
 */
export async function appendEvents(tx: Tx, events: readonly PendingEvent[]): Promise<void> {
  if (events.length === 0) return
  await insertPendingEvents(
    tx,
    events.map((event) => ({ ...event, data: maskTexts(event.data) })),
  )
}

function maskTexts(data: PendingEvent['data']): PendingEvent['data'] {
  const masked = { ...data }
  for (const field of freeTexts) {
    const text = data[field]
    if (typeof text === 'string') masked[field] = withoutPersonalData(text)
  }
  return masked
}

/** Resolves when everything that was committed has its position; needs a sequencer at work. */
export async function untilSequenced(db: DbOrTx): Promise<void> {
  while (await existsPendingEvent(db)) await sleep(50)
}
