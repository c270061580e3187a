import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import { afterAll, expect, inject, it } from 'vitest'
import { listEvents } from '../../src/feed/repository.ts'
import { chainEvent, emptyHead } from '../../src/feed/domain.ts'
import { sequencePending } from '../../src/feed/sequencer.ts'
import { appendEvents } from '../../src/feed/service.ts'
import { verifyDatabase, verifyFile } from '../../src/feed/verify.ts'
import { faultOf, migrateDatabase, openDatabase, rowsOf, type Database, type Db } from '../../src/platform/db.ts'
import { makePartitions } from '../../src/platform/partitions.ts'
import { reportItem, subjectItem } from '../support/businesses.ts'
import { cloneDatabase, urlOf } from '../support/database.ts'
import { pendingEvent } from '../support/events.ts'
import { take } from '../support/take.ts'

const today = '2026-11-25'
const silent = () => undefined
const nothing = { jwks: undefined, checkpoints: undefined }
const opened: Database[] = []
afterAll(async () => {
  for (const database of opened) await database.close()
})

async function open(database: Promise<Database> | Database): Promise<Database> {
  const one = await database
  opened.push(one)
  return one
}

/** A database whose log has ranges of so few positions, and none of them made yet. */
async function withRanges(size: number): Promise<Database> {
  const database = await open(cloneDatabase())
  for (const { name } of await partitionsOf(database.db, 'feed_events')) {
    if (name !== 'feed_events_default') await database.db.execute(sql`drop table ${sql.identifier(name)}`)
  }
  await database.db.execute(sql`update partitioned_tables set range_size = ${size} where table_name = 'feed_events'`)
  return database
}

async function append(db: Db, count: number): Promise<void> {
  await db.transaction((tx) =>
    appendEvents(
      tx,
      Array.from({ length: count }, (_, i) => pendingEvent(i + 1)),
    ),
  )
  while ((await sequencePending(db)) > 0);
}

const partitionsOf = (db: Db, parent: string) =>
  rowsOf<{ name: string; bound: string }>(
    db,
    sql`select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bound from pg_inherits i
        join pg_class c on c.oid = i.inhrelid where i.inhparent = ${parent}::regclass order by c.oid`,
  )

/** How many events lie in each part of the log. */
const held = async (db: Db) =>
  Object.fromEntries(
    (
      await rowsOf<{ part: string; events: number }>(
        db,
        sql`select tableoid::regclass::text as part, count(*)::int as events from feed_events group by 1 order by 1`,
      )
    ).map(({ part, events }) => [part, events]),
  )

it('writes on across the end of each range, and the log verifies', async () => {
  const { db } = await withRanges(10)
  expect((await makePartitions(db, today)).feed_events).toBe(2)
  for (let round = 0; round < 6; round += 1) {
    await append(db, 7)
    await makePartitions(db, today)
  }
  expect(await held(db)).toEqual({
    ...{ feed_events_0: 9, feed_events_10: 10, feed_events_20: 10, feed_events_30: 10, feed_events_40: 3 },
  })
  expect(await verifyDatabase(db, nothing, silent)).toMatchObject({ position: 42 })
  const { events, next, head } = await listEvents(db, 8, 15, {})
  expect(events.map(({ sequence }) => Number(sequence))).toEqual(Array.from({ length: 15 }, (_, i) => 9 + i))
  expect([next, head]).toEqual([23, 42])
})

it('refuses no event when nobody made the next range, and moves what came meanwhile into it', async () => {
  const { db } = await withRanges(10)
  await append(db, 25)
  expect(await held(db)).toEqual({ feed_events_default: 25 })
  const before = await rowsOf(db, sql`select e.*::text from feed_events e order by position`)
  await makePartitions(db, today)
  expect(await held(db)).toEqual({ feed_events_0: 9, feed_events_10: 10, feed_events_20: 6 })
  expect(await rowsOf(db, sql`select e.*::text from feed_events e order by position`)).toEqual(before)
  expect(await verifyDatabase(db, nothing, silent)).toMatchObject({ position: 25 })
})

it('makes each range once, whoever asks and however often, while others write', async () => {
  const { db, url } = await withRanges(10)
  const others = await Promise.all([1, 2, 3].map(() => open(openDatabase(url, { max: 2 }))))
  const ask = async (one: Db) => {
    for (let round = 0; round < 5; round += 1) {
      // Who finds the default partition taken makes none, and asks again.
      await makePartitions(one, today).catch((error: unknown) => expect(faultOf(error).code).toBe('55P03'))
    }
  }
  await Promise.all([...others.map((other) => ask(other.db)), append(db, 40), append(db, 40)])
  while ((await sequencePending(db)) > 0);
  await makePartitions(db, today)
  expect(await makePartitions(db, today)).toEqual({ feed_events: 0, annual_report_revisions: 0 })
  const parts = (await partitionsOf(db, 'feed_events')).map(({ name }) => name)
  expect(parts).toEqual(['feed_events_default', ...Array.from({ length: 10 }, (_, i) => `feed_events_${i * 10}`)])
  expect(await held(db)).not.toHaveProperty('feed_events_default')
  expect(await verifyDatabase(db, nothing, silent)).toMatchObject({ position: 80 })
})

it('gives up at once, and makes nobody wait, while a long reader is in the way', async () => {
  const { db, url } = await withRanges(10)
  await append(db, 5)
  const reader = await open(openDatabase(url, { max: 1 }))
  await reader.db.transaction(async (tx) => {
    await tx.execute(sql`select count(*) from feed_events`)
    const fault = await makePartitions(db, today).catch((error: unknown) => faultOf(error))
    expect(fault).toMatchObject({ code: '55P03' })
    await append(db, 5)
  })
  expect((await makePartitions(db, today)).feed_events).toBe(3)
  expect(await verifyDatabase(db, nothing, silent)).toMatchObject({ position: 10 })
})

it('guards each range as it guards the whole', async () => {
  const { db } = await withRanges(10)
  await append(db, 15)
  await makePartitions(db, today)
  for (const part of ['feed_events', 'feed_events_0', 'feed_events_20', 'feed_events_default']) {
    for (const statement of [`update ${part} set hash = hash`, `delete from ${part}`, `truncate ${part}`]) {
      const fault = await db.execute(sql.raw(statement)).catch((error: unknown) => faultOf(error))
      expect([statement, fault]).toMatchObject([
        statement,
        { message: expect.stringContaining('append-only') as string },
      ])
    }
  }
  const again = (position: number) =>
    db.execute(sql`insert into feed_events (position, id, type, key, uscc, region_code, event, hash, appended_at)
      select ${position}, id, type, key, uscc, region_code, event, hash, appended_at from feed_events where position = 9`)
  // An event is in a range once.
  expect(await again(8).catch((error: unknown) => faultOf(error))).toMatchObject({ code: '23505' })
})

it('gives each year of annual reports a range of its own, ahead of the year', async () => {
  const { db } = await open(cloneDatabase())
  await take(db, 'subjects', [subjectItem(1)])
  await take(db, 'annual-reports', [reportItem(1, { year: 2025 }), reportItem(1, { year: 2013, id: 'old' })])
  await makePartitions(db, '2031-01-01')
  const names = (await partitionsOf(db, 'annual_report_revisions')).map(({ name }) => name)
  expect(names.slice(-2)).toEqual(['annual_report_revisions_2031', 'annual_report_revisions_2032'])
  const where = await rowsOf<{ part: string }>(
    db,
    sql`select tableoid::regclass::text as part from annual_report_revisions order by year`,
  )
  expect(where[0]?.part).toBe('annual_report_revisions_before')
  expect(where).toHaveLength(2)
})

it('prunes to one range a statement that names a range of positions', async () => {
  const { db } = await withRanges(10)
  await append(db, 25)
  await makePartitions(db, today)
  const plan = await rowsOf<Record<string, string>>(
    db,
    sql`explain select event from feed_events where position > 10 and position <= 15 order by position`,
  )
  const text = JSON.stringify(plan)
  expect(text).toContain('feed_events_10')
  expect(text).not.toMatch(/feed_events_(0|20|30|default)\b/)
})

it('lets a range that is full be taken out: what stays reads on, and both together verify', async () => {
  const { db } = await withRanges(10)
  await append(db, 25)
  await makePartitions(db, today)
  const lines = async (table: string) =>
    (
      await rowsOf<{ line: string }>(
        db,
        sql`select event::text as line from ${sql.identifier(table)} order by position`,
      )
    ).map(({ line }) => line)
  const whole = await lines('feed_events')
  await db.execute(sql`alter table feed_events detach partition feed_events_0`)
  const folder = await mkdtemp(join(tmpdir(), 'xinjian-detached-'))
  const file = join(folder, 'log.ndjson')
  await writeFile(file, [...(await lines('feed_events_0')), ...(await lines('feed_events'))].join('\n'))
  expect(await readFile(file, 'utf8')).toBe(whole.join('\n'))
  expect(await verifyFile(file, nothing, silent)).toMatchObject({ position: 25 })
  await append(db, 3)
  expect((await listEvents(db, 20, 10, {})).head).toBe(28)
  await rm(folder, { recursive: true })
})

it('takes a log and reports of the version before as they are, to the byte', async () => {
  const name = `${inject('template')}_${randomUUID().slice(0, 8)}`
  const admin = postgres(urlOf('postgres'), { max: 1, onnotice: () => undefined })
  await admin.unsafe(
    `create database ${name} template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'`,
  )
  await admin.end()
  const folder = await mkdtemp(join(tmpdir(), 'xinjian-before-'))
  await cp('migrations', folder, { recursive: true })
  const journal = join(folder, 'meta', '_journal.json')
  const { entries, ...rest } = JSON.parse(await readFile(journal, 'utf8')) as { entries: { tag: string }[] }
  const before = entries.slice(
    0,
    entries.findIndex(({ tag }) => tag.endsWith('partition_log_and_reports')),
  )
  await writeFile(journal, JSON.stringify({ ...rest, entries: before }))
  const client = postgres(urlOf(name), { max: 1, onnotice: () => undefined })
  await migrate(drizzle(client, { casing: 'snake_case' }), { migrationsFolder: folder })
  const { db } = await open(openDatabase(urlOf(name), { max: 2 }))
  await take(db, 'subjects', [subjectItem(1), subjectItem(2)])
  await take(db, 'annual-reports', [reportItem(1), reportItem(2, { year: 2024 })])
  let head = emptyHead
  for (let i = 1; i <= 30; i += 1) {
    const pending = pendingEvent(i)
    const event = chainEvent(head, pending)
    head = { position: i, hash: event.hash }
    await db.execute(sql`insert into feed_events (position, id, type, key, uscc, region_code, event, hash, appended_at) values (${i},
      ${pending.id}, ${pending.type}, ${pending.key}, ${pending.uscc}, ${pending.regionCode}, ${JSON.stringify(event)}::json, ${event.hash}, now())`)
  }
  const all = () =>
    Promise.all(
      ['feed_events e', 'annual_reports e', 'annual_report_revisions e'].map((table) =>
        rowsOf(db, sql.raw(`select e::text as row from ${table} order by 1`)),
      ),
    )
  const rows = await all()
  const [file] = await rowsOf<{ node: string }>(db, sql`select pg_relation_filenode('feed_events')::text as node`)
  await client.end()

  await migrateDatabase(urlOf(name))
  expect(await all()).toEqual(rows)
  expect(await verifyDatabase(db, nothing, silent)).toMatchObject({ position: 30 })
  // The same file on disk: nothing was copied.
  expect(await rowsOf<{ node: string }>(db, sql`select pg_relation_filenode('feed_events_0')::text as node`)).toEqual([
    file,
  ])
  const [waiting] = await rowsOf<{ events: number }>(db, sql`select count(*)::int as events from feed_outbox`)
  await append(db, 5)
  expect(await verifyDatabase(db, nothing, silent)).toMatchObject({ position: 35 + (waiting?.events ?? NaN) })
  await rm(folder, { recursive: true })
})
