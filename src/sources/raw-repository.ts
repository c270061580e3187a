import { and, eq, sql } from 'drizzle-orm'
import { isoInstant, rowsOf, type DbOrTx, type Tx } from '../platform/db.ts'
import { sourceByteParts } from './tables.ts'
import type { Collection, IntakeOrigin } from './vocabulary.ts'

/** A page or file whose records were taken, as `source_intakes` describes it. */
export interface Intake {
  id: string
  collection: Collection
  origin: IntakeOrigin
  sha256: string
  location: string
  updatedSince: string | null
  cursor: string | null
  next: string | null
  runId: string | null
  parserVersion: number
  receivedAt: string
  records: number
  refused: number
  newestUpdatedAt: string | null
  settled: boolean
}

/** Marks bytes as come again, or takes the place for them. Answers whether they are new, and their parts are missing. */
export async function upsertBytes(tx: Tx, bytes: { sha256: string; size: number; now: Date }): Promise<boolean> {
  // The row is locked until the end, so that the job that forgets old bytes cannot take them away in between.
  const [row] = await rowsOf<{ isNew: boolean }>(
    tx,
    sql`insert into source_bytes as b (sha256, size, stored_at)
        values (${bytes.sha256}, ${bytes.size}, ${bytes.now.toISOString()})
        on conflict (sha256) do update set stored_at = greatest(b.stored_at, excluded.stored_at)
        returning b.xmax = 0 as "isNew"`,
  )
  return row?.isNew === true
}

/** Marks bytes that are kept as used again, so that they are not forgotten yet. */
export async function updateBytesStored(tx: Tx, sha256: string, now: Date): Promise<void> {
  await tx.execute(
    sql`update source_bytes set stored_at = greatest(stored_at, ${now.toISOString()}::timestamptz) where sha256 = ${sha256}`,
  )
}

export async function insertPart(tx: Tx, row: { sha256: string; part: number; packed: Buffer }): Promise<void> {
  await tx.insert(sourceByteParts).values(row)
}

/** One part, or null after the last one. */
export async function findPart(db: DbOrTx, sha256: string, part: number): Promise<Buffer | null> {
  const [row] = await db
    .select({ packed: sourceByteParts.packed })
    .from(sourceByteParts)
    .where(and(eq(sourceByteParts.sha256, sha256), eq(sourceByteParts.part, part)))
  return row?.packed ?? null
}

export async function insertIntake(tx: Tx, intake: Intake): Promise<void> {
  const { id, collection, origin, sha256, location, updatedSince, cursor, next, runId } = intake
  const { parserVersion, receivedAt, records, refused, newestUpdatedAt, settled } = intake
  await tx.execute(sql`
    insert into source_intakes (id, collection, origin, sha256, location, updated_since, cursor, next, run_id,
      parser_version, received_at, records, refused, newest_updated_at, settled)
    values (${id}, ${collection}, ${origin}, ${sha256}, ${location}, ${updatedSince}, ${cursor}, ${next}, ${runId},
      ${parserVersion}, ${receivedAt}, ${records}, ${refused}, ${newestUpdatedAt}, ${settled})`)
}

const columns = sql`i.id, i.collection, i.origin, i.sha256, i.location, ${isoInstant('i.updated_since')} as "updatedSince",
  i.cursor, i.next, i.run_id as "runId", i.parser_version as "parserVersion", ${isoInstant('i.received_at')} as "receivedAt",
  i.records, i.refused, ${isoInstant('i.newest_updated_at')} as "newestUpdatedAt", i.settled`

/** A page with these very bytes that this parser has taken, and of which nothing is left to do. */
export async function findSettledPage(
  db: DbOrTx,
  collection: Collection,
  sha256: string,
  parserVersion: number,
): Promise<Intake | null> {
  const [row] = await rowsOf<Intake>(
    db,
    sql`select ${columns} from source_intakes i
        where i.sha256 = ${sha256} and i.collection = ${collection} and i.parser_version = ${parserVersion}
          and i.origin <> 'import' and i.settled
        order by i.received_at desc limit 1`,
  )
  return row ?? null
}

/** The intakes of a collection that were received at one of these moments. */
export async function listIntakesAt(db: DbOrTx, collection: Collection, at: readonly string[]): Promise<Intake[]> {
  return rowsOf<Intake>(
    db,
    sql`select ${columns} from source_intakes i
        where i.collection = ${collection} and i.received_at in (
          select value::timestamptz from json_array_elements_text(${JSON.stringify(at)}::json))
        order by i.received_at, i.id`,
  )
}

/**
 * What came first-hand, in the order in which it came: of bytes that came several times, the first time. Those before a day
 * `until` and not before `from`, after an intake.
 */
export async function listIntakes(
  db: DbOrTx,
  query: {
    collection: Collection
    from: string | null
    until: string | null
    after: { receivedAt: string; id: string } | null
    limit: number
  },
): Promise<Intake[]> {
  const { collection, from, until, after, limit } = query
  return rowsOf<Intake>(
    db,
    sql`select ${columns} from source_intakes i
        where i.collection = ${collection} and i.origin <> 'reread'
          and (${from}::timestamptz is null or i.received_at >= ${from}::timestamptz)
          and (${until}::timestamptz is null or i.received_at < ${until}::timestamptz)
          and (${after?.receivedAt ?? null}::timestamptz is null
            or (i.received_at, i.id) > (${after?.receivedAt ?? null}::timestamptz, ${after?.id ?? null}::uuid))
          and not exists (
            select from source_intakes o where o.sha256 = i.sha256 and o.collection = i.collection
              and o.origin <> 'reread' and (o.received_at, o.id) < (i.received_at, i.id)
              and (${from}::timestamptz is null or o.received_at >= ${from}::timestamptz))
        order by i.received_at, i.id limit ${limit}`,
  )
}

/** When anything of each collection was last read. */
export async function listLastReadAt(db: DbOrTx): Promise<{ collection: Collection; at: string }[]> {
  return rowsOf(
    db,
    sql`select c.collection, ${isoInstant('i.received_at')} as at
        from source_checkpoints c cross join lateral (
          select received_at from source_intakes where collection = c.collection and origin = 'pull'
          order by received_at desc limit 1) i`,
  )
}

/** Deletes up to `limit` intakes that were received before a moment; answers how many. */
export async function deleteOldIntakes(db: DbOrTx, before: Date, limit: number): Promise<number> {
  const rows = await rowsOf(
    db,
    sql`delete from source_intakes where id in (
          select o.id from source_intakes o where o.received_at < ${before.toISOString()}
          order by o.received_at limit ${limit}) returning id`,
  )
  return rows.length
}

/** Deletes up to `limit` bytes that no intake names any more; answers how many. */
export async function deleteOrphanedBytes(db: DbOrTx, before: Date, limit: number): Promise<number> {
  const rows = await rowsOf(
    db,
    // The age is asked again on a row that a pull has just marked, and keeps it.
    sql`delete from source_bytes b where b.stored_at < ${before.toISOString()} and b.sha256 in (
          select o.sha256 from source_bytes o
          where o.stored_at < ${before.toISOString()}
            and not exists (select from source_intakes i where i.sha256 = o.sha256)
          limit ${limit}) returning b.sha256`,
  )
  return rows.length
}
