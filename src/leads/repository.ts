import { sql, type SQL } from 'drizzle-orm'
import { asJson, isoInstant, rowsOf, type DbOrTx, type Tx } from '../platform/db.ts'
import type { Contradiction, Lead, Statements } from './domain.ts'
import type { LeadKind, LeadStatus } from './vocabulary.ts'

const columns = sql`l.id, l.kind, l.about, l.subject, l.fact, l.usccs, l.region_codes as "regionCodes", l.evidence, l.status,
  ${isoInstant('l.opened_at')} as "openedAt", ${isoInstant('l.changed_at')} as "changedAt",
  ${isoInstant('l.closed_at')} as "closedAt", l.closed_by as "closedBy", l.close_reason as "closeReason",
  ${isoInstant('l.gone_at')} as "goneAt"`

const among = (values: readonly string[]) => sql`(select json_array_elements_text(${asJson(values)}))`

/** No newer version of the record that the row is of. */
const isNewest = (row: string) =>
  sql.raw(`not exists (select from web_presence_claims newer where newer.source = ${row}.source
    and newer.record_key = ${row}.record_key and newer.revision > ${row}.revision)`)

export interface About {
  keys: readonly string[]
  usccs: readonly string[]
}

/**
 * Which of these addresses and businesses may be contradicted, in one statement: nearly all of a page are not, and are
 * told so by indexes alone. Names that differ in writing only are told apart afterwards.
 */
export async function listSuspects(tx: Tx, { keys, usccs }: About): Promise<{ keys: string[]; usccs: string[] }> {
  const [row] = await rowsOf<{ keys: string[]; usccs: string[] }>(
    tx,
    sql`
      select coalesce((select json_agg(x.key) from (
          select w.key from web_presences w
          where w.key in ${among(keys)} and w.status <> 'retired'
          group by w.key having count(*) > 1
          union
          select c.key from web_presence_claims c
            join web_presences w on w.key = c.key and w.status <> 'retired' and w.uscc is distinct from c.uscc
            join subjects s on s.uscc = w.uscc
          where c.key in ${among(keys)} and c.source = 'icp-filing' and c.is_in_use
            and (c.uscc is not null or c.owner_name <> s.name)
        ) x), '[]') as keys,
        coalesce((select json_agg(x.uscc) from (
          select s.uscc from subjects s
          where s.uscc in ${among(usccs)} and s.status in ('cancelled', 'revoked')
          union
          select s.uscc from subjects s
            cross join lateral (
              select r.name from annual_report_revisions r
              where r.uscc = s.uscc order by r.year desc, r.revision desc limit 1) r
          where s.uscc in ${among(usccs)} and r.name <> s.name
          union
          select c.uscc from web_presence_claims c left join subjects s on s.uscc = c.uscc
          where c.uscc in ${among(usccs)} and c.is_in_use and c.owner_name is distinct from s.name and ${isNewest('c')}
        ) x), '[]') as usccs`,
  )
  return row ?? { keys: [], usccs: [] }
}

/** What the registry and the sources say now of these addresses and businesses. */
export async function findStatements(tx: Tx, { keys, usccs }: About): Promise<Statements> {
  const [row] = await rowsOf<{ statements: Statements }>(
    tx,
    sql`
      with site as (
        select w.key, w.url, w.uscc, w.sources, w.status in ('active', 'disputed') as is_live from web_presences w
        where w.status <> 'retired' and (w.key in ${among(keys)} or w.uscc in ${among(usccs)})
      ), report as (
        select distinct on (r.uscc) r.* from annual_report_revisions r
        where r.uscc in (select t.uscc from site t union select json_array_elements_text(${asJson(usccs)}))
        order by r.uscc, r.year desc, r.revision desc
      ), claim as (
        select c.source, c.source_id, c.uscc, c.owner_name, c.key, c.url, c.name, c.platform, c.shop_id, c.icp_number,
          null::int as year, c.stated_on, c.source_updated_at, c.recorded_at
        from web_presence_claims c
        where c.is_in_use and (c.key in ${among(keys)} or c.uscc in ${among(usccs)}) and ${isNewest('c')}
        union all
        select 'annual-report', r.source_id, r.uscc, r.name, p.value->>'key', p.value->>'url', p.value->>'name', null, null,
          null, r.year, r.published_on, r.source_updated_at, r.recorded_at
        from report r left join lateral jsonb_array_elements(r.web_presences) p on true
        where r.uscc in ${among(usccs)} or p.value->>'key' in ${among(keys)}
      )
      select json_build_object(
        'sites', coalesce((select json_agg(json_build_object('key', t.key, 'url', t.url, 'uscc', t.uscc,
          'sources', t.sources, 'isLive', t.is_live) order by t.key, t.uscc) from site t), '[]'),
        'claims', coalesce((select json_agg(json_build_object('source', c.source, 'sourceId', c.source_id, 'uscc', c.uscc,
          'ownerName', c.owner_name, 'key', c.key, 'url', c.url, 'name', c.name, 'platform', c.platform,
          'shopId', c.shop_id, 'icpNumber', c.icp_number, 'year', c.year, 'statedOn', c.stated_on,
          'updatedAt', ${isoInstant('c.source_updated_at')}, 'receivedAt', ${isoInstant('c.recorded_at')})) from claim c), '[]'),
        'businesses', coalesce((select json_agg(json_build_object('uscc', s.uscc, 'name', s.name,
          'formerNames', s.former_names, 'status', s.status, 'regionCode', s.region_code, 'sourceId', s.source_id,
          'updatedAt', ${isoInstant('s.source_updated_at')}, 'receivedAt', ${isoInstant('s.received_at')}))
          from subjects s where s.uscc in (
            select t.uscc from site t union select c.uscc from claim c
            union select json_array_elements_text(${asJson(usccs)}))), '[]')
      ) as statements`,
  )
  return row?.statements ?? { sites: [], claims: [], businesses: [] }
}

/** Leads about these addresses and businesses whose contradiction was not found gone yet. */
export async function listStandingLeads(tx: Tx, { keys, usccs }: About): Promise<Lead[]> {
  return rowsOf(
    tx,
    sql`select ${columns} from leads l where l.gone_at is null and l.about in ${among([...keys, ...usccs])}`,
  )
}

export async function insertLeads(
  tx: Tx,
  opened: readonly (Contradiction & { id: string })[],
  now: Date,
): Promise<void> {
  if (opened.length === 0) return
  const at = now.toISOString()
  await tx.execute(sql`
    insert into leads (id, kind, about, subject, fact, usccs, region_codes, evidence, status, opened_at, changed_at)
    select l.id, l.kind, l.about, l.subject, l.fact, l.usccs, l."regionCodes", l.evidence, 'open', ${at}::timestamptz,
      ${at}::timestamptz
    from json_to_recordset(${asJson(opened)}) as l (id uuid, kind text, about text, subject text, fact text[],
      usccs text[], "regionCodes" text[], evidence jsonb)`)
}

/** Brings open leads to what stands now. */
export async function updateLeads(
  tx: Tx,
  refreshed: readonly { id: string; contradiction: Contradiction }[],
  now: Date,
): Promise<void> {
  if (refreshed.length === 0) return
  const rows = refreshed.map(({ id, contradiction: { fact, usccs, regionCodes, evidence } }) => {
    return { id, fact, usccs, regionCodes, evidence }
  })
  await tx.execute(sql`
    update leads l set fact = n.fact, usccs = n.usccs, region_codes = n."regionCodes", evidence = n.evidence,
      changed_at = ${now.toISOString()}::timestamptz
    from json_to_recordset(${asJson(rows)}) as n (id uuid, fact text[], usccs text[], "regionCodes" text[], evidence jsonb)
    where l.id = n.id and l.status = 'open'`)
}

/** Marks contradictions as gone; the leads that are open close with it. */
export async function updateGone(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return
  const at = now.toISOString()
  await tx.execute(sql`
    update leads l set gone_at = ${at}::timestamptz, status = 'closed',
      closed_at = case l.status when 'open' then ${at}::timestamptz else l.closed_at end,
      changed_at = ${at}::timestamptz
    where l.id in (select value::uuid from json_array_elements_text(${asJson(ids)}))`)
}

/** Closes an open lead; false for one that is not open. */
export async function updateClosed(
  tx: Tx,
  id: string,
  { by, reason, now }: { by: string; reason: string; now: Date },
): Promise<boolean> {
  const at = now.toISOString()
  const rows = await rowsOf(
    tx,
    sql`update leads set status = 'closed', closed_at = ${at}, changed_at = ${at}, closed_by = ${by}, close_reason = ${reason}
        where id = ${id} and status = 'open' returning id`,
  )
  return rows.length > 0
}

export async function findLead(db: DbOrTx, id: string): Promise<Lead | null> {
  const [row] = await rowsOf<Lead>(db, sql`select ${columns} from leads l where l.id = ${id}`)
  return row ?? null
}

/** Leads, newest first, those before `after` by id. */
export async function listLeads(
  db: DbOrTx,
  query: {
    status?: LeadStatus | undefined
    kind?: LeadKind | undefined
    uscc?: string | undefined
    regionCode?: string | undefined
    after: string | null
    limit: number
  },
): Promise<Lead[]> {
  const conditions: SQL[] = [sql`true`]
  if (query.status !== undefined) conditions.push(sql`l.status = ${query.status}`)
  if (query.kind !== undefined) conditions.push(sql`l.kind = ${query.kind}`)
  if (query.uscc !== undefined) conditions.push(sql`l.usccs @> array[${query.uscc}]`)
  if (query.regionCode !== undefined) {
    conditions.push(
      sql`exists (select from unnest(l.region_codes) r (code) where starts_with(r.code, ${query.regionCode}))`,
    )
  }
  if (query.after !== null) conditions.push(sql`l.id < ${query.after}`)
  return rowsOf(
    db,
    sql`select ${columns} from leads l where ${sql.join(conditions, sql` and `)} order by l.id desc limit ${query.limit}`,
  )
}
