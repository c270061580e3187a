import { sql } from 'drizzle-orm'
import cron from 'node-cron'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { startSchedule } from '../../jobs/main.ts'
import { jobs } from '../../jobs/schedule.ts'
import { parseConfig } from '../../src/config.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { openDatabase, rowsOf, type Database } from '../../src/platform/db.ts'
import { runJob } from '../../src/platform/jobs.ts'
import { jobs as jobTexts } from '../../src/site/staff/job-texts.ts'
import { madeUpUscc, subjectItem } from '../support/businesses.ts'
import { cloneDatabase } from '../support/database.ts'
import { sendPage, startSource, type TestSource } from '../support/source.ts'
import { take } from '../support/take.ts'

describe.each(jobs.map((job) => [job.name, job] as const))('%s', (name, job) => {
  test('has a valid cron expression of five fields', () => {
    expect(job.cron.split(' ')).toHaveLength(5)
    expect(cron.validate(job.cron)).toBe(true)
  })

  test('never joins a day of the month with a day of the week', () => {
    const [, , dayOfMonth, , dayOfWeek] = job.cron.split(' ')
    expect([dayOfMonth, dayOfWeek]).toContain('*')
  })

  test('is named by a verb in kebab-case and described, for staff in Chinese', () => {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)+$/)
    expect(job.description.length).toBeGreaterThan(20)
    expect(jobTexts.descriptions[name]).toMatch(/[\u4e00-\u9fff]{4}/)
    expect(jobs.filter((other) => other.name === name)).toHaveLength(1)
  })
})

let database: Database
let other: Database
let source: TestSource
const logged: string[] = []
const log = {
  info: (_context: object, message: string) => {
    if (message.startsWith('job ')) logged.push(message)
  },
  warn: (_context: object, message: string) => {
    if (!/IMPORT_DIR|PUBLIC_URL/.test(message)) logged.push(`warn ${message}`)
  },
  error: (context: object, message: string) =>
    void logged.push(`error ${message} ${String((context as { err?: unknown }).err)}`),
}
const sources = ['SUBJECTS', 'ANNUAL_REPORTS', 'PENALTIES', 'ICP_FILINGS', 'PLATFORM_SELLERS'].map(
  (name) => `SOURCE_${name}_URL`,
)
const configured = () => parseConfig(Object.fromEntries(sources.map((name) => [name, source.url])))

beforeAll(async () => {
  database = await cloneDatabase()
  other = openDatabase(database.url, { max: 2 })
  source = await startSource((_url, response) => sendPage(response, []))
  await take(database.db, 'subjects', [subjectItem(1)])
})
beforeEach(async () => {
  logged.length = 0
  for (const table of ['job_runs', 'job_slots', 'job_leader'])
    await database.db.execute(sql.raw(`delete from ${table}`))
  await database.db.execute(sql`delete from source_checkpoints`)
})
afterEach(() => void vi.useRealTimers())
afterAll(async () => {
  await source.close()
  await other.close()
  await database.close()
})

/** The clock at this instant; it goes on by itself as well, for the timers of the database client. */
const at = (instant: string) =>
  vi.useFakeTimers({
    now: new Date(instant),
    toFake: ['Date', 'setTimeout', 'clearTimeout'],
    shouldAdvanceTime: true,
  })
const runs = () =>
  rowsOf<{ job: string; slotAt: string; on: string; status: string; error: string | null }>(
    database.db,
    sql`select job, to_char(slot_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS') as "slotAt", on_day::text as "on",
          status, error from job_runs order by job, slot_at`,
  )

/** Waits, by asking the database, until that many runs have ended. */
async function ended(count: number) {
  for (;;) {
    const all = await runs()
    if (all.length >= count && all.every((run) => !['queued', 'running'].includes(run.status))) return all
  }
}

test.each(['2026-07-07T19:14:12.345Z', '2026-07-07T19:14:59.999Z', '2026-07-07T19:15:00.000Z'])(
  "node-cron tells a task the slot itself, a whole minute in the job's zone, when it was started at %s",
  async (start) => {
    at(start)
    const dates: string[] = []
    const task = cron.schedule('15,16 * * * *', ({ date }) => void dates.push(date.toISOString()), {
      timezone: 'Asia/Shanghai',
    })
    // Late by less than a second, as a busy process is.
    await vi.advanceTimersByTimeAsync(121_700)
    await task.destroy()
    expect(dates.at(-1)).toBe('2026-07-07T19:16:00.000Z')
    if (start < '2026-07-07T19:15') expect(dates[0]).toBe('2026-07-07T19:15:00.000Z')
  },
)

test('two processes with the schedule run each slot once between them, and neither reports a fault', async () => {
  at('2026-07-07T19:14:58.100Z')
  const one = startSchedule(database, configured(), log)
  await vi.advanceTimersByTimeAsync(700)
  const two = startSchedule(other, configured(), log)
  await vi.advanceTimersByTimeAsync(1500)
  expect(await ended(1)).toEqual([
    {
      job: 'pull-annual-reports',
      slotAt: '2026-07-07 19:15:00.000',
      on: '2026-07-08',
      status: 'succeeded',
      error: null,
    },
  ])
  await one.stop()
  await two.stop()
  expect(logged).toEqual(['job succeeded'])
  expect(source.requests).toHaveLength(1)
})

test('a job that cannot run with these settings is not scheduled, and the log says why', async () => {
  at('2026-07-07T19:14:59.000Z')
  const schedule = startSchedule(database, parseConfig({}), log)
  await vi.advanceTimersByTimeAsync(2000)
  await schedule.stop()
  expect(await runs()).toEqual([])
  expect(logged).toEqual(sources.map((name) => `warn not scheduled: set ${name} to the base URL of the source`))
})

test('a slot that a busy process reaches minutes late is run all the same, as the slot it is', async () => {
  at('2026-07-07T19:14:58.000Z')
  const schedule = startSchedule(database, configured(), log)
  vi.setSystemTime(new Date('2026-07-07T19:19:30.000Z'))
  await vi.advanceTimersByTimeAsync(3000)
  expect(await ended(1)).toMatchObject([{ slotAt: '2026-07-07 19:15:00.000', status: 'succeeded' }])
  await schedule.stop()
})

test('after stop no slot is run', async () => {
  at('2026-07-07T19:14:59.000Z')
  await startSchedule(database, configured(), log).stop()
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(await runs()).toEqual([])
})

const listing = jobs.find((job) => job.name === 'list-late-reporters')!
const entered = () => rowsOf<{ uscc: string }>(database.db, sql`select uscc from listing_entries`)

test('at 03:30 in Shanghai the listing refuses to judge while reports were not pulled since the window closed', async () => {
  // The last complete pull began in the last second of the window.
  await database.db.execute(sql`
    insert into source_checkpoints (collection, completed_at) values ('annual-reports', '2026-06-30T15:59:59Z')`)
  at('2026-07-07T19:29:59.000Z')
  const schedule = startSchedule(database, configured(), log)
  await vi.advanceTimersByTimeAsync(1500)
  expect(await ended(1)).toMatchObject([
    {
      job: 'list-late-reporters',
      slotAt: '2026-07-07 19:30:00.000',
      on: '2026-07-08',
      status: 'failed',
      error: expect.stringMatching(
        /not been pulled completely since the window closed on 2026-06-30: run pull/,
      ) as string,
    },
  ])
  await schedule.stop()
  expect(await entered()).toEqual([])
})

test('the listing refuses as well when reports were never pulled', async () => {
  const run = runJob(listing, {
    database,
    config: configured(),
    clock: systemClock,
    slotAt: new Date('2026-07-01T19:30:00Z'),
  })
  await expect(run).rejects.toThrow(/not been pulled completely/)
  expect(await entered()).toEqual([])
})

test('by hand the listing runs whatever was pulled, and by schedule once reports were pulled after the window', async () => {
  await runJob(listing, { database, config: configured(), clock: systemClock, on: '2026-06-30' })
  expect(await entered()).toEqual([])
  const byHand = await runJob(listing, { database, config: configured(), clock: systemClock, on: '2026-07-08' })
  expect(byHand?.counts).toMatchObject({ entered: 1 })
  expect(await entered()).toEqual([{ uscc: madeUpUscc(1) }])

  await take(database.db, 'subjects', [subjectItem(2)])
  await database.db.execute(sql`
    insert into source_checkpoints (collection, completed_at) values ('annual-reports', '2026-06-30T16:00:00Z')`)
  const slot = { config: configured(), clock: systemClock, slotAt: new Date('2026-07-07T19:30:00Z') }
  expect((await runJob(listing, { database, ...slot }))?.counts).toMatchObject({ entered: 1, late: false })
  expect((await entered()).map((entry) => entry.uscc)).toContain(madeUpUscc(2))
})
