import { pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf, vocabulary } from '../platform/columns.ts'
import { partnerKinds } from './vocabulary.ts'

export const partners = pgTable(
  'partners',
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    kind: vocabulary(partnerKinds).notNull(),
    /** Code of the agency, for those that receive sanction orders. */
    agencyCode: text(),
    createdAt: instant().notNull(),
  },
  (table) => [oneOf('partners_kind', table.kind, partnerKinds)],
)

export const partnerKeys = pgTable('partner_keys', {
  /** Part of the key itself, so that it is found without the secret. */
  id: uuid().primaryKey(),
  partnerId: uuid()
    .notNull()
    .references(() => partners.id),
  /** SHA-256 of the secret: it has 256 random bits, so a slow hash would add nothing. */
  secretHash: text().notNull(),
  scopes: text().array().notNull(),
  createdAt: instant().notNull(),
  revokedAt: instant(),
})
