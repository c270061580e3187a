import { v7 as uuidv7 } from 'uuid'
import type { Tx } from '../platform/db.ts'
import { appendEvents } from '../feed/service.ts'
import { platformOf } from './platforms.ts'
import {
  applySubjectRecord,
  firstPublishedOn,
  nextRevision,
  webPresencesOf,
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
  listWebPresences,
  lockRegistry,
  updateDisputes,
  upsertReports,
  upsertSubjects,
  upsertWebPresences,
  type ReportRow,
  type WebPresenceRow,
} from './repository.ts'

/** For who judges a business by what the registry and quarantine hold of it together: neither changes until it is done. */
export { lockRegistry } from './repository.ts'

export type TakenCounts = Record<'new' | 'changed' | 'unchanged' | 'older', number>

const none = (): TakenCounts => ({ new: 0, changed: 0, unchanged: 0, older: 0 })

/**
 * Takes records of businesses into the registry, in the order given, with their events, inside the caller's
 * transaction. A record finds its business by its code, else by its old registration number (rulebook 6.3).
 */
export async function takeSubjects(tx: Tx, records: readonly SubjectRecord[], now: Date): Promise<TakenCounts> {
  const counts = none()
  if (records.length === 0) return counts
  await lockRegistry(tx)
  const held = indexSubjects(
    await listSubjectsByCodes(tx, {
      usccs: records.flatMap((record) => record.uscc ?? []),
      registrationNumbers: records.flatMap((record) => record.registrationNumber ?? []),
    }),
  )
  const touched = new Map<string, SubjectChange>()
  const absorbed = new Set<string>()
  for (const record of records) {
    const { known, twin } = held.find(record)
    if (twin !== null) {
      absorbed.add(twin.id)
      touched.delete(twin.id)
      held.drop(twin)
    }
    const change = applySubjectRecord(known, record, { newId: uuidv7, now: now.toISOString() })
    counts[change.outcome] += 1
    if (change.outcome === 'older') continue
    if (change.outcome === 'unchanged' && known?.sourceUpdatedAt === record.updatedAt) continue
    held.put(change.subject)
    const before = touched.get(change.subject.id)
    touched.set(change.subject.id, {
      ...change,
      changed: [...new Set([...(before?.changed ?? []), ...change.changed])],
    })
  }
  const changes = [...touched.values()]
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
  await appendSubjectChanges(
    tx,
    changes.flatMap(({ subject, changed }) => (changed.length > 0 ? [{ subject, changed }] : [])),
    now,
  )
  return counts
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

/** Tells the feed which published fields of a business changed: names of fields, never their personal values. */
export async function appendSubjectChanges(
  tx: Tx,
  changes: readonly { subject: Subject; changed: readonly string[] }[],
  now: Date,
): Promise<void> {
  await appendEvents(
    tx,
    changes.flatMap(({ subject, changed }) =>
      subject.uscc === null
        ? []
        : {
            id: uuidv7(),
            type: 'subject.changed',
            key: `subject:${subject.uscc}`,
            uscc: subject.uscc,
            list: null,
            regionCode: subject.regionCode,
            occurredAt: now.toISOString(),
            data: {
              name: subject.name,
              entityType: subject.entityType,
              status: subject.status,
              regionCode: subject.regionCode,
              changed,
            },
          },
    ),
  )
}

export interface TakenReports {
  counts: TakenCounts
  /** Records whose code nobody is registered under, as they were given. */
  unknown: AnnualReportRecord[]
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
  if (records.length === 0) return { counts, unknown }
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
  if (added.length === 0) return { counts, unknown }
  await insertReportRevisions(tx, added)
  await upsertReports(tx, presentReports(added, revisionsOf))

  const withNewReports = new Set(added.map((revision) => revision.uscc))
  const withNewSites = await takeWebPresences(tx, [...withNewReports], revisionsOf)
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
  return { counts, unknown }
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

/** Brings the web presences of these businesses in line with their reports; answers whose file changed by it. */
async function takeWebPresences(
  tx: Tx,
  usccs: readonly string[],
  revisionsOf: ReadonlyMap<string, AnnualReportRevision[]>,
): Promise<Set<string>> {
  const held = new Map((await listWebPresences(tx, usccs)).map((row) => [`${row.uscc} ${row.key}`, row]))
  const changed: WebPresenceRow[] = []
  for (const uscc of usccs) {
    for (const derived of webPresencesOf(revisionsOf.get(uscc) ?? [])) {
      const before = held.get(`${uscc} ${derived.key}`)
      const row: WebPresenceRow = {
        id: before?.id ?? uuidv7(),
        uscc,
        ...derived,
        platform: platformOf(derived.host)?.code ?? null,
        sources: ['annual-report'],
        // Whether a claim is disputed is told by all claims together, below.
        status: before?.status === 'disputed' && derived.status === 'active' ? 'disputed' : derived.status,
      }
      if (before === undefined || !sameRow(before, row)) changed.push(row)
    }
  }
  if (changed.length === 0) return new Set()
  await upsertWebPresences(tx, changed)
  const disputed = await updateDisputes(
    tx,
    // Many sellers write their platform's own address: that claims nothing, so it is no dispute.
    changed.flatMap(({ key, host, platform }) => (platform !== null && key === host ? [] : key)),
  )
  return new Set([...changed.map((row) => row.uscc), ...disputed])
}

function sameRow(a: WebPresenceRow, b: WebPresenceRow): boolean {
  const fields = ['kind', 'name', 'url', 'platform', 'status', 'firstSeenOn', 'confirmedOn'] as const
  return fields.every((field) => a[field] === b[field])
}
