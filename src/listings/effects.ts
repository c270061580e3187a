import { v7 as uuidv7 } from 'uuid'
import type { PendingEvent } from '../feed/domain.ts'
import { appendEvents } from '../feed/service.ts'
import type { Tx } from '../platform/db.ts'
import { groundOfVersion } from '../rulebook/grounds.ts'
import type { Rulebook } from '../rulebook/rulebook.ts'
import { hideMeasures, imposeMeasures, liftMeasures } from '../sanctions/service.ts'
import type { LiftReason } from '../sanctions/vocabulary.ts'
import type { Entry } from './domain.ts'
import type { DecisionAction } from './vocabulary.ts'

/** A decision's effect on an entry, with what the feed tells of the business. */
export interface EntryChange {
  action: DecisionAction
  /** The day on which the decision takes effect. */
  on: string
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
 * @param told the feed was told by the very statement that wrote the entries, as bulk entering does
 */
export async function takeEffect(
  tx: Tx,
  rulebook: Rulebook,
  changes: readonly EntryChange[],
  now: Date,
  { told = false }: { told?: boolean } = {},
): Promise<void> {
  if (!told) {
    await appendEvents(
      tx,
      changes.map((change) => eventOf(rulebook, change, now)),
    )
  }
  const inForce = changes.filter(({ entry }) => entry.status === 'in-force')
  const ended = changes.filter(({ entry }) => entry.status !== 'in-force')
  if (inForce.length > 0) await imposeMeasures(tx, rulebook, inForce.map(measured), now)
  if (ended.length > 0) {
    await liftMeasures(
      tx,
      rulebook,
      ended.map((change) => ({ ...measured(change), reason: liftReasonOf(change) })),
      now,
    )
  }
}

/** What joint sanctions need to know of an entry. */
function measured({ entry, on, name, regionCode }: EntryChange) {
  const { id, list, groundCode, uscc, expiresOn } = entry
  return { id, list, groundCode, uscc, name, regionCode, effectiveOn: on, expiresOn }
}

function liftReasonOf({ entry, on }: EntryChange): LiftReason {
  if (entry.status === 'revoked' || entry.status === 'corrected') return entry.status
  return on === entry.expiresOn ? 'expired' : 'removed'
}

/**
 * Tells that entries, and the measures that follow from them, are no longer shown, though nothing was decided: their
 * publication period is over.
 */
export async function tellEndOfPublication(
  tx: Tx,
  ended: readonly Pick<EntryChange, 'entry' | 'name' | 'regionCode'>[],
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
  await hideMeasures(
    tx,
    ended.map(({ entry: { id, list, uscc }, name, regionCode }) => ({ id, list, uscc, name, regionCode })),
    now,
  )
}

function eventOf(rulebook: Rulebook, { action, entry, name, regionCode }: EntryChange, now: Date): PendingEvent {
  const envelope = { ...envelopeOf(entry, regionCode, now), type: eventTypeOf[action] }
  const { id, list, status } = entry
  // Of a void entry no content (rulebook 3.6).
  if (action === 'revoke' || action === 'correct') {
    return { ...envelope, data: { id, list, status, name, regionCode, shown: false } }
  }
  return { ...envelope, data: eventDataOf(rulebook, entry, { name, regionCode }) }
}

/** An entry as the feed tells it, its texts in Chinese. */
function eventDataOf(rulebook: Rulebook, entry: Entry, business: { name: string; regionCode: string }) {
  const { groundCode, restartedOn: _, ...fields } = entry
  const ground = groundOfVersion(rulebook, groundCode, entry.rulebook)
  return { ...fields, ground: { code: ground.code, label: ground.label.zh, article: ground.article.zh }, ...business }
}

/**
 * What the events of entries on one ground and day have in common: the data of `listing.entered` without what differs
 * from business to business (`id`, `uscc`, `authority`, `decisionNumber`, `name`, `regionCode`).
 */
export function sharedEventData(
  rulebook: Rulebook,
  entry: Omit<Entry, 'id' | 'uscc' | 'authority' | 'decisionNumber'>,
) {
  const own = { id: '', uscc: '', authority: '', decisionNumber: '' }
  const {
    id: _id,
    uscc: _uscc,
    authority: _authority,
    decisionNumber: _number,
    ...data
  } = eventDataOf(rulebook, { ...entry, ...own }, { name: '', regionCode: '' })
  const { name: _name, regionCode: _region, ...shared } = data
  return shared
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
