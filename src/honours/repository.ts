import { sql } from 'drizzle-orm'
import { isoInstant, rowsOf, type DbOrTx, type Tx } from '../platform/db.ts'
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

/** Every honour of a business, newest first. */
export async function listHonoursOfSubject(db: DbOrTx, uscc: string): Promise<Honour[]> {
  return rowsOf(
    db,
    sql`select h.id, h.uscc, h.title, h.authority, h.awarded_on::text as "awardedOn", h.valid_until::text as "validUntil",
          h.recorded_by as "recordedBy", ${isoInstant('h.recorded_at')} as "recordedAt"
        from honours h where h.uscc = ${uscc} order by h.awarded_on desc, h.id desc`,
  )
}
