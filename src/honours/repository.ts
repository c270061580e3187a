import { sql } from 'drizzle-orm'
import { rowsOf, type Tx } from '../platform/db.ts'
import type { Honour } from './schemas.ts'

/** Answers false when the same honour of the same day is there already. */
export async function insertHonour(tx: Tx, honour: Honour): Promise<boolean> {
  const { id, uscc, title, authority, awardedOn, validUntil, recordedBy, recordedAt } = honour
  const rows = await rowsOf(
    tx,
    sql`insert into honours (id, uscc, title, authority, awarded_on, valid_until, recorded_by, recorded_at)
        values (${id}, ${uscc}, ${title}, ${authority}, ${awardedOn}, ${validUntil}, ${recordedBy}, ${recordedAt})
        on conflict (uscc, title, authority, awarded_on) do nothing returning id`,
  )
  return rows.length > 0
}
