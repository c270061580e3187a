import { and, desc, eq, isNull, lt, or } from 'drizzle-orm'
import type { DbOrTx } from '../platform/db.ts'
import { sessions } from './tables.ts'

export type SessionRow = typeof sessions.$inferSelect

export async function insertSession(db: DbOrTx, session: SessionRow): Promise<void> {
  await db.insert(sessions).values(session)
}

export async function findSessionByHash(db: DbOrTx, tokenHash: string): Promise<SessionRow | null> {
  const [row] = await db.select().from(sessions).where(eq(sessions.tokenHash, tokenHash))
  return row ?? null
}

/** Sessions of a partner that were not ended, the newest first. */
export async function listSessionsOfPartner(db: DbOrTx, partnerId: string): Promise<SessionRow[]> {
  return db
    .select()
    .from(sessions)
    .where(and(eq(sessions.partnerId, partnerId), isNull(sessions.endedAt)))
    .orderBy(desc(sessions.id))
}

export async function updateLastUse(db: DbOrTx, id: string, lastUsedAt: Date): Promise<void> {
  await db.update(sessions).set({ lastUsedAt }).where(eq(sessions.id, id))
}

/** Ends a session of the partner; false where it has none with this id that goes on. */
export async function updateEnded(db: DbOrTx, partnerId: string, id: string, endedAt: Date): Promise<boolean> {
  const ended = await db
    .update(sessions)
    .set({ endedAt })
    .where(and(eq(sessions.id, id), eq(sessions.partnerId, partnerId), isNull(sessions.endedAt)))
    .returning({ id: sessions.id })
  return ended.length > 0
}

/** Forgets sessions of a partner that were over before `before`. */
export async function deleteOldSessions(db: DbOrTx, partnerId: string, before: Date): Promise<void> {
  await db
    .delete(sessions)
    .where(and(eq(sessions.partnerId, partnerId), or(lt(sessions.endedAt, before), lt(sessions.expiresAt, before))))
}
