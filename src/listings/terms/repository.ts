import { sql, type SQL } from 'drizzle-orm'
import { asJson, rowsOf, type DbOrTx, type Tx } from '../../platform/db.ts'
import { entryColumns } from '../decisions/repository.ts'
import type { Entry } from '../domain.ts'

export interface NamedEntry extends Entry {
  name: string
  regionCode: string
}

/** Entries of which `condition` (on `l`) holds, in order of id after `after`, locked until this transaction ends. */
async function lockEntriesWhere(tx: Tx, condition: SQL, after: string | null, limit: number): Promise<NamedEntry[]> {
  const from = after === null ? sql`true` : sql`l.id > ${after}`
  return rowsOf(
    tx,
    sql`select ${entryColumns}, s.name, s.region_code as "regionCode"
        from listing_entries l join subjects s on s.uscc = l.uscc
        where ${condition} and ${from} order by l.id limit ${limit} for update of l`,
  )
}

/** Entries in force whose term was over on or before `on`. */
export async function lockExpiredEntries(
  tx: Tx,
  on: string,
  after: string | null,
  limit: number,
): Promise<NamedEntry[]> {
  return lockEntriesWhere(tx, sql`l.status = 'in-force' and l.expires_on <= ${on}`, after, limit)
}

/** Entries that are shown though the last day that was told is before `on`, and those that have ended. */
export async function lockEntriesToHide(tx: Tx, on: string, after: string | null, limit: number) {
  return lockEntriesWhere(tx, sql`l.shown and (l.published_until < ${on} or l.status = 'removed')`, after, limit)
}

export async function updateShown(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.execute(sql`
    update listing_entries set shown = false
    where id in (select value::uuid from json_array_elements_text(${asJson(ids)}))`)
}

/**
 * Entries in force of enterprises on the abnormal list that were made from `from` to `to`; those that had their notice, or
 * have not, where `noticed` says so.
 */
export async function lockAbnormalEntries(
  tx: Tx,
  query: { from: string; to: string; noticed: boolean; after: string | null; limit: number },
): Promise<NamedEntry[]> {
  const notice = sql`(select from sixty_day_notices n where n.listing_id = l.id)`
  return lockEntriesWhere(
    tx,
    sql`l.list = 'abnormal' and l.status = 'in-force' and starts_with(l.ground_code, 'ABN-')
      and l.listed_on between ${query.from} and ${query.to}
      and ${query.noticed ? sql`exists ${notice}` : sql`not exists ${notice}`}`,
    query.after,
    query.limit,
  )
}

export interface Notice {
  listingId: string
  uscc: string
  noticedOn: string
  anniversaryOn: string
}

export async function insertNotices(tx: Tx, notices: readonly Notice[], now: Date): Promise<void> {
  await tx.execute(sql`
    insert into sixty_day_notices (listing_id, uscc, noticed_on, anniversary_on, recorded_at)
    select n."listingId", n.uscc, n."noticedOn", n."anniversaryOn", ${now.toISOString()}::timestamptz
    from json_to_recordset(${asJson(notices)}) as n ("listingId" uuid, uscc text, "noticedOn" date, "anniversaryOn" date)
    on conflict (listing_id) do nothing`)
}

/** The businesses that are on the serious-violator list on this ground already. */
export async function listUsccsInForce(db: DbOrTx, groundCode: string, usccs: readonly string[]): Promise<string[]> {
  const rows = await rowsOf<{ uscc: string }>(
    db,
    sql`select l.uscc from listing_entries l where l.status = 'in-force' and l.ground_code = ${groundCode}
          and l.uscc in (select value from json_array_elements_text(${asJson(usccs)}))`,
  )
  return rows.map((row) => row.uscc)
}

/** Takes the next numbers of a series; answers the one before the first. */
export async function takeNumbers(tx: Tx, series: string, count: number): Promise<number> {
  const [row] = await rowsOf<{ before: number }>(
    tx,
    sql`insert into decision_series (series, last) values (${series}, ${count})
        on conflict (series) do update set last = decision_series.last + excluded.last
        returning last - ${count}::int as before`,
  )
  return row?.before ?? 0
}
