import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { QuarantineItem } from '../../src/sources/schemas.ts'
import { importFile } from '../../src/sources/import.ts'
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
