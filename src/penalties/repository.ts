import { sql } from 'drizzle-orm'
import { asJson, isoInstant, rowsOf, type DbOrTx, type Tx } from '../platform/db.ts'
import type { Penalty, Publication } from './domain.ts'

const penaltyColumns = sql`p.id, p.uscc, p.decision_number as "decisionNumber", p.authority, p.ground, p.kind, p.kinds, p.grade,
  p.safety_related as "safetyRelated", p.amount_fen::float8 as "amountFen", p.decided_on::text as "decidedOn",
  p.published_on::text as "publishedOn", p.restarted_on::text as "restartedOn", p.published_until::text as "publishedUntil",
  p.shown, p.rulebook, p.recorded_by as "recordedBy", ${isoInstant('p.recorded_at')} as "recordedAt"`

/** Where a penalty comes from that a source told. */
export interface PenaltyOrigin {
  sourceId: string | null
  sourceUpdatedAt: string | null
  sourceReceivedAt: string | null
}

/** Answers the ids of those that were not there: an authority's decision of a number is kept once. */
export async function insertPenalties(
  tx: Tx,
  penalties: readonly (Penalty & Partial<PenaltyOrigin>)[],
): Promise<Set<string>> {
  const rows = await rowsOf<{ id: string }>(
    tx,
    sql`insert into penalties (id, uscc, decision_number, authority, ground, kind, kinds, grade, safety_related, amount_fen,
          decided_on, published_on, published_until, shown, rulebook, recorded_by, recorded_at, source_id,
          source_updated_at, source_received_at)
        select p.id, p.uscc, p."decisionNumber", p.authority, p.ground, p.kind,
          array(select json_array_elements_text(p.kinds)), p.grade, p."safetyRelated", p."amountFen", p."decidedOn",
          p."publishedOn", p."publishedUntil", p.shown, p.rulebook, p."recordedBy", p."recordedAt", p."sourceId",
          p."sourceUpdatedAt", p."sourceReceivedAt"
        from json_to_recordset(${asJson(penalties)}) as p (id uuid, uscc text, "decisionNumber" text, authority text,
          ground text, kind text, kinds json, grade text, "safetyRelated" boolean, "amountFen" bigint, "decidedOn" date,
          "publishedOn" date, "publishedUntil" date, shown boolean, rulebook text, "recordedBy" uuid,
          "recordedAt" timestamptz, "sourceId" text, "sourceUpdatedAt" timestamptz, "sourceReceivedAt" timestamptz)
        on conflict (uscc, authority, decision_number) do nothing returning id`,
  )
  return new Set(rows.map(({ id }) => id))
}

export type HeldPenalty = NamedPenalty & PenaltyOrigin & { wasPublished: boolean }

/** Penalties that these records tell, or that are of the same decisions, locked until this transaction ends. */
export async function lockPenaltiesToldBy(
  tx: Tx,
  records: readonly { sourceId: string; uscc: string; authority: string; decisionNumber: string }[],
): Promise<HeldPenalty[]> {
  const asked = records.map(({ sourceId, uscc, authority, decisionNumber }) => {
    return { sourceId, uscc, authority, decisionNumber }
  })
  return rowsOf(
    tx,
    sql`with asked as (
          select * from json_to_recordset(${asJson(asked)}) as a ("sourceId" text, uscc text, authority text,
            "decisionNumber" text)
        )
        select ${penaltyColumns}, s.name, s.region_code as "regionCode", p.source_id as "sourceId",
          ${isoInstant('p.source_updated_at')} as "sourceUpdatedAt", ${isoInstant('p.source_received_at')} as "sourceReceivedAt",
          exists (select from penalty_publications u where u.penalty_id = p.id) as "wasPublished"
        from penalties p join subjects s on s.uscc = p.uscc
        where p.source_id in (select a."sourceId" from asked a)
          or (p.uscc, p.authority, p.decision_number) in (select a.uscc, a.authority, a."decisionNumber" from asked a)
        order by p.id for update of p`,
  )
}

/** Who is registered under these codes, by code. */
export async function listBusinesses(
  tx: Tx,
  usccs: readonly string[],
): Promise<Map<string, { name: string; regionCode: string }>> {
  const rows = await rowsOf<{ uscc: string; name: string; regionCode: string }>(
    tx,
    sql`select s.uscc, s.name, s.region_code as "regionCode" from subjects s
        where s.uscc in (select json_array_elements_text(${asJson(usccs)}))`,
  )
  return new Map(rows.map(({ uscc, ...business }) => [uscc, business]))
}

/** Keeps what these penalties said until `now`. */
export async function archivePenalties(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return
  await tx.execute(sql`
    insert into penalty_history (penalty_id, known_until_at, state)
    select p.id, ${now.toISOString()}::timestamptz,
      json_build_object('ground', p.ground, 'kind', p.kind, 'amountFen', p.amount_fen, 'decidedOn', p.decided_on)
    from penalties p where p.id in (select value::uuid from json_array_elements_text(${asJson(ids)}))
    on conflict do nothing`)
}

/** Brings penalties to what their records say now. */
export async function updatePenalties(tx: Tx, penalties: readonly HeldPenalty[]): Promise<void> {
  if (penalties.length === 0) return
  await tx.execute(sql`
    update penalties p set ground = n.ground, kind = n.kind, kinds = array(select json_array_elements_text(n.kinds)),
      grade = n.grade, amount_fen = n."amountFen", decided_on = n."decidedOn", published_on = n."publishedOn",
      published_until = n."publishedUntil", rulebook = n.rulebook, source_id = n."sourceId",
      source_updated_at = n."sourceUpdatedAt", source_received_at = n."sourceReceivedAt"
    from json_to_recordset(${asJson(penalties)}) as n (id uuid, ground text, kind text, kinds json, grade text,
      "amountFen" bigint, "decidedOn" date, "publishedOn" date, "publishedUntil" date, rulebook text, "sourceId" text,
      "sourceUpdatedAt" timestamptz, "sourceReceivedAt" timestamptz)
    where p.id = n.id`)
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
export async function lockPenalty(tx: Tx, { id, uscc }: Pick<Penalty, 'id' | 'uscc'>): Promise<NamedPenalty | null> {
  const [row] = await rowsOf<NamedPenalty>(
    tx,
    sql`select ${penaltyColumns}, s.name, s.region_code as "regionCode"
        from penalties p join subjects s on s.uscc = p.uscc where p.uscc = ${uscc} and p.id = ${id} for update of p`,
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
  uscc: string
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
    from json_to_recordset(${rows}) as n ("penaltyId" uuid, uscc text, shown boolean, "publishedUntil" date,
      "restartedOn" date)
    where p.uscc = n.uscc and p.id = n."penaltyId"`)
}
