import { sql } from 'drizzle-orm'
import { asJson, isoInstant, rowsOf, type DbOrTx, type Tx } from '../../platform/db.ts'
import { recordOf, type ClaimRecord, type ClaimRevision } from './domain.ts'
import type { Provenance } from './schemas.ts'

const columns = sql`c.source, c.source_id as "sourceId", c.record_key as "recordKey", c.revision, c.uscc,
  c.owner_name as "ownerName", c.kind, c.name, c.url, c.host, c.key, c.platform, c.shop_id as "shopId",
  c.icp_number as "icpNumber", c.is_in_use as "isInUse", c.stated_on::text as "statedOn",
  c.effective_on::text as "effectiveOn", ${isoInstant('c.source_updated_at')} as "updatedAt",
  ${isoInstant('c.recorded_at')} as "receivedAt"`

/** Every revision held of the things that these records are about, oldest first, by `recordOf`. */
export async function listRevisionsOf(
  db: DbOrTx,
  records: readonly ClaimRecord[],
): Promise<Map<string, ClaimRevision[]>> {
  const asked = records.map(({ source, recordKey }) => ({ source, recordKey }))
  const rows = await rowsOf<ClaimRevision>(
    db,
    sql`select ${columns} from web_presence_claims c
        where (c.source, c.record_key) in (
          select a.source, a."recordKey" from json_to_recordset(${asJson(asked)}) as a (source text, "recordKey" text))
        order by c.source, c.record_key, c.revision`,
  )
  const byRecord = new Map<string, ClaimRevision[]>()
  for (const row of rows) byRecord.set(recordOf(row), [...(byRecord.get(recordOf(row)) ?? []), row])
  return byRecord
}

/**
 * Every revision, oldest first, of the records that name one of these businesses or ever did, and of those without a code
 * that are about one of the addresses or about one that such a record names.
 */
export async function listClaimsAbout(
  db: DbOrTx,
  about: { usccs: readonly string[]; keys: readonly string[] },
): Promise<ClaimRevision[]> {
  return rowsOf(
    db,
    sql`with named as (
          select o.source, o.record_key, o.key from web_presence_claims o
          where o.uscc in (select json_array_elements_text(${asJson(about.usccs)}))
        )
        select ${columns} from web_presence_claims c
        where (c.source, c.record_key) in (
          select n.source, n.record_key from named n
          union
          select o.source, o.record_key from web_presence_claims o
          where o.uscc is null and o.key in (
            select json_array_elements_text(${asJson(about.keys)}) union select n.key from named n))
        order by c.source, c.record_key, c.revision`,
  )
}

export async function insertClaims(tx: Tx, revisions: readonly ClaimRevision[]): Promise<void> {
  if (revisions.length === 0) return
  await tx.execute(sql`
    insert into web_presence_claims (source, record_key, revision, source_id, uscc, owner_name, kind, name, url, host, key,
      platform, shop_id, icp_number, is_in_use, stated_on, effective_on, source_updated_at, recorded_at)
    select c.source, c."recordKey", c.revision, c."sourceId", c.uscc, c."ownerName", c.kind, c.name, c.url, c.host, c.key,
      c.platform, c."shopId", c."icpNumber", c."isInUse", c."statedOn", c."effectiveOn", c."updatedAt", c."receivedAt"
    from json_to_recordset(${asJson(revisions)}) as c (source text, "recordKey" text, revision int, "sourceId" text,
      uscc text, "ownerName" text, kind text, name text, url text, host text, key text, platform text, "shopId" text,
      "icpNumber" text, "isInUse" boolean, "statedOn" date, "effectiveOn" date, "updatedAt" timestamptz,
      "receivedAt" timestamptz)`)
}

/** Businesses among these of which something else than their registration is known: claims, or sites and shops. */
export async function listUsccsWithSites(db: DbOrTx, usccs: readonly string[]): Promise<string[]> {
  if (usccs.length === 0) return []
  const rows = await rowsOf<{ uscc: string }>(
    db,
    sql`select u.uscc from json_array_elements_text(${asJson(usccs)}) as u (uscc)
        where exists (select from web_presence_claims c where c.uscc = u.uscc)
          or exists (select from web_presences w where w.uscc = u.uscc)`,
  )
  return rows.map(({ uscc }) => uscc)
}

/** The addresses of the sites and shops of these businesses. */
export async function listKeysOf(db: DbOrTx, usccs: readonly string[]): Promise<string[]> {
  if (usccs.length === 0) return []
  const rows = await rowsOf<{ key: string }>(
    db,
    sql`select distinct w.key from web_presences w where w.uscc in (select json_array_elements_text(${asJson(usccs)}))`,
  )
  return rows.map(({ key }) => key)
}

/** Businesses that have a site or shop at one of these addresses, or had. */
export async function listUsccsAt(db: DbOrTx, keys: readonly string[]): Promise<string[]> {
  if (keys.length === 0) return []
  const rows = await rowsOf<{ uscc: string }>(
    db,
    sql`select distinct w.uscc from web_presences w where w.key in (select json_array_elements_text(${asJson(keys)}))`,
  )
  return rows.map(({ uscc }) => uscc)
}

export interface ReportedPeriod {
  platform: string
  /** First day on which the platform reported in the newest half year of its reports. */
  since: string
  reported: number
  /** Shops in use that only earlier half years named. */
  missing: number
}

/** Of each platform, its newest half year of reports (电子商务法 art 28: each January and July), and who is missing in it. */
export async function listReportedPeriods(db: DbOrTx): Promise<ReportedPeriod[]> {
  return rowsOf(
    db,
    sql`with newest as (
          select distinct on (c.record_key) c.* from web_presence_claims c
          where c.source = 'platform-sellers' order by c.record_key, c.revision desc
        ), half as (
          select n.*, make_date(extract(year from n.stated_on)::int, case when extract(month from n.stated_on) < 7 then 1 else 7 end, 1)
            as begins_on
          from newest n
        ), latest as (
          select h.platform, max(h.begins_on) as begins_on from half h group by h.platform
        )
        select h.platform, min(h.stated_on) filter (where h.begins_on = l.begins_on)::text as since,
          count(*) filter (where h.begins_on = l.begins_on)::int as reported,
          count(*) filter (where h.begins_on < l.begins_on and h.is_in_use)::int as missing
        from half h join latest l on l.platform = h.platform
        group by h.platform having count(*) filter (where h.begins_on < l.begins_on and h.is_in_use) > 0
        order by h.platform`,
  )
}

/** Newest revisions of the shops in use that a platform named last before `since`, in order of record after `after`. */
export async function listShopsStatedBefore(
  db: DbOrTx,
  query: { platform: string; since: string; limit: number },
): Promise<ClaimRevision[]> {
  return rowsOf(
    db,
    sql`select ${columns} from web_presence_claims c
        where c.source = 'platform-sellers' and c.platform = ${query.platform} and c.is_in_use
          and c.stated_on < ${query.since}
          and not exists (select from web_presence_claims n
            where n.source = c.source and n.record_key = c.record_key and n.revision > c.revision)
        order by c.record_key limit ${query.limit}`,
  )
}

/** The web presences of a business with every record that says it runs them, or said so; of a record its last word. */
export async function listPresencesWithClaims(db: DbOrTx, uscc: string): Promise<Provenance['webPresences']> {
  return rowsOf(
    db,
    sql`
      with report as (
        select r.*, dense_rank() over (order by r.year desc, r.revision desc) = 1 as is_in_use
        from annual_report_revisions r where r.uscc = ${uscc}
      ), claim as (
        select distinct on (p.value->>'key', r.year) p.value->>'key' as key, 'annual-report' as source, r.source_id, r.uscc,
          r.name as owner_name, p.value->>'kind' as kind, p.value->>'name' as name, p.value->>'url' as url,
          null as platform, null as shop_id, null as icp_number, r.year, r.is_in_use, r.published_on as stated_on,
          r.source_updated_at, r.recorded_at
        from report r cross join lateral jsonb_array_elements(r.web_presences) p
        order by p.value->>'key', r.year, r.revision desc
      ), filed as (
        select distinct on (c.key, c.source, c.record_key) c.key, c.source, c.source_id, c.uscc, c.owner_name, c.kind,
          c.name, c.url, c.platform, c.shop_id, c.icp_number, null::int as year,
          c.is_in_use and not exists (select from web_presence_claims n where n.source = c.source
            and n.record_key = c.record_key and n.revision > c.revision) as is_in_use,
          c.stated_on, c.source_updated_at, c.recorded_at
        from web_presence_claims c join web_presences w on w.key = c.key and w.uscc = ${uscc}
        where c.uscc = ${uscc} or c.uscc is null
        order by c.key, c.source, c.record_key, c.revision desc
      )
      select w.id, w.key, w.url, w.status, w.sources, coalesce((
        select json_agg(json_build_object('source', a.source, 'sourceId', a.source_id, 'uscc', a.uscc,
          'ownerName', a.owner_name, 'kind', a.kind, 'name', a.name, 'url', a.url, 'platform', a.platform,
          'shopId', a.shop_id, 'icpNumber', a.icp_number, 'year', a.year, 'isInUse', a.is_in_use,
          'statedOn', a.stated_on, 'updatedAt', ${isoInstant('a.source_updated_at')},
          'receivedAt', ${isoInstant('a.recorded_at')}) order by a.source_updated_at desc, a.source, a.source_id)
        from (select * from claim union all select * from filed) a where a.key = w.key), '[]') as claims
      from web_presences w where w.uscc = ${uscc} order by w.key`,
  )
}
