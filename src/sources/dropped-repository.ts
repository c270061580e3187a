import { sql } from 'drizzle-orm'
import { v7 as uuidv7 } from 'uuid'
import { isoInstant, rowsOf, type DbOrTx } from '../platform/db.ts'
import type { Collection, DroppedFileStatus } from './vocabulary.ts'

export interface DroppedFile {
  id: string
  collection: Collection
  name: string
  version: string
  foundAt: string
  unchangedSince: string
  status: DroppedFileStatus
  sha256: string | null
  bytes: number | null
  startedAt: string | null
  recordsDone: number
  counts: unknown
  refused: object[]
  receipt: object | null
  movedTo: string | null
}

const columns = sql`f.id, f.collection, f.name, f.version, ${isoInstant('f.found_at')} as "foundAt",
  ${isoInstant('f.unchanged_since')} as "unchangedSince", f.status, f.sha256, f.bytes::float8 as bytes,
  ${isoInstant('f.started_at')} as "startedAt", f.records_done as "recordsDone", f.counts, f.refused, f.receipt,
  f.moved_to as "movedTo"`

/** Files of a collection that lay in the folder when it was last looked at, and have not been put away. */
export async function listPresent(db: DbOrTx, collection: Collection): Promise<DroppedFile[]> {
  return rowsOf(
    db,
    sql`select ${columns} from dropped_files f where f.collection = ${collection} and f.moved_at is null order by f.name`,
  )
}

/** Notes a file as it is now. One that has changed begins anew: since when it is unchanged, and how far it was imported. */
export async function upsertSeen(
  db: DbOrTx,
  seen: { collection: Collection; name: string; version: string; at: Date },
): Promise<DroppedFile> {
  const at = seen.at.toISOString()
  await db.execute(sql`
    insert into dropped_files (id, collection, name, version, found_at, unchanged_since, status, records_done, refused)
    values (${uuidv7()}, ${seen.collection}, ${seen.name}, ${seen.version}, ${at}, ${at}, 'waiting', 0, '[]')
    on conflict (collection, name) where moved_at is null do update set version = excluded.version,
      unchanged_since = excluded.unchanged_since, status = 'waiting', sha256 = null, bytes = null, started_at = null,
      records_done = 0, counts = null, refused = '[]', finished_at = null, receipt = null, moved_to = null
    where dropped_files.version <> excluded.version`)
  const [file] = await rowsOf<DroppedFile>(
    db,
    sql`select ${columns} from dropped_files f
        where f.collection = ${seen.collection} and f.name = ${seen.name} and f.moved_at is null`,
  )
  if (file === undefined) throw new Error('a file that was noted is not there')
  return file
}

export async function updateStarted(
  db: DbOrTx,
  id: string,
  start: { sha256: string; bytes: number; at: Date },
): Promise<void> {
  await db.execute(sql`
    update dropped_files set sha256 = ${start.sha256}, bytes = ${start.bytes}, started_at = ${start.at.toISOString()},
      records_done = 0, counts = null, refused = '[]'
    where id = ${id}`)
}

export async function updateReached(
  db: DbOrTx,
  id: string,
  reached: { records: number; counts: object; refused: readonly object[] },
): Promise<void> {
  await db.execute(sql`
    update dropped_files set records_done = ${reached.records}, counts = ${JSON.stringify(reached.counts)}::jsonb,
      refused = ${JSON.stringify(reached.refused)}::jsonb
    where id = ${id}`)
}

export async function updateFinished(
  db: DbOrTx,
  id: string,
  end: { status: DroppedFileStatus; receipt: object; movedTo: string; at: Date },
): Promise<void> {
  await db.execute(sql`
    update dropped_files set status = ${end.status}, receipt = ${JSON.stringify(end.receipt)}::jsonb,
      moved_to = ${end.movedTo}, finished_at = ${end.at.toISOString()}
    where id = ${id}`)
}

export async function updateMoved(db: DbOrTx, id: string, at: Date): Promise<void> {
  await db.execute(sql`update dropped_files set moved_at = ${at.toISOString()} where id = ${id}`)
}

export async function deleteDropped(db: DbOrTx, id: string): Promise<void> {
  await db.execute(sql`delete from dropped_files where id = ${id}`)
}

/** A file with the same bytes that was taken before. */
export async function findTaken(
  db: DbOrTx,
  collection: Collection,
  sha256: string,
): Promise<{ name: string; finishedAt: string } | null> {
  const [file] = await rowsOf<{ name: string; finishedAt: string }>(
    db,
    sql`select f.name, ${isoInstant('f.finished_at')} as "finishedAt" from dropped_files f
        where f.collection = ${collection} and f.sha256 = ${sha256} and f.status = 'taken' order by f.id limit 1`,
  )
  return file ?? null
}
