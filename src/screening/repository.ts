import { sql } from 'drizzle-orm'
import { asJson, isoInstant, prepare, rowsOf, type DbOrTx } from '../platform/db.ts'
import type { List } from '../listings/vocabulary.ts'
import type { EventType } from '../feed/domain.ts'
import type { EntityType } from '../registry/vocabulary.ts'
import type { Registered } from './domain.ts'

/** An entry in force and shown, with all names of its business. */
export interface ListedRow {
  listingId: string
  list: List
  groundCode: string
  uscc: string
  regionCode: string
  name: string
  presentName: string
  formerNames: string[]
}

/**
 * The lists as the log tells them, with the position up to which it does, of one moment: the newest event of each entry
 * (log compaction), of which those in force and shown are left.
 */
export async function listListed(db: DbOrTx): Promise<{ position: number; rows: ListedRow[] }> {
  const [answer] = await rowsOf<{ position: string; rows: ListedRow[] }>(
    db,
    sql`select (select coalesce(max(h.position), 0) from feed_events h) as position,
          (select coalesce(json_agg(json_build_object('listingId', d.data->>'id', 'list', d.data->>'list',
              'groundCode', d.data->'ground'->>'code', 'uscc', d.uscc, 'regionCode', d.region_code,
              'name', d.data->>'name', 'presentName', s.name, 'formerNames', s.former_names) order by d.position), '[]')
            from (
              select distinct on (e.key) e.position, e.uscc, e.region_code, e.event->'data' as data
              from feed_events e where e.key >= 'listing:' and e.key < 'listing;'
              order by e.key, e.position desc
            ) d join subjects s on s.uscc = d.uscc
            where d.data->>'status' = 'in-force' and d.data->>'shown' is distinct from 'false') as rows`,
  )
  return { position: Number(answer?.position ?? 0), rows: answer?.rows ?? [] }
}

/**
 * Entries that were in force on a day that is past. What may not be published today is left out (design rule 7) unless
 * `all` is asked for; what was void from the start never was in force.
 */
export async function listListedOn(db: DbOrTx, day: string, all: boolean): Promise<ListedRow[]> {
  return rowsOf(
    db,
    sql`select l.id as "listingId", l.list, l.ground_code as "groundCode", l.uscc, s.region_code as "regionCode",
          s.name, s.name as "presentName", s.former_names as "formerNames"
        from listing_entries l join subjects s on s.uscc = l.uscc
        where l.listed_on <= ${day} and (l.removed_on is null or l.removed_on > ${day})
          and l.status in ('in-force', 'removed')
          and (${all} or coalesce((
            select e.event->'data'->>'shown' from feed_events e
            where e.key = 'listing:' || l.id order by e.position desc limit 1), (l.status = 'in-force')::text) = 'true')
        order by l.listed_on, l.id`,
  )
}

export interface ListingEvent {
  position: number
  type: EventType
  subject: string
  data: Record<string, unknown>
}

/** Events after a position that may change what screening answers, and how far the log was read for them. */
export async function listListingEvents(
  db: DbOrTx,
  after: number,
  limit: number,
): Promise<{ events: ListingEvent[]; next: number }> {
  const rows = await rowsOf<{
    position: string
    type: EventType | null
    subject: string
    data: Record<string, unknown>
  }>(
    db,
    sql`with read as (
          select e.position, e.type, e.key, e.uscc, e.event from feed_events e
          where e.position > ${after} order by e.position limit ${limit}
        )
        select r.position, r.type, r.uscc as subject, r.event->'data' as data from read r
        where r.key like 'listing:%' or r.key like 'subject:%'
        union all
        select coalesce(max(r.position), ${after}::bigint), null, '', null from read r
        order by position, type nulls last`,
  )
  const events = rows.flatMap(({ position, type, ...rest }) =>
    type === null ? [] : { position: Number(position), type, ...rest },
  )
  return { events, next: Number(rows.at(-1)?.position ?? after) }
}

/** The newest position of the log. */
export async function findLogPosition(db: DbOrTx): Promise<number> {
  const [row] = await rowsOf<{ position: string }>(db, sql`select h.position from feed_head h`)
  return Number(row?.position ?? 0)
}

/** Businesses under these codes. */
export async function listRegistered(db: DbOrTx, usccs: readonly string[]): Promise<Registered[]> {
  return rowsOf(
    db,
    sql`select s.uscc, s.name, s.status, s.former_names as "otherNames" from subjects s
        where s.uscc in (select json_array_elements_text(${asJson(usccs)}))`,
  )
}

/** Names of the sites and shops in use of these businesses. */
export async function listShopNames(
  db: DbOrTx,
  usccs: readonly string[],
): Promise<{ uscc: string; names: string[] }[]> {
  return rowsOf(
    db,
    sql`select w.uscc, json_agg(distinct w.name) as names from web_presences w
        where w.uscc in (select json_array_elements_text(${asJson(usccs)})) and w.status <> 'retired' group by w.uscc`,
  )
}

/** Former names of those of these businesses that have any. */
export async function listFormerNames(
  db: DbOrTx,
  usccs: readonly string[],
): Promise<{ uscc: string; formerNames: string[] }[]> {
  return rowsOf(
    db,
    sql`select s.uscc, s.former_names as "formerNames" from subjects s
        where s.uscc in (select json_array_elements_text(${asJson(usccs)})) and s.former_names <> '{}'`,
  )
}

/** Kinds of these businesses. */
export async function listEntityTypes(
  db: DbOrTx,
  usccs: readonly string[],
): Promise<{ uscc: string; entityType: EntityType }[]> {
  return rowsOf(
    db,
    sql`select s.uscc, s.entity_type as "entityType" from subjects s
        where s.uscc in (select json_array_elements_text(${asJson(usccs)}))`,
  )
}

export interface ScreeningRow {
  id: string
  partnerId: string
  screenedAt: string
  position: number
  digest: string
  /** The canonical text of what was asked and answered, deflated, in base64. */
  evidence: string
}

const insertion = prepare(sql`
  insert into screenings (id, partner_id, screened_at, position, digest, evidence)
  values (${sql.placeholder('id')}, ${sql.placeholder('partnerId')}, ${sql.placeholder('screenedAt')},
    ${sql.placeholder('position')}, ${sql.placeholder('digest')}, decode(${sql.placeholder('evidence')}, 'base64'))`)

export async function insertScreening(db: DbOrTx, row: ScreeningRow): Promise<void> {
  await insertion.ask(db, { ...row })
}

/** A screening of this partner; another partner's is not found. */
export async function findScreening(db: DbOrTx, partnerId: string, id: string): Promise<ScreeningRow | null> {
  const [row] = await rowsOf<Omit<ScreeningRow, 'position'> & { position: string }>(
    db,
    sql`select s.id, s.partner_id as "partnerId", ${isoInstant('s.screened_at')} as "screenedAt", s.position, s.digest,
          encode(s.evidence, 'base64') as evidence
        from screenings s where s.id = ${id} and s.partner_id = ${partnerId}`,
  )
  return row === undefined ? null : { ...row, position: Number(row.position) }
}

/** What a list of screenings tells of each. */
export interface KeptRow {
  screeningId: string
  digest: string
  position: number
  screenedAt: string
}

/** Screenings of a partner, newest first, from before a place. */
export async function listScreenings(
  db: DbOrTx,
  partnerId: string,
  before: { screenedAt: string; id: string } | null,
  limit: number,
): Promise<KeptRow[]> {
  const place =
    before === null ? sql`` : sql`and (s.screened_at, s.id) < (${before.screenedAt}::timestamptz, ${before.id}::uuid)`
  const rows = await rowsOf<Omit<KeptRow, 'position'> & { position: string }>(
    db,
    sql`select s.id as "screeningId", s.digest, s.position, ${isoInstant('s.screened_at')} as "screenedAt"
        from screenings s where s.partner_id = ${partnerId} ${place}
        order by s.screened_at desc, s.id desc limit ${limit}`,
  )
  return rows.map((row) => ({ ...row, position: Number(row.position) }))
}
