import { sql } from 'drizzle-orm'
import type { List } from '../listings/vocabulary.ts'
import { rowsOf, type DbOrTx } from '../platform/db.ts'
import type { WebPresenceKind } from '../registry/vocabulary.ts'

/** Entries in force, counted by list alone and by list with one more; what a row is not counted by is null. */
export interface ListingCount {
  list: List
  groundCode: string | null
  regionCode: string | null
  month: string | null
  count: number
}

export interface Counts {
  position: number
  listings: ListingCount[]
  reporting: { obliged: number; onTime: number }
  webPresences: { kind: WebPresenceKind; count: number; checked: number; displayed: number }[]
}

/** The newest position of the log. */
export async function findPosition(db: DbOrTx): Promise<number> {
  const [row] = await rowsOf<{ position: string }>(
    db,
    sql`select coalesce(max(e.position), 0) as position from feed_events e`,
  )
  return Number(row?.position ?? 0)
}

/**
 * All counts in one statement, so that they are of one moment. Entries are counted from the log, which holds what is public:
 * an entry is in force while the newest event of its key enters it. Who had to report: rulebook `reportingObligation`.
 * @param query.regionCode the beginning of a code; empty for all
 */
export async function countAll(
  db: DbOrTx,
  query: { regionCode: string; reportYear: number; closesOn: string },
): Promise<Counts> {
  const { regionCode, reportYear, closesOn } = query
  const [row] = await rowsOf<{ counts: Counts }>(
    db,
    sql`
      with in_force as (
        select e.list, e.event #>> '{data,ground,code}' as ground_code, left(e.region_code, 2) || '0000' as region_code,
          left(e.event #>> '{data,listedOn}', 7) as month
        from feed_events e
        where e.type = 'listing.entered' and starts_with(e.region_code, ${regionCode})
          and not exists (select from feed_events n where n.key = e.key and n.position > e.position)
      ), counted as (
        select f.list, f.ground_code, f.region_code, f.month, count(*)::int as count from in_force f
        group by grouping sets ((f.list), (f.list, f.ground_code), (f.list, f.region_code), (f.list, f.month))
        order by f.list, f.ground_code, f.region_code, f.month
      ), presences as (
        select w.kind, count(*)::int as count, count(*) filter (where w.licence_display <> 'unchecked')::int as checked,
          count(*) filter (where w.licence_display = 'displayed')::int as displayed
        from web_presences w join subjects s on s.uscc = w.uscc
        where w.status <> 'retired' and starts_with(s.region_code, ${regionCode})
        group by w.kind order by w.kind
      )
      select json_build_object(
        'position', (select coalesce(max(e.position), 0) from feed_events e),
        'listings', coalesce((select json_agg(json_build_object('list', c.list, 'groundCode', c.ground_code,
          'regionCode', c.region_code, 'month', c.month, 'count', c.count)) from counted c), '[]'),
        'reporting', (
          select json_build_object('obliged', count(*)::int,
            'onTime', count(*) filter (where r.published_on <= ${closesOn}::date)::int)
          from subjects s left join annual_reports r on r.uscc = s.uscc and r.year = ${reportYear}
          where s.uscc is not null and s.status in ('active', 'suspended')
            and s.established_on < make_date(${reportYear}::int + 1, 1, 1) and starts_with(s.region_code, ${regionCode})),
        'webPresences', coalesce((select json_agg(json_build_object('kind', p.kind, 'count', p.count,
          'checked', p.checked, 'displayed', p.displayed)) from presences p), '[]')
      ) as counts`,
  )
  return row?.counts ?? { position: 0, listings: [], reporting: { obliged: 0, onTime: 0 }, webPresences: [] }
}
