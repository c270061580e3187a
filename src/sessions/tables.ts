import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf, vocabulary } from '../platform/columns.ts'
import { partnerKeys, partners } from '../partners/tables.ts'
import { sessionWays } from './vocabulary.ts'

/** Sessions of browsers. The token itself is in the cookie alone. */
export const sessions = pgTable(
  'sessions',
  {
    id: uuid().primaryKey(),
    /** SHA-256 of the token: it has 256 random bits, so a slow hash would add nothing. */
    tokenHash: text().notNull().unique('sessions_token_hash'),
    partnerId: uuid()
      .notNull()
      .references(() => partners.id),
    /** The key it was begun with, whose scopes it has and with which it ends; null of a login without one. */
    keyId: uuid().references(() => partnerKeys.id),
    /** Who signed in, as the pages show it. */
    name: text().notNull(),
    /** What it may do; of one that was begun with a key, what the key may. */
    scopes: text().array().notNull(),
    way: vocabulary(sessionWays).notNull(),
    /** What the browser called itself, so that its owner knows it again. */
    userAgent: text().notNull(),
    createdAt: instant().notNull(),
    lastUsedAt: instant().notNull(),
    expiresAt: instant().notNull(),
    endedAt: instant(),
  },
  (table) => [oneOf('sessions_way', table.way, sessionWays), index('sessions_partner').on(table.partnerId)],
)
