import { keysToTry } from '../registry/web-address.ts'
import { readCandidate, type Candidate, type Result } from './domain.ts'
import type { MemberRow } from './monitor-repository.ts'
import { tellingPairs } from './names.ts'
import { entryStateOf } from './listed-index.ts'
import type { ListingEvent } from './repository.ts'

/** A longer key than this cannot be filed (see the reading of annual reports), and no index could hold it. */
const maxKeyBytes = 2000

/** A member as it is kept: what the platform sent, and what changes find it by. */
export function memberOf({ ref, ...candidate }: Candidate): MemberRow {
  const { uscc, address, name } = readCandidate({ ref, ...candidate })
  return {
    ref,
    candidate: JSON.stringify(candidate),
    code: uscc,
    webKeys: address === null ? [] : keysToTry(address).filter((key) => Buffer.byteLength(key) <= maxKeyBytes),
    namePairs: name === null ? [] : tellingPairs(name),
  }
}

/** Whether a member stands otherwise than before: another decision, other reasons, or other entries. */
export function standsOtherwise(before: Omit<Result, 'ref'> | null, after: Omit<Result, 'ref'>): boolean {
  // A new member that nothing is known of is no news.
  if (before === null) return after.decision !== 'clear'
  return standingText(before) !== standingText(after)
}

function standingText({ decision, reasons, matches }: Omit<Result, 'ref'>): string {
  return JSON.stringify([decision, [...reasons].sort(), matches.map(({ listingId }) => listingId).sort()])
}

/** Fields of a business that screening looks at. */
const screenedFields = ['uscc', 'name', 'formerNames', 'status', 'webPresences']

/** What a page of the log may have changed for members. */
export interface Change {
  usccs: string[]
  /** Businesses whose sites and shops changed. */
  filers: string[]
  /** Telling pairs of the names of businesses that came on a list, left one, or are called otherwise on it. */
  pairs: string[]
}

/** @param listedNamesOf all names of a listed business, none for one that is on no list */
export function changeOf(events: readonly ListingEvent[], listedNamesOf: (uscc: string) => readonly string[]): Change {
  const [usccs, filers, names] = [new Set<string>(), new Set<string>(), new Set<string>()]
  for (const event of events) {
    const state = entryStateOf(event)
    const changed = Array.isArray(event.data['changed']) ? (event.data['changed'] as string[]) : []
    const isRenamed = changed.includes('name') || changed.includes('formerNames')
    if (state === null && !changed.some((field) => screenedFields.includes(field))) continue
    usccs.add(event.subject)
    if (changed.includes('webPresences')) filers.add(event.subject)
    if (state === null && !isRenamed) continue
    if (state !== null && typeof event.data['name'] === 'string') names.add(event.data['name'])
    for (const name of listedNamesOf(event.subject)) names.add(name)
  }
  const pairs = new Set([...names].flatMap(tellingPairs))
  return { usccs: [...usccs], filers: [...filers], pairs: [...pairs] }
}
