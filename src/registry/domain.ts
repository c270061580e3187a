import type { EntityType, SubjectStatus, WebPresenceKind } from './vocabulary.ts'

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

/** Fields of a subject that the public sees; a change of one of them is an event (design rule 1). */
export const publishedFields = [
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
] as const
export type PublishedField = (typeof publishedFields)[number]

/** The record of a source that something was taken from. Instants are RFC 3339 in UTC. */
export interface Origin {
  sourceId: string
  updatedAt: string
  receivedAt: string
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
  /** The newest record of it. */
  sourceId: string
  sourceUpdatedAt: string
  receivedAt: string
  /**
   * Where the fields come from that the newest record does not state: an older record, or null where none ever stated
   * it. A field that is missing here comes from the newest record.
   */
  fieldSources: Partial<Record<PublishedField, Origin | null>>
  /** When the source dated the published fields as they are, and when that was recorded. */
  validFromAt: string
  knownFromAt: string
}

/**
 * Whether a record is older than what is held and so changes nothing (design rule 9). A source may stamp a record with a
 * time that has not come yet; such a stamp is believed only against others of its kind, or it would shut out every true
 * record until then. Of two records that a source holds with one stamp, the one with the greater id counts, or each
 * would overwrite the other at every pull.
 */
export function isOlder(record: { sourceId: string; updatedAt: string }, held: Origin, now: string): boolean {
  const heldIsFromTheFuture = held.updatedAt > held.receivedAt
  const bar = heldIsFromTheFuture && record.updatedAt <= now ? held.receivedAt : held.updatedAt
  return record.updatedAt < bar || (record.updatedAt === held.updatedAt && record.sourceId < held.sourceId)
}

function newestOrigin({ sourceId, sourceUpdatedAt, receivedAt }: Subject): Origin {
  return { sourceId, updatedAt: sourceUpdatedAt, receivedAt }
}

/** The record that said what a field of a subject holds; null where none did. */
export function originOf(subject: Subject, field: PublishedField): Origin | null {
  const exception = subject.fieldSources[field]
  if (exception !== undefined) return exception
  return subject[field] === null ? null : newestOrigin(subject)
}

export interface SubjectChange {
  outcome: 'new' | 'changed' | 'unchanged' | 'older'
  subject: Subject
  changed: string[]
}

/**
 * What a record makes of the business it names; `held` is null when the registry does not hold it yet. Each field is
 * that of the newest record that states it, so records may come in any order: an older one fills what the newer ones
 * leave open, and overwrites nothing.
 */
export function applySubjectRecord(
  held: Subject | null,
  record: SubjectRecord,
  context: { newId: () => string; now: string },
): SubjectChange {
  const { sourceId, updatedAt } = record
  const origin: Origin = { sourceId, updatedAt, receivedAt: context.now }
  const isNewest = held === null || !isOlder(record, newestOrigin(held), context.now)
  const origins = new Map<PublishedField, Origin | null>()
  const taken = new Set<PublishedField>()
  for (const field of publishedFields) {
    const before = held === null ? null : originOf(held, field)
    const isTaken = isStated(record[field]) && (before === null || !isOlder(record, before, context.now))
    if (isTaken) taken.add(field)
    origins.set(field, isTaken ? origin : before)
  }
  if (held !== null && !isNewest && taken.size === 0) return { outcome: 'older', subject: held, changed: [] }
  const stated = Object.fromEntries([...taken].map((field) => [field, record[field]])) as Partial<Subject>
  const subject = withOrigins(
    {
      ...(held ?? unstated(record)),
      ...stated,
      id: held?.id ?? context.newId(),
      flags: taken.has('registrationNumber') ? record.flags : (held?.flags ?? []),
      ...(isNewest ? { sourceId, sourceUpdatedAt: updatedAt, receivedAt: context.now } : {}),
      validFromAt: held?.validFromAt ?? updatedAt,
      knownFromAt: held?.knownFromAt ?? context.now,
    },
    origins,
  )
  return { ...changeOf(held, subject), subject: dated(held, subject, context.now) }
}

function isStated(value: unknown): boolean {
  return value !== undefined && value !== null
}

/** A subject of which nothing is known but what every record has to state. */
function unstated({ sourceId, updatedAt, name, entityType, status, regionCode }: SubjectRecord): Subject {
  return {
    ...{ id: '', uscc: null, registrationNumber: null, flags: [], name, formerNames: [], entityType, status },
    ...{ legalRepresentative: null, establishedOn: null, regionCode, province: null, city: null, address: null },
    ...{ industryCode: null, registrationAuthority: null, sourceId, sourceUpdatedAt: updatedAt, receivedAt: '' },
    ...{ fieldSources: {}, validFromAt: updatedAt, knownFromAt: '' },
  }
}

/** Keeps of the origins of the fields those that the newest record does not tell. */
function withOrigins(subject: Subject, origins: ReadonlyMap<PublishedField, Origin | null>): Subject {
  const newest = newestOrigin(subject)
  const fieldSources: Subject['fieldSources'] = {}
  for (const [field, origin] of origins) {
    const isNewest = origin?.sourceId === newest.sourceId && origin.updatedAt === newest.updatedAt
    if (!isNewest && (origin !== null || subject[field] !== null)) fieldSources[field] = origin
  }
  return { ...subject, fieldSources }
}

function changeOf(held: Subject | null, subject: Subject): Omit<SubjectChange, 'subject'> {
  const changed = publishedFields.filter((field) => !sameValue(held?.[field] ?? null, subject[field]))
  if (held === null) return { outcome: 'new', changed }
  return { outcome: changed.length === 0 ? 'unchanged' : 'changed', changed }
}

/** What is published of it is as new as the newest of the records that say it, whichever came last. */
function dated(held: Subject | null, subject: Subject, now: string): Subject {
  if (held === null || changeOf(held, subject).changed.length === 0) return subject
  return { ...subject, validFromAt: subject.sourceUpdatedAt, knownFromAt: now }
}

/**
 * One business out of two rows that a record has shown to be one: each field from the newer of the records that state
 * it. Answers the row `kept` with it, and which of its published fields changed.
 */
export function mergeSubjects(kept: Subject, twin: Subject, now: string): { subject: Subject; changed: string[] } {
  const newer = (a: Origin | null, b: Origin | null) => b !== null && (a === null || isOlder(a, b, now))
  const origins = new Map<PublishedField, Origin | null>()
  const values: Partial<Record<PublishedField, unknown>> = {}
  for (const field of publishedFields) {
    const [own, other] = [originOf(kept, field), originOf(twin, field)]
    const fromTwin = newer(own, other)
    origins.set(field, fromTwin ? other : own)
    if (fromTwin) values[field] = twin[field]
  }
  const newest = newer(newestOrigin(kept), newestOrigin(twin)) ? twin : kept
  const { sourceId, sourceUpdatedAt, receivedAt } = newest
  const merged = withOrigins(
    {
      ...kept,
      ...(values as Partial<Subject>),
      flags: 'registrationNumber' in values ? twin.flags : kept.flags,
      ...{ sourceId, sourceUpdatedAt, receivedAt },
    },
    origins,
  )
  return { subject: dated(kept, merged, now), changed: changeOf(kept, merged).changed }
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
    if (isOlder(record, newest, now)) return 'older'
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
