import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { QuarantineItem } from '../../src/sources/schemas.ts'
import { importFile } from '../../src/sources/import.ts'
import { noRecords, takeRecords } from '../../src/sources/take.ts'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'

let service: TestService
let key: string

beforeAll(async () => {
  service = await startTestService()
  key = await service.keyWith('registry:write')
  const folder = await mkdtemp(join(tmpdir(), 'xinjian-quarantine-'))
  const load = async (collection: 'subjects' | 'annual-reports', records: object[]) => {
    const file = join(folder, `${collection}.ndjson`)
    await writeFile(file, records.map((record) => JSON.stringify(record)).join('\n'))
    await importFile(service.db, collection, file, { now: () => new Date('2026-07-01T02:00:00.000Z') })
  }
  await load('subjects', [
    subjectItem(1, { name: '' }),
    subjectItem(2, { uscc: '91999900MA00000000', name: '坏\u0000字' }),
  ])
  await load('annual-reports', [reportItem(9), reportItem(8), reportItem(7)])
  await rm(folder, { recursive: true })
})
afterAll(() => service.close())

async function get(query: string, headers: Record<string, string> = { authorization: `Bearer ${key}` }) {
  const response = await service.app.inject({ url: `/v1/quarantine${query}`, headers })
  return { response, body: response.json<{ items: QuarantineItem[]; next: string | null }>() }
}

describe('200', () => {
  it('shows each record as it came, with the reason and where the fault is', async () => {
    const { body } = await get('?reason=invalid-record')
    expect(body.items).toMatchObject([
      {
        collection: 'subjects',
        sourceId: 'subject-1',
        uscc: madeUpUscc(1),
        reason: 'invalid-record',
        detail: expect.stringContaining('/name: ') as string,
        raw: subjectItem(1, { name: '' }),
        status: 'open',
        firstSeenAt: '2026-07-01T02:00:00.000Z',
        timesSeen: 1,
      },
    ])
    const { body: coded } = await get('?reason=invalid-uscc')
    expect(coded.items[0]?.raw).toMatchObject({ name: '坏\u0000字' })
  })

  it('walks all pages without repeating or skipping one, also by the Link header', async () => {
    const seen: string[] = []
    let query = '?limit=2'
    for (;;) {
      const { response, body } = await get(query)
      seen.push(...body.items.map((item) => item.id))
      if (body.next === null) {
        expect(response.headers['link']).toBeUndefined()
        break
      }
      expect(response.headers['link']).toBe(`</v1/quarantine?limit=2&cursor=${body.next}>; rel="next"`)
      query = `?limit=2&cursor=${body.next}`
    }
    expect(seen).toHaveLength(5)
    expect(new Set(seen).size).toBe(5)
    expect([...seen].sort().reverse()).toEqual(seen)
  })

  it('narrows by collection and status', async () => {
    expect((await get('?collection=annual-reports')).body.items).toHaveLength(3)
    expect((await get('?status=resolved')).body.items).toEqual([])
  })

  it('is open to an administrator too', async () => {
    const { response } = await get('', { authorization: `Bearer ${await service.keyWith('admin')}` })
    expect(response.statusCode).toBe(200)
  })
})

describe('retry and discard', () => {
  const post = async (path: string, payload?: object, headers: Record<string, string> = {}) => {
    const response = await service.app.inject({
      method: 'POST',
      url: `/v1/quarantine/${path}`,
      headers: { authorization: `Bearer ${key}`, ...headers },
      ...(payload !== undefined && { payload }),
    })
    return { status: response.statusCode, body: response.json<Record<string, unknown> & { item: QuarantineItem }>() }
  }
  const waiting = async (sourceId: string) => {
    const { body } = await get('?limit=200')
    return body.items.find((item) => item.sourceId === sourceId)?.id ?? ''
  }
  const nowhere = '01900000-0000-7000-8000-000000000001'

  it('tries a record again as it came, and says why it was refused again', async () => {
    const id = await waiting('report-9')
    expect(await post(`${id}/retry`)).toMatchObject({
      status: 200,
      body: { taken: false, reason: 'unknown-subject', item: { id, status: 'open', settledAt: null } },
    })
  })

  it('takes a record that was put right, and keeps what came beside it', async () => {
    const id = await waiting('subject-1')
    const record = subjectItem(1)
    const bad = { ...record, status: 'asleep' }
    expect(await post(`${id}/retry`, { record: bad })).toMatchObject({
      body: { taken: false, reason: 'invalid-record', detail: expect.stringContaining('/status') as string },
    })
    const answers = []
    for (let time = 0; time < 2; time += 1) {
      answers.push(await post(`${id}/retry`, { record, reason: '电话核实' }, { 'idempotency-key': 'mended-1' }))
    }
    expect(answers[0]).toMatchObject({
      status: 200,
      body: {
        taken: true,
        reason: null,
        item: {
          status: 'resolved',
          raw: subjectItem(1, { name: '' }),
          correction: record,
          settledAt: '2026-11-25T04:00:00.000Z',
          settledBy: expect.any(String) as string,
          settleReason: '电话核实',
        },
      },
    })
    expect(answers[1]).toEqual(answers[0])
    const shown = await service.app.inject(`/v1/credit-files/${madeUpUscc(1)}`)
    expect(shown.statusCode).toBe(200)
    expect((await post(`${id}/retry`)).body).toMatchObject({ status: 409, type: '/problems/already-decided' })
  })

  it('stays settled when the source sends what was put right as it was', async () => {
    await service.db.transaction((tx) =>
      takeRecords(tx, 'subjects', [subjectItem(1, { name: '' })], new Date('2026-11-25T05:00:00.000Z'), noRecords()),
    )
    const { body } = await get('?status=resolved')
    expect(body.items).toMatchObject([{ sourceId: 'subject-1', timesSeen: 2 }])
  })

  it('throws a record away with the reason, and asks for one', async () => {
    const id = await waiting('report-8')
    expect((await post(`${id}/discard`, {})).body).toMatchObject({ status: 400 })
    expect((await post(`${id}/discard`, { reason: '重复报送' })).body).toMatchObject({
      id,
      status: 'discarded',
      settleReason: '重复报送',
      correction: null,
    })
    expect((await post(`${id}/discard`, { reason: '重复报送' })).body).toMatchObject({ status: 409 })
  })

  it.each([`${nowhere}/retry`, `${nowhere}/discard`])('does not know %s', async (path) => {
    const answered = await post(path, path.endsWith('discard') ? { reason: '无' } : undefined)
    expect(answered.body).toMatchObject({ status: 404, type: '/problems/unknown-quarantined-record' })
  })

  it('asks for a key with the scope', async () => {
    const other = `Bearer ${await service.keyWith('feed')}`
    for (const path of [`${nowhere}/retry`, `${nowhere}/discard`]) {
      expect((await post(path, { reason: '无' }, { authorization: other })).status).toBe(403)
      expect((await post(path, { reason: '无' }, { authorization: '' })).status).toBe(401)
      expect((await post(path, { reason: '' })).status).toBe(400)
    }
  })
})

describe('400', () => {
  it.each(['?limit=201', '?status=bad', '?collection=icp', '?page=2'])('refuses %s', async (query) => {
    expect((await get(query)).response.json()).toMatchObject({ type: '/problems/invalid-request', status: 400 })
  })

  it('refuses a cursor that was forged, or that another list gave out', async () => {
    const { body } = await get('?limit=1')
    const cursors = ['x', 'AAAA', `${body.next}A`, Buffer.from('a\nb').toString('base64url')]
    for (const query of [
      ...cursors.map((cursor) => `?limit=1&cursor=${cursor}`),
      `?collection=subjects&cursor=${body.next}`,
    ]) {
      const { response } = await get(query)
      expect([query, response.statusCode]).toEqual([query, 400])
      expect(response.json()).toMatchObject({ type: '/problems/invalid-cursor' })
    }
  })
})

describe('401 and 403', () => {
  it('asks for a key, and for the scope', async () => {
    expect((await get('', {})).response.statusCode).toBe(401)
    const { response } = await get('', { authorization: `Bearer ${await service.keyWith('feed')}` })
    expect(response.statusCode).toBe(403)
    expect(response.json<{ detail: string }>().detail).toContain('registry:write')
  })
})
