import { randomUUID } from 'node:crypto'
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { migrateDatabase } from '../../src/platform/db.ts'
import { serve, stop, type Serving } from '../cli/cli.ts'
import { cloneDatabase, urlOf } from '../support/database.ts'

const services: Serving[] = []
let client: postgres.Sql
let url: string
/** The migrations of this build, and one more. */
let folder: string

beforeAll(async () => {
  const database = await cloneDatabase()
  await database.close()
  url = database.url
  client = postgres(url, { max: 2, onnotice: () => undefined })
  folder = await mkdtemp(join(tmpdir(), 'xinjian-migrations-'))
  await cp('migrations', folder, { recursive: true })
  const journal = join(folder, 'meta', '_journal.json')
  const { entries, ...rest } = JSON.parse(await readFile(journal, 'utf8')) as { entries: object[] }
  const next = { idx: entries.length, version: '7', when: 4_000_000_000_000, tag: 'add_a_note', breakpoints: true }
  await writeFile(journal, JSON.stringify({ ...rest, entries: [...entries, next] }))
  const statements = ['create table "came_first" ("a" integer)', 'alter table "subjects" add column "note" text']
  await writeFile(join(folder, 'add_a_note.sql'), statements.join(';--> statement-breakpoint\n'))
})
afterAll(async () => {
  for (const service of services) await stop(service, 'SIGKILL')
  await client.end({ timeout: 1 })
  await rm(folder, { recursive: true, force: true })
})

it('of three processes that start on an empty database one migrates, the others wait, and all are ready', async () => {
  const name = `${inject('template')}_${randomUUID().slice(0, 8)}`
  const admin = postgres(urlOf('postgres'), { max: 1 })
  await admin`create database ${admin(name)} template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'`
  await admin.end()
  const env = { DATABASE_URL: urlOf(name) }
  services.push(...(await Promise.all([serve(env), serve(env), serve(env)])))
  for (const { address } of services) while ((await fetch(`${address}/readyz`)).status !== 200);
  const empty = postgres(urlOf(name), { max: 1 })
  const [row] = await empty`select count(*)::int as count from drizzle.__drizzle_migrations`
  await empty.end()
  expect(row).toEqual({ count: (await readdir('migrations')).filter((file) => file.endsWith('.sql')).length })
})

const made = async () => {
  const [row] = await client`
    select to_regclass('came_first') is not null as "table",
      exists (select from information_schema.columns where table_name = 'subjects' and column_name = 'note') as column`
  return row
}

it('a migration that waits for a table gives way, says what it needs, has changed nothing, and is done when it is free', async () => {
  const reader = await client.reserve()
  await reader`begin`
  await reader`select from subjects limit 1`
  const given = migrateDatabase(url, { folder, lockTimeoutMs: 200, restMs: 50, attempts: 2 })
  await expect(given).rejects.toThrow(
    /needs a table that somebody else holds.*2 times for 200 ms and changed nothing.*pg_stat_activity/,
  )
  expect(await made()).toEqual({ table: false, column: false })

  // The next start finds the table still taken, and goes on when it is not.
  const migrating = migrateDatabase(url, { folder, lockTimeoutMs: 100, restMs: 20, attempts: 10_000 })
  const waiting = async () =>
    (await client`select from pg_locks where not granted and relation = 'subjects'::regclass`).length > 0
  for (let seen = 0; seen < 2; seen += 1) {
    while (!(await waiting()));
    while (await waiting());
  }
  expect(await made()).toEqual({ table: false, column: false })
  await reader`commit`
  reader.release()
  await migrating
  expect(await made()).toEqual({ table: true, column: true })
})
