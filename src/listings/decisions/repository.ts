import { sql, type SQL } from 'drizzle-orm'
import { asJson, isoInstant, rowsOf, type DbOrTx, type Tx } from '../../platform/db.ts'
import type { CaseEvent } from '../../rulebook/course.ts'
import type { Decision, Entry } from '../domain.ts'
import type { DecisionAction, List, ProposalStatus } from '../vocabulary.ts'
import type { Business } from './domain.ts'

const decisionColumns = sql`d.id, d.action, d.origin, d.list, d.uscc, d.listing_id as "listingId",
  d.ground_code as "groundCode", d.report_year as "reportYear", d.decision_number as "decisionNumber", d.authority,
  d.decided_on::text as "decidedOn", d.effective_on::text as "effectiveOn", d.due_on::text as "dueOn", d.facts, d.rulebook,
  ${isoInstant('d.recorded_at')} as "recordedAt", d.step, d.expires_on::text as "expiresOn",
  d.published_until::text as "publishedUntil", d.shown`

/** An entry and its business: by the code it is found where the business lies (docs/decisions/0031). */
export type EntryOf = Pick<Entry, 'id' | 'uscc'>

/** The decisions about one entry, in the order of their steps. */
export async function listDecisionsOfListing(db: DbOrTx, { id, uscc }: EntryOf): Promise<Decision[]> {
  return rowsOf(
    db,
    sql`select ${decisionColumns} from decisions d where d.uscc = ${uscc} and d.listing_id = ${id} order by d.step`,
  )
}

/** The decisions about several entries, entry by entry in the order of their steps. */
export async function listDecisionsOfListings(db: DbOrTx, entries: readonly EntryOf[]): Promise<Decision[]> {
  const ids = sql.param(entries.map(({ id }) => id))
  const usccs = sql.param([...new Set(entries.map(({ uscc }) => uscc))])
  return rowsOf(
    db,
    sql`select ${decisionColumns} from decisions d
        where d.uscc = any(${usccs}::text[]) and d.listing_id = any(${ids}::text[]::uuid[])
        order by d.listing_id, d.step`,
  )
}

/** Decisions in the order of entries and steps, those of entries after `after`; the last entry may be incomplete. */
export async function listDecisionsByListing(db: DbOrTx, after: string | null, limit: number): Promise<Decision[]> {
  const from = after === null ? sql`true` : sql`d.listing_id > ${after}`
  return rowsOf(
    db,
    sql`select ${decisionColumns} from decisions d where ${from} order by d.listing_id, d.step limit ${limit}`,
  )
}

export const entryColumns = sql`l.id, l.list, l.uscc, l.ground_code as "groundCode", l.report_year as "reportYear", l.authority,
  l.decision_number as "decisionNumber", l.listed_on::text as "listedOn", l.status, l.expires_on::text as "expiresOn",
  l.removed_on::text as "removedOn", l.removal_reason as "removalReason",
  l.removal_decision_number as "removalDecisionNumber", l.rulebook, l.restarted_on::text as "restartedOn",
  l.published_until::text as "publishedUntil", l.shown`

export async function findEntry(db: DbOrTx, id: string): Promise<Entry | null> {
  const [row] = await rowsOf<Entry>(db, sql`select ${entryColumns} from listing_entries l where l.id = ${id}`)
  return row ?? null
}

/** Makes an entry wait for this transaction: it does not change until that ends. */
export async function lockEntry(tx: Tx, { id, uscc }: EntryOf): Promise<Entry | null> {
  const [row] = await rowsOf<Entry>(
    tx,
    sql`select ${entryColumns} from listing_entries l where l.uscc = ${uscc} and l.id = ${id} for update`,
  )
  return row ?? null
}

/** Makes the entries wait for this transaction: none of them changes until it ends. */
export async function lockEntries(tx: Tx, ids: readonly string[]): Promise<Entry[]> {
  return rowsOf(
    tx,
    sql`select ${entryColumns} from listing_entries l
        where l.id in (select value::uuid from json_array_elements_text(${asJson(ids)})) order by l.id for update`,
  )
}

/** Whether a business is on the list on the same ground, and for the same year, by another entry. */
export async function existsEntryInForce(
  db: DbOrTx,
  query: { uscc: string; groundCode: string; reportYear: number | null; otherThan: string },
): Promise<boolean> {
  const [row] = await rowsOf<{ any: boolean }>(
    db,
    sql`select exists (select from listing_entries l where l.uscc = ${query.uscc} and l.ground_code = ${query.groundCode}
          and l.report_year is not distinct from ${query.reportYear}::int and l.status = 'in-force'
          and l.id <> ${query.otherThan}) as any`,
  )
  return row?.any === true
}

export async function existsAnyEntryInForce(db: DbOrTx, uscc: string): Promise<boolean> {
  const [row] = await rowsOf<{ any: boolean }>(
    db,
    sql`select exists (select from listing_entries l where l.uscc = ${uscc} and l.status = 'in-force') as any`,
  )
  return row?.any === true
}

/** The business under a code, locked against other decisions until this transaction ends. */
export async function lockBusiness(tx: Tx, uscc: string): Promise<Business | null> {
  const [row] = await rowsOf<Business>(
    tx,
    sql`select s.uscc, s.name, s.region_code as "regionCode", s.entity_type as "entityType"
        from subjects s where s.uscc = ${uscc} for update`,
  )
  return row ?? null
}

export async function insertDecisions(tx: Tx, decisions: readonly Decision[]): Promise<void> {
  await tx.execute(sql`
    insert into decisions (id, action, origin, list, uscc, listing_id, ground_code, report_year, decision_number,
      authority, decided_on, effective_on, due_on, facts, rulebook, recorded_at, step, expires_on, published_until, shown)
    select d.id, d.action, d.origin, d.list, d.uscc, d."listingId", d."groundCode", d."reportYear", d."decisionNumber",
      d.authority, d."decidedOn", d."effectiveOn", d."dueOn", d.facts, d.rulebook, d."recordedAt", d.step, d."expiresOn",
      d."publishedUntil", d.shown
    from json_to_recordset(${asJson(decisions)}) as d (id uuid, action text, origin text, list text, uscc text,
      "listingId" uuid, "groundCode" text, "reportYear" int, "decisionNumber" text, authority text, "decidedOn" date,
      "effectiveOn" date, "dueOn" date, facts jsonb, rulebook text, "recordedAt" timestamptz, step int, "expiresOn" date,
      "publishedUntil" date, shown boolean)`)
}

/** Writes entries as they are now; answers how many were new or other than before. */
export async function upsertEntries(tx: Tx, entries: readonly Entry[]): Promise<number> {
  const rows = await rowsOf(
    tx,
    sql`insert into listing_entries as l (id, list, uscc, ground_code, report_year, authority, decision_number, listed_on,
          status, expires_on, removed_on, removal_reason, removal_decision_number, rulebook, restarted_on, published_until, shown)
        select e.id, e.list, e.uscc, e."groundCode", e."reportYear", e.authority, e."decisionNumber", e."listedOn", e.status,
          e."expiresOn", e."removedOn", e."removalReason", e."removalDecisionNumber", e.rulebook, e."restartedOn",
          e."publishedUntil", e.shown
        from json_to_recordset(${asJson(entries)}) as e (id uuid, list text, uscc text, "groundCode" text, "reportYear" int,
          authority text, "decisionNumber" text, "listedOn" date, status text, "expiresOn" date, "removedOn" date,
          "removalReason" text, "removalDecisionNumber" text, rulebook text, "restartedOn" date, "publishedUntil" date,
          shown boolean)
        on conflict (id) do update set (list, uscc, ground_code, report_year, authority, decision_number, listed_on, status,
          expires_on, removed_on, removal_reason, removal_decision_number, rulebook, restarted_on, published_until, shown)
          = (excluded.list, excluded.uscc, excluded.ground_code, excluded.report_year, excluded.authority,
            excluded.decision_number, excluded.listed_on, excluded.status, excluded.expires_on, excluded.removed_on,
            excluded.removal_reason, excluded.removal_decision_number, excluded.rulebook, excluded.restarted_on,
            excluded.published_until, excluded.shown)
        where (l.*) is distinct from (excluded.*)
        returning l.id`,
  )
  return rows.length
}

/** Answers how many entries there were that no decision made. */
export async function deleteEntriesWithoutDecision(db: DbOrTx): Promise<number> {
  const rows = await rowsOf(
    db,
    sql`delete from listing_entries l
        where not exists (select from decisions d where d.listing_id = l.id) returning l.id`,
  )
  return rows.length
}

/** A decision of staff and how far it has come. */
export interface ProposalRow {
  id: string
  status: ProposalStatus
  action: DecisionAction
  list: List
  uscc: string
  listingId: string
  groundCode: string
  reportYear: number | null
  decisionNumber: string
  authority: string
  decidedOn: string
  dueOn: string | null
  facts: Decision['facts']
  evidence: unknown
  history: CaseEvent[]
  rulebook: string
  manualReview: boolean
  proposedBy: string
  proposedAt: string
  settledBy: string | null
  settledAt: string | null
  rejectionReason: string | null
}

const proposalColumns = sql`p.id, p.status, p.action, p.list, p.uscc, p.listing_id as "listingId",
  p.ground_code as "groundCode", p.report_year as "reportYear", p.decision_number as "decisionNumber", p.authority,
  p.decided_on::text as "decidedOn", p.due_on::text as "dueOn", p.facts, p.evidence, p.history, p.rulebook,
  p.manual_review as "manualReview", p.proposed_by as "proposedBy", ${isoInstant('p.proposed_at')} as "proposedAt",
  p.settled_by as "settledBy", ${isoInstant('p.settled_at')} as "settledAt", p.rejection_reason as "rejectionReason"`

export async function insertProposal(tx: Tx, row: ProposalRow): Promise<void> {
  await tx.execute(sql`
    insert into decision_proposals (id, status, action, list, uscc, listing_id, ground_code, report_year, decision_number,
      authority, decided_on, due_on, facts, evidence, history, rulebook, manual_review, proposed_by, proposed_at)
    select p.id, p.status, p.action, p.list, p.uscc, p."listingId", p."groundCode", p."reportYear", p."decisionNumber",
      p.authority, p."decidedOn", p."dueOn", p.facts, coalesce(p.evidence, 'null'), p.history, p.rulebook, p."manualReview",
      p."proposedBy", p."proposedAt"
    from json_to_recordset(${asJson([row])}) as p (id uuid, status text, action text, list text, uscc text, "listingId" uuid,
      "groundCode" text, "reportYear" int, "decisionNumber" text, authority text, "decidedOn" date, "dueOn" date,
      facts jsonb, evidence jsonb, history jsonb, rulebook text, "manualReview" boolean, "proposedBy" uuid,
      "proposedAt" timestamptz)`)
}

export async function findProposal(db: DbOrTx, id: string): Promise<ProposalRow | null> {
  const [row] = await rowsOf<ProposalRow>(
    db,
    sql`select ${proposalColumns} from decision_proposals p where p.id = ${id}`,
  )
  return row ?? null
}

/** A proposal that nobody else settles until this transaction ends. */
export async function lockProposal(tx: Tx, id: string): Promise<ProposalRow | null> {
  const [row] = await rowsOf<ProposalRow>(
    tx,
    sql`select ${proposalColumns} from decision_proposals p where p.id = ${id} for update`,
  )
  return row ?? null
}

/** Proposals that wait without a due day, locked in order of id. */
export async function listProposalsWithoutDueDay(tx: Tx): Promise<ProposalRow[]> {
  return rowsOf(
    tx,
    sql`select ${proposalColumns} from decision_proposals p where p.status = 'proposed' and p.due_on is null
        order by p.id for update`,
  )
}

/** Writes what became of a proposal, by the facts as they were judged last. */
export async function updateProposal(tx: Tx, row: ProposalRow): Promise<void> {
  await tx.execute(sql`
    update decision_proposals p set status = ${row.status}, settled_by = ${row.settledBy}, settled_at = ${row.settledAt},
      rejection_reason = ${row.rejectionReason}, due_on = ${row.dueOn}, rulebook = ${row.rulebook},
      manual_review = ${row.manualReview}, facts = ${JSON.stringify(row.facts)}::jsonb
    where p.id = ${row.id}`)
}

export interface ProposalFilter {
  status?: ProposalStatus | undefined
  uscc?: string | undefined
  /** Whose deadline has passed, or has not, on the day `today`. */
  overdue?: boolean | undefined
}

/** Proposals, newest first, those before `after` by id. */
export async function listProposals(
  db: DbOrTx,
  filter: ProposalFilter & { today: string; after: string | null; limit: number },
): Promise<ProposalRow[]> {
  const conditions: SQL[] = [sql`true`]
  if (filter.status !== undefined) conditions.push(sql`p.status = ${filter.status}`)
  if (filter.uscc !== undefined) conditions.push(sql`p.uscc = ${filter.uscc}`)
  if (filter.overdue !== undefined) {
    const isOverdue = sql`(p.status = 'proposed' and coalesce(p.due_on < ${filter.today}, false))`
    conditions.push(filter.overdue ? isOverdue : sql`not ${isOverdue}`)
  }
  if (filter.after !== null) conditions.push(sql`p.id < ${filter.after}`)
  return rowsOf(
    db,
    sql`select ${proposalColumns} from decision_proposals p where ${sql.join(conditions, sql` and `)}
        order by p.id desc limit ${filter.limit}`,
  )
}
