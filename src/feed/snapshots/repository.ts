import { sql } from 'drizzle-orm'
import { rowsOf, type DbOrTx } from '../../platform/db.ts'
import { copies, type Copy } from '../state.ts'
import type { Manifest } from './schemas.ts'

/**
 * SQL for the lines of one file: the newest event of each key up to a position, in the order of the keys' bytes, where it
 * shows something (`showsAfter`, which the digest holds it to). JSON is taken apart only where the type does not
 * tell, since that is what costs. The log is append-only, so the answer is the same however late it is read.
 */
export function linesQuery({ keyPrefix }: Copy, position: number): string {
  return `
    select '{"type":"' || e.type || '","subject":' || to_json(e.uscc) || ',"sequence":"' || e.position
      || '","data":' || (e.event -> 'data') || '}'
    from feed_events e
    where e.position <= ${position} and e.key >= '${keyPrefix}' and e.key < '${after(keyPrefix)}'
      and not exists (
        select from feed_events n where n.key = e.key and n.position > e.position and n.position <= ${position})
      and case e.type
        when 'listing.entered' then true
        when 'penalty.published' then true
        when 'honour.awarded' then true
        when 'listing.removed' then e.event #>> '{data,shown}' = 'true'
        when 'sanction.imposed' then json_array_length(e.event #> '{data,measures}') > 0
        when 'sanction.lifted' then json_array_length(e.event #> '{data,measures}') > 0
        else false end
    order by e.key`
}

/** SQL for every event of the keys that a snapshot holds, up to a position: key by key, each in order. */
export function replayQuery(position: number): string {
  const ranges = copies.map(({ keyPrefix }) => `e.key >= '${keyPrefix}' and e.key < '${after(keyPrefix)}'`)
  return `
    select e.event from feed_events e
    where e.position <= ${position} and (${ranges.join(' or ')})
    order by e.key, e.position`
}

/** The first text that comes after every text with this prefix. */
function after(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)
}

/** Notes a snapshot before its first byte is written, so that what a killed run left behind is known. */
export async function insertSnapshot(
  db: DbOrTx,
  snapshot: { id: string; position: number; createdAt: string },
): Promise<void> {
  await db.execute(sql`
    insert into feed_snapshots (id, position, created_at)
    values (${snapshot.id}, ${snapshot.position}, ${snapshot.createdAt})`)
}

/** Makes a snapshot visible, all of it at once. */
export async function updateSnapshotPublished(db: DbOrTx, manifest: Manifest): Promise<void> {
  await db.execute(
    sql`update feed_snapshots set manifest = ${JSON.stringify(manifest)}::json where id = ${manifest.id}`,
  )
}

export async function listUnpublishedSnapshots(db: DbOrTx): Promise<string[]> {
  const rows = await rowsOf<{ id: string }>(db, sql`select s.id from feed_snapshots s where s.manifest is null`)
  return rows.map((row) => row.id)
}

/** Snapshots after the newest `keep`. */
export async function listOldSnapshots(db: DbOrTx, keep: number): Promise<string[]> {
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`select s.id from feed_snapshots s where s.manifest is not null
        order by s.created_at desc, s.id desc offset ${keep}`,
  )
  return rows.map((row) => row.id)
}

export async function deleteSnapshot(db: DbOrTx, id: string): Promise<void> {
  await db.execute(sql`delete from feed_snapshots where id = ${id}`)
}

export async function findSnapshot(db: DbOrTx, id: string): Promise<Manifest | null> {
  const [row] = await rowsOf<{ manifest: Manifest | null }>(
    db,
    sql`select s.manifest from feed_snapshots s where s.id = ${id}`,
  )
  return row?.manifest ?? null
}

export async function findLatestSnapshot(db: DbOrTx): Promise<Manifest | null> {
  const [row] = await rowsOf<{ manifest: Manifest }>(
    db,
    sql`select s.manifest from feed_snapshots s where s.manifest is not null
        order by s.created_at desc, s.id desc limit 1`,
  )
  return row?.manifest ?? null
}
