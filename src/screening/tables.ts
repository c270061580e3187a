import { sql } from 'drizzle-orm'
import {
  bigint,
  bigserial,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  smallint,
  text,
  uuid,
} from 'drizzle-orm/pg-core'
import { bytes, instant } from '../platform/columns.ts'
import { partners } from '../partners/tables.ts'

/** Evidence of each screening call: append-only (a trigger refuses anything else). */
export const screenings = pgTable(
  'screenings',
  {
    id: uuid().primaryKey(),
    partnerId: uuid()
      .notNull()
      .references(() => partners.id),
    screenedAt: instant().notNull(),
    /** Of the log, as of which it was answered. */
    position: bigint({ mode: 'number' }).notNull(),
    /** SHA-256, in hexadecimal, of the evidence before it was deflated. */
    digest: text().notNull(),
    /** `{"answer":…,"request":…}` in the form of RFC 8785, deflated (RFC 1950): a tenth of its size. */
    evidence: bytes().notNull(),
  },
  (table) => [index('screenings_partner').on(table.partnerId, table.screenedAt)],
)

/** Lists of a platform's own sellers that are watched. */
export const monitors = pgTable(
  'monitors',
  {
    id: uuid().primaryKey(),
    partnerId: uuid()
      .notNull()
      .references(() => partners.id),
    name: text().notNull(),
    lists: text().array().notNull(),
    threshold: real().notNull(),
    memberCount: integer().notNull(),
    createdAt: instant().notNull(),
  },
  (table) => [index('monitors_partner').on(table.partnerId, table.id)],
)

/** Members of monitors, with what a change of the log finds them by and the result of the last look. */
export const monitorMembers = pgTable(
  'monitor_members',
  {
    monitorId: uuid()
      .notNull()
      .references(() => monitors.id, { onDelete: 'cascade' }),
    ref: text().notNull(),
    /** As the platform sent it: JSON as text, since PostgreSQL's own has no U+0000. */
    candidate: text().notNull(),
    /** Its own code, where it has a valid one. */
    code: text(),
    /** Keys under which its site or shop may be filed. */
    webKeys: text().array().notNull(),
    /** Who runs its site or shop, as of the last look. */
    owner: text(),
    /** Pairs of its name; empty while the name is that of the business under its code, so that no other can match it. */
    namePairs: text().array().notNull(),
    /** Decision, reasons and matches of the last look; null before the first. */
    result: jsonb(),
    /** Position of the last look; null when it has to be looked at, new or changed. */
    screenedPosition: bigint({ mode: 'number' }),
  },
  (table) => [
    primaryKey({ columns: [table.monitorId, table.ref] }),
    index('monitor_members_code').on(table.code),
    index('monitor_members_owner').on(table.owner),
    index('monitor_members_to_screen')
      .on(table.monitorId, table.ref)
      .where(sql`${table.screenedPosition} is null`),
    index('monitor_members_web_keys').using('gin', table.webKeys),
    index('monitor_members_name_pairs').using('gin', table.namePairs),
  ],
)

/** Alerts in order: numbered by the one worker that writes them, so that none appears behind a number already read. */
export const monitorAlerts = pgTable(
  'monitor_alerts',
  {
    sequence: bigserial({ mode: 'number' }).primaryKey(),
    id: uuid().notNull().unique(),
    monitorId: uuid().notNull(),
    ref: text().notNull(),
    /** Of the log, as of which the member was looked at. */
    position: bigint({ mode: 'number' }).notNull(),
    raisedAt: instant().notNull(),
    /** The decision before; null for a member that is looked at for the first time. */
    before: text(),
    result: jsonb().notNull(),
  },
  (table) => [
    foreignKey({ columns: [table.monitorId], foreignColumns: [monitors.id] }).onDelete('cascade'),
    index('monitor_alerts_monitor').on(table.monitorId, table.sequence),
  ],
)

/** How far the monitors have read the log: one row. */
export const monitorReader = pgTable('monitor_reader', {
  id: smallint().primaryKey(),
  position: bigint({ mode: 'number' }).notNull(),
})
