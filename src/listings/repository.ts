import { sql } from 'drizzle-orm'
import { asJson, rowsOf, type DbOrTx, type Tx } from '../platform/db.ts'
import type { ReporterClass } from './late-reporters.ts'
import type { List } from './vocabulary.ts'

/** A class of businesses and what the rule makes of it, for the database to apply. */
export interface JudgedClass extends ReporterClass {
  /** Why its businesses are not entered; null when they are. */
  reason: string | null
  groundCode: string | null
  list: List | null
  rulebook: string | null
  expiresOn: string | null
  publishedUntil: string | null
  shown: boolean
  /** Last day on which a report was in time; null where nobody is entered. */
  lastDay: string | null
  /** What the events of its entries have in common. */
  eventData: object | null
}

export interface EnteredReporter {
  uscc: string
  listingId: string
  groundCode: string
  authority: string
  decisionNumber: string
  name: string
  regionCode: string
}

export interface EnteredChunk {
  /** Classes that were not judged yet; while there are any nothing was entered. */
  unjudged: ReporterClass[]
  examined: number
  /** The last code that was looked at; null when there was none left. */
  last: string | null
  notEntered: Record<string, number>
  entered: EnteredReporter[]
}

/**
 * Enters the next businesses, in order of code after `after`, that published no report for `reportYear` up to `closesOn`
 * and were not entered for that year, by a job or by staff: decisions, entries and events in one statement. Who is obliged,
 * and on which ground, stands in `judgeClass` alone; the database only looks up the class.
 *
 * Reports and decisions are looked up business by business (`count` keeps it so): joined, all decisions are read anew for
 * each business while PostgreSQL has no statistics of them, as in a run that follows on one that was killed. The authority
 * is the one that registered the business (令68 art 4), named after its region where the registry has no name. A report
 * in quarantine is no proof that none was filed: a person has to look.
 */
export async function enterLateReporters(
  tx: Tx,
  query: {
    reportYear: number
    closesOn: string
    dueOn: string | null
    on: string
    facts: object
    series: string
    /** Beginnings of region codes that have a window of their own, the narrowest first. */
    windowRegions: readonly string[]
    classes: readonly JudgedClass[]
    after: string
    limit: number
    now: Date
  },
): Promise<EnteredChunk> {
  const { reportYear, closesOn, after, on } = query
  const now = query.now.toISOString()
  // The cost that is estimated for so many look-ups would have each chunk compiled, for longer than it takes.
  await tx.execute(sql`set local jit = off`)
  const [row] = await rowsOf<EnteredChunk>(
    tx,
    sql`with candidates as materialized (
          select s.uscc, s.name, s.region_code, left(s.uscc, 2) as code_prefix, s.entity_type, s.status,
            date_trunc('year', s.established_on)::date as established_in,
            coalesce((select w.prefix from json_array_elements_text(${asJson(query.windowRegions)})
              with ordinality as w (prefix, place) where starts_with(s.region_code, w.prefix) order by w.place limit 1), '')
              as window_region,
            coalesce(s.registration_authority,
              coalesce(nullif(concat(s.province, s.city), ''), s.region_code) || '市场监督管理局') as authority
          from subjects s
          where s.uscc > ${after}
            and (select count(*) from annual_reports r
              where r.uscc = s.uscc and r.year = ${reportYear} and r.published_on <= ${closesOn}) = 0
            and (select count(*) from decisions d
              where d.uscc = s.uscc and d.action = 'enter' and d.report_year = ${reportYear}) = 0
          order by s.uscc limit ${query.limit}
        ), classes as materialized (
          select * from json_to_recordset(${asJson(query.classes)}) as k ("codePrefix" text, "entityType" text, status text,
            "establishedIn" date, reason text, "groundCode" text, list text, rulebook text, "expiresOn" date,
            "publishedUntil" date, shown boolean, "eventData" jsonb, "windowRegion" text, "lastDay" date)
        ), judged as materialized (
          select c.*, k."codePrefix" is null as unjudged, k."groundCode", k.list, k.rulebook, k."expiresOn",
            k."publishedUntil", k.shown, k."eventData",
            case when k.reason is not null then k.reason
              when exists (select from quarantine q where q.uscc = c.uscc
                and q.collection = 'annual-reports' and q.status = 'open') then 'report-in-quarantine'
              when k."lastDay" > ${closesOn} and exists (select from annual_reports r where r.uscc = c.uscc
                and r.year = ${reportYear} and r.published_on <= k."lastDay") then 'filed-in-extended-window'
            end as reason
          from candidates c
          left join classes k on k."codePrefix" = c.code_prefix and k."entityType" = c.entity_type
            and k.status = c.status and k."windowRegion" = c.window_region
            and k."establishedIn" is not distinct from c.established_in
        ), numbered as materialized (
          select j.*, uuid_v7(${now}::timestamptz) as id, uuid_v7(${now}::timestamptz) as listing_id,
            row_number() over (order by j.uscc) as place
          from judged j where j.reason is null and not exists (select from judged u where u.unjudged)
        ), series as (
          insert into decision_series (series, last)
          select ${query.series}::text, count(*) from numbered having count(*) > 0
          on conflict (series) do update set last = decision_series.last + excluded.last
          returning series, last - (select count(*) from numbered) as before
        ), entering as materialized (
          select n.*, s.series || (s.before + n.place) || '号' as decision_number from numbered n cross join series s
        ), decided as (
          insert into decisions (id, action, origin, list, uscc, listing_id, ground_code, report_year, decision_number,
            authority, decided_on, effective_on, due_on, facts, rulebook, recorded_at, step, expires_on, published_until, shown)
          select e.id, 'enter', 'job', e.list, e.uscc, e.listing_id, e."groundCode", ${reportYear}, e.decision_number,
            e.authority, ${on}, ${on}, ${query.dueOn}, ${JSON.stringify(query.facts)}::jsonb, e.rulebook,
            ${now}::timestamptz, 1, e."expiresOn", e."publishedUntil", e.shown
          from entering e order by e.uscc
        ), listed as (
          insert into listing_entries (id, list, uscc, ground_code, report_year, authority, decision_number, listed_on,
            status, rulebook, expires_on, published_until, shown)
          select e.listing_id, e.list, e.uscc, e."groundCode", ${reportYear}, e.authority, e.decision_number, ${on},
            'in-force', e.rulebook, e."expiresOn", e."publishedUntil", e.shown
          from entering e order by e.uscc
        ), told as (
          insert into feed_outbox (id, type, key, uscc, list, region_code, occurred_at, data)
          select uuid_v7(${now}::timestamptz), 'listing.entered', 'listing:' || e.listing_id, e.uscc, e.list, e.region_code,
            ${now}::timestamptz, e."eventData" || jsonb_build_object('id', e.listing_id, 'uscc', e.uscc,
              'authority', e.authority, 'decisionNumber', e.decision_number, 'name', e.name, 'regionCode', e.region_code)
          from entering e order by e.uscc
        )
        select
          (select count(*)::int from judged) as examined,
          (select max(j.uscc) from judged j) as last,
          (select coalesce(json_agg(distinct jsonb_build_object('codePrefix', j.code_prefix, 'entityType', j.entity_type,
            'status', j.status, 'establishedIn', j.established_in, 'windowRegion', j.window_region)), '[]') from judged j where j.unjudged) as unjudged,
          (select coalesce(json_object_agg(r.reason, r.count), '{}') from (
            select j.reason, count(*)::int as count from judged j where j.reason is not null group by j.reason) r) as "notEntered",
          (select coalesce(json_agg(json_build_object('uscc', e.uscc, 'listingId', e.listing_id, 'groundCode', e."groundCode",
            'authority', e.authority, 'decisionNumber', e.decision_number, 'name', e.name, 'regionCode', e.region_code)
            order by e.uscc), '[]') from entering e) as entered`,
  )
  if (row === undefined) throw new Error('an aggregate answers one row')
  return row
}

/** How many businesses are on record under an old registration number alone, which no list can name. */
export async function countWithoutUscc(db: DbOrTx): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    db,
    sql`select count(*)::int as count from subjects s where s.uscc is null and s.status in ('active', 'suspended')`,
  )
  return row?.count ?? 0
}
