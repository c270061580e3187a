import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parseConfig } from '../../src/config.ts'
import { rowsOf } from '../../src/platform/db.ts'
import { createSchedule, type Schedule } from '../../src/platform/job-schedule.ts'
import type { Job } from '../../src/platform/jobs.ts'
import { startTestService, type TestService } from '../support/service.ts'

const note: Job = {
  name: 'note-days',
  description: 'notes the day it acts on',
  cron: '0 3 * * *',
  canDryRun: true,
  run: async ({ db, on, dryRun, progress, log }) => {
    await db.transaction(async (tx) => {
      await tx.execute(sql`insert into noted (on_day) values (${on})`)
    })
    await progress({ noted: 1 }, { done: 1, total: 2 })
    await log(dryRun ? 'tried' : 'noted', 'warn')
    const [row] = await rowsOf<{ count: number }>(db, sql`select count(*)::int as count from noted`)
    return { noted: row?.count ?? 0 }
  },
}
const sending: Job = { ...note, name: 'send-mail', canDryRun: false }
const unset: Job = { ...note, name: 'lack-setting', notReady: () => 'set STARS' }

let service: TestService
let schedule: Schedule
let key: string

beforeAll(async () => {
  service = await startTestService('2026-07-07T19:30:00.000Z', {}, [note, sending, unset])
  await service.db.execute(sql`create table noted (on_day date)`)
  key = await service.keyOf({ kind: 'staff' }, 'registry:write')
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const { database, clock } = service
  schedule = createSchedule({ database, config: parseConfig({}), clock, jobs: [note, sending], log })
})
beforeEach(async () => {
  for (const table of ['job_runs', 'noted']) await service.db.execute(sql.raw(`delete from ${table}`))
})
afterAll(async () => {
  await schedule.stop()
  await service.close()
})

const call = async (url: string, payload?: object, headers: Record<string, string> = {}) => {
  const method = payload === undefined ? ('GET' as const) : ('POST' as const)
  const response = await service.app.inject({
    ...{ method, url, headers: { authorization: `Bearer ${key}`, ...headers } },
    ...(payload && { payload }),
  })
  return { status: response.statusCode, headers: response.headers, body: response.json<Record<string, unknown>>() }
}
const work = async () => {
  await schedule.tick()
  await schedule.idle()
}
const noted = () => rowsOf<{ day: string }>(service.db, sql`select on_day::text as day from noted`)

describe('202', () => {
  test('a run that is asked for is taken by a process that runs jobs, and can be read with its log', async () => {
    const { status, headers, body } = await call('/v1/job-runs', { job: 'note-days', on: '2026-01-31' })
    expect([status, body['status'], body['on'], headers['location']]).toEqual([
      ...[202, 'queued', '2026-01-31', `/v1/job-runs/${String(body['id'])}`],
    ])
    await work()
    const run = await call(`/v1/job-runs/${String(body['id'])}`)
    expect(run).toMatchObject({
      status: 200,
      body: {
        ...{ status: 'succeeded', origin: 'api', dryRun: false, counts: { noted: 1 }, share: { done: 1, total: 2 } },
        ...{ attempts: 1, error: null, log: [{ at: '2026-07-07T19:30:00.000Z', level: 'warn', text: 'noted' }] },
      },
    })
    expect(await noted()).toEqual([{ day: '2026-01-31' }])
  })

  test('a dry run does everything and leaves nothing but its run', async () => {
    const { body } = await call('/v1/job-runs', { job: 'note-days', dryRun: true })
    await work()
    const run = await call(`/v1/job-runs/${String(body['id'])}`)
    expect(run.body).toMatchObject({
      status: 'succeeded',
      dryRun: true,
      counts: { noted: 1 },
      log: [{ text: 'tried' }],
    })
    expect(await noted()).toEqual([])
  })

  test('sent again with its idempotency key it is one run', async () => {
    const headers = { 'idempotency-key': 'once' }
    const first = await call('/v1/job-runs', { job: 'note-days' }, headers)
    expect((await call('/v1/job-runs', { job: 'note-days' }, headers)).body).toEqual(first.body)
    await work()
    expect(await noted()).toHaveLength(1)
  })
})

describe('200', () => {
  test('runs are listed newest first, by job and status, page by page', async () => {
    for (const job of ['note-days', 'send-mail', 'note-days']) {
      await call('/v1/job-runs', { job })
      await work()
    }
    const first = await call('/v1/job-runs?job=note-days&status=succeeded&limit=1')
    const next = String(first.body['next'])
    const second = await call(`/v1/job-runs?job=note-days&status=succeeded&limit=1&cursor=${next}`)
    const ids = [first, second].flatMap(({ body }) => (body['items'] as { id: string }[]).map(({ id }) => id))
    expect(ids).toEqual([...ids].sort().reverse())
    expect([new Set(ids).size, second.body['next']]).toEqual([2, null])
    expect((await call('/v1/job-runs?status=failed')).body).toEqual({ items: [], next: null })
  })

  test('jobs are listed with their next slot, their last run and who leads', async () => {
    await call('/v1/job-runs', { job: 'note-days' })
    await work()
    const { body } = await call('/v1/jobs')
    expect(body['leader']).toMatchObject({ since: '2026-07-07T19:30:00.000Z' })
    expect(body['items']).toMatchObject([
      { name: 'note-days', nextSlotAt: '2026-07-08T19:00:00.000Z', canDryRun: true, lastRun: { status: 'succeeded' } },
      { name: 'send-mail', canDryRun: false, lastRun: null },
      { name: 'lack-setting', notReady: 'set STARS' },
    ])
    const ready = await service.app.inject('/readyz')
    expect(ready.json()).toEqual({ status: 'ok', jobs: { leader: 'known', since: '2026-07-07T19:30:00.000Z' } })
  })
})

test.each([
  [400, 'invalid-request', { job: 'note-days', day: '2026-01-01' }],
  [404, 'unknown-job', { job: 'count-stars' }],
  [409, 'job-not-ready', { job: 'lack-setting' }],
  [422, 'dry-run-not-possible', { job: 'send-mail', dryRun: true }],
])('%i: %s', async (status, code, payload) => {
  expect(await call('/v1/job-runs', payload)).toMatchObject({ status, body: { type: `/problems/${code}` } })
  expect(await rowsOf(service.db, sql`select from job_runs`)).toEqual([])
})

test('409: a job that waits or runs is not started a second time', async () => {
  const answers = await Promise.all([1, 2, 3].map(() => call('/v1/job-runs', { job: 'note-days' })))
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409])
  expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ type: '/problems/job-already-running' })
})

test.each(['/v1/jobs', '/v1/job-runs', '/v1/job-runs/01900000-0000-7000-8000-000000000001'])(
  '401 and 403: %s is for staff',
  async (url) => {
    expect((await service.app.inject(url)).statusCode).toBe(401)
    const other = await service.keyWith('feed')
    const refused = await service.app.inject({ url, headers: { authorization: `Bearer ${other}` } })
    expect(refused.statusCode).toBe(403)
  },
)

test('404: a run that is unknown', async () => {
  const { status, body } = await call('/v1/job-runs/01900000-0000-7000-8000-000000000001')
  expect([status, body['type']]).toEqual([404, '/problems/unknown-job-run'])
})
