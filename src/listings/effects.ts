import { v7 as uuidv7 } from 'uuid'
import type { PendingEvent } from '../feed/domain.ts'
import { appendEvents } from '../feed/service.ts'
import type { Tx } from '../platform/db.ts'
import { groundOfVersion } from '../rulebook/grounds.ts'
import type { Entry } from './domain.ts'
import type { DecisionAction } from './vocabulary.ts'

/** A decision's effect on an entry, with what the feed tells of the business. */
export interface EntryChange {
  action: DecisionAction
  /** The entry after the decision. */
  entry: Entry
  name: string
  regionCode: string
}

const eventTypeOf = {
  enter: 'listing.entered',
  restore: 'listing.entered',
  remove: 'listing.removed',
  revoke: 'listing.revoked',
  correct: 'listing.corrected',
} as const

/**
 * The one place through which every entry, exit, voiding and restoration goes, in the deciding transaction (design
 * rule 1): whatever follows from a change of the lists is done here.
 */
export async function takeEffect(tx: Tx, changes: readonly EntryChange[], now: Date): Promise<void> {
  await appendEvents(
    tx,
    changes.map((change) => eventOf(change, now)),
  )
}

/** Tells that entries are no longer shown, though nothing was decided: their publication period is over. */
export async function tellEndOfPublication(
  tx: Tx,
  ended: readonly Omit<EntryChange, 'action'>[],
  now: Date,
): Promise<void> {
  await appendEvents(
    tx,
    ended.map(({ entry, name, regionCode }) => ({
      ...envelopeOf(entry, regionCode, now),
      type: 'subject.changed' as const,
      data: {
        id: entry.id,
        list: entry.list,
        status: entry.status,
        shown: false,
        name,
        regionCode,
        changed: ['listings'],
      },
    })),
  )
}

/** An entry as the feed tells it: its fields in Chinese; of a void one no content (rulebook 3.6). */
function eventOf({ action, entry, name, regionCode }: EntryChange, now: Date): PendingEvent {
  const envelope = { ...envelopeOf(entry, regionCode, now), type: eventTypeOf[action] }
  const { id, list, status } = entry
  if (action === 'revoke' || action === 'correct') {
    return { ...envelope, data: { id, list, status, name, regionCode, shown: false } }
  }
  const { groundCode, restartedOn: _, ...fields } = entry
  const ground = groundOfVersion(groundCode, entry.rulebook)
  return {
    ...envelope,
    data: {
      ...fields,
      ground: { code: ground.code, label: ground.label.zh, article: ground.article.zh },
      name,
      regionCode,
    },
  }
}

function envelopeOf(entry: Entry, regionCode: string, now: Date) {
  return {
    id: uuidv7(),
    key: `listing:${entry.id}`,
    uscc: entry.uscc,
    list: entry.list,
    regionCode,
    occurredAt: now.toISOString(),
  }
}
