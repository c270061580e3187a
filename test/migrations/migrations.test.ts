import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { migrateDatabase, migrationsAreCurrent, openDatabase, rowsOf, type Database } from '../../src/platform/db.ts'
import { cloneDatabase, urlOf } from '../support/database.ts'
import { describeSchema } from './schema.ts'

let database: Database

beforeAll(async () => {
  database = await cloneDatabase()
})
afterAll(() => database.close())

async function createDatabase(suffix: string, options: string): Promise<string> {
  const name = `${inject('template')}_${suffix}`
  const admin = postgres(urlOf('postgres'), { max: 1, onnotice: () => undefined })
  await admin.unsafe(`create database ${name} ${options}`)
  await admin.end()
  return urlOf(name)
}

it('makes the schema that was reviewed', async () => {
  await expect(await describeSchema(database.db)).toMatchFileSnapshot('./schema.txt')
})

it('says the same as the tables in the code', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'xinjian-migrations-'))
  await cp('migrations', folder, { recursive: true })
  const before = await readdir(folder)
  const { stdout } = await promisify(execFile)('npx', [
    'drizzle-kit',
    'generate',
    '--dialect=postgresql',
    '--schema=./src/*/tables.ts',
    // drizzle-kit reads an absolute folder as one below this.
    `--out=${relative('.', folder)}`,
    '--casing=snake_case',
  ])
  expect(stdout).toContain('No schema changes')
  expect(await readdir(folder)).toEqual(before)
  await rm(folder, { recursive: true })
})

it('names each migration for what it does', async () => {
  const files = (await readdir('migrations')).filter((file) => file.endsWith('.sql'))
  expect(files.length).toBeGreaterThanOrEqual(2)
  // drizzle-kit's own names are an adjective and a character, such as 0001_zippy_hulk.
  for (const file of files) expect(file).toMatch(/^\d{4}_[a-z0-9]+(_[a-z0-9]+){2,}\.sql$/)
})

it('lets one of several processes that start together migrate while the others wait', async () => {
  const url = await createDatabase(
    'concurrent',
    "template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'",
  )
  await Promise.all(Array.from({ length: 5 }, () => migrateDatabase(url)))
  await migrateDatabase(url)
  const migrated = openDatabase(url, { max: 1 })
  expect(await migrationsAreCurrent(migrated.db)).toBe(true)
  const [row] = await rowsOf<{ count: number }>(
    migrated.db,
    sql`select count(*)::int as count from drizzle.__drizzle_migrations`,
  )
  expect(row?.count).toBe((await readdir('migrations')).filter((file) => file.endsWith('.sql')).length)
  await migrated.close()
})

it.each([
  ['a locale for which Chinese characters are no letters', 'c', "encoding 'UTF8' lc_collate 'C' lc_ctype 'C'"],
  ['another encoding', 'latin', "encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C'"],
])('refuses a database with %s and says how to make one', async (_what, suffix, options) => {
  const url = await createDatabase(suffix, `template template0 ${options}`)
  await expect(migrateDatabase(url)).rejects.toThrow(/CREATE DATABASE .*C\.UTF-8/)
  const untouched = openDatabase(url, { max: 1 })
  expect(await rowsOf(untouched.db, sql`select from pg_tables where schemaname = 'public'`)).toEqual([])
  await untouched.close()
})
