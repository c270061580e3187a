import { sql } from 'drizzle-orm'
import { asJson, rowsOf, type DbOrTx } from '../platform/db.ts'
import type { EntityType, SubjectStatus } from '../registry/vocabulary.ts'
import type { List } from '../listings/vocabulary.ts'
import type { CreditFile } from './schemas.ts'

/** Everything that is held of a business, before the publication policy has looked at it. */
export interface HeldFile {
  subject: {
    uscc: string
    registrationNumber: string | null
    name: string
    formerNames: string[]
    entityType: EntityType
    status: SubjectStatus
    legalRepresentative: string | null
    establishedOn: string | null
    regionCode: string
    province: string | null
    city: string | null
    address: string | null
    industryCode: string | null
    registrationAuthority: string | null
  }
  webPresences: CreditFile['webPresences']
  annualReports: { year: number; publishedOn: string; revision: number }[]
  listings: HeldListing[]
  position: number
}

export interface HeldListing {
  id: string
  list: List
  groundCode: string
  authority: string
  decisionNumber: string
  listedOn: string
  status: CreditFile['listings'][number]['status']
  expiresOn: string | null
  removedOn: string | null
  removalReason: string | null
  removalDecisionNumber: string | null
  rulebook: string
}

/**
 * The whole file in one statement, so that all of it, position included, is of one moment. An event that is committed
 * but has no position yet is already in the file: the position is the least that the file reflects.
 */
export async function findHeldFile(db: DbOrTx, uscc: string): Promise<HeldFile | null> {
  const [row] = await rowsOf<{ file: HeldFile }>(
    db,
    sql`
      select json_build_object(
        'subject', json_build_object('uscc', s.uscc, 'registrationNumber', s.registration_number, 'name', s.name,
          'formerNames', s.former_names, 'entityType', s.entity_type, 'status', s.status,
          'legalRepresentative', s.legal_representative, 'establishedOn', s.established_on,
          'regionCode', s.region_code, 'province', s.province, 'city', s.city, 'address', s.address,
          'industryCode', s.industry_code, 'registrationAuthority', s.registration_authority),
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
            'rulebook', l.rulebook) order by l.listed_on desc, l.id desc)
          from listing_entries l where l.uscc = s.uscc), '[]'),
        'position', (select coalesce(max(e.position), 0) from feed_events e)
      ) as file
      from subjects s where s.uscc = ${uscc}`,
  )
  return row?.file ?? null
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
 * Who runs the site or shop with the first of these keys that anybody filed; of several claimants the one that uses it
 * and confirmed it last. The last key is the bare host: it stands for a business only while no other business has filed
 * something below it, since the host of a platform is never one seller.
 */
export async function findClaim(db: DbOrTx, keys: readonly string[], host: string): Promise<Claim | null> {
  const [row] = await rowsOf<Claim>(
    db,
    sql`with tried as (
          select k.key, k.rank from json_array_elements_text(${asJson(keys)}) with ordinality as k (key, rank)
        )
        select w.uscc, w.id as "webPresenceId", ${otherClaimants}
        from tried t join web_presences w on w.key = t.key
        where t.rank = 1 or w.key <> ${host}
          or not exists (select from web_presences o where o.host = ${host} and o.uscc <> w.uscc)
        order by t.rank, w.status = 'retired', w.confirmed_on desc, w.id
        limit 1`,
  )
  return row ?? null
}

/**
 * The one business whose site has its only addresses on this host, when the host itself was not filed: somebody typed
 * the host of a site that is filed with a path.
 */
export async function findClaimOfHost(db: DbOrTx, host: string): Promise<Claim | null> {
  const rows = await rowsOf<Claim & { kind: string }>(
    db,
    sql`select distinct on (w.uscc) w.uscc, w.id as "webPresenceId", w.kind, ${otherClaimants} from web_presences w
        where w.host = ${host} order by w.uscc, w.status = 'retired', w.confirmed_on desc, w.id limit 2`,
  )
  const [row] = rows
  return rows.length === 1 && row?.kind === 'website' ? row : null
}
