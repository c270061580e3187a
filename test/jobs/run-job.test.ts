import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { parseConfig } from '../../src/config.ts'
import { openDatabase, rowsOf, type Database } from '../../src/platform/db.ts'
import { JobError, runJob, type Job, type JobContext } from '../../src/platform/jobs.ts'
import { cloneDatabase } from '../support/database.ts'

let database: Database
/** Another process has a pool of its own. */
let other: Database
const config = parseConfig({})
const clock = { now: () => new Date('2026-07-07T19:30:00.250Z') }
const slotAt = new Date('2026-07-07T19:30:00.000Z')

beforeAll(async () => {
  database = await cloneDatabase()
  other = openDatabase(database.url, { max: 2 })
})
beforeEach(() => database.db.execute(sql`delete from job_runs`))
afterAll(async () => {
  await other.close()
  await database.close()
})

const jobThat = (run: (context: JobContext) => Promise<object>, name = 'count-stars'): Job => ({
  name,
  description: 'counts the stars',
  cron: '0 0 * * *',
  run,
})
const counting = jobThat(async () => ({ stars: 7 }))

interface Run {
  job: string
  slotAt: string | null
  on: string
  status: string
  counts: object
  error: string | null
  ended: boolean
}
const runs = () =>
  rowsOf<Run>(
    database.db,
    sql`select job, slot_at::text as "slotAt", on_day::text as "on", status, counts, error, finished_at is not null as ended
        from job_runs order by id`,
  )

/** A job that waits inside its run until it is let go, and how to know that it is there. */
function waitingJob(name = 'wait') {
  let letGo = () => {}
  let arrived = () => {}
  const released = new Promise<void>((resolve) => (letGo = resolve))
  const started = new Promise<void>((resolve) => (arrived = resolve))
  const job = jobThat(async () => {
    arrived()
    await released
    return {}
  }, name)
  return { job, started, letGo: () => letGo() }
}

test('a run is kept with what it counted', async () => {
  const run = await runJob(counting, { database, config, clock })
  expect(run).toMatchObject({ job: 'count-stars', on: '2026-07-08', status: 'succeeded', counts: { stars: 7 } })
  expect(await runs()).toEqual([
    {
      job: 'count-stars',
      slotAt: null,
      on: '2026-07-08',
      status: 'succeeded',
      counts: { stars: 7 },
      error: null,
      ended: true,
    },
  ])
})

test.each([
  ['the day that is handed in', { on: '2026-01-31' }, '2026-01-31'],
  ['the day of its slot in Shanghai', { slotAt: new Date('2026-12-31T16:00:00Z') }, '2027-01-01'],
  ['the day of the clock in Shanghai', {}, '2026-07-08'],
])('a job acts on %s', async (_what, given, on) => {
  const seen: string[] = []
  await runJob(
    jobThat(async (context) => ({ seen: seen.push(context.on) })),
    { database, config, clock, ...given },
  )
  expect(seen).toEqual([on])
  expect((await runs()).map((run) => run.on)).toEqual([on])
})

test('how far a run has come can be read while it runs, and stays when it fails', async () => {
  let during: Run[] = []
  const told: object[] = []
  const job = jobThat(async ({ progress }) => {
    await progress({ pages: 3 })
    during = await runs()
    throw new Error('the source is gone')
  })
  await expect(runJob(job, { database, config, clock, onProgress: (counts) => told.push(counts) })).rejects.toThrow(
    new JobError('count-stars failed: the source is gone'),
  )
  expect(during).toMatchObject([{ status: 'running', counts: { pages: 3 }, ended: false }])
  expect(told).toEqual([{ pages: 3 }])
  expect(await runs()).toMatchObject([
    { status: 'failed', counts: { pages: 3 }, error: 'the source is gone', ended: true },
  ])
})

test('the error of a run holds neither SQL nor the data of persons', async () => {
  const job = jobThat(async ({ db }) => {
    await db.execute(sql`insert into partners (id, name, kind, created_at)
      values (gen_random_uuid(), ${'赵某某 110101199003070011'}, ${'nobody'}, now())`)
    return {}
  })
  const failed = runJob(job, { database, config, clock })
  await expect(failed).rejects.toThrow(/^count-stars failed: .*violates check constraint "partners_kind"$/)
  const [run] = await runs()
  expect(run?.error).toBe('new row for relation "partners" violates check constraint "partners_kind"')
})

test('a run that throws something else than an error is kept too', async () => {
  const job = jobThat(async () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    throw 'no'
  })
  await expect(runJob(job, { database, config, clock })).rejects.toThrow(JobError)
  expect(await runs()).toMatchObject([{ status: 'failed', error: 'no' }])
})

test('a job never runs twice at once, wherever the second is started', async () => {
  const { job, started, letGo } = waitingJob()
  const first = runJob(job, { database, config, clock })
  await started
  await expect(runJob(job, { database: other, config, clock })).rejects.toThrow(new JobError('wait is already running'))
  expect(await runs()).toHaveLength(1)
  letGo()
  await first
  const again = runJob(waiting(job), { database: other, config, clock })
  await expect(again).resolves.toMatchObject({ status: 'succeeded' })
})
const waiting = (job: Job): Job => ({ ...job, run: async () => ({}) })

test('another job may run at the same time', async () => {
  const { job, started, letGo } = waitingJob()
  const first = runJob(job, { database, config, clock })
  await started
  await expect(runJob(counting, { database: other, config, clock })).resolves.toMatchObject({ status: 'succeeded' })
  letGo()
  await first
})

test('a slot runs once though several processes claim it, and nobody takes that for a fault', async () => {
  let ran = 0
  const job = jobThat(async () => ({ ran: (ran += 1) }))
  const claims = await Promise.all(
    [database, other, database, other].map((process) => runJob(job, { database: process, config, clock, slotAt })),
  )
  expect(claims.filter((run) => run !== null)).toHaveLength(1)
  expect(await runJob(job, { database: other, config, clock, slotAt })).toBeNull()
  expect(ran).toBe(1)
  expect(await runs()).toMatchObject([{ slotAt: '2026-07-07 19:30:00+00', status: 'succeeded' }])
})

test('a slot that comes while the job still runs waits, and is not run beside it', async () => {
  const { job, started, letGo } = waitingJob()
  const first = runJob(job, { database, config, clock, slotAt })
  await started
  const next = new Date('2026-07-07T20:30:00Z')
  expect(await runJob(job, { database: other, config, clock, slotAt: next })).toBeNull()
  expect((await runs()).map((run) => run.status)).toEqual(['running', 'queued'])
  letGo()
  await first
  expect((await runs()).map((run) => run.status)).toEqual(['succeeded', 'queued'])
})

test('each slot is run by itself, and so is each job in the same slot', async () => {
  await runJob(counting, { database, config, clock, slotAt })
  await runJob(counting, { database, config, clock, slotAt: new Date('2026-07-08T19:30:00Z') })
  await runJob({ ...counting, name: 'count-moons' }, { database, config, clock, slotAt })
  expect((await runs()).map((run) => [run.job, run.status])).toEqual([
    ['count-stars', 'succeeded'],
    ['count-stars', 'succeeded'],
    ['count-moons', 'succeeded'],
  ])
})

test('by hand a job runs any number of times', async () => {
  for (let i = 0; i < 3; i += 1) await runJob(counting, { database, config, clock })
  expect(await runs()).toHaveLength(3)
})

test('a run whose process died is marked interrupted by the next run of the same job only', async () => {
  await database.db.execute(sql`
    insert into job_runs (id, job, on_day, status, started_at, counts)
    select gen_random_uuid(), job, '2026-07-07', 'running', now(), '{"pages": 4}'
    from unnest(array['count-stars', 'count-moons']) as job`)
  await runJob(counting, { database, config, clock })
  expect((await runs()).map((run) => [run.job, run.status, run.error, run.counts]).sort()).toEqual([
    ['count-moons', 'running', null, { pages: 4 }],
    ['count-stars', 'interrupted', 'the process that ran it ended', { pages: 4 }],
    ['count-stars', 'succeeded', null, { stars: 7 }],
  ])
})

test('a run that is told to stop is kept as interrupted, not as failed', async () => {
  const stopping = new AbortController()
  const job = jobThat(({ signal }) => {
    stopping.abort()
    signal.throwIfAborted()
    return Promise.resolve({})
  })
  await expect(runJob(job, { database, config, clock, signal: stopping.signal })).rejects.toThrow(JobError)
  expect(await runs()).toMatchObject([{ status: 'interrupted', ended: true }])
})

test('a run that loses the connection of its lock is told to end before another can do its work too', async () => {
  let started = () => {}
  const hasStarted = new Promise<void>((resolve) => (started = resolve))
  const job = jobThat(async ({ signal }) => {
    started()
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    signal.throwIfAborted()
    return {}
  }, 'lose-lock')
  const running = runJob(job, { database, config, clock }).catch((error: unknown) => error)
  await hasStarted
  await database.db.execute(sql`
    select pg_terminate_backend(pid) from pg_locks
    where locktype = 'advisory' and classid = 7310 and database = (select oid from pg_database where datname = current_database())`)
  expect(await running).toBeInstanceOf(JobError)
  expect(await runs()).toMatchObject([
    { status: 'interrupted', error: 'the connection that held its lock was lost', ended: true },
  ])
})

test('a job that cannot run with these settings says what to set, and no run is kept', async () => {
  const job = { ...counting, notReady: () => 'set STARS to the number of stars' }
  await expect(runJob(job, { database, config, clock })).rejects.toThrow(
    new JobError('count-stars cannot run: set STARS to the number of stars'),
  )
  expect(await runs()).toEqual([])
})

test('runs leave no connection and no lock behind', async () => {
  await runJob(counting, { database, config, clock })
  const [left] = await rowsOf<{ locks: number }>(
    database.db,
    sql`select count(*)::int as locks from pg_locks where locktype = 'advisory'
        and database = (select oid from pg_database where datname = current_database())`,
  )
  expect(left).toEqual({ locks: 0 })
})
