import { and, eq, isNull } from 'drizzle-orm'
import type { DbOrTx } from '../platform/db.ts'
import { partnerKeys, partners } from './tables.ts'

export async function insertPartner(db: DbOrTx, partner: typeof partners.$inferInsert): Promise<void> {
  await db.insert(partners).values(partner)
}

export async function existsPartner(db: DbOrTx, id: string): Promise<boolean> {
  return (await db.select({ id: partners.id }).from(partners).where(eq(partners.id, id))).length > 0
}

export async function insertKey(db: DbOrTx, key: typeof partnerKeys.$inferInsert): Promise<void> {
  await db.insert(partnerKeys).values(key)
}

/** The key with this id, unless it was revoked. */
export async function findLiveKey(db: DbOrTx, id: string): Promise<typeof partnerKeys.$inferSelect | null> {
  const [row] = await db
    .select()
    .from(partnerKeys)
    .where(and(eq(partnerKeys.id, id), isNull(partnerKeys.revokedAt)))
  return row ?? null
}
