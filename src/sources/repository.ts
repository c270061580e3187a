import { createHash } from 'node:crypto'
import { sql, type SQL } from 'drizzle-orm'
import { v7 as uuidv7 } from 'uuid'
import { asJson, isoInstant, rowsOf, type DbOrTx, type Tx } from '../platform/db.ts'
import type { Checkpoint } from './domain.ts'
import type { RefusedRecord } from './read.ts'
import type { QuarantineItem } from './schemas.ts'
import type { Collection, QuarantineReason } from './vocabulary.ts'

export async function findCheckpoint(db: DbOrTx, collection: Collection): Promise<Checkpoint | null> {
  const [row] = await rowsOf<Checkpoint>(
    db,
    sql`select ${isoInstant('c.watermark')} as watermark, ${isoInstant('c.updated_since')} as "updatedSince", c.cursor,
          ${isoInstant('c.highest_updated_at')} as "highestUpdatedAt", c.walk_records as "walkRecords",
          ${isoInstant('c.completed_at')} as "completedAt"
        from source_checkpoints c where c.collection = ${collection}`,
  )
  return row ?? null
}

export async function upsertCheckpoint(db: DbOrTx, collection: Collection, checkpoint: Checkpoint): Promise<void> {
  const { watermark, updatedSince, cursor, highestUpdatedAt, walkRecords, completedAt } = checkpoint
  await db.execute(sql`
    insert into source_checkpoints (collection, watermark, updated_since, cursor, highest_updated_at, walk_records,
      completed_at)
    values (${collection}, ${watermark}, ${updatedSince}, ${cursor}, ${highestUpdatedAt}, ${walkRecords}, ${completedAt})
    on conflict (collection) do update set watermark = excluded.watermark, updated_since = excluded.updated_since,
      cursor = excluded.cursor, highest_updated_at = excluded.highest_updated_at, walk_records = excluded.walk_records,
      completed_at = excluded.completed_at`)
}

/** Keeps refused records with the reason; one that came before, byte for byte, is counted and not kept twice. */
export async function insertQuarantined(
  tx: Tx,
  collection: Collection,
  refused: readonly RefusedRecord[],
  now: Date,
): Promise<void> {
  if (refused.length === 0) return
  const bySha = new Map(
    refused.map(({ raw, sourceId, uscc, reason, detail }) => {
      const text = asText(raw)
      const rawSha256 = createHash('sha256').update(text).digest('hex')
      return [rawSha256, { id: uuidv7(), sourceId, uscc, reason, detail, raw: text, rawSha256 }]
    }),
  )
  await tx.execute(sql`
    insert into quarantine (id, collection, source_id, uscc, reason, detail, raw, raw_sha256, status, first_seen_at,
      last_seen_at, times_seen)
    select q.id, ${collection}, q."sourceId", q.uscc, q.reason, q.detail, q.raw, q."rawSha256", 'open',
      ${now.toISOString()}::timestamptz, ${now.toISOString()}::timestamptz, 1
    from json_to_recordset(${asJson([...bySha.values()])}) as q (id uuid, "sourceId" text, uscc text, reason text,
      detail text, raw text, "rawSha256" text)
    on conflict (collection, raw_sha256) do update set reason = excluded.reason, detail = excluded.detail,
      last_seen_at = excluded.last_seen_at, times_seen = quarantine.times_seen + 1,
      -- What a person has put right or thrown away stays so when it comes again.
      status = case when quarantine.status = 'discarded' or quarantine.correction is not null then quarantine.status
        else 'open' end`)
}

/** JSON text of a record as it came; what lies deeper than `JSON.stringify` can go is left out. */
function asText(raw: unknown): string {
  try {
    return JSON.stringify(raw)
  } catch {
    return JSON.stringify(withoutDepths(raw, 100))
  }
}

function withoutDepths(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (levels === 0) return '…'
  if (Array.isArray(value)) return value.map((inner) => withoutDepths(inner, levels - 1))
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutDepths(inner, levels - 1)]))
}

/** A good record under the same id at the source settles those that were refused before. */
export async function resolveQuarantined(tx: Tx, collection: Collection, sourceIds: readonly string[]): Promise<void> {
  if (sourceIds.length === 0) return
  await tx.execute(sql`
    update quarantine q set status = 'resolved'
    where q.collection = ${collection} and q.status = 'open'
      and q.source_id in (select json_array_elements_text(${asJson(sourceIds)}))`)
}

/** Settles these very records, which were taken at `now`. */
export async function resolveById(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return
  await tx.execute(sql`
    update quarantine set status = 'resolved', settled_at = ${now.toISOString()}, settled_by = null, settle_reason = null
    where id in (select value::uuid from json_array_elements_text(${asJson(ids)}))`)
}

export interface QuarantinedRecord {
  id: string
  raw: string
}

/** Open records that wait for their business and need wait no longer, in order of id. */
export async function listWaiting(
  db: DbOrTx,
  collection: Collection,
  after: string | null,
  limit: number,
): Promise<QuarantinedRecord[]> {
  return rowsOf(
    db,
    sql`select q.id, q.raw from quarantine q
        where q.collection = ${collection} and q.reason = 'unknown-subject' and q.status = 'open'
          and (${after}::uuid is null or q.id > ${after}::uuid)
          and (q.uscc is null or exists (select from subjects s where s.uscc = q.uscc))
        order by q.id limit ${limit}`,
  )
}

/** Which of these businesses have a record of the collection waiting in quarantine. */
export async function listUsccsInQuarantine(
  db: DbOrTx,
  collection: Collection,
  usccs: readonly string[],
): Promise<string[]> {
  const rows = await rowsOf<{ uscc: string }>(
    db,
    sql`select distinct q.uscc from quarantine q
        where q.collection = ${collection} and q.status = 'open'
          and q.uscc in (select json_array_elements_text(${asJson(usccs)}))`,
  )
  return rows.map((row) => row.uscc)
}

const itemColumns = sql`q.id, q.collection, q.source_id as "sourceId", q.uscc, q.reason, q.detail, q.raw, q.status,
  ${isoInstant('q.first_seen_at')} as "firstSeenAt", ${isoInstant('q.last_seen_at')} as "lastSeenAt",
  q.times_seen as "timesSeen", q.correction, ${isoInstant('q.settled_at')} as "settledAt", q.settled_by as "settledBy",
  q.settle_reason as "settleReason"`

type ItemRow = Omit<QuarantineItem, 'raw' | 'correction'> & { raw: string; correction: string | null }

function itemOf(row: ItemRow): QuarantineItem {
  const correction = row.correction === null ? null : (JSON.parse(row.correction) as unknown)
  return { ...row, raw: JSON.parse(row.raw) as unknown, correction }
}

/** Quarantined records, newest first, those before `after` by id. */
export async function listQuarantine(
  db: DbOrTx,
  query: {
    status: string
    collection?: string | undefined
    reason?: string | undefined
    after: string | null
    limit: number
  },
): Promise<QuarantineItem[]> {
  const { status, collection = null, reason = null, after, limit } = query
  const rows = await rowsOf<ItemRow>(
    db,
    sql`select ${itemColumns} from quarantine q
        where q.status = ${status} and (${collection}::text is null or q.collection = ${collection})
          and (${reason}::text is null or q.reason = ${reason}) and (${after}::uuid is null or q.id < ${after}::uuid)
        order by q.id desc limit ${limit}`,
  )
  return rows.map(itemOf)
}

/** A record, which nobody else settles until this transaction ends. */
export async function findQuarantinedForUpdate(tx: Tx, id: string): Promise<QuarantineItem | null> {
  const [row] = await rowsOf<ItemRow>(tx, sql`select ${itemColumns} from quarantine q where q.id = ${id} for update`)
  return row === undefined ? null : itemOf(row)
}

/** Records that were taken out of the quarantine at one of these moments. */
export async function listSettledAt(
  db: DbOrTx,
  collection: Collection,
  at: readonly string[],
): Promise<QuarantineItem[]> {
  const rows = await rowsOf<ItemRow>(
    db,
    sql`select ${itemColumns} from quarantine q
        where q.collection = ${collection} and q.status = 'resolved' and q.settled_at in (
          select value::timestamptz from json_array_elements_text(${asJson(at)}))
        order by q.id`,
  )
  return rows.map(itemOf)
}

export async function updateSettled(
  tx: Tx,
  id: string,
  settled: {
    status: 'resolved' | 'discarded'
    correction: string | null
    by: string
    reason: string | null
    now: Date
  },
): Promise<QuarantineItem> {
  const { status, correction, by, reason, now } = settled
  const rows = await rowsOf<ItemRow>(
    tx,
    sql`update quarantine q set status = ${status}, correction = ${correction}, settled_at = ${now.toISOString()},
          settled_by = ${by}, settle_reason = ${reason}
        where q.id = ${id} returning ${itemColumns}`,
  )
  return itemOf(theOne(rows))
}

/** A record that was tried again and refused: for what, now. */
export async function updateRefusedAgain(
  tx: Tx,
  id: string,
  { reason, detail }: { reason: QuarantineReason; detail: string },
): Promise<QuarantineItem> {
  const rows = await rowsOf<ItemRow>(
    tx,
    sql`update quarantine q set reason = ${reason}, detail = ${detail} where q.id = ${id} returning ${itemColumns}`,
  )
  return itemOf(theOne(rows))
}

function theOne<Row>(rows: readonly Row[]): Row {
  const [row] = rows
  if (row === undefined) throw new Error('a record that was locked is gone')
  return row
}

/** Where the records of a collection are held: what to ask for the id at the source and the moment of receipt. */
const heldIn: Partial<Record<Collection, (uscc: string) => SQL>> = {
  subjects: (uscc) =>
    sql`select h.source_id as "sourceId", ${isoInstant('h.received_at')} as "receivedAt",
          ${isoInstant('h.source_updated_at')} as "updatedAt"
        from subjects h where h.uscc = ${uscc}`,
  'annual-reports': (uscc) =>
    sql`select h.source_id as "sourceId", ${isoInstant('h.recorded_at')} as "receivedAt",
          ${isoInstant('h.source_updated_at')} as "updatedAt"
        from annual_report_revisions h where h.uscc = ${uscc} order by h.year, h.revision`,
}

/** A record that is held, as it says itself where it came from. */
export interface HeldRecord {
  sourceId: string
  receivedAt: string
  /** When the source said that it was changed. */
  updatedAt: string | null
}

/** Records of a business that are held. */
export async function listHeld(db: DbOrTx, collection: Collection, uscc: string): Promise<HeldRecord[]> {
  const query = heldIn[collection]
  return query === undefined ? [] : rowsOf(db, query(uscc))
}
