import { sql } from 'drizzle-orm'
import { rowsOf, type DbOrTx, type Tx } from '../platform/db.ts'
import type { Amendment } from '../rulebook/amend.ts'

export async function findNewestAmendmentId(db: DbOrTx): Promise<string | null> {
  const [row] = await rowsOf<{ id: string }>(
    db,
    sql`select a.id from rulebook_amendments a order by a.revision desc limit 1`,
  )
  return row?.id ?? null
}

/** Every amendment in its order. */
export async function listAmendments(db: DbOrTx): Promise<(Amendment & { id: string })[]> {
  return rowsOf(db, sql`select a.revision, a.id, a.data, a.calendar from rulebook_amendments a order by a.revision`)
}

/** Adds an amendment with the next revision, which it answers; of two at once the other waits. */
export async function insertAmendment(
  tx: Tx,
  amendment: { id: string; data: object; calendar: object; note: string },
  now: Date,
): Promise<number> {
  await tx.execute(sql`lock table rulebook_amendments in share row exclusive mode`)
  const [row] = await rowsOf<{ revision: number }>(
    tx,
    sql`insert into rulebook_amendments (revision, id, data, calendar, note, recorded_at)
        select coalesce(max(a.revision), 0) + 1, ${amendment.id}, ${JSON.stringify(amendment.data)}::jsonb,
          ${JSON.stringify(amendment.calendar)}::jsonb, ${amendment.note}, ${now.toISOString()}::timestamptz
        from rulebook_amendments a
        returning revision`,
  )
  return row?.revision ?? 0
}
