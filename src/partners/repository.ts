import { and, eq, isNull } from 'drizzle-orm'
import type { DbOrTx } from '../platform/db.ts'
import { partnerKeys, partners } from './tables.ts'

export async function insertPartner(db: DbOrTx, partner: typeof partners.$inferInsert): Promise<void> {
  await db.insert(partners).values(partner)
}

export async function existsPartner(db: DbOrTx, id: string): Promise<boolean> {
  return (await db.select({ id: partners.id }).from(partners).where(eq(partners.id, id))).length > 0
}

export async function findPartner(db: DbOrTx, id: string): Promise<typeof partners.$inferSelect | null> {
  const [row] = await db.select().from(partners).where(eq(partners.id, id))
  return row ?? null
}

export async function insertKey(db: DbOrTx, key: typeof partnerKeys.$inferInsert): Promise<void> {
  await db.insert(partnerKeys).values(key)
}

export interface LiveKey {
  id: string
  partnerId: string
  kind: string
  agencyCode: string | null
  secretHash: string
  scopes: string[]
}

/** The key with this id and its holder, unless it was revoked. */
export async function findLiveKey(db: DbOrTx, id: string): Promise<LiveKey | null> {
  const [row] = await db
    .select({
      id: partnerKeys.id,
      partnerId: partnerKeys.partnerId,
      kind: partners.kind,
      agencyCode: partners.agencyCode,
      secretHash: partnerKeys.secretHash,
      scopes: partnerKeys.scopes,
    })
    .from(partnerKeys)
    .innerJoin(partners, eq(partners.id, partnerKeys.partnerId))
    .where(and(eq(partnerKeys.id, id), isNull(partnerKeys.revokedAt)))
  return row ?? null
}
