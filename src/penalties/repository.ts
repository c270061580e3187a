import { sql } from 'drizzle-orm'
import { asJson, isoInstant, rowsOf, type DbOrTx, type Tx } from '../platform/db.ts'
import type { Penalty, Publication } from './domain.ts'

const penaltyColumns = sql`p.id, p.uscc, p.decision_number as "decisionNumber", p.authority, p.ground, p.kind, p.kinds, p.grade,
  p.safety_related as "safetyRelated", p.amount_fen::float8 as "amountFen", p.decided_on::text as "decidedOn",
  p.published_on::text as "publishedOn", p.restarted_on::text as "restartedOn", p.published_until::text as "publishedUntil",
  p.shown, p.rulebook, p.recorded_by as "recordedBy", ${isoInstant('p.recorded_at')} as "recordedAt"`

/** Answers false when the authority's decision of that number is there already. */
export async function insertPenalty(tx: Tx, penalty: Penalty): Promise<boolean> {
  const rows = await rowsOf(
    tx,
    sql`insert into penalties (id, uscc, decision_number, authority, ground, kind, kinds, grade, safety_related, amount_fen,
          decided_on, published_on, published_until, shown, rulebook, recorded_by, recorded_at)
        select p.id, p.uscc, p."decisionNumber", p.authority, p.ground, p.kind,
          array(select json_array_elements_text(p.kinds)), p.grade, p."safetyRelated", p."amountFen", p."decidedOn",
          p."publishedOn", p."publishedUntil", p.shown, p.rulebook, p."recordedBy", p."recordedAt"
        from json_to_recordset(${asJson([penalty])}) as p (id uuid, uscc text, "decisionNumber" text, authority text,
          ground text, kind text, kinds json, grade text, "safetyRelated" boolean, "amountFen" bigint, "decidedOn" date,
          "publishedOn" date, "publishedUntil" date, shown boolean, rulebook text, "recordedBy" uuid,
          "recordedAt" timestamptz)
        on conflict (uscc, authority, decision_number) do nothing returning id`,
  )
  return rows.length > 0
}

export interface NamedPenalty extends Penalty {
  name: string
  regionCode: string
}

export async function findPenalty(db: DbOrTx, id: string): Promise<Penalty | null> {
  const [row] = await rowsOf<Penalty>(db, sql`select ${penaltyColumns} from penalties p where p.id = ${id}`)
  return row ?? null
}

/** A penalty that nobody else changes until this transaction ends. */
export async function lockPenalty(tx: Tx, id: string): Promise<NamedPenalty | null> {
  const [row] = await rowsOf<NamedPenalty>(
    tx,
    sql`select ${penaltyColumns}, s.name, s.region_code as "regionCode"
        from penalties p join subjects s on s.uscc = p.uscc where p.id = ${id} for update of p`,
  )
  return row ?? null
}

/** Penalties that the public may see, in order of id after `after`, locked until this transaction ends. */
export async function lockShownPenalties(tx: Tx, after: string | null, limit: number): Promise<NamedPenalty[]> {
  const from = after === null ? sql`true` : sql`p.id > ${after}`
  return rowsOf(
    tx,
    sql`select ${penaltyColumns}, s.name, s.region_code as "regionCode"
        from penalties p join subjects s on s.uscc = p.uscc
        where p.shown and ${from} order by p.id limit ${limit} for update of p`,
  )
}

export type NewPublication = Omit<Publication, 'step'> & {
  penaltyId: string
  restartedOn: string | null
  shown: boolean
}

/** Adds a step to the life of each publication, and brings the penalty itself to where that leaves it. */
export async function insertPublications(tx: Tx, publications: readonly NewPublication[]): Promise<void> {
  const rows = asJson(publications)
  await tx.execute(sql`
    insert into penalty_publications (penalty_id, step, action, effective_on, published_until, reason, note, recorded_by,
      recorded_at)
    select n."penaltyId", 1 + (select count(*) from penalty_publications q where q.penalty_id = n."penaltyId"), n.action,
      n."effectiveOn", n."publishedUntil", n.reason, n.note, n."recordedBy", n."recordedAt"
    from json_to_recordset(${rows}) as n ("penaltyId" uuid, action text, "effectiveOn" date, "publishedUntil" date,
      reason text, note text, "recordedBy" uuid, "recordedAt" timestamptz)`)
  await tx.execute(sql`
    update penalties p set shown = n.shown, published_until = n."publishedUntil", restarted_on = n."restartedOn"
    from json_to_recordset(${rows}) as n ("penaltyId" uuid, shown boolean, "publishedUntil" date, "restartedOn" date)
    where p.id = n."penaltyId"`)
}
