import { sql, type SQL } from 'drizzle-orm'
import type { List } from '../listings/vocabulary.ts'
import { rowsOf, type DbOrTx } from '../platform/db.ts'
import type { HeldListing } from './held.ts'
import { presentOf } from './repository.ts'

/** An entry with the business that it concerns. */
export type ListedBusiness = HeldListing & { uscc: string; name: string; regionCode: string }

export interface EntryFilter {
  regionCode?: string | undefined
  ground?: string | undefined
  status?: string | undefined
  listedFrom?: string | undefined
  listedTo?: string | undefined
  /** A code in normal form, else a part of a name. */
  uscc?: string | undefined
  name?: string | undefined
}

const columns = sql`l.id, l.list, l.ground_code as "groundCode", l.authority, l.decision_number as "decisionNumber",
  l.listed_on::text as "listedOn", l.status, l.expires_on::text as "expiresOn", l.removed_on::text as "removedOn",
  l.removal_reason as "removalReason", l.removal_decision_number as "removalDecisionNumber", l.rulebook,
  ${presentOf('l')} as present, l.uscc, s.name, s.region_code as "regionCode"`

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
