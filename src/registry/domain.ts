import type { EntityType, SubjectStatus, WebPresenceKind, WebPresenceStatus } from './vocabulary.ts'

/** What a source says of a business. Days are `YYYY-MM-DD`, instants RFC 3339 in UTC; an absent field is not stated. */
export interface SubjectRecord {
  sourceId: string
  updatedAt: string
  uscc: string | null
  registrationNumber: string | null
  flags: string[]
  name: string
  formerNames?: string[] | undefined
  entityType: EntityType
  status: SubjectStatus
  legalRepresentative?: string | undefined
  establishedOn?: string | undefined
  regionCode: string
  address?: string | undefined
  industryCode?: string | undefined
  registrationAuthority?: string | undefined
  province?: string | undefined
  city?: string | undefined
}

/** A business as the registry holds it. */
export interface Subject {
  id: string
  uscc: string | null
  registrationNumber: string | null
  flags: string[]
  name: string
  formerNames: string[]
  entityType: EntityType
  status: SubjectStatus
  legalRepresentative: string | null
  establishedOn: string | null
  regionCode: string
  province: string | null
  city: string | null
  address: string | null
  industryCode: string | null
  registrationAuthority: string | null
  sourceId: string
  sourceUpdatedAt: string
  receivedAt: string
  /** When the source dated the published fields as they are, and when that was recorded. */
  validFromAt: string
  knownFromAt: string
}

/** Fields of a subject that the public sees; a change of one of them is an event (design rule 1). */
const publishedFields = [
  'uscc',
  'registrationNumber',
  'name',
  'formerNames',
  'entityType',
  'status',
  'legalRepresentative',
  'establishedOn',
  'regionCode',
  'province',
  'city',
  'address',
  'industryCode',
  'registrationAuthority',
] as const satisfies (keyof Subject)[]

interface Held {
  sourceId: string
  sourceUpdatedAt: string
  receivedAt: string
}

/**
 * Whether a record is older than what is held and so changes nothing (design rule 9). A source may stamp a record with a
 * time that has not come yet; such a stamp is believed only against others of its kind, or it would shut out every true
 * record until then. Of two records that a source holds with one stamp, the one with the greater id counts, or each
 * would overwrite the other at every pull.
 */
function isOlder(record: { sourceId: string; updatedAt: string }, held: Held, now: string): boolean {
  const heldIsFromTheFuture = held.sourceUpdatedAt > held.receivedAt
  const bar = heldIsFromTheFuture && record.updatedAt <= now ? held.receivedAt : held.sourceUpdatedAt
  return record.updatedAt < bar || (record.updatedAt === held.sourceUpdatedAt && record.sourceId < held.sourceId)
}

export interface SubjectChange {
  outcome: 'new' | 'changed' | 'unchanged' | 'older'
  subject: Subject
  changed: string[]
}

/** What a record makes of the business it names; `held` is null when the registry does not hold it yet. */
export function applySubjectRecord(
  held: Subject | null,
  record: SubjectRecord,
  context: { newId: () => string; now: string },
): SubjectChange {
  if (held !== null && isOlder(record, held, context.now)) return { outcome: 'older', subject: held, changed: [] }
  const subject: Subject = {
    id: held?.id ?? context.newId(),
    uscc: record.uscc ?? held?.uscc ?? null,
    registrationNumber: record.registrationNumber ?? held?.registrationNumber ?? null,
    flags: record.registrationNumber === null ? (held?.flags ?? []) : record.flags,
    name: record.name,
    formerNames: record.formerNames ?? held?.formerNames ?? [],
    entityType: record.entityType,
    status: record.status,
    legalRepresentative: record.legalRepresentative ?? held?.legalRepresentative ?? null,
    establishedOn: record.establishedOn ?? held?.establishedOn ?? null,
    regionCode: record.regionCode,
    province: record.province ?? held?.province ?? null,
    city: record.city ?? held?.city ?? null,
    address: record.address ?? held?.address ?? null,
    industryCode: record.industryCode ?? held?.industryCode ?? null,
    registrationAuthority: record.registrationAuthority ?? held?.registrationAuthority ?? null,
    sourceId: record.sourceId,
    sourceUpdatedAt: record.updatedAt,
    receivedAt: context.now,
    validFromAt: held?.validFromAt ?? record.updatedAt,
    knownFromAt: held?.knownFromAt ?? context.now,
  }
  const changed = publishedFields.filter((field) => !sameValue(held?.[field] ?? null, subject[field]))
  if (held === null || changed.length === 0) return { outcome: held === null ? 'new' : 'unchanged', subject, changed }
  return {
    outcome: 'changed',
    subject: { ...subject, validFromAt: record.updatedAt, knownFromAt: context.now },
    changed,
  }
}

function sameValue(a: string | string[] | null, b: string | string[] | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** A site or shop as an annual report states it. */
export interface ReportedWebPresence {
  kind: WebPresenceKind
  name: string
  url: string
  host: string
  key: string
}

export interface AnnualReportRecord {
  sourceId: string
  updatedAt: string
  uscc: string
  name: string
  year: number
  publishedOn: string
  webPresences: ReportedWebPresence[]
}

export interface AnnualReportRevision extends AnnualReportRecord {
  revision: number
  receivedAt: string
}

/**
 * The revision that a record adds to those held of the same report (oldest first), or why it adds none: it is older than
 * the newest, says the same, or was taken before and comes again.
 */
export function nextRevision(
  held: readonly AnnualReportRevision[],
  record: AnnualReportRecord,
  now: string,
): AnnualReportRevision | 'older' | 'unchanged' {
  const newest = held.at(-1)
  if (newest !== undefined) {
    const { sourceId, updatedAt: sourceUpdatedAt, receivedAt } = newest
    if (isOlder(record, { sourceId, sourceUpdatedAt, receivedAt }, now)) return 'older'
    const content = contentOf(record)
    const comesAgain = held.some(
      (revision) => revision.updatedAt === record.updatedAt && contentOf(revision) === content,
    )
    if (comesAgain || contentOf(newest) === content) return 'unchanged'
  }
  return { ...record, revision: (newest?.revision ?? 0) + 1, receivedAt: now }
}

function contentOf({ name, publishedOn, webPresences }: AnnualReportRecord): string {
  return JSON.stringify([name, publishedOn, webPresences.map(({ kind, name, url, key }) => [kind, name, url, key])])
}

/** The day of a report's first publication: a later correction does not make it late. */
export function firstPublishedOn(revisions: readonly AnnualReportRevision[]): string {
  return revisions.map((revision) => revision.publishedOn).reduce((a, b) => (a < b ? a : b))
}

export interface DerivedWebPresence extends ReportedWebPresence {
  status: Extract<WebPresenceStatus, 'active' | 'retired'>
  firstSeenOn: string
  confirmedOn: string
}

/**
 * The sites and shops of one business as its reports tell them, each address once: those in the newest revision of its
 * newest report are in use, all others that it ever reported are retired.
 */
export function webPresencesOf(revisions: readonly AnnualReportRevision[]): DerivedWebPresence[] {
  const inOrder = [...revisions].sort((a, b) => a.year - b.year || a.revision - b.revision)
  const newest = inOrder.at(-1)
  const byKey = new Map<string, DerivedWebPresence>()
  for (const report of inOrder) {
    for (const reported of report.webPresences) {
      const before = byKey.get(reported.key)
      byKey.set(reported.key, {
        ...reported,
        status: report === newest ? 'active' : 'retired',
        firstSeenOn:
          before === undefined || report.publishedOn < before.firstSeenOn ? report.publishedOn : before.firstSeenOn,
        confirmedOn:
          before === undefined || report.publishedOn > before.confirmedOn ? report.publishedOn : before.confirmedOn,
      })
    }
  }
  return [...byKey.values()]
}
