import { sql, type SQL } from 'drizzle-orm'
import type { List } from '../listings/vocabulary.ts'
import type { EntityType } from '../registry/vocabulary.ts'
import { asJson, rowsOf, type DbOrTx } from '../platform/db.ts'
import type { HeldListing } from './held.ts'
import { presentOf } from './repository.ts'
import type { CreditFile } from './schemas.ts'

/** An entry with the business that it concerns. */
export type ListedBusiness = HeldListing & { uscc: string; name: string; regionCode: string }

/** A site or shop as a warning names it. */
export type PresenceInUse = Pick<CreditFile['webPresences'][number], 'id' | 'kind' | 'name' | 'url' | 'platform'>

export interface EntryFilter {
  regionCode?: string | undefined
  ground?: string | undefined
  status?: string | undefined
  listedFrom?: string | undefined
  listedTo?: string | undefined
  /** A code in normal form, else a part of a name. */
  uscc?: string | undefined
  name?: string | undefined
  /** Only of businesses with a site or shop that is in use. */
  sellsOnline?: boolean | undefined
}

const columns = sql`l.id, l.list, l.ground_code as "groundCode", l.authority, l.decision_number as "decisionNumber",
  l.listed_on::text as "listedOn", l.status, l.expires_on::text as "expiresOn", l.removed_on::text as "removedOn",
  l.removal_reason as "removalReason", l.removal_decision_number as "removalDecisionNumber", l.rulebook,
  ${presentOf('l')} as present, l.uscc, s.name, s.region_code as "regionCode"`

/** A shop that cannot be reached, or was given up, sells nothing. */
const inUse = sql`('active', 'disputed')`

/** The sites and shops in use of these businesses, those confirmed last first, at most `most` of each. */
export async function listPresencesInUse(
  db: DbOrTx,
  usccs: readonly string[],
  most: number,
): Promise<(PresenceInUse & { uscc: string })[]> {
  if (usccs.length === 0) return []
  return rowsOf(
    db,
    sql`select w.uscc, w.id, w.kind, w.name, w.url, w.platform from json_array_elements_text(${asJson(usccs)}) as u (uscc)
        cross join lateral (
          select w.* from web_presences w where w.uscc = u.uscc and w.status in ${inUse}
          order by w.confirmed_on desc, w.key limit ${most}
        ) w`,
  )
}

/**
 * Entries of a list, newest first, those after the place `after` (day and id of the last one seen). Without `all` those
 * that were withdrawn from view are left out; the publication policy has the last word on each.
 */
export async function listEntries(
  db: DbOrTx,
  list: List,
  filter: EntryFilter,
  page: { after: { listedOn: string; id: string } | null; limit: number; all: boolean },
): Promise<ListedBusiness[]> {
  const conditions: SQL[] = [sql`l.list = ${list}`]
  if (!page.all) conditions.push(sql`l.shown and l.status in ('in-force', 'removed')`)
  if (filter.regionCode !== undefined) conditions.push(sql`starts_with(s.region_code, ${filter.regionCode})`)
  if (filter.ground !== undefined) conditions.push(sql`l.ground_code = ${filter.ground}`)
  if (filter.status !== undefined) conditions.push(sql`l.status = ${filter.status}`)
  if (filter.listedFrom !== undefined) conditions.push(sql`l.listed_on >= ${filter.listedFrom}`)
  if (filter.listedTo !== undefined) conditions.push(sql`l.listed_on <= ${filter.listedTo}`)
  if (filter.uscc !== undefined) conditions.push(sql`l.uscc = ${filter.uscc}`)
  if (filter.name !== undefined) {
    conditions.push(sql`strpos(lower(normalize(s.name, NFKC)), lower(normalize(${filter.name}, NFKC))) > 0`)
  }
  if (filter.sellsOnline === true) {
    conditions.push(sql`exists (select from web_presences w where w.uscc = l.uscc and w.status in ${inUse})`)
  }
  if (page.after !== null) {
    conditions.push(sql`(l.listed_on, l.id) < (${page.after.listedOn}::date, ${page.after.id}::uuid)`)
  }
  return rowsOf(
    db,
    sql`select ${columns} from listing_entries l join subjects s on s.uscc = l.uscc
        where ${sql.join(conditions, sql` and `)} order by l.listed_on desc, l.id desc limit ${page.limit}`,
  )
}

export async function findEntry(db: DbOrTx, list: List, id: string): Promise<ListedBusiness | null> {
  const [row] = await rowsOf<ListedBusiness>(
    db,
    sql`select ${columns} from listing_entries l join subjects s on s.uscc = l.uscc
        where l.list = ${list} and l.id = ${id}`,
  )
  return row ?? null
}

/** The entries of these businesses on either list that were not withdrawn from view, with what kind of business each is. */
export async function listEntriesOf(
  db: DbOrTx,
  usccs: readonly string[],
): Promise<(ListedBusiness & { entityType: EntityType })[]> {
  if (usccs.length === 0) return []
  return rowsOf(
    db,
    sql`select ${columns}, s.entity_type as "entityType" from listing_entries l join subjects s on s.uscc = l.uscc
        where l.uscc in (select json_array_elements_text(${asJson(usccs)}))
          and l.shown and l.status in ('in-force', 'removed')`,
  )
}
