import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rowsOf, type Database } from '../../src/platform/db.ts'
import { reportItem, subjectItem } from '../support/businesses.ts'
import { cloneDatabase } from '../support/database.ts'
import { sendPage, startSource, type TestSource } from '../support/source.ts'
import { take } from '../support/take.ts'
import { answerOf, faultsOf, readFeed, serve, start, stop, type Running } from './cli.ts'

/** The first 3,000 of 13,000 businesses filed; the others are entered in two chunks. */
const businesses = 13_000
const perChunk = 5000
const reported = 3000
const perPage = 100

let source: TestSource
/** Called at each request for a page. */
let onPage: () => void = () => undefined
const reports = Array.from({ length: reported }, (_, i) =>
  reportItem(i + 1, { webPresences: [{ kind: 'shop', name: `店${i}`, url: `https://shop${i}.example/` }] }),
)
const databases: Database[] = []

beforeAll(async () => {
  source = await startSource((url, response) => {
    onPage()
    const from = Number(url.searchParams.get('cursor') ?? 0)
    const to = from + perPage
    sendPage(response, reports.slice(from, to), to < reported ? String(to) : null)
  })
})
afterAll(async () => {
  await source.close()
  for (const database of databases) await database.close()
})

async function prepared(): Promise<{ database: Database; env: Record<string, string>; key: string }> {
  const database = await cloneDatabase()
  databases.push(database)
  const subjects = Array.from({ length: businesses }, (_, i) => subjectItem(i + 1))
  await take(database.db, 'subjects', subjects)
  const env = { DATABASE_URL: database.url, SOURCE_ANNUAL_REPORTS_URL: source.url }
  const { id } = await answerOf<{ id: string }>(['partner', 'create', '--name', '某部门', '--kind', 'agency'], env)
  return {
    database,
    env,
    key: (await answerOf<{ key: string }>(['key', 'create', '--partner', id, '--scope', 'feed'], env)).key,
  }
}

const pull = ['job', 'run', 'pull-annual-reports']
const list = ['job', 'run', 'list-late-reporters', '--on', '2026-07-08']
/** Where chance struck, told when a test fails. */
const struck: string[] = []
const upTo = (most: number, what: string) => {
  const chosen = 1 + Math.floor(Math.random() * most)
  struck.push(`${what} ${chosen}`)
  return chosen
}

const numberOf = async (database: Database, query: ReturnType<typeof sql>) =>
  (await rowsOf<{ count: number }>(database.db, query))[0]?.count ?? 0
const events = (database: Database) => numberOf(database, sql`select count(*)::int as count from feed_events`)
const pending = (database: Database) => numberOf(database, sql`select count(*)::int as count from feed_outbox`)

/** Asks the database until it answers yes. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo()));
}

/** After a kill the server needs a moment to see that the holder of a job's lock is gone. */
const unlocked = (database: Database) =>
  until(
    async () =>
      (await numberOf(
        database,
        sql`select count(*)::int as count from pg_locks where classid = 7310
    and locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
      )) === 0,
  )

async function killed(running: Running, database: Database): Promise<void> {
  const { signal, code } = await stop(running, 'SIGKILL')
  // A listing may have come to its end before the kill.
  expect(['SIGKILL', 0]).toContain(signal ?? code)
  await unlocked(database)
}

/** Kills a pull at one of its next pages. */
async function killPull(env: Record<string, string>, database: Database): Promise<void> {
  let left = upTo(8, 'pull killed at page')
  const running = start(pull, env)
  const reached = new Promise<void>((resolve) => {
    onPage = () => {
      left -= 1
      if (left === 0) resolve()
    }
  })
  await reached
  onPage = () => undefined
  await killed(running, database)
}

/** Kills a listing when it has committed that many more chunks, and some questions later. */
async function killListing(env: Record<string, string>, database: Database, chunks: number): Promise<void> {
  const runs = () =>
    numberOf(database, sql`select count(*)::int as count from job_runs where job = 'list-late-reporters'`)
  const entered = () => numberOf(database, sql`select count(*)::int as count from decisions`)
  const [runsBefore, enteredBefore] = [await runs(), await entered()]
  const running = start(list, env)
  await until(async () => (await runs()) > runsBefore && (await entered()) >= enteredBefore + chunks * perChunk)
  for (let left = upTo(30, 'listing killed after questions'); left > 0; left -= 1) await runs()
  await killed(running, database)
}

/** Starts a serving process and kills it while it moves what waits in the outbox. */
async function killServe(env: Record<string, string>, database: Database): Promise<void> {
  const from = await events(database)
  const goal = from + upTo(await pending(database), 'serve killed after events')
  const serving = await serve(env)
  await until(async () => (await events(database)) >= goal)
  await killed(serving, database)
}

/** Everything that a run leaves behind, without ids and times. */
async function resultOf(database: Database) {
  const entries = await rowsOf(
    database.db,
    sql`select uscc, list, ground_code, report_year, listed_on::text, status, decision_number from listing_entries
        order by uscc`,
  )
  const all = await rowsOf<{ count: string }>(
    database.db,
    sql`select type, count(*)::text, count(distinct uscc)::text as businesses from feed_events group by type order by type`,
  )
  const sites = await rowsOf(database.db, sql`select uscc, key, status from web_presences order by uscc, key`)
  const revisions = await rowsOf(
    database.db,
    sql`select uscc, year, revision from annual_report_revisions order by 1, 2, 3`,
  )
  const decisions = await numberOf(database, sql`select count(*)::int as count from decisions`)
  return { entries, all, sites, revisions, decisions }
}

test('however often pulls, listings and servers are killed, the end is that of an undisturbed run', async () => {
  const calm = await prepared()
  const calmServing = await serve(calm.env)
  expect(await answerOf(pull, calm.env)).toMatchObject({ counts: { new: reported } })
  expect(await answerOf(list, calm.env)).toMatchObject({ counts: { entered: businesses - reported } })
  await until(async () => (await pending(calm.database)) === 0)
  await stop(calmServing)

  const { database, env, key } = await prepared()
  await killServe(env, database)
  await killPull(env, database)
  await killPull(env, database)
  await killServe(env, database)
  await killPull(env, database)
  await answerOf(pull, env)
  for (const chunks of [0, 1]) await killListing(env, database, chunks)
  await killServe(env, database)
  await answerOf(list, env)
  const serving = await serve(env)
  await until(async () => (await pending(database)) === 0)

  const told = struck.join(', ')
  expect(await resultOf(database), told).toEqual(await resultOf(calm.database))
  const log = await readFeed(serving.address, key)
  expect(faultsOf(log), told).toEqual([])
  const entered = log.filter((event) => event.type === 'listing.entered')
  expect(entered, told).toHaveLength(businesses - reported)
  expect(new Set(entered.map((event) => event.subject)).size, told).toBe(businesses - reported)
  expect(new Set(log.map((event) => (event as unknown as { id: string }).id)).size, told).toBe(log.length)

  const left = await rowsOf<{ status: string; count: number }>(
    database.db,
    sql`select status, count(*)::int as count from job_runs group by status order by status`,
  )
  expect(
    left.map(({ status }) => status),
    told,
  ).not.toContain('running')
  expect(left, told).toContainEqual({ status: 'succeeded', count: expect.any(Number) as number })
  await stop(serving)
})
