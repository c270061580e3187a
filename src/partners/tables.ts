import { index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
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
    /** A member of staff at the identity provider (OIDC): who issues the tokens, and the `sub` in them. */
    issuer: text(),
    subject: text(),
    /** None of its keys works, and no token. */
    suspendedAt: instant(),
    createdAt: instant().notNull(),
  },
  (table) => [
    oneOf('partners_kind', table.kind, partnerKinds),
    // One person is one partner, or the two-person rule would see two people.
    uniqueIndex('partners_subject').on(table.issuer, table.subject),
  ],
)

export const partnerKeys = pgTable(
  'partner_keys',
  {
    /** Part of the key itself, so that it is found without the secret. */
    id: uuid().primaryKey(),
    partnerId: uuid()
      .notNull()
      .references(() => partners.id),
    /** SHA-256 of the secret: it has 256 random bits, so a slow hash would add nothing. */
    secretHash: text().notNull(),
    scopes: text().array().notNull(),
    /** What its holder calls it. */
    label: text(),
    /** From this moment on it works no longer; null for one that works until it is revoked. */
    expiresAt: instant(),
    /** CIDR networks from which it works; none for everywhere. */
    networks: text().array().notNull().default([]),
    createdAt: instant().notNull(),
    /** Written at most every ten minutes. */
    lastUsedAt: instant(),
    revokedAt: instant(),
    /** The key that follows it, since it was rotated. */
    replacedBy: uuid(),
  },
  (table) => [index('partner_keys_partner').on(table.partnerId, table.id)],
)
