import type { List } from '../listings/vocabulary.ts'
import { parseUscc } from '../registry/identifiers.ts'
import type { SubjectStatus } from '../registry/vocabulary.ts'
import { parseWebAddress, type WebAddress } from '../registry/web-address.ts'
import type { Decision, MatchedOn, Reason } from './vocabulary.ts'

/** A seller as a platform names it. Legal representatives are not taken: no person is ever matched. */
export interface Candidate {
  ref: string
  uscc?: string | undefined
  name?: string | undefined
  url?: string | undefined
  regionCode?: string | undefined
}

/** A candidate after reading: what can be matched on, and what was wrong with the rest. */
export interface ReadCandidate {
  ref: string
  uscc: string | null
  name: string | null
  address: WebAddress | null
  regionCode: string | null
  faults: Reason[]
}

/** An entry of a list that is in force and shown. */
export interface ListedEntry {
  listingId: string
  list: List
  groundCode: string
  uscc: string
  name: string
}

export interface Match extends Omit<ListedEntry, 'listingId'> {
  listingId: string
  score: number
  matchedOn: MatchedOn
}

export interface Result {
  ref: string
  decision: Decision
  reasons: Reason[]
  matches: Match[]
}

/** A result, and what a change must touch to change it. */
export interface Judgement {
  result: Result
  /** Who runs the candidate's site or shop. */
  ownerUscc: string | null
  /** Whether the candidate's name was looked for on the lists, so that another entry may match it. */
  looksForName: boolean
}

/** A business as the registry holds it, as far as screening asks. */
export interface Registered {
  uscc: string
  name: string
  /** Former names, and the names of its sites and shops: a seller may call itself by any of them. */
  otherNames: readonly string[]
  status: SubjectStatus
}

/** Who runs the site or shop of a candidate. */
export interface WebClaim {
  uscc: string
  otherClaimants: readonly string[]
}

/** What is known of one candidate. */
export interface KnownOfCandidate {
  /** The business under the candidate's own code. */
  subject: Registered | null
  /** Who runs its site or shop, null when nobody has filed it. */
  claim: WebClaim | null
  /** The business that runs its site or shop. */
  owner: Registered | null
}

/** What all candidates of a call are judged by. */
export interface Facts {
  entriesOf: (uscc: string) => readonly ListedEntry[]
  /** Listed businesses with a like name, best first, scores at least the threshold. */
  findNames: (
    name: string,
    regionCode: string | null,
  ) => readonly { uscc: string; score: number; matchedOn: MatchedOn }[]
  /** How alike two names are, 0 to 1. */
  scoreNames: (a: string, b: string) => number
  /** From which score on names are alike. */
  threshold: number
  lists: ReadonlySet<List>
}

/** Longer ones are no names of businesses: the longest registered one has some 120 characters. */
const maxNameLength = 300
const maxUrlLength = 4000

/**
 * Reads a candidate as written, empty cells of a spreadsheet included. Nothing in it is an error of the call: what cannot
 * be used is told in `faults`.
 */
export function readCandidate({ ref, uscc = '', name = '', url = '', regionCode = '' }: Candidate): ReadCandidate {
  const faults: Reason[] = []
  const code = uscc.trim() === '' ? null : parseUscc(uscc)
  if (uscc.trim() !== '' && code === null) faults.push('invalid-uscc')
  const region = regionCode.trim()
  if (region !== '' && !/^\d{2}(\d{2}){0,2}$/.test(region)) faults.push('invalid-region-code')
  const hasName = /[\p{L}\p{N}]/u.test(name) && name.length <= maxNameLength
  if (name.trim() !== '' && !hasName) faults.push('invalid-name')
  const address = url.trim() === '' || url.length > maxUrlLength ? null : parseWebAddress(url)
  if (url.trim() !== '' && address === null) faults.push('invalid-url')
  return {
    ref,
    uscc: code,
    name: hasName ? name : null,
    address,
    regionCode: region === '' || faults.includes('invalid-region-code') ? null : region,
    faults,
  }
}

/**
 * Decides about one candidate (contract section 3): `block` for a serious-violator entry in force under its own code or
 * the code behind its address; `review` for an abnormal entry, a name alone, a name that does not go with the code, a
 * code that nobody is registered under, or an entry of one of several who claim the address; `invalid` for a code that
 * fails its check or nothing to match on; else `clear`.
 */
export function judge(candidate: ReadCandidate, known: KnownOfCandidate, facts: Facts): Judgement {
  const { ref, uscc, name, address } = candidate
  const reasons = new Set<Reason>(candidate.faults)
  const isEmpty = uscc === null && name === null && address === null
  if (isEmpty && !reasons.has('invalid-uscc')) reasons.add('nothing-to-match-on')
  if (isEmpty || reasons.has('invalid-uscc')) {
    const result: Result = { ref, decision: 'invalid', reasons: [...reasons], matches: [] }
    return { result, ownerUscc: null, looksForName: false }
  }
  const matches: Match[] = []
  if (uscc !== null && known.subject === null) reasons.add('unknown-uscc')
  const own = uscc === null ? noEntries : match(matches, facts, uscc, 'uscc', 1)
  const behindAddress = matchAddress(candidate, known.claim, facts, reasons, matches)
  for (const { list } of own) reasons.add(list)
  for (const { list } of behindAddress) reasons.add(list)

  const business = uscc === null ? known.owner : known.subject
  if (business !== null && business.status !== 'active' && business.status !== 'suspended') reasons.add('not-operating')
  const looksForName = name !== null && !goesWith(name, business, facts)
  if (looksForName) {
    if (known.subject !== null) reasons.add('name-mismatch')
    const found = facts.findNames(name, candidate.regionCode).filter(({ uscc: of }) => of !== uscc)
    const byName = found.flatMap(({ uscc: of, score, matchedOn }) => match(matches, facts, of, matchedOn, score))
    if (byName.length > 0) reasons.add('name-only-match')
  }
  const result: Result = {
    ref,
    decision: decide(reasons),
    reasons: [...reasons],
    matches,
  }
  return { result, ownerUscc: known.claim?.uscc ?? null, looksForName }
}

const noEntries: readonly ListedEntry[] = []

/** Adds the entries of a business to the matches, each once, and answers them. */
function match(
  matches: Match[],
  { entriesOf, lists }: Facts,
  uscc: string,
  matchedOn: MatchedOn,
  score: number,
): readonly ListedEntry[] {
  const all = entriesOf(uscc)
  if (all.length === 0) return noEntries
  const entries = all.filter(({ list }) => lists.has(list))
  for (const entry of entries) {
    if (matches.some(({ listingId }) => listingId === entry.listingId)) continue
    matches.push({ ...entry, score, matchedOn })
  }
  return entries
}

/** Entries of whoever runs the candidate's site or shop, unless several say they do: those only call for a look. */
function matchAddress(
  { uscc, address }: ReadCandidate,
  claim: WebClaim | null,
  facts: Facts,
  reasons: Set<Reason>,
  matches: Match[],
): readonly ListedEntry[] {
  if (address === null) return noEntries
  if (claim === null) {
    reasons.add('unknown-web-presence')
    return noEntries
  }
  const claimants = [claim.uscc, ...claim.otherClaimants]
  if (uscc !== null && !claimants.includes(uscc)) reasons.add('url-mismatch')
  const found = claimants.flatMap((claimant) => match(matches, facts, claimant, 'url', 1))
  if (claimants.length === 1) return found
  if (found.length > 0) reasons.add('disputed-web-presence')
  return noEntries
}

function goesWith(name: string, business: Registered | null, { scoreNames, threshold }: Facts): boolean {
  if (business === null) return false
  return [business.name, ...business.otherNames].some((known) => scoreNames(name, known) >= threshold)
}

const callForReview: readonly Reason[] = [
  'abnormal',
  'name-only-match',
  'name-mismatch',
  'unknown-uscc',
  'disputed-web-presence',
]

function decide(reasons: ReadonlySet<Reason>): Decision {
  if (reasons.size === 0) return 'clear'
  if (reasons.has('serious-violator')) return 'block'
  return callForReview.some((reason) => reasons.has(reason)) ? 'review' : 'clear'
}

/**
 * Whether two regions (GB/T 2260) may be the same place: one is the other or part of it. `330100` is all of Hangzhou and
 * `330000` all of Zhejiang, so zeros at the end say nothing.
 */
export function mayBeSamePlace(a: string, b: string): boolean {
  const [x, y] = [a.replace(/(00){1,2}$/, ''), b.replace(/(00){1,2}$/, '')]
  return x.startsWith(y) || y.startsWith(x)
}
