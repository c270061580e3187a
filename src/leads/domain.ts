import { normaliseName } from '../search/normalise.ts'
import type { ClaimSource } from '../registry/vocabulary.ts'
import type { LeadKind, LeadStatus } from './vocabulary.ts'

/** A business as the registry holds it, as one side of a contradiction. */
export interface RegisteredBusiness {
  uscc: string
  name: string
  formerNames: string[]
  status: string
  regionCode: string
  sourceId: string
  updatedAt: string
  receivedAt: string
}

/** What one record of a source says, as one side of a contradiction. */
export interface StatedClaim {
  source: ClaimSource
  sourceId: string
  uscc: string | null
  ownerName: string
  /** Of the site or shop; null for a report of which only the name of the business matters. */
  key: string | null
  url: string | null
  name: string | null
  platform: string | null
  shopId: string | null
  icpNumber: string | null
  year: number | null
  statedOn: string
  updatedAt: string
  receivedAt: string
}

/** What the registry and the sources say of some businesses and addresses now. */
export interface Statements {
  businesses: readonly RegisteredBusiness[]
  claims: readonly StatedClaim[]
  /** Addresses in use and who claims them, as the registry derived it. */
  sites: readonly { key: string; url: string; uscc: string; sources: readonly ClaimSource[]; isLive: boolean }[]
}

export interface Evidence {
  businesses: RegisteredBusiness[]
  claims: StatedClaim[]
}

/** A contradiction that stands. */
export interface Contradiction {
  kind: LeadKind
  about: string
  subject: string
  fact: string[]
  usccs: string[]
  regionCodes: string[]
  evidence: Evidence
}

export interface Lead extends Contradiction {
  id: string
  status: LeadStatus
  openedAt: string
  changedAt: string
  closedAt: string | null
  closedBy: string | null
  closeReason: string | null
  goneAt: string | null
}

/** Whether two writings are of one name: width, brackets and spaces are no contradiction. */
function isSameName(a: string, b: string): boolean {
  return a === b || normaliseName(a) === normaliseName(b)
}

function bearsName({ name, formerNames }: RegisteredBusiness, written: string): boolean {
  return isSameName(name, written) || formerNames.some((former) => isSameName(former, written))
}

/** Every contradiction in what is said of these addresses and businesses. */
export function contradictionsIn(
  statements: Statements,
  about: { keys: ReadonlySet<string>; usccs: ReadonlySet<string> },
): Contradiction[] {
  const businessOf = new Map(statements.businesses.map((business) => [business.uscc, business]))
  const found: Contradiction[] = []
  const add = (kind: LeadKind, { about, subject = about, fact, usccs, claims }: Find) => {
    const codes = [...new Set(usccs)].sort()
    const businesses = codes.flatMap((uscc) => businessOf.get(uscc) ?? [])
    found.push({
      ...{ kind, about, subject, fact: [...new Set(fact)].sort(), usccs: codes },
      regionCodes: [...new Set(codes.map((uscc) => businessOf.get(uscc)?.regionCode ?? uscc.slice(2, 8)))].sort(),
      evidence: { businesses, claims: [...claims].sort(byRecord).slice(0, mostClaims) },
    })
  }
  for (const key of about.keys) {
    const sites = statements.sites.filter((site) => site.key === key)
    const claims = statements.claims.filter((claim) => claim.key === key)
    const find = contradictionAt(key, sites, claims, businessOf)
    if (find !== null) add(find.kind, find)
  }
  for (const uscc of about.usccs) {
    const claims = statements.claims.filter((claim) => claim.uscc === uscc)
    const business = businessOf.get(uscc)
    if (business === undefined) {
      if (claims.length > 0) add('unknown-code', { about: uscc, fact: [uscc], usccs: [uscc], claims })
      continue
    }
    const others = claims.filter(({ ownerName }) => !bearsName(business, ownerName))
    for (const name of new Set(others.map(({ ownerName }) => normaliseName(ownerName)))) {
      const withIt = eachRecordOnce(others.filter(({ ownerName }) => normaliseName(ownerName) === name))
      add('name-differs', { about: uscc, subject: `${uscc} ${name}`, fact: [name], usccs: [uscc], claims: withIt })
    }
    if (business.status !== 'cancelled' && business.status !== 'revoked') continue
    const live = statements.sites.filter((site) => site.uscc === uscc && site.isLive).map(({ key }) => key)
    if (live.length === 0) continue
    const ofSites = claims.filter(({ key }) => key !== null && live.includes(key))
    add('closed-business', { about: uscc, fact: [business.status, ...live], usccs: [uscc], claims: ofSites })
  }
  return found
}

interface Find {
  about: string
  subject?: string
  fact: string[]
  usccs: string[]
  claims: readonly StatedClaim[]
}

/** Of a shop that thousands of records name, the first hundred prove it too. */
const mostClaims = 100

/**
 * What one address is contradicted by. Two businesses that report it, or whose platform reports it for them, are one
 * contradiction, whoever filed the site; where one alone reports it, the filing may name another owner.
 */
function contradictionAt(
  key: string,
  sites: Statements['sites'],
  claims: readonly StatedClaim[],
  businessOf: ReadonlyMap<string, RegisteredBusiness>,
): (Find & { kind: LeadKind }) | null {
  const filings = claims.filter(({ source }) => source === 'icp-filing')
  const reporters = sites.filter(({ sources }) => sources.some((source) => source !== 'icp-filing'))
  const claimants = [...new Set((reporters.length > 0 ? reporters : sites).map(({ uscc }) => uscc))]
  if (claimants.length > 1) {
    return { kind: 'claimed-by-two', about: key, fact: claimants, usccs: claimants, claims }
  }
  const [reporter] = reporters
  const business = reporter === undefined ? undefined : businessOf.get(reporter.uscc)
  if (business === undefined) return null
  const others = filings.filter(({ uscc, ownerName }) =>
    uscc === null ? !bearsName(business, ownerName) : uscc !== business.uscc,
  )
  if (others.length === 0) return null
  const owners = others.map(({ uscc, ownerName }) => uscc ?? normaliseName(ownerName))
  const usccs = [business.uscc, ...others.flatMap(({ uscc }) => uscc ?? [])]
  return { kind: 'icp-owner-differs', about: key, fact: [business.uscc, ...owners], usccs, claims }
}

/** A report with many sites says its name once. */
function eachRecordOnce(claims: readonly StatedClaim[]): StatedClaim[] {
  return [...new Map(claims.map((claim) => [`${claim.source} ${claim.sourceId}`, claim])).values()]
}

function byRecord(a: StatedClaim, b: StatedClaim): number {
  const [one, other] = [`${a.source} ${a.sourceId} ${a.key ?? ''}`, `${b.source} ${b.sourceId} ${b.key ?? ''}`]
  return one < other ? -1 : one > other ? 1 : 0
}

/** What becomes of the leads about something, when these contradictions stand. */
export interface LeadChanges {
  opened: Contradiction[]
  /** Open leads whose fact or evidence is another now. */
  refreshed: { id: string; contradiction: Contradiction }[]
  /** Leads whose contradiction is gone; those that are open close by themselves. */
  gone: string[]
}

/**
 * Compares what stands with the leads that were there: a contradiction is opened once, and again only when it has come
 * back, or when something new has come to it since somebody closed it.
 * @param standing the leads about the same whose contradiction was not found gone yet; of several the newest counts
 */
export function leadChanges(standing: readonly Lead[], found: readonly Contradiction[]): LeadChanges {
  const changes: LeadChanges = { opened: [], refreshed: [], gone: [] }
  const identity = ({ kind, subject }: Contradiction) => `${kind} ${subject}`
  const newest = new Map([...standing].sort((a, b) => (a.id < b.id ? -1 : 1)).map((lead) => [identity(lead), lead]))
  const stands = new Set(found.map(identity))
  for (const contradiction of found) {
    const lead = newest.get(identity(contradiction))
    if (lead === undefined) changes.opened.push(contradiction)
    else if (lead.status === 'open') {
      if (!isSameContent(lead, contradiction)) changes.refreshed.push({ id: lead.id, contradiction })
    } else if (contradiction.fact.some((part) => !lead.fact.includes(part))) changes.opened.push(contradiction)
  }
  for (const lead of standing) if (!stands.has(identity(lead))) changes.gone.push(lead.id)
  return changes
}

/** Fields in one order: what comes from the database has another. */
function isSameContent(a: Contradiction, b: Contradiction): boolean {
  return JSON.stringify(contentOf(a)) === JSON.stringify(contentOf(b))
}

function contentOf({ fact, usccs, regionCodes, evidence }: Contradiction) {
  const inOrder = (row: object) => Object.entries(row).sort(([one], [other]) => (one < other ? -1 : 1))
  return [fact, usccs, regionCodes, evidence.businesses.map(inOrder), evidence.claims.map(inOrder)]
}
