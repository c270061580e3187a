import { sql } from 'drizzle-orm'
import { asJson, rowsOf, type DbOrTx, type Tx } from '../platform/db.ts'
import type { DecisionFacts } from './domain.ts'

/** A decision to enter whose due day could not be told, with what the feed tells of its business. */
export interface WithoutDueDay {
  id: string
  uscc: string
  listingId: string
  groundCode: string
  rulebook: string
  facts: DecisionFacts
  name: string
  entityType: string
  status: string
  regionCode: string
}

/** Decisions to enter without a due day, and without a correction of it, in order of id, those after `after`. */
export async function listWithoutDueDay(db: DbOrTx, after: string | null, limit: number): Promise<WithoutDueDay[]> {
  return rowsOf(
    db,
    sql`select d.id, d.uscc, d.listing_id as "listingId", d.ground_code as "groundCode", d.rulebook, d.facts, s.name,
          s.entity_type as "entityType", s.status, s.region_code as "regionCode"
        from decisions d join subjects s on s.uscc = d.uscc
        where d.action = 'enter' and d.due_on is null and (${after}::uuid is null or d.id > ${after}::uuid)
          and not exists (select from due_date_corrections c where c.decision_id = d.id)
        order by d.id limit ${limit}`,
  )
}

export async function insertCorrections(
  tx: Tx,
  corrections: readonly { id: string; dueOn: string }[],
  now: Date,
): Promise<void> {
  if (corrections.length === 0) return
  await tx.execute(sql`
    insert into due_date_corrections (decision_id, due_on, recorded_at)
    select c.id, c."dueOn", ${now.toISOString()}::timestamptz
    from json_to_recordset(${asJson(corrections)}) as c (id uuid, "dueOn" date)`)
}
