import { sql } from 'drizzle-orm'
import { index, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf, vocabulary } from '../platform/columns.ts'
import { leadKinds, leadStatuses } from './vocabulary.ts'

/** Contradictions between sources (线索), for staff alone: each opened once, and closed by a person or by itself. */
export const leads = pgTable(
  'leads',
  {
    id: uuid().primaryKey(),
    kind: vocabulary(leadKinds).notNull(),
    /** The address or the code that the contradiction is about. */
    about: text().notNull(),
    /** What tells it from others of its kind about the same. */
    subject: text().notNull(),
    /** What it consists of; something new in it is another fact. */
    fact: text().array().notNull(),
    usccs: text().array().notNull(),
    regionCodes: text().array().notNull(),
    /** The records of both sides, as they were when it was seen last. */
    evidence: jsonb().notNull(),
    status: vocabulary(leadStatuses).notNull(),
    openedAt: instant().notNull(),
    changedAt: instant().notNull(),
    closedAt: instant(),
    /** The partner whose key closed it; null for one that closed by itself. */
    closedBy: uuid(),
    closeReason: text(),
    /** When the contradiction was found gone: what comes afterwards is a new one. */
    goneAt: instant(),
  },
  (table) => [
    oneOf('leads_kind', table.kind, leadKinds),
    oneOf('leads_status', table.status, leadStatuses),
    // One opening of one contradiction, whatever comes at the same time.
    uniqueIndex('leads_one_open_of_a_contradiction')
      .on(table.kind, table.subject)
      .where(sql`${table.status} = 'open'`),
    index('leads_standing')
      .on(table.about)
      .where(sql`${table.goneAt} is null`),
    index('leads_status').on(table.status, table.id),
    index('leads_usccs').using('gin', table.usccs),
  ],
)
