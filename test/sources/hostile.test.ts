import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/platform/db.ts'
import { SourceError, type Patience } from '../../src/platform/http-client.ts'
import { lastCompletePull, type PullCounts } from '../../src/sources/service.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { cloneDatabase } from '../support/database.ts'
import { faults, startHostileSource, type Fault, type HostileSource } from '../support/hostile-source.ts'
import { sendPage, startSource } from '../support/source.ts'
import { forget, pull, quarantined, register, revisionsOf, rows } from './pulling.ts'

let database: Database
let source: HostileSource | null = null
const businesses = 120
const kinds = Object.keys(faults) as Fault[]

/** Short waits, since the source makes us wait often; the limit on bytes is met by its bombs and huge pages. */
const impatient: Patience = {
  retries: 4,
  retryAfters: 4,
  minBackoffMs: 1,
  maxBackoffMs: 5,
  maxRetryAfterMs: 5000,
  timeoutMs: 700,
  maxBytes: 1024 * 1024,
}

beforeAll(async () => {
  database = await cloneDatabase()
  await register(database.db, ...Array.from({ length: businesses }, (_, i) => subjectItem(i + 1)))
})
beforeEach(async () => {
  await forget(database.db)
  await database.db.execute(sql`alter table annual_report_revisions disable trigger user`)
  await database.db.execute(sql`delete from annual_report_revisions`)
  await database.db.execute(sql`delete from annual_reports`)
  await database.db.execute(sql`delete from web_presences`)
  await database.db.execute(sql`alter table annual_report_revisions enable trigger user`)
})
afterEach(() => source?.close())
afterAll(() => database.close())

/** Pulls until a run ends well, each a day after the one before, so that a source that was left alone is asked again. */
async function pullUntilDone(hostile: HostileSource): Promise<{ counts: PullCounts; failures: string[] }> {
  const failures: string[] = []
  for (let day = 1; day <= 300; day += 1) {
    const now = new Date(Date.parse('2026-07-01T04:00:00.000Z') + day * 86_400_000).toISOString()
    try {
      // At its end the walk is complete, however it was broken off.
      return { counts: await pull(database.db, hostile, { now, patience: impatient }), failures }
    } catch (error) {
      if (!(error instanceof SourceError)) throw error
      failures.push(error.message)
    }
  }
  throw new Error(`not done after 300 runs: ${failures.slice(-5).join(' | ')}`)
}

const seeds = [1, 2, 3, 4, 5]

test.each(seeds)(
  'whatever a hostile source does, all good records are taken once and all bad ones are in quarantine (seed %i)',
  async (seed) => {
    source = await startHostileSource({
      seed,
      businesses,
      perPage: 12,
      faultShare: 0.3,
      kinds,
      forgetsCursors: true,
    })
    const { failures } = await pullUntilDone(source)
    expect(failures.filter((message) => /stopped until/.test(message))).toEqual([])
    expect(await lastCompletePull(database.db, 'annual-reports')).not.toBeNull()

    const held = await rows<{ uscc: string; name: string }>(
      database.db,
      sql`select r.uscc, v.name from annual_reports r
          join annual_report_revisions v on v.uscc = r.uscc and v.year = r.year and v.revision = r.revision`,
    )
    expect(new Map(held.map(({ uscc, name }) => [uscc, name]))).toEqual(source.newest)
    const twice = await rows(
      database.db,
      sql`select uscc, name from annual_report_revisions group by uscc, year, name having count(*) > 1`,
    )
    expect(twice).toEqual([])
    const sites = await rows<{ count: number }>(
      database.db,
      sql`select count(*)::int as count from web_presences where status = 'active'`,
    )
    expect(sites).toEqual([{ count: businesses }])

    const kept = await quarantined(database.db)
    expect(new Map(kept.map(({ raw, reason }) => [raw, reason]))).toEqual(source.bad)
    expect(source.bad.size).toBeGreaterThan(10)
    expect(kept.every(({ status }) => status === 'open')).toBe(true)
    // Nothing passed for want of faults.
    expect([...source.answered.keys()].length).toBeGreaterThan(kinds.length / 2)
  },
  180_000,
)

test.each(kinds.filter((kind) => !['gzip bomb', 'huge page'].includes(kind)))(
  'after one answer that is %s, the page is asked for again',
  async (kind) => {
    const flaky = await startSource((_url, response, request) => {
      if (request === 1) faults[kind](response)
      else sendPage(response, [reportItem(1)])
    })
    try {
      expect(await pull(database.db, flaky, { patience: impatient })).toMatchObject({ new: 1 })
      expect(flaky.requests).toHaveLength(2)
    } finally {
      await flaky.close()
    }
    expect(await revisionsOf(database.db, madeUpUscc(1))).toHaveLength(1)
  },
)

test.each(['gzip bomb', 'huge page'] as const)('a %s is given up before it fills the memory', async (kind) => {
  const bombing = await startSource((_url, response) => faults[kind](response))
  const before = process.memoryUsage().rss
  try {
    await expect(pull(database.db, bombing, { patience: impatient })).rejects.toThrow('more than 1048576 bytes')
  } finally {
    await bombing.close()
  }
  expect(bombing.requests).toHaveLength(1)
  expect(process.memoryUsage().rss - before).toBeLessThan(48 * 1024 * 1024)
})
