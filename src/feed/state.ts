import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { EventType, FeedEvent } from './domain.ts'

/**
 * What a copy of the log holds, in the order of the keys (see `keyOf`): one file of a snapshot each. Businesses are not
 * in it: `subject.changed` tells that a file changed, not what is in it.
 */
export const copies = [
  { name: 'honours', keyPrefix: 'honour:' },
  { name: 'listings', keyPrefix: 'listing:' },
  { name: 'penalties', keyPrefix: 'penalty:' },
  { name: 'sanctions', keyPrefix: 'sanctions:' },
] as const
export type Copy = (typeof copies)[number]

/** The part of an event that tells the state of its key: what a line of a snapshot holds. */
export type StateEvent = Pick<FeedEvent, 'type' | 'subject' | 'sequence' | 'data'>

/** The published lists at one position: the newest event of each key that still shows something. */
export type State = Map<string, StateEvent>

type Told = Pick<FeedEvent, 'type' | 'subject' | 'data'>

/**
 * What an event tells the state of: `listing:<id>`, `sanctions:<listing id>`, `penalty:<id>`, `honour:<id>` or
 * `subject:<uscc>`. It follows from what is delivered, so that readers find it too.
 */
export function keyOf({ type, subject, data }: Told): string {
  const { id, listingId } = data as { id?: string; listingId?: string }
  const [kind = ''] = type.split('.')
  // An entry whose publication ends without an exit is a change of the business that names the entry, and another one
  // that names the entry as that of its measures.
  if (kind === 'sanction' || listingId !== undefined) return `sanctions:${listingId ?? ''}`
  if (kind === 'subject') return id === undefined ? `subject:${subject}` : `listing:${id}`
  return `${kind}:${id ?? ''}`
}

/** Whether something of the event's key is public after it. A void entry, or one that is no longer published, is not. */
export function showsAfter({ type, data }: Pick<FeedEvent, 'type' | 'data'>): boolean {
  const shows: Partial<Record<EventType, () => boolean>> = {
    'listing.entered': () => true,
    'listing.removed': () => data['shown'] === true,
    'penalty.published': () => true,
    'honour.awarded': () => true,
    'sanction.imposed': () => hasMeasures(data),
    // Some measures of an entry may stay when others are lifted.
    'sanction.lifted': () => hasMeasures(data),
  }
  return shows[type]?.() ?? false
}

function hasMeasures({ measures }: FeedEvent['data']): boolean {
  return Array.isArray(measures) && measures.length > 0
}

/**
 * Takes the next event of the log into a copy. The newest event of a key tells all of its state, so a snapshot and the
 * events after its position give what a replay from the beginning gives.
 */
export function applyEvent(state: State, { type, subject, sequence, data }: FeedEvent | StateEvent): void {
  const event = { type, subject, sequence, data }
  const key = keyOf(event)
  if (showsAfter(event)) state.set(key, event)
  else state.delete(key)
}

/** Sums up lines that come in the order of their keys, without holding them. */
export interface Digester {
  /** @throws Error when the key of the line does not come after that of the line before */
  add(line: StateEvent): void
  /** SHA-256 in lower-case hexadecimal; nothing can be added afterwards. */
  digest(): string
}

/**
 * The digest of a state: SHA-256 over the RFC 8785 form of `{type, subject, sequence, data}` of each key and a newline,
 * in the order of the keys' bytes.
 */
export function stateDigester(): Digester {
  const hash = createHash('sha256')
  let last = ''
  return {
    add: (line) => {
      const key = keyOf(line)
      if (key <= last) throw new Error(`${key} does not come after ${last}`)
      last = key
      hash.update(`${canonicalize(line) ?? ''}\n`)
    },
    digest: () => hash.digest('hex'),
  }
}

/** The digest of a whole state (see `stateDigester`). */
export function digestOf(state: State): string {
  const digester = stateDigester()
  for (const [, line] of [...state].sort(([a], [b]) => (a < b ? -1 : 1))) digester.add(line)
  return digester.digest()
}
