import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { instant, oneOf, vocabulary } from '../platform/columns.ts'
import {
  claimSources,
  entityTypes,
  licenceDisplays,
  subjectStatuses,
  webPresenceKinds,
  webPresenceStatuses,
} from './vocabulary.ts'

/** Who is registered: one row a business, by its code, or by its old registration number alone. */
export const subjects = pgTable(
  'subjects',
  {
    id: uuid().primaryKey(),
    uscc: text().unique(),
    registrationNumber: text(),
    /** `REGNO_CHECK`: the registration number's check digit fails or its form has none (rulebook 6.3). */
    flags: text().array().notNull(),
    name: text().notNull(),
    formerNames: text().array().notNull(),
    entityType: vocabulary(entityTypes).notNull(),
    status: vocabulary(subjectStatuses).notNull(),
    legalRepresentative: text(),
    establishedOn: date(),
    regionCode: text().notNull(),
    province: text(),
    city: text(),
    address: text(),
    industryCode: text(),
    registrationAuthority: text(),
    sourceId: text().notNull(),
    sourceUpdatedAt: instant().notNull(),
    receivedAt: instant().notNull(),
    /** Fields that the newest record does not state: the record that did, or null. The others come from the newest record. */
    fieldSources: jsonb().notNull().default({}),
    /** When the source dates what is published of it now, and when that was recorded here. */
    validFromAt: instant().notNull(),
    knownFromAt: instant().notNull(),
  },
  (table) => [
    oneOf('subjects_entity_type', table.entityType, entityTypes),
    oneOf('subjects_status', table.status, subjectStatuses),
    check('subjects_has_a_code', sql`${table.uscc} is not null or ${table.registrationNumber} is not null`),
    // One business without a unified code per old number; with a code, the old number is only a memory.
    uniqueIndex('subjects_registration_number_without_uscc')
      .on(table.registrationNumber)
      .where(sql`${table.uscc} is null`),
    index('subjects_registration_number').on(table.registrationNumber),
  ],
)

/** What was published of a business before, each time something of it changed: append-only (a trigger refuses anything else). */
export const subjectHistory = pgTable(
  'subject_history',
  {
    subjectId: uuid().notNull(),
    /** When the source dated this state, and from when until when it was the one on record here. */
    validFromAt: instant().notNull(),
    knownFromAt: instant().notNull(),
    knownUntilAt: instant().notNull(),
    state: jsonb().notNull(),
  },
  (table) => [primaryKey({ columns: [table.subjectId, table.knownUntilAt] })],
)

/** The sites and shops that a business has filed or was seen with, derived from all that sources say of them. */
export const webPresences = pgTable(
  'web_presences',
  {
    id: uuid().primaryKey(),
    uscc: text()
      .notNull()
      .references(() => subjects.uscc),
    kind: vocabulary(webPresenceKinds).notNull(),
    name: text().notNull(),
    url: text().notNull(),
    host: text().notNull(),
    key: text().notNull(),
    platform: text(),
    icpNumber: text(),
    sources: text().array().notNull(),
    status: vocabulary(webPresenceStatuses).notNull(),
    licenceDisplay: vocabulary(licenceDisplays).notNull(),
    firstSeenOn: date().notNull(),
    confirmedOn: date().notNull(),
  },
  (table) => [
    oneOf('web_presences_kind', table.kind, webPresenceKinds),
    oneOf('web_presences_status', table.status, webPresenceStatuses),
    oneOf('web_presences_licence_display', table.licenceDisplay, licenceDisplays),
    unique('web_presences_one_row_per_address').on(table.uscc, table.key),
    index('web_presences_key').on(table.key),
    index('web_presences_host').on(table.host),
  ],
)

/**
 * What filings of sites and platforms say of who runs a site or shop: a row for each version of a record, append-only (a
 * trigger refuses anything else), also of those that name nobody who is registered. What annual reports say is in their
 * revisions.
 */
export const webPresenceClaims = pgTable(
  'web_presence_claims',
  {
    source: vocabulary(claimSources).notNull(),
    /** What the record is about: the filing, or the platform's shop. */
    recordKey: text().notNull(),
    revision: integer().notNull(),
    sourceId: text().notNull(),
    /** No reference: a record may name a business before it is registered. */
    uscc: text(),
    ownerName: text().notNull(),
    kind: vocabulary(webPresenceKinds).notNull(),
    name: text().notNull(),
    url: text().notNull(),
    host: text().notNull(),
    key: text().notNull(),
    platform: text(),
    shopId: text(),
    icpNumber: text(),
    isInUse: boolean().notNull(),
    statedOn: date().notNull(),
    effectiveOn: date().notNull(),
    sourceUpdatedAt: instant().notNull(),
    recordedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.source, table.recordKey, table.revision] }),
    oneOf('web_presence_claims_source', table.source, claimSources),
    oneOf('web_presence_claims_kind', table.kind, webPresenceKinds),
    index('web_presence_claims_uscc').on(table.uscc),
    index('web_presence_claims_key').on(table.key),
  ],
)

/** The annual report of a business for a year: its present state. */
export const annualReports = pgTable(
  'annual_reports',
  {
    uscc: text()
      .notNull()
      .references(() => subjects.uscc),
    year: integer().notNull(),
    /** The day of the first publication, which decides whether the report came in time. */
    publishedOn: date().notNull(),
    revision: integer().notNull(),
    sourceId: text().notNull(),
    sourceUpdatedAt: instant().notNull(),
    receivedAt: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.uscc, table.year] })],
)

/**
 * Every version of a report, since before and after a correction are both shown (条例 art 12). Partitioned by year
 * (docs/decisions/0030).
 */
export const annualReportRevisions = pgTable(
  'annual_report_revisions',
  {
    uscc: text().notNull(),
    year: integer().notNull(),
    revision: integer().notNull(),
    publishedOn: date().notNull(),
    name: text().notNull(),
    webPresences: jsonb().notNull(),
    sourceId: text().notNull(),
    sourceUpdatedAt: instant().notNull(),
    recordedAt: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.uscc, table.year, table.revision] })],
)
