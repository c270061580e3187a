import { sql, type SQL } from 'drizzle-orm'
import { rowsOf, type Db } from '../../src/platform/db.ts'
import type { Patience } from '../../src/platform/http-client.ts'
import { importFile } from '../../src/sources/import.ts'
import { pullCollection, type PullCounts, type PullOptions } from '../../src/sources/service.ts'
import type { Collection } from '../../src/sources/vocabulary.ts'
import { sendPage, startSource, type TestSource } from '../support/source.ts'
import { take } from '../support/take.ts'

export type Item = Record<string, unknown>

/** Patience without waits worth the name. */
export const patience: Patience = {
  retries: 2,
  retryAfters: 4,
  minBackoffMs: 1,
  maxBackoffMs: 2,
  maxRetryAfterMs: 5000,
  timeoutMs: 20_000,
  maxBytes: 1024 * 1024,
}

const noon = '2026-07-01T04:00:00.000Z'

/** Pulls annual reports (or another collection) as of `now`, noon of 1 July in Shanghai unless told. */
export function pull(
  db: Db,
  source: { url: string },
  options: Partial<Omit<PullOptions, 'db' | 'now'>> & { now?: string } = {},
): Promise<PullCounts> {
  const { now = noon, ...rest } = options
  return pullCollection({
    db,
    collection: 'annual-reports',
    source: { baseUrl: source.url },
    patience,
    ...rest,
    now: () => new Date(now),
  })
}

/** A source that holds `items` and keeps to the protocol; `items` may be changed between pulls. */
export async function startHonestSource(pageSize = 2): Promise<TestSource & { items: Item[] }> {
  const items: Item[] = []
  const source = await startSource((url, response) => {
    const since = url.searchParams.get('updatedSince') ?? ''
    const changed = items.filter((item) => updatedAtOf(item) >= since)
    changed.sort((a, b) => (updatedAtOf(a) < updatedAtOf(b) ? -1 : 1))
    const from = Number(url.searchParams.get('cursor') ?? 0)
    const to = from + pageSize
    sendPage(response, changed.slice(from, to), to < changed.length ? String(to) : null)
  })
  return { ...source, items }
}

const updatedAtOf = (item: Item | null) => String(item?.['updatedAt'])

/** Registers businesses, and empties the outbox of their events. */
export async function register(db: Db, ...subjects: Item[]): Promise<void> {
  await take(db, 'subjects', subjects)
  await db.execute(sql`delete from feed_outbox`)
}

/** Forgets checkpoint, kept bytes, state of the source, quarantine and events, so that the next test of a file starts as the first did. */
export async function forget(db: Db): Promise<void> {
  for (const table of ['source_checkpoints', 'source_states', 'source_stops', 'source_intakes', 'source_bytes']) {
    await db.execute(sql.raw(`delete from ${table}`))
  }
  await db.execute(sql`delete from quarantine`)
  await db.execute(sql`delete from feed_outbox`)
}

export const rows = <Row = Item>(db: Db, query: SQL): Promise<Row[]> => rowsOf<Row>(db, query)

export async function revisionsOf(db: Db, uscc: unknown): Promise<Item[]> {
  return rows(
    db,
    sql`select year, revision, published_on::text as "publishedOn", name from annual_report_revisions
        where uscc = ${uscc} order by year, revision`,
  )
}

export async function sitesOf(db: Db, uscc: unknown): Promise<Record<string, string>> {
  const found = await rows<{ key: string; status: string }>(
    db,
    sql`select key, status from web_presences where uscc = ${uscc} order by key`,
  )
  return Object.fromEntries(found.map(({ key, status }) => [key, status]))
}

export interface Quarantined {
  sourceId: string | null
  uscc: string | null
  reason: string
  detail: string
  raw: string
  status: string
  timesSeen: number
}

export async function quarantined(db: Db, collection: Collection = 'annual-reports'): Promise<Quarantined[]> {
  return rows(
    db,
    sql`select source_id as "sourceId", uscc, reason, detail, raw, status, times_seen as "timesSeen" from quarantine
        where collection = ${collection} order by id`,
  )
}

/** Events of the outbox, in order: what changed, of whom. */
export async function changesTold(db: Db): Promise<{ type: string; uscc: string; changed: string[] }[]> {
  return rows(db, sql`select type, uscc, data->'changed' as changed from feed_outbox order by seq`)
}

export async function watermark(db: Db, collection: Collection = 'annual-reports'): Promise<string | null> {
  const [row] = await rows<{ watermark: string | null }>(
    db,
    sql`select watermark::text from source_checkpoints where collection = ${collection}`,
  )
  return row?.watermark == null ? null : new Date(row.watermark).toISOString()
}

export const importAt = (db: Db, collection: Collection, path: string, now = noon) =>
  importFile(db, collection, path, { now: () => new Date(now) })
