import { v7 as uuidv7 } from 'uuid'
import type { Tx } from '../platform/db.ts'
import { appendSubjectChanges } from './changes.ts'
import { listKeysOf, listUsccsWithSites } from './claims/repository.ts'
import { bringSitesInLine, noTouch, type Touched } from './claims/service.ts'
import {
  applySubjectRecord,
  firstPublishedOn,
  mergeSubjects,
  nextRevision,
  type AnnualReportRecord,
  type AnnualReportRevision,
  type Subject,
  type SubjectChange,
  type SubjectRecord,
} from './domain.ts'
import {
  archiveSubjects,
  deleteSubjects,
  insertReportRevisions,
  listReportRevisions,
  listSubjectsByCodes,
  lockRegistry,
  upsertReports,
  upsertSubjects,
  type ReportRow,
} from './repository.ts'

/** For who judges a business by what the registry and quarantine hold of it together: neither changes until it is done. */
export { lockRegistry } from './repository.ts'

export type TakenCounts = Record<'new' | 'changed' | 'unchanged' | 'older', number>

const none = (): TakenCounts => ({ new: 0, changed: 0, unchanged: 0, older: 0 })

export interface TakenSubjects {
  counts: TakenCounts
  touched: Touched
}

/**
 * Takes records of businesses into the registry, in the order given, with their events, inside the caller's
 * transaction. A record finds its business by its code, else by its old registration number (rulebook 6.3).
 */
export async function takeSubjects(tx: Tx, records: readonly SubjectRecord[], now: Date): Promise<TakenSubjects> {
  const counts = none()
  if (records.length === 0) return { counts, touched: noTouch() }
  await lockRegistry(tx)
  const held = indexSubjects(
    await listSubjectsByCodes(tx, {
      usccs: records.flatMap((record) => record.uscc ?? []),
      registrationNumbers: records.flatMap((record) => record.registrationNumber ?? []),
    }),
  )
  const changesOf = new Map<string, SubjectChange>()
  const absorbed = new Set<string>()
  for (const record of records) {
    const { known: found, twin } = held.find(record)
    let known = found
    const changed = new Set<string>()
    if (found !== null && twin !== null) {
      absorbed.add(twin.id)
      changesOf.delete(twin.id)
      held.drop(twin)
      const merged = mergeSubjects(found, twin, now.toISOString())
      known = merged.subject
      for (const field of merged.changed) changed.add(field)
    }
    const change = applySubjectRecord(known, record, { newId: uuidv7, now: now.toISOString() })
    counts[change.outcome] += 1
    if (twin === null && change.outcome === 'older') continue
    if (twin === null && change.outcome === 'unchanged' && known?.sourceUpdatedAt === record.updatedAt) continue
    held.put(change.subject)
    const before = changesOf.get(change.subject.id)
    for (const field of [...(before?.changed ?? []), ...change.changed]) changed.add(field)
    const isNew = before?.outcome === 'new' || change.outcome === 'new'
    changesOf.set(change.subject.id, { ...change, outcome: isNew ? 'new' : change.outcome, changed: [...changed] })
  }
  const changes = [...changesOf.values()]
  await archiveSubjects(
    tx,
    changes.flatMap(({ subject, changed }) => (changed.length > 0 ? subject.id : [])),
    now,
  )
  await deleteSubjects(tx, [...absorbed])
  await upsertSubjects(
    tx,
    changes.map((change) => change.subject),
  )
  const touched = await bringClaimsInLine(tx, changes)
  const withChanges = new Map(
    changes.flatMap(({ subject, changed }) => (changed.length > 0 ? [[subject.uscc, { subject, changed }]] : [])),
  )
  const others = [...touched.siteOwners].filter((uscc) => !withChanges.has(uscc))
  await appendSubjectChanges(
    tx,
    [
      ...[...withChanges.values()].map(({ subject, changed }) => ({
        subject,
        changed: touched.siteOwners.has(subject.uscc ?? '') ? [...changed, 'webPresences'] : changed,
      })),
      ...(await listSubjectsByCodes(tx, { usccs: others, registrationNumbers: [] })).map((subject) => ({
        subject,
        changed: ['webPresences'],
      })),
    ],
    now,
  )
  return { counts, touched }
}

/** What a contradiction may begin or end with: who it is, its names, whether it still exists. */
const telling: readonly string[] = ['uscc', 'name', 'formerNames', 'status', 'regionCode']

/**
 * Claims may have waited for a business to be registered, or mean it by a name that it has now: its web presences follow.
 * Of businesses that nobody has said anything of yet, which are nearly all of a first import, there is nothing to do.
 */
async function bringClaimsInLine(
  tx: Tx,
  changes: readonly SubjectChange[],
): Promise<Touched & { siteOwners: ReadonlySet<string> }> {
  const changed = changes.filter(
    ({ subject, changed }) => subject.uscc !== null && changed.some((field) => telling.includes(field)),
  )
  const usccs = new Set(await listUsccsWithSites(tx, [...new Set(changed.map(({ subject }) => subject.uscc ?? ''))]))
  const claimed = changed.filter(({ subject }) => usccs.has(subject.uscc ?? ''))
  const held = await listKeysOf(tx, [...usccs])
  const { usccs: siteOwners, keys } = await bringSitesInLine(
    tx,
    claimed.map(({ subject }) => subject),
  )
  for (const { subject, outcome } of changed) if (outcome === 'changed') usccs.add(subject.uscc ?? '')
  return { usccs: new Set([...usccs, ...siteOwners]), keys: new Set([...keys, ...held]), siteOwners }
}

/** Finds the business that a record names among those held. */
function indexSubjects(subjects: readonly Subject[]) {
  const byUscc = new Map<string, Subject>()
  const byNumber = new Map<string, Subject>()
  const put = (subject: Subject) => {
    if (subject.uscc !== null) byUscc.set(subject.uscc, subject)
    if (subject.registrationNumber === null) return
    const rival = byNumber.get(subject.registrationNumber)
    // The business that has nothing but the number goes before one that once had it.
    if (rival === undefined || rival.id === subject.id || rival.uscc !== null) {
      byNumber.set(subject.registrationNumber, subject)
    }
  }
  subjects.forEach(put)
  const drop = (subject: Subject) => byNumber.delete(subject.registrationNumber ?? '')
  const find = (record: SubjectRecord): { known: Subject | null; twin: Subject | null } => {
    const sameCode = record.uscc === null ? undefined : byUscc.get(record.uscc)
    const sameNumber = record.registrationNumber === null ? undefined : byNumber.get(record.registrationNumber)
    // A number that belongs to a business with another code is no proof of being that business.
    const byItsNumber =
      sameNumber !== undefined && (record.uscc === null || sameNumber.uscc === null) ? sameNumber : null
    if (sameCode === undefined) return { known: byItsNumber, twin: null }
    // Known by its code and, in a row of its own, by its number alone: the record says that the two are one.
    return { known: sameCode, twin: byItsNumber !== null && byItsNumber.id !== sameCode.id ? byItsNumber : null }
  }
  return { put, find, drop }
}

export interface TakenReports {
  counts: TakenCounts
  /** Records whose code nobody is registered under, as they were given. */
  unknown: AnnualReportRecord[]
  touched: Touched
}

/**
 * Takes annual reports into the registry: a revision for each that says something new, the report's present state, the
 * web presences that follow from all reports of the business, and their events, inside the caller's transaction.
 */
export async function takeAnnualReports(
  tx: Tx,
  records: readonly AnnualReportRecord[],
  now: Date,
): Promise<TakenReports> {
  const counts = none()
  const unknown: AnnualReportRecord[] = []
  if (records.length === 0) return { counts, unknown, touched: noTouch() }
  await lockRegistry(tx)
  const usccs = [...new Set(records.map((record) => record.uscc))]
  const subjects = await listSubjectsByCodes(tx, { usccs, registrationNumbers: [] })
  const subjectOf = new Map(subjects.map((subject) => [subject.uscc, subject]))
  const revisionsOf = new Map<string, AnnualReportRevision[]>()
  for (const revision of await listReportRevisions(tx, usccs)) {
    revisionsOf.set(revision.uscc, [...(revisionsOf.get(revision.uscc) ?? []), revision])
  }
  const added: AnnualReportRevision[] = []
  for (const record of records) {
    if (!subjectOf.has(record.uscc)) {
      unknown.push(record)
      continue
    }
    const ofSubject = revisionsOf.get(record.uscc) ?? []
    const ofYear = ofSubject.filter((revision) => revision.year === record.year)
    const revision = nextRevision(ofYear, record, now.toISOString())
    if (typeof revision === 'string') {
      counts[revision] += 1
      continue
    }
    counts[revision.revision === 1 ? 'new' : 'changed'] += 1
    added.push(revision)
    revisionsOf.set(record.uscc, [...ofSubject, revision])
  }
  if (added.length === 0) return { counts, unknown, touched: noTouch() }
  await insertReportRevisions(tx, added)
  await upsertReports(tx, presentReports(added, revisionsOf))

  const withNewReports = new Set(added.map((revision) => revision.uscc))
  const touched = await bringSitesInLine(
    tx,
    subjects.filter((subject) => withNewReports.has(subject.uscc ?? '')),
    revisionsOf,
  )
  const withNewSites = touched.usccs
  const others = [...withNewSites].filter((uscc) => !subjectOf.has(uscc))
  const changedSubjects = [
    ...subjects.filter((subject) => withNewReports.has(subject.uscc ?? '')),
    ...(await listSubjectsByCodes(tx, { usccs: others, registrationNumbers: [] })),
  ]
  await appendSubjectChanges(
    tx,
    changedSubjects.map((subject) => ({
      subject,
      changed: [
        ...(withNewReports.has(subject.uscc ?? '') ? ['annualReports'] : []),
        ...(withNewSites.has(subject.uscc ?? '') ? ['webPresences'] : []),
      ],
    })),
    now,
  )
  return { counts, unknown, touched: { usccs: new Set([...withNewReports, ...withNewSites]), keys: touched.keys } }
}

/** The present state of each report that got a revision. */
function presentReports(
  added: readonly AnnualReportRevision[],
  revisionsOf: ReadonlyMap<string, AnnualReportRevision[]>,
): ReportRow[] {
  const newest = new Map(added.map((revision) => [`${revision.uscc}/${revision.year}`, revision]))
  return [...newest.values()].map((revision) => {
    const ofYear = (revisionsOf.get(revision.uscc) ?? []).filter((other) => other.year === revision.year)
    return { ...revision, publishedOn: firstPublishedOn(ofYear) }
  })
}
