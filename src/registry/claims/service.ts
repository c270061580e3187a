import { v7 as uuidv7 } from 'uuid'
import { dayOf } from '../../platform/clock.ts'
import type { Tx } from '../../platform/db.ts'
import { appendSubjectChanges } from '../changes.ts'
import type { AnnualReportRevision, Subject } from '../domain.ts'
import { platformOf } from '../platforms.ts'
import {
  listReportRevisions,
  listSubjectsByCodes,
  listWebPresences,
  lockRegistry,
  updateDisputes,
  upsertWebPresences,
  type WebPresenceRow,
} from '../repository.ts'
import {
  nextClaim,
  recordOf,
  webPresencesOf,
  type ClaimRecord,
  type ClaimRevision,
  type DerivedWebPresence,
} from './domain.ts'
import {
  insertClaims,
  listClaimsAbout,
  listReportedPeriods,
  listRevisionsOf,
  listShopsStatedBefore,
  listUsccsAt,
} from './repository.ts'

/** Businesses and addresses of which something changed, so that what is said of them may contradict each other now. */
export interface Touched {
  usccs: Set<string>
  keys: Set<string>
}

export const noTouch = (): Touched => ({ usccs: new Set(), keys: new Set() })

export interface TakenClaims {
  counts: Record<'new' | 'changed' | 'unchanged' | 'older', number>
  /** Records whose code nobody is registered under, as they were given. */
  unknown: ClaimRecord[]
  touched: Touched
}

/**
 * Takes what filings and platforms say of sites and shops: a revision for each record that says something new, the web
 * presences that follow from all claims together, and their events, inside the caller's transaction. A record whose code
 * nobody is registered under is kept too, and counts from the moment when somebody is.
 */
export async function takeClaims(tx: Tx, records: readonly ClaimRecord[], now: Date): Promise<TakenClaims> {
  const counts = { new: 0, changed: 0, unchanged: 0, older: 0 }
  const unknown: ClaimRecord[] = []
  if (records.length === 0) return { counts, unknown, touched: noTouch() }
  await lockRegistry(tx)
  const held = await listRevisionsOf(tx, records)
  const registered = await registeredAmong(tx, [...records, ...[...held.values()].flat()])
  const added: ClaimRevision[] = []
  const before: ClaimRevision[] = []
  for (const record of records) {
    const ofRecord = held.get(recordOf(record)) ?? []
    const updatedOn = dayOf(new Date(record.updatedAt))
    const revision = nextClaim(ofRecord, record, { now: now.toISOString(), updatedOn })
    const isUnknown = record.uscc !== null && !registered.has(record.uscc)
    // One that is older than what is held settles itself, whoever it names.
    if (isUnknown && revision !== 'older') unknown.push(record)
    else counts[typeof revision === 'string' ? revision : revision.revision === 1 ? 'new' : 'changed'] += 1
    if (typeof revision === 'string') continue
    added.push(revision)
    before.push(...ofRecord.slice(-1))
    held.set(recordOf(record), [...ofRecord, revision])
  }
  await insertClaims(tx, added)
  const touched = await bringClaimantsInLine(tx, [...before, ...added], registered, now)
  return { counts, unknown, touched }
}

async function registeredAmong(tx: Tx, claims: readonly ClaimRecord[]): Promise<Map<string, Subject>> {
  const usccs = [...new Set(claims.flatMap(({ uscc }) => uscc ?? []))]
  const subjects = await listSubjectsByCodes(tx, { usccs, registrationNumbers: [] })
  return new Map(subjects.map((subject) => [subject.uscc ?? '', subject]))
}

/** Brings the web presences of all whom these claims concern in line, with their events. */
async function bringClaimantsInLine(
  tx: Tx,
  claims: readonly ClaimRevision[],
  registered: ReadonlyMap<string, Subject>,
  now: Date,
): Promise<Touched> {
  if (claims.length === 0) return noTouch()
  const unsigned = claims.flatMap(({ uscc, key }) => (uscc === null ? key : []))
  const concerned = new Set([...claims.flatMap(({ uscc }) => uscc ?? []), ...(await listUsccsAt(tx, unsigned))])
  const others = [...concerned].filter((uscc) => !registered.has(uscc))
  const subjects = [
    ...[...concerned].flatMap((uscc) => registered.get(uscc) ?? []),
    ...(await listSubjectsByCodes(tx, { usccs: others, registrationNumbers: [] })),
  ]
  const touched = await bringSitesInLine(tx, subjects)
  await appendSiteChanges(tx, touched.usccs, subjects, now)
  for (const { key, host, uscc } of claims) {
    if (!isPlatformItself({ key, host })) touched.keys.add(key)
    if (uscc !== null) touched.usccs.add(uscc)
  }
  return touched
}

/** Tells the feed whose web presences changed. */
async function appendSiteChanges(
  tx: Tx,
  usccs: ReadonlySet<string>,
  known: readonly Subject[],
  now: Date,
): Promise<void> {
  const subjectOf = new Map(known.map((subject) => [subject.uscc, subject]))
  const others = [...usccs].filter((uscc) => !subjectOf.has(uscc))
  const subjects = [
    ...[...usccs].flatMap((uscc) => subjectOf.get(uscc) ?? []),
    ...(await listSubjectsByCodes(tx, { usccs: others, registrationNumbers: [] })),
  ]
  await appendSubjectChanges(
    tx,
    subjects.map((subject) => ({ subject, changed: ['webPresences'] })),
    now,
  )
}

async function revisionsOf(tx: Tx, subjects: readonly Subject[]): Promise<Map<string, AnnualReportRevision[]>> {
  const byUscc = new Map<string, AnnualReportRevision[]>()
  const usccs = subjects.flatMap(({ uscc }) => uscc ?? [])
  if (usccs.length === 0) return byUscc
  for (const revision of await listReportRevisions(tx, usccs)) {
    const ofBusiness = byUscc.get(revision.uscc)
    if (ofBusiness === undefined) byUscc.set(revision.uscc, [revision])
    else ofBusiness.push(revision)
  }
  return byUscc
}

/**
 * Brings the web presences of these businesses in line with all that is said of them. Answers whose file changed by it,
 * and the addresses.
 * @param reports every revision of their annual reports, by code; loaded where it is left out
 */
export async function bringSitesInLine(
  tx: Tx,
  subjects: readonly Subject[],
  reports?: ReadonlyMap<string, AnnualReportRevision[]>,
): Promise<Touched> {
  const owners = subjects.flatMap(({ uscc, name, formerNames }) =>
    uscc === null ? [] : { uscc, names: [name, ...formerNames] },
  )
  if (owners.length === 0) return noTouch()
  const reportsOf = reports ?? (await revisionsOf(tx, subjects))
  const usccs = owners.map(({ uscc }) => uscc)
  const keysOf = (uscc: string) =>
    (reportsOf.get(uscc) ?? []).flatMap(({ webPresences }) => webPresences.map(({ key }) => key))
  const claimsOf = indexClaims(await listClaimsAbout(tx, { usccs, keys: [...new Set(usccs.flatMap(keysOf))] }))
  const held = new Map((await listWebPresences(tx, usccs)).map((row) => [`${row.uscc} ${row.key}`, row]))
  const changed = owners.flatMap((owner) => {
    const { uscc } = owner
    return webPresencesOf(reportsOf.get(uscc) ?? [], claimsOf(uscc, keysOf(uscc)), owner).flatMap((derived) => {
      const before = held.get(`${uscc} ${derived.key}`)
      const row = rowOf(uscc, derived, before)
      return before === undefined || !sameRow(before, row) ? row : []
    })
  })
  if (changed.length === 0) return noTouch()
  await upsertWebPresences(tx, changed)
  const keys = changed.flatMap((row) => (isPlatformItself(row) ? [] : row.key))
  const disputed = await updateDisputes(tx, keys)
  return { usccs: new Set([...changed.map(({ uscc }) => uscc), ...disputed]), keys: new Set(keys) }
}

/** Many sellers write their platform's own address: that claims nothing, so it is no dispute. */
function isPlatformItself({ key, host }: { key: string; host: string }): boolean {
  return key === host && platformOf(host) !== null
}

/** What concerns one business: the records that name it, and those without a code that are about its addresses. */
function indexClaims(revisions: readonly ClaimRevision[]) {
  const byRecord = new Map<string, ClaimRevision[]>()
  const recordsOf = new Map<string, Set<string>>()
  const add = (about: string, record: string) => recordsOf.set(about, (recordsOf.get(about) ?? new Set()).add(record))
  for (const revision of revisions) {
    const record = recordOf(revision)
    const ofRecord = byRecord.get(record)
    if (ofRecord === undefined) byRecord.set(record, [revision])
    else ofRecord.push(revision)
    add(revision.uscc === null ? `key ${revision.key}` : revision.uscc, record)
  }
  return (uscc: string, reportedKeys: readonly string[]): ClaimRevision[] => {
    const named = [...(recordsOf.get(uscc) ?? [])]
    const keys = [...reportedKeys, ...named.flatMap((record) => (byRecord.get(record) ?? []).map(({ key }) => key))]
    const records = new Set([...named, ...keys.flatMap((key) => [...(recordsOf.get(`key ${key}`) ?? [])])])
    return [...records].flatMap((record) => byRecord.get(record) ?? [])
  }
}

function rowOf(uscc: string, derived: DerivedWebPresence, before: WebPresenceRow | undefined): WebPresenceRow {
  // Whether a claim is disputed is told by all claims together, and whether a site is reached by who visits it.
  const isKept = derived.status === 'active' && (before?.status === 'disputed' || before?.status === 'unreachable')
  return { id: before?.id ?? uuidv7(), uscc, ...derived, status: isKept ? before.status : derived.status }
}

function sameRow(a: WebPresenceRow, b: WebPresenceRow): boolean {
  const fields = ['kind', 'name', 'url', 'platform', 'icpNumber', 'status', 'firstSeenOn', 'confirmedOn'] as const
  return fields.every((field) => a[field] === b[field]) && a.sources.join() === b.sources.join()
}

/** Ending more of a platform's shops than this at once looks like a report that is not whole. */
const maxEndedShare = 0.5
/** Of a platform with so few shops any change is a large share. */
const fewShops = 20
const chunkSize = 1000

export interface EndedShops {
  ended: number
  /** Shops of platforms whose newest report names so few that it cannot be the whole of it: left as they are. */
  withheld: number
  touched: Touched
}

/**
 * Ends the claims on shops that their platform named last in an earlier half year than its newest report (电子商务法
 * art 28: each January and July). For after a pull that reached its end.
 */
export async function endUnreportedShops(tx: Tx, now: Date): Promise<EndedShops> {
  await lockRegistry(tx)
  const result: EndedShops = { ended: 0, withheld: 0, touched: noTouch() }
  for (const { platform, since, reported, missing } of await listReportedPeriods(tx)) {
    if (missing > fewShops && missing > maxEndedShare * (missing + reported)) {
      result.withheld += missing
      continue
    }
    for (;;) {
      const shops = await listShopsStatedBefore(tx, { platform, since, limit: chunkSize })
      if (shops.length === 0) break
      const ended = shops.map((shop) => ({
        ...shop,
        revision: shop.revision + 1,
        isInUse: false,
        effectiveOn: since,
        receivedAt: now.toISOString(),
      }))
      await insertClaims(tx, ended)
      const touched = await bringClaimantsInLine(tx, ended, await registeredAmong(tx, ended), now)
      for (const uscc of touched.usccs) result.touched.usccs.add(uscc)
      for (const key of touched.keys) result.touched.keys.add(key)
      result.ended += ended.length
    }
  }
  return result
}
