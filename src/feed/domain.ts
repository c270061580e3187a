import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'

/** What a change of a file is called in the feed (contract section 4). */
export const eventTypes = [
  'listing.entered',
  'listing.removed',
  'listing.revoked',
  'listing.corrected',
  'sanction.imposed',
  'sanction.lifted',
  'subject.changed',
  'penalty.published',
  'penalty.withdrawn',
  'honour.awarded',
] as const
export type EventType = (typeof eventTypes)[number]

/** A change as the deciding transaction records it, before it has a position. */
export interface PendingEvent {
  id: string
  type: EventType
  /**
   * What the event tells the state of: `listing:<id>`, `sanctions:<listing id>`, `penalty:<id>`, `honour:<id>` or
   * `subject:<uscc>`. The newest event of a key tells all of its state, so that a copy is the newest event of each.
   */
  key: string
  uscc: string
  list: string | null
  regionCode: string
  /** When the change was recorded, RFC 3339 in UTC. */
  occurredAt: string
  /** Never personal data beyond a business's registered name, since the log is never rewritten. */
  data: Record<string, unknown>
}

/** An event as it is delivered: CloudEvents 1.0 with the extensions `sequence` and `hash`. */
export interface FeedEvent {
  specversion: '1.0'
  id: string
  source: string
  type: EventType
  subject: string
  time: string
  datacontenttype: 'application/json'
  dataschema: string
  sequence: string
  hash: string
  data: Record<string, unknown>
}

/** Place and hash of the newest event; position 0 and the empty hash before the first. */
export interface Head {
  position: number
  hash: string
}

export const emptyHead: Head = { position: 0, hash: '' }

/**
 * The event at the next position after `head`, linked into the hash chain: SHA-256, in lower-case hexadecimal, over the
 * hash of the event before (the empty string for the first) followed by the RFC 8785 form of the event without `hash`.
 */
export function chainEvent(head: Head, pending: PendingEvent): FeedEvent {
  const event = {
    specversion: '1.0' as const,
    id: pending.id,
    source: 'urn:xinjian:feed',
    type: pending.type,
    subject: pending.uscc,
    time: pending.occurredAt,
    datacontenttype: 'application/json' as const,
    dataschema: `urn:xinjian:event:${pending.type}:1`,
    sequence: String(head.position + 1),
    data: pending.data,
  }
  return { ...event, hash: linkHash(head.hash, event) }
}

/** The hash of an event, whose own `hash` is left out, that follows one with `previousHash`; see `chainEvent`. */
export function linkHash(previousHash: string, event: Omit<FeedEvent, 'hash'>): string {
  const { hash: _, ...unhashed } = event as FeedEvent
  return createHash('sha256')
    .update(previousHash)
    .update(canonicalize(unhashed) ?? '')
    .digest('hex')
}

/** Which events a reader wants; what is not said is not asked for. */
export interface EventFilter {
  types?: readonly string[] | undefined
  lists?: readonly string[] | undefined
  /** A prefix of a GB/T 2260 code. */
  regionCode?: string | undefined
}

/** An event with what a filter asks for. */
export interface LogEntry {
  event: FeedEvent
  list: string | null
  regionCode: string
}

/** Whether a reader with this filter wants the event. */
export function matchesFilter({ event, list, regionCode }: LogEntry, filter: EventFilter): boolean {
  return (
    (filter.types?.includes(event.type) ?? true) &&
    (filter.lists === undefined || (list !== null && filter.lists.includes(list))) &&
    regionCode.startsWith(filter.regionCode ?? '')
  )
}
