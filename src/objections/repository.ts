import { sql, type SQL } from 'drizzle-orm'
import { isoInstant, rowsOf, type DbOrTx, type Tx } from '../platform/db.ts'
import type { Objection } from './domain.ts'
import type { ObjectionStatus } from './vocabulary.ts'

/** An upheld objection is corrected when its decision is approved, and open again when that is rejected. */
const status = sql`case
  when o.status = 'upheld' and p.status = 'approved' then 'corrected'
  when o.status = 'upheld' and p.status = 'rejected' then 'accepted'
  else o.status end`

const columns = sql`o.id, o.listing_id as "listingId", o.uscc, ${status} as status, o.filed_on::text as "filedOn", o.statement,
  o.evidence, o.override_reason as "overrideReason", o.answered_on::text as "answeredOn",
  o.answer_reason as "answerReason", o.decided_on::text as "decidedOn", o.decision_reason as "decisionReason",
  o.decision_id as "decisionId", o.filed_by as "filedBy", o.answered_by as "answeredBy", o.decided_by as "decidedBy",
  ${isoInstant('o.recorded_at')} as "recordedAt", ${isoInstant('o.changed_at')} as "changedAt"`

const from = sql`objections o left join decision_proposals p on p.id = o.decision_id`

export async function insertObjection(tx: Tx, row: Objection): Promise<void> {
  await tx.execute(sql`
    insert into objections (id, listing_id, uscc, status, filed_on, statement, evidence, override_reason, filed_by,
      recorded_at, changed_at)
    values (${row.id}, ${row.listingId}, ${row.uscc}, ${row.status}, ${row.filedOn}, ${row.statement},
      ${JSON.stringify(row.evidence)}::jsonb, ${row.overrideReason}, ${row.filedBy}, ${row.recordedAt}, ${row.changedAt})`)
}

export async function updateObjection(tx: Tx, row: Objection): Promise<void> {
  await tx.execute(sql`
    update objections set status = ${row.status}, answered_on = ${row.answeredOn}, answer_reason = ${row.answerReason},
      decided_on = ${row.decidedOn}, decision_reason = ${row.decisionReason}, decision_id = ${row.decisionId},
      answered_by = ${row.answeredBy}, decided_by = ${row.decidedBy}, changed_at = ${row.changedAt}
    where id = ${row.id}`)
}

export async function findObjection(db: DbOrTx, id: string): Promise<Objection | null> {
  const [row] = await rowsOf<Objection>(db, sql`select ${columns} from ${from} where o.id = ${id}`)
  return row ?? null
}

/** An objection that nobody else changes until this transaction ends. */
export async function lockObjection(tx: Tx, id: string): Promise<Objection | null> {
  const [row] = await rowsOf<Objection>(tx, sql`select ${columns} from ${from} where o.id = ${id} for update of o`)
  return row ?? null
}

/** Objections against an entry that are not settled. */
export async function existsOpenObjection(db: DbOrTx, listingId: string): Promise<boolean> {
  const [row] = await rowsOf<{ any: boolean }>(
    db,
    sql`select exists (select from ${from}
          where o.listing_id = ${listingId} and ${status} in ('filed', 'accepted', 'upheld')) as any`,
  )
  return row?.any === true
}

/** Objections, newest first, those before `after` by id. */
export async function listObjections(
  db: DbOrTx,
  query: {
    status?: readonly ObjectionStatus[] | undefined
    uscc?: string | undefined
    after: string | null
    limit: number
  },
): Promise<Objection[]> {
  const conditions: SQL[] = [sql`true`]
  if (query.status !== undefined) {
    conditions.push(
      sql`${status} in (${sql.join(
        query.status.map((name) => sql`${name}`),
        sql`, `,
      )})`,
    )
  }
  if (query.uscc !== undefined) conditions.push(sql`o.uscc = ${query.uscc}`)
  if (query.after !== null) conditions.push(sql`o.id < ${query.after}`)
  return rowsOf(
    db,
    sql`select ${columns} from ${from} where ${sql.join(conditions, sql` and `)} order by o.id desc limit ${query.limit}`,
  )
}
