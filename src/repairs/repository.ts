import { sql, type SQL } from 'drizzle-orm'
import { isoInstant, rowsOf, type DbOrTx, type Tx } from '../platform/db.ts'
import type { Repair } from './domain.ts'
import type { RepairStatus } from './vocabulary.ts'

/**
 * A granted repair is executed when its decision is approved, and open again when that is rejected; a cancelled one whose
 * restoration is not approved stays executed.
 */
const status = sql`case
  when r.status = 'granted' and p.status = 'approved' then 'executed'
  when r.status = 'granted' and p.status = 'rejected' then 'accepted'
  when r.status = 'cancelled' and c.id is not null and c.status <> 'approved' then 'executed'
  else r.status end`

const columns = sql`r.id, r.listing_id as "listingId", r.penalty_id as "penaltyId", r.uscc, ${status} as status,
  r.filed_on::text as "filedOn", r.statement, r.documents, r.answered_on::text as "answeredOn",
  r.answer_reason as "answerReason", r.decided_on::text as "decidedOn", r.decision_reason as "decisionReason",
  r.cancelled_on::text as "cancelledOn", r.cancellation_reason as "cancellationReason", r.decision_id as "decisionId",
  r.restoration_id as "restorationId", r.filed_by as "filedBy", r.answered_by as "answeredBy", r.decided_by as "decidedBy",
  ${isoInstant('r.recorded_at')} as "recordedAt", ${isoInstant('r.changed_at')} as "changedAt"`

const from = sql`repairs r left join decision_proposals p on p.id = r.decision_id
  left join decision_proposals c on c.id = r.restoration_id`

export async function insertRepair(tx: Tx, row: Repair): Promise<void> {
  await tx.execute(sql`
    insert into repairs (id, listing_id, penalty_id, uscc, status, filed_on, statement, documents, filed_by, recorded_at,
      changed_at)
    values (${row.id}, ${row.listingId}, ${row.penaltyId}, ${row.uscc}, ${row.status}, ${row.filedOn}, ${row.statement},
      ${JSON.stringify(row.documents)}::jsonb, ${row.filedBy}, ${row.recordedAt}, ${row.changedAt})`)
}

export async function updateRepair(tx: Tx, row: Repair): Promise<void> {
  await tx.execute(sql`
    update repairs set status = ${row.status}, answered_on = ${row.answeredOn}, answer_reason = ${row.answerReason},
      decided_on = ${row.decidedOn}, decision_reason = ${row.decisionReason}, cancelled_on = ${row.cancelledOn},
      cancellation_reason = ${row.cancellationReason}, decision_id = ${row.decisionId},
      restoration_id = ${row.restorationId}, answered_by = ${row.answeredBy}, decided_by = ${row.decidedBy},
      changed_at = ${row.changedAt}
    where id = ${row.id}`)
}

export async function findRepair(db: DbOrTx, id: string): Promise<Repair | null> {
  const [row] = await rowsOf<Repair>(db, sql`select ${columns} from ${from} where r.id = ${id}`)
  return row ?? null
}

/** An application that nobody else changes until this transaction ends. */
export async function lockRepair(tx: Tx, id: string): Promise<Repair | null> {
  const [row] = await rowsOf<Repair>(tx, sql`select ${columns} from ${from} where r.id = ${id} for update of r`)
  return row ?? null
}

/** Whether an application about an entry or a penalty is not settled. */
export async function existsOpenRepair(db: DbOrTx, id: string): Promise<boolean> {
  const [row] = await rowsOf<{ any: boolean }>(
    db,
    sql`select exists (select from ${from}
          where (r.listing_id = ${id} or r.penalty_id = ${id}) and ${status} in ('filed', 'accepted', 'granted')) as any`,
  )
  return row?.any === true
}

/** Applications, newest first, those before `after` by id. */
export async function listRepairs(
  db: DbOrTx,
  query: {
    status?: readonly RepairStatus[] | undefined
    uscc?: string | undefined
    after: string | null
    limit: number
  },
): Promise<Repair[]> {
  const conditions: SQL[] = [sql`true`]
  if (query.status !== undefined) {
    const names = query.status.map((name) => sql`${name}`)
    conditions.push(sql`${status} in (${sql.join(names, sql`, `)})`)
  }
  if (query.uscc !== undefined) conditions.push(sql`r.uscc = ${query.uscc}`)
  if (query.after !== null) conditions.push(sql`r.id < ${query.after}`)
  return rowsOf(
    db,
    sql`select ${columns} from ${from} where ${sql.join(conditions, sql` and `)} order by r.id desc limit ${query.limit}`,
  )
}
