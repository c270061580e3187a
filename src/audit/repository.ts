import { sql, type SQL } from 'drizzle-orm'
import { asJson, isoInstant, rowsOf, type DbOrTx, type Tx } from '../platform/db.ts'
import type { ChainHead, LoggedEntry } from './chain.ts'

const entryColumns = sql`l.id, ${isoInstant('l.at')} as at, l.via, l.partner_id as "partnerId", l.key_id as "keyId",
  l.person, l.address, l.request_id as "requestId", l.action, l.object_type as "objectType", l.object_id as "objectId",
  l.outcome, l.details`

/** Any constant: the transaction that holds it gives out the places of the chain. */
const chainLock = 7_310_005

/** Makes this transaction the only one that chains until it ends; false while another does. */
export async function tryLockChain(tx: Tx): Promise<boolean> {
  const [row] = await rowsOf<{ locked: boolean }>(tx, sql`select pg_try_advisory_xact_lock(${chainLock}) as locked`)
  return row?.locked === true
}

export async function existsPendingEntry(db: DbOrTx): Promise<boolean> {
  const [row] = await rowsOf<{ any: boolean }>(db, sql`select exists (select from audit_pending) as any`)
  return row?.any === true
}

export async function countPendingEntries(db: DbOrTx): Promise<number> {
  const [row] = await rowsOf<{ count: string }>(db, sql`select count(*) as count from audit_pending`)
  return Number(row?.count ?? 0)
}

/** Committed entries without a place, in the order in which they were written. */
export async function listPendingEntries(tx: Tx, limit: number): Promise<(LoggedEntry & { seq: string })[]> {
  return rowsOf(
    tx,
    sql`select p.seq, ${entryColumns} from audit_pending p join audit_log l on l.id = p.entry_id
        order by p.seq limit ${limit}`,
  )
}

export async function findChainHead(db: DbOrTx): Promise<ChainHead> {
  const [row] = await rowsOf<{ position: string; hash: string }>(
    db,
    sql`select c.position, c.hash from audit_chain c order by c.position desc limit 1`,
  )
  return row === undefined ? { position: 0, hash: '' } : { position: Number(row.position), hash: row.hash }
}

export interface Link {
  position: number
  entryId: string
  hash: string
}

export async function insertLinks(tx: Tx, links: readonly Link[]): Promise<void> {
  await tx.execute(sql`
    insert into audit_chain (position, entry_id, hash)
    select e.position, e."entryId", e.hash
    from json_to_recordset(${asJson(links)}) as e (position bigint, "entryId" uuid, hash text)`)
}

export async function deletePendingEntries(tx: Tx, seqs: readonly string[]): Promise<void> {
  await tx.execute(
    sql`delete from audit_pending where seq in (select value::bigint from json_array_elements_text(${asJson(seqs)}))`,
  )
}

/** Places of the chain after a position, each with its entry; the entry is null where the log has none. */
export async function listLinks(
  db: DbOrTx,
  after: number,
  limit: number,
): Promise<{ position: number; hash: string; entry: LoggedEntry | null }[]> {
  const rows = await rowsOf<LoggedEntry & { position: string; hash: string; there: boolean }>(
    db,
    sql`select c.position, c.hash, l.id is not null as there, ${entryColumns}
        from audit_chain c left join audit_log l on l.id = c.entry_id
        where c.position > ${after} order by c.position limit ${limit}`,
  )
  return rows.map(({ position, hash, there, ...entry }) => ({
    position: Number(position),
    hash,
    entry: there ? entry : null,
  }))
}

/** The oldest entry that has no place and awaits none, or null. */
export async function findUnchainedEntry(db: DbOrTx): Promise<string | null> {
  const [row] = await rowsOf<{ id: string }>(
    db,
    sql`select l.id from audit_log l
        where not exists (select from audit_chain c where c.entry_id = l.id)
          and not exists (select from audit_pending p where p.entry_id = l.id)
        order by l.at, l.id limit 1`,
  )
  return row?.id ?? null
}

export interface AuditFilter {
  partnerId?: string | undefined
  action?: string | undefined
  objectType?: string | undefined
  objectId?: string | undefined
  outcome?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

export interface AuditRow extends LoggedEntry {
  partnerName: string | null
  position: number | null
  hash: string | null
}

/** Entries, newest first, before the one at this place of that order. */
export async function listEntries(
  db: DbOrTx,
  filter: AuditFilter,
  before: { at: string; id: string } | null,
  limit: number,
): Promise<AuditRow[]> {
  const conditions: SQL[] = [sql`true`]
  if (filter.partnerId !== undefined) conditions.push(sql`l.partner_id = ${filter.partnerId}`)
  if (filter.action !== undefined) conditions.push(sql`l.action = ${filter.action}`)
  if (filter.objectType !== undefined) conditions.push(sql`l.object_type = ${filter.objectType}`)
  if (filter.objectId !== undefined) conditions.push(sql`l.object_id = ${filter.objectId}`)
  if (filter.outcome !== undefined) conditions.push(sql`l.outcome = ${filter.outcome}`)
  if (filter.from !== undefined) conditions.push(sql`l.at >= ${filter.from}::timestamptz`)
  if (filter.to !== undefined) conditions.push(sql`l.at < ${filter.to}::timestamptz`)
  if (before !== null) conditions.push(sql`(l.at, l.id) < (${before.at}::timestamptz, ${before.id}::uuid)`)
  const rows = await rowsOf<Omit<AuditRow, 'position'> & { position: string | null }>(
    db,
    sql`select ${entryColumns}, n.name as "partnerName", c.position, c.hash
        from audit_log l left join audit_chain c on c.entry_id = l.id left join partners n on n.id = l.partner_id
        where ${sql.join(conditions, sql` and `)} order by l.at desc, l.id desc limit ${limit}`,
  )
  return rows.map((row) => ({ ...row, position: row.position === null ? null : Number(row.position) }))
}
