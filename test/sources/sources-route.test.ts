import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SourceItem, TracedRecord } from '../../src/sources/schemas.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { pull, register, startHonestSource } from './pulling.ts'

let service: TestService
let key: string
let source: Awaited<ReturnType<typeof startHonestSource>>
const runId = '01900000-0000-7000-8000-00000000000a'
const twice = reportItem(2, { updatedAt: '2026-05-02T00:00:00.000Z', publishedOn: '2026-05-01' })

beforeAll(async () => {
  service = await startTestService('2026-07-01T06:00:00.000Z')
  key = await service.keyWith('registry:write')
  source = await startHonestSource(100)
  await register(service.db, ...Array.from({ length: 150 }, (_, i) => subjectItem(i + 1)))
  source.items.push(...Array.from({ length: 150 }, (_, i) => reportItem(i + 1)))
  await pull(service.db, source, { now: '2026-07-01T04:00:00.000Z', runId })
  source.items.push(twice)
  await pull(service.db, source, { now: '2026-07-01T05:00:00.000Z' })
})
afterAll(async () => {
  await source.close()
  await service.close()
})

async function call(
  url: string,
  options: { payload?: object; authorization?: string; method?: 'GET' | 'POST'; headers?: Record<string, string> } = {},
) {
  const { payload, authorization = `Bearer ${key}`, headers = {} } = options
  const response = await service.app.inject({
    method: options.method ?? (payload === undefined ? 'GET' : 'POST'),
    url,
    headers: { authorization, ...headers },
    ...(payload !== undefined && { payload }),
  })
  return { status: response.statusCode, body: response.json<unknown>() }
}
const listed = async (collection: string) =>
  ((await call('/v1/sources')).body as { items: SourceItem[] }).items.find((item) => item.collection === collection)

describe('GET /v1/sources', () => {
  it('tells of each collection whether it is pulled and how fresh it is', async () => {
    expect(await listed('annual-reports')).toEqual({
      collection: 'annual-reports',
      status: 'ok',
      reason: null,
      detail: null,
      since: null,
      retryAt: null,
      failures: 0,
      watermark: '2026-05-02T00:00:00.000Z',
      lastReadAt: '2026-07-01T05:00:00.000Z',
      lastCompletePullAt: '2026-07-01T05:00:00.000Z',
      ageSeconds: 3600,
      inProgress: false,
      heldRecords: 150,
      openInQuarantine: 0,
    })
    expect(await listed('subjects')).toMatchObject({ status: 'never-pulled', lastCompletePullAt: null })
  })

  it('asks for a key, and for the scope', async () => {
    expect((await call('/v1/sources', { authorization: '' })).status).toBe(401)
    expect((await call('/v1/sources', { authorization: `Bearer ${await service.keyWith('feed')}` })).status).toBe(403)
    expect((await call('/v1/sources', { authorization: `Bearer ${await service.keyWith('admin')}` })).status).toBe(200)
    expect((await call('/v1/sources?page=2')).status).toBe(400)
  })
})

describe('GET /v1/sources/records', () => {
  const trace = async (query: Record<string, string>, authorization?: string) => {
    const { status, body } = await call(`/v1/sources/records?${new URLSearchParams(query).toString()}`, {
      ...(authorization !== undefined && { authorization }),
    })
    return { status, body: body as { items: TracedRecord[] } }
  }

  it('leads each revision of a report to the page it came from, its run, and the record as it came', async () => {
    const { body } = await trace({ collection: 'annual-reports', uscc: madeUpUscc(2) })
    expect(body.items).toMatchObject([
      {
        sourceId: 'report-2',
        receivedAt: '2026-07-01T04:00:00.000Z',
        raw: reportItem(2),
        quarantineId: null,
        intake: {
          origin: 'pull',
          location: `${source.url}/annual-reports`,
          runId,
          parserVersion: 1,
          cursor: null,
          updatedSince: null,
        },
      },
      {
        receivedAt: '2026-07-01T05:00:00.000Z',
        raw: twice,
        intake: { runId: null, updatedSince: '2026-04-30T23:50:00.000Z', cursor: '100' },
      },
    ])
    expect(body.items[0]?.intake?.sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  it('leads what any record tells of itself to its page', async () => {
    const { body } = await trace({
      collection: 'annual-reports',
      sourceId: 'report-149',
      receivedAt: '2026-07-01T04:00:00.000Z',
    })
    expect(body.items).toMatchObject([{ raw: reportItem(149), intake: { cursor: '100' } }])
  })

  it('tells of what is not kept that it is not', async () => {
    const { body } = await trace({ collection: 'subjects', uscc: madeUpUscc(2) })
    expect(body.items).toMatchObject([{ sourceId: 'subject-2', raw: null, intake: null }])
    expect((await trace({ collection: 'subjects', uscc: madeUpUscc(999) })).body.items).toEqual([])
  })

  it('leads a record that was put right to the quarantine', async () => {
    source.items.push(reportItem(3, { sourceId: 'fixed', year: 'last', updatedAt: '2026-05-03T00:00:00.000Z' }))
    await pull(service.db, source, { now: '2026-07-01T05:30:00.000Z' })
    const { items } = (await call('/v1/quarantine')).body as { items: { id: string }[] }
    const id = items[0]?.id
    const record = reportItem(3, { sourceId: 'fixed', year: 2024, updatedAt: '2026-05-03T00:00:00.000Z' })
    await call(`/v1/quarantine/${id}/retry`, { payload: { record } })
    const { body } = await trace({ collection: 'annual-reports', uscc: madeUpUscc(3), sourceId: 'fixed' })
    expect(body.items).toMatchObject([{ raw: record, quarantineId: id, intake: null }])
  })

  it.each<Record<string, string>>([
    { collection: 'annual-reports' },
    { collection: 'annual-reports', sourceId: 'report-1' },
    { collection: 'nothing', uscc: 'x' },
    { collection: 'annual-reports', sourceId: 'report-1', receivedAt: 'yesterday' },
  ])('refuses %j', async (query) => {
    expect((await trace(query)).body).toMatchObject({ status: 400, type: '/problems/invalid-request' })
  })

  it('asks for a key, and for the scope', async () => {
    const query = { collection: 'annual-reports', uscc: madeUpUscc(2) }
    expect((await trace(query, '')).status).toBe(401)
    expect((await trace(query, `Bearer ${await service.keyWith('feed')}`)).status).toBe(403)
  })
})

describe('POST /v1/sources/{collection}/resume', () => {
  const resume = (payload: object, options: { authorization?: string; headers?: Record<string, string> } = {}) =>
    call('/v1/sources/annual-reports/resume', { payload, ...options })

  it('lets a source go on that was stopped, with the reason, and answers how it stands', async () => {
    const held = source.items.splice(0, Infinity)
    await expect(pull(service.db, source, { now: '2026-07-01T05:40:00.000Z' })).resolves.toBeDefined()
    await forgetItsPlace()
    await expect(pull(service.db, source, { now: '2026-07-01T05:50:00.000Z' })).rejects.toThrow('has shrunk')
    expect(await listed('annual-reports')).toMatchObject({
      status: 'stopped',
      reason: 'shrunk',
      detail: expect.stringContaining('0 records from the beginning') as string,
      since: '2026-07-01T05:50:00.000Z',
    })
    const first = await resume({ reason: '数据源已恢复' }, { headers: { 'idempotency-key': 'resume-1' } })
    expect(first).toMatchObject({ status: 200, body: { collection: 'annual-reports', reason: null } })
    expect(await resume({ reason: '数据源已恢复' }, { headers: { 'idempotency-key': 'resume-1' } })).toEqual(first)
    source.items.push(...held)
    expect(await pull(service.db, source, { now: '2026-07-01T05:55:00.000Z' })).toMatchObject({ new: 0 })
    expect(await listed('annual-reports')).toMatchObject({ status: 'ok' })
  })

  it('is refused for a source that is not stopped', async () => {
    expect((await resume({ reason: '无' })).body).toMatchObject({ status: 409, type: '/problems/source-not-stopped' })
  })

  it.each([{}, { reason: '' }, { reason: '无', accept: 'yes' }, { reason: '无', by: 'me' }])(
    'refuses %j',
    async (body) => {
      expect((await resume(body)).status).toBe(400)
    },
  )

  it('knows no other collection, and asks for a key with the scope', async () => {
    expect((await call('/v1/sources/nothing/resume', { payload: { reason: '无' } })).status).toBe(400)
    expect((await resume({ reason: '无' }, { authorization: '' })).status).toBe(401)
    const other = `Bearer ${await service.keyWith('feed')}`
    expect((await resume({ reason: '无' }, { authorization: other })).status).toBe(403)
  })
})

/** As after a restore of an older copy, or by an operator's hand: it is pulled from the beginning. */
async function forgetItsPlace(): Promise<void> {
  await service.db.execute(sql`delete from source_checkpoints`)
}
