import { sql } from 'drizzle-orm'
import { rowsOf, type DbOrTx } from '../../platform/db.ts'
import type { ListedEntry } from '../follow-the-money.ts'

export interface ListedRow {
  uscc: string
  position: number
  entry: ListedEntry
}

/**
 * Entries in force as of a position, after the entry of `after`, by business and then in the order of the log. Only an
 * event that enters leaves an entry in force; whatever followed it has taken it from the list or from view.
 */
export async function listEntriesInForce(
  db: DbOrTx,
  query: { upTo: number; after: { uscc: string; position: number }; limit: number },
): Promise<ListedRow[]> {
  const rows = await rowsOf<Omit<ListedRow, 'position'> & { position: string }>(
    db,
    sql`select e.uscc, e.position, e.event -> 'data' as entry
        from feed_events e
        where (e.uscc, e.position) > (${query.after.uscc}, ${query.after.position}::bigint)
          and e.position <= ${query.upTo} and e.type = 'listing.entered'
          and not exists (
            select from feed_events n where n.key = e.key and n.position > e.position and n.position <= ${query.upTo})
        order by e.uscc, e.position limit ${query.limit}`,
  )
  return rows.map((row) => ({ ...row, position: Number(row.position) }))
}
