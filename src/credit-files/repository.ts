import { sql } from 'drizzle-orm'
import { asJson, prepare, rowsOf, type Db, type DbOrTx } from '../platform/db.ts'
import type { HeldFile } from './held.ts'

/** The published fields of a business out of a row of `subjects`. */
const subjectState = (row: string) =>
  sql.raw(`json_build_object('uscc', ${row}.uscc, 'registrationNumber', ${row}.registration_number, 'name', ${row}.name,
    'formerNames', ${row}.former_names, 'entityType', ${row}.entity_type, 'status', ${row}.status,
    'legalRepresentative', ${row}.legal_representative, 'establishedOn', ${row}.established_on,
    'regionCode', ${row}.region_code, 'province', ${row}.province, 'city', ${row}.city, 'address', ${row}.address,
    'industryCode', ${row}.industry_code, 'registrationAuthority', ${row}.registration_authority)`)

/** What an entry has become by now, out of a row of `listing_entries`. */
export const presentOf = (row: string) =>
  sql.raw(`json_build_object('status', ${row}.status, 'shown', ${row}.shown, 'publishedUntil', ${row}.published_until)`)

/** The fields of a published penalty but the end of its publication, out of a row `p` of `penalties`. */
export const penaltyState = sql.raw(`'decisionNumber', p.decision_number, 'authority', p.authority,
  'ground', p.ground, 'kind', p.kind, 'amountFen', p.amount_fen, 'decidedOn', p.decided_on`)

/**
 * The files of these businesses in one statement, so that all of it, position included, is of one moment. An event that
 * is committed but has no position yet is already in the file: the position is the least that the file reflects.
 */
export const heldFiles = prepare<{ uscc: string; file: HeldFile }>(sql`
  select s.uscc, json_build_object(
    'subject', ${subjectState('s')},
    'webPresences', coalesce((
      select json_agg(json_build_object('id', w.id, 'kind', w.kind, 'name', w.name, 'url', w.url, 'host', w.host,
        'platform', w.platform, 'icpNumber', w.icp_number, 'sources', w.sources, 'status', w.status,
        'licenceDisplay', w.licence_display, 'firstSeenOn', w.first_seen_on, 'confirmedOn', w.confirmed_on)
        order by w.status, w.confirmed_on desc, w.key)
      from web_presences w where w.uscc = s.uscc), '[]'),
    'annualReports', coalesce((
      select json_agg(json_build_object('year', r.year, 'publishedOn', r.published_on, 'revision', r.revision)
        order by r.year desc)
      from annual_reports r where r.uscc = s.uscc), '[]'),
    'listings', coalesce((
      select json_agg(json_build_object('id', l.id, 'list', l.list, 'groundCode', l.ground_code,
        'authority', l.authority, 'decisionNumber', l.decision_number, 'listedOn', l.listed_on,
        'status', l.status, 'expiresOn', l.expires_on, 'removedOn', l.removed_on,
        'removalReason', l.removal_reason, 'removalDecisionNumber', l.removal_decision_number,
        'rulebook', l.rulebook, 'present', ${presentOf('l')}) order by l.listed_on desc, l.id desc)
      from listing_entries l where l.uscc = s.uscc), '[]'),
    'penalties', coalesce((
      select json_agg(json_build_object(${penaltyState}, 'publishedUntil', p.published_until,
        'present', json_build_object('shown', p.shown, 'publishedUntil', p.published_until))
        order by p.decided_on desc, p.id desc)
      from penalties p where p.uscc = s.uscc), '[]'),
    'honours', coalesce((
      select json_agg(json_build_object('title', h.title, 'authority', h.authority, 'awardedOn', h.awarded_on,
        'validUntil', h.valid_until) order by h.awarded_on desc, h.id desc)
      from honours h where h.uscc = s.uscc), '[]'),
    'sanctions', coalesce((
      select json_agg(json_build_object('measureCode', o.measure_code, 'agencyCode', o.agency_code,
        'listingId', o.listing_id, 'imposedOn', o.imposed_on, 'until', o.until)
        order by o.measure_code, o.agency_code, o.imposed_on, o.id)
      from sanction_orders o
      where o.uscc = s.uscc and o.lift_requested_on is null
        and (o.until is null or o.until >= ${sql.placeholder('today')}::date)), '[]'),
    'amendmentId', (select a.id from rulebook_amendments a order by a.revision desc limit 1),
    'position', (select h.position from feed_head h)
  ) as file
  from subjects s where s.uscc = any(${sql.placeholder('usccs')}::text[])`)

/** What is held of each of these businesses as of today, by its code; who is not registered is left out. */
export async function findHeldFiles(db: Db, usccs: readonly string[], today: string): Promise<Map<string, HeldFile>> {
  const rows = await heldFiles.ask(db, { usccs, today })
  return new Map(rows.map(({ uscc, file }) => [uscc, file]))
}

/** Where an address may be filed: the keys to try, most exact first, and its host. */
export interface AskedAddress {
  keys: readonly string[]
  host: string
}

export interface Claim {
  uscc: string
  webPresenceId: string
  /** Other businesses that say they run the same site or shop now, in order of code. */
  otherClaimants: string[]
}

/** The others who claim the address of the row `w` and have not given it up. */
const otherClaimants = sql`coalesce((
  select json_agg(distinct o.uscc order by o.uscc) from web_presences o
  where o.key = w.key and o.uscc <> w.uscc and o.status <> 'retired'), '[]') as "otherClaimants"`

/**
 * For each address, in the order given, who runs the site or shop with the first of its keys that anybody filed; of
 * several claimants the one that uses it and confirmed it last. The last key may be the bare host: it stands for a business
 * only while no other business has filed something below it, since the host of a platform is never one seller.
 */
export async function listClaims(db: DbOrTx, addresses: readonly AskedAddress[]): Promise<(Claim | null)[]> {
  const asked = addresses.map(({ keys, host }, place) => ({ place, keys, host }))
  const rows = await rowsOf<Claim & { place: number }>(
    db,
    sql`with tried as (
          select a.place, a.host, k.key, k.rank
          from json_to_recordset(${asJson(asked)}) as a (place int, host text, keys json)
            cross join json_array_elements_text(a.keys) with ordinality as k (key, rank)
        ), first as (
          select distinct on (t.place) t.place, w.uscc, w.id, w.key
          from tried t join web_presences w on w.key = t.key
          where t.rank = 1 or w.key <> t.host
            or not exists (select from web_presences o where o.host = t.host and o.uscc <> w.uscc)
          order by t.place, t.rank, w.status = 'retired', w.confirmed_on desc, w.id
        )
        select w.place, w.uscc, w.id as "webPresenceId", ${otherClaimants} from first w`,
  )
  const byPlace = new Map(rows.map(({ place, ...claim }) => [place, claim]))
  return addresses.map((_, place) => byPlace.get(place) ?? null)
}

/**
 * For each host the one business whose site has its only addresses on it, when the host itself was not filed: somebody
 * typed the host of a site that is filed with a path.
 */
export async function listClaimsOfHosts(db: DbOrTx, hosts: readonly string[]): Promise<(Claim | null)[]> {
  const rows = await rowsOf<Claim & { host: string }>(
    db,
    sql`with of_business as (
          select distinct on (w.host, w.uscc) w.host, w.uscc, w.id, w.key, w.kind from web_presences w
          where w.host in (select json_array_elements_text(${asJson(hosts)}))
          order by w.host, w.uscc, w.status = 'retired', w.confirmed_on desc, w.id
        )
        select w.host, w.uscc, w.id as "webPresenceId", ${otherClaimants} from of_business w
        where w.kind = 'website'
          and not exists (select from of_business o where o.host = w.host and o.uscc <> w.uscc)`,
  )
  const byHost = new Map(rows.map(({ host, ...claim }) => [host, claim]))
  return hosts.map((host) => byHost.get(host) ?? null)
}
