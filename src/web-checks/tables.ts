import { date, index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { bytes, instant, oneOf, vocabulary } from '../platform/columns.ts'
import { webPresences } from '../registry/tables.ts'
import { licenceDisplays, webPresenceStatuses } from '../registry/vocabulary.ts'
import { visitOutcomes, visitReasons } from './vocabulary.ts'

/** What is kept between the visits of a site or shop, and when the next is due. */
export const webCheckStates = pgTable(
  'web_check_states',
  {
    webPresenceId: uuid()
      .primaryKey()
      .references(() => webPresences.id, { onDelete: 'cascade' }),
    /** What is visited by one request at a time: a registrable domain, or a platform. */
    site: text().notNull(),
    /** Null for what is never visited: the own address of a platform. */
    dueOn: date(),
    checkedAt: instant(),
    failedDays: integer().notNull().default(0),
    failingSinceOn: date(),
    lastFailedOn: date(),
    missingDays: integer().notNull().default(0),
    lastMissingOn: date(),
  },
  (table) => [
    index('web_check_states_due').on(table.dueOn, table.site),
    index('web_check_states_site').on(table.site, table.dueOn),
    index('web_check_states_checked').on(table.checkedAt),
  ],
)

/** When a site may be asked again: kept here so that other processes, and the next after a kill, keep the distance. */
export const webCheckSites = pgTable('web_check_sites', {
  site: text().primaryKey(),
  nextRequestAt: instant().notNull(),
})

/** Every visit and what it met: evidence, which outlives what it is of (append-only, by a trigger). */
export const webCheckVisits = pgTable(
  'web_check_visits',
  {
    id: uuid().primaryKey(),
    webPresenceId: uuid().notNull(),
    visitedAt: instant().notNull(),
    url: text().notNull(),
    finalUrl: text().notNull(),
    httpStatus: integer(),
    outcome: vocabulary(visitOutcomes).notNull(),
    licence: vocabulary(licenceDisplays).notNull(),
    reason: vocabulary(visitReasons),
    evidence: jsonb(),
    /** Codes of other businesses that the page shows. */
    otherCodes: text().array().notNull(),
    /** Of the page as it came, unpacked; its bytes are in `web_check_pages` for as long as they are kept. */
    pageSha256: text(),
  },
  (table) => [
    oneOf('web_check_visits_outcome', table.outcome, visitOutcomes),
    oneOf('web_check_visits_licence', table.licence, licenceDisplays),
    oneOf('web_check_visits_reason', table.reason, visitReasons),
    index('web_check_visits_presence').on(table.webPresenceId, table.id),
  ],
)

/** The bytes of pages, once each, compressed. */
export const webCheckPages = pgTable(
  'web_check_pages',
  {
    sha256: text().primaryKey(),
    contentType: text().notNull(),
    /** Gzip of the page. */
    body: bytes().notNull(),
    lastSeenAt: instant().notNull(),
  },
  (table) => [index('web_check_pages_last_seen').on(table.lastSeenAt)],
)

/** What checks made of a web presence, each time that it changed: append-only, for what was published in the past. */
export const webCheckFindings = pgTable(
  'web_check_findings',
  {
    id: uuid().primaryKey(),
    webPresenceId: uuid().notNull(),
    foundAt: instant().notNull(),
    status: vocabulary(webPresenceStatuses).notNull(),
    licenceDisplay: vocabulary(licenceDisplays).notNull(),
  },
  (table) => [
    index('web_check_findings_presence').on(table.webPresenceId, table.id),
    oneOf('web_check_findings_status', table.status, webPresenceStatuses),
    oneOf('web_check_findings_licence_display', table.licenceDisplay, licenceDisplays),
  ],
)
