import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rowsOf, type Database } from '../../src/platform/db.ts'
import { subjectItem } from '../support/businesses.ts'
import { cloneDatabase } from '../support/database.ts'
import { startHostileSource, type HostileSource } from '../support/hostile-source.ts'
import { take } from '../support/take.ts'
import { answerOf, start, stop, type Ended } from './cli.ts'

/** Of about 4 records each, so that the pull outlives its kills. */
const businesses = 900
const perPage = 40
const kills = 20
const seed = Math.floor(Math.random() * 1_000_000)

let database: Database
let source: HostileSource

beforeAll(async () => {
  database = await cloneDatabase()
  await take(
    database.db,
    'subjects',
    Array.from({ length: businesses }, (_, i) => subjectItem(i + 1)),
  )
  source = await startHostileSource({
    seed,
    businesses,
    perPage,
    faultShare: 0.1,
    // Those that a client gets over without waiting for long.
    kinds: ['too many requests', 'reset', 'reset in the middle', 'truncated JSON', 'another type', 'broken gzip'],
    forgetsCursors: false,
  })
})
afterAll(async () => {
  await source.close()
  await database.close()
})

const pull = ['job', 'run', 'pull-annual-reports']
const upTo = (most: number) => 1 + Math.floor(Math.random() * most)

async function one<Row>(query: ReturnType<typeof sql>): Promise<Row> {
  const [row] = await rowsOf<Row>(database.db, query)
  if (row === undefined) throw new Error('no row')
  return row
}

/** After a kill the server needs a moment to see that the holder of the job's lock is gone. */
async function unlocked(): Promise<void> {
  const held = sql`select exists (select from pg_locks where classid = 7310 and locktype = 'advisory'
    and database = (select oid from pg_database where datname = current_database())) as locked`
  while ((await one<{ locked: boolean }>(held)).locked);
}

/** Kills a pull somewhere after one of its next requests; answers how it ended. */
async function killOnce(env: Record<string, string>): Promise<Ended> {
  let left = upTo(6)
  const running = start(pull, env)
  const reached = new Promise<void>((resolve) => {
    source.onRequest = () => {
      left -= 1
      if (left === 0) resolve()
    }
  })
  await Promise.race([reached, running.ended])
  // So many questions later: before, in or after the transaction of a page.
  for (let questions = upTo(40); questions > 0; questions -= 1) await one(sql`select 1`)
  const ended = await stop(running, 'SIGKILL')
  source.onRequest = () => undefined
  await unlocked()
  return ended
}

test('a pull that is killed at 20 random moments and goes on each time ends with the truth', async () => {
  const env = { DATABASE_URL: database.url, SOURCE_ANNUAL_REPORTS_URL: source.url }
  let struck = 0
  for (let i = 0; i < kills; i += 1) {
    const { signal } = await killOnce(env)
    if (signal === 'SIGKILL') struck += 1
  }
  expect(struck, `seed ${seed}`).toBe(kills)
  await answerOf(pull, env)

  const held = await rowsOf<{ uscc: string; name: string }>(
    database.db,
    sql`select r.uscc, v.name from annual_reports r
        join annual_report_revisions v on v.uscc = r.uscc and v.year = r.year and v.revision = r.revision`,
  )
  expect(new Map(held.map(({ uscc, name }) => [uscc, name])), `seed ${seed}`).toEqual(source.newest)
  const kept = await rowsOf<{ raw: string; reason: string }>(database.db, sql`select raw, reason from quarantine`)
  expect(new Map(kept.map(({ raw, reason }) => [raw, reason])), `seed ${seed}`).toEqual(source.bad)
  const twice = await rowsOf(
    database.db,
    sql`select uscc, name from annual_report_revisions group by uscc, year, name having count(*) > 1`,
  )
  expect(twice, `seed ${seed}`).toEqual([])
  // Each revision has its event, and each event its change.
  const told = await one<{ revisions: number; events: number; bytes: number }>(
    sql`select (select count(*)::int from annual_report_revisions) as revisions,
          (select count(*)::int from feed_outbox where data -> 'changed' ? 'annualReports') as events,
          (select count(*)::int from source_intakes i
            where not exists (select from source_byte_parts p where p.sha256 = i.sha256)) as bytes`,
  )
  expect(told.bytes, 'pages without their bytes').toBe(0)
  expect(told.events).toBeGreaterThanOrEqual(businesses)
  expect(told.events).toBeLessThanOrEqual(told.revisions)
}, 600_000)
