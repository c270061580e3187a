import { sql } from 'drizzle-orm'
import { asJson, rowsOf, type DbOrTx, type Tx } from '../platform/db.ts'
import type { EnterDecision, Entry, LateReporter } from './domain.ts'

/**
 * Businesses with a code greater than `after`, in order of code, that published no report for `reportYear` up to
 * `closesOn` and that was not entered for that year, by a job or by staff. The bound stands on each table: PostgreSQL merges the three in
 * order of code and would else read the others from their beginning for every chunk.
 */
export async function listWithoutReport(
  db: DbOrTx,
  query: { reportYear: number; closesOn: string; after: string; limit: number },
): Promise<LateReporter[]> {
  return rowsOf(
    db,
    sql`select s.uscc, s.name, s.entity_type as "entityType", s.status, s.established_on::text as "establishedOn",
          s.region_code as "regionCode", s.province, s.city, s.registration_authority as "registrationAuthority"
        from subjects s
        where s.uscc > ${query.after}
          and not exists (select from annual_reports r
            where r.uscc = s.uscc and r.uscc > ${query.after} and r.year = ${query.reportYear} and r.published_on <= ${query.closesOn})
          and not exists (select from decisions d
            where d.uscc = s.uscc and d.uscc > ${query.after} and d.action = 'enter' and d.report_year = ${query.reportYear})
        order by s.uscc limit ${query.limit}`,
  )
}

/** How many businesses are on record under an old registration number alone, which no list can name. */
export async function countWithoutUscc(db: DbOrTx): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    db,
    sql`select count(*)::int as count from subjects s where s.uscc is null and s.status in ('active', 'suspended')`,
  )
  return row?.count ?? 0
}

export async function insertEnterDecisions(tx: Tx, decisions: readonly EnterDecision[], now: Date): Promise<void> {
  await tx.execute(sql`
    insert into decisions (id, action, origin, list, uscc, listing_id, ground_code, report_year, decision_number,
      authority, decided_on, effective_on, due_on, facts, rulebook, recorded_at)
    select d.id, 'enter', 'job', d.list, d.uscc, d."listingId", d."groundCode", d."reportYear", d."decisionNumber",
      d.authority, d."decidedOn", d."effectiveOn", d."dueOn", d.facts, d.rulebook, ${now.toISOString()}::timestamptz
    from json_to_recordset(${asJson(decisions)}) as d (id uuid, list text, uscc text, "listingId" uuid,
      "groundCode" text, "reportYear" int, "decisionNumber" text, authority text, "decidedOn" date, "effectiveOn" date,
      "dueOn" date, facts jsonb, rulebook text)`)
}

export async function insertEntries(tx: Tx, entries: readonly Entry[]): Promise<void> {
  await tx.execute(sql`
    insert into listing_entries (id, list, uscc, ground_code, report_year, authority, decision_number, listed_on, status,
      rulebook)
    select e.id, e.list, e.uscc, e."groundCode", e."reportYear", e.authority, e."decisionNumber", e."listedOn", e.status,
      e.rulebook
    from json_to_recordset(${asJson(entries)}) as e (id uuid, list text, uscc text, "groundCode" text, "reportYear" int,
      authority text, "decisionNumber" text, "listedOn" date, status text, rulebook text)`)
}
