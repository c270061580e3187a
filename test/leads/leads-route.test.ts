import { beforeAll, describe, expect, it } from 'vitest'
import { reportItem } from '../support/businesses.ts'
import { take } from '../support/take.ts'
import { enterprise, other, useStaff } from '../listings/staff.ts'

const staff = useStaff()
const shop = (number: number) => ({ kind: 'shop', name: '店', url: `https://mall.example/shop/${number}` })
const shops = [1, 2, 3].map(shop)

beforeAll(async () => {
  await take(staff.service().db, 'annual-reports', [
    reportItem(1, { webPresences: shops }),
    reportItem(2, { webPresences: shops, name: '虚构省冒名有限公司' }),
  ])
})

const list = (query = '') => staff.get(`/v1/leads${query}`, 'registrar')

describe('200', () => {
  it('lists what is open, newest first, with the records of both sides', async () => {
    const { status, body } = await list()
    expect([status, body.items.length]).toEqual([200, 4])
    const lead = body.items.find(({ kind }) => kind === 'claimed-by-two')
    expect(lead).toMatchObject({ label: 'A site or shop that two businesses or more claim', regionCodes: ['999900'] })
    const { businesses, claims } = lead?.['evidence'] as { businesses: { uscc: string }[]; claims: object[] }
    expect(businesses.map(({ uscc }) => uscc)).toEqual([enterprise, other].sort())
    expect(claims).toMatchObject([
      { source: 'annual-report', sourceId: 'report-1', year: 2025 },
      { source: 'annual-report', sourceId: 'report-2', year: 2025 },
    ])
  })

  it.each([
    ['?kind=name-differs', 1],
    [`?kind=claimed-by-two&uscc=${enterprise.toLowerCase()}`, 3],
    [`?kind=name-differs&uscc=${enterprise}`, 0],
    ['?regionCode=9999', 4],
    ['?regionCode=11', 0],
    ['?status=closed', 0],
  ])('narrows by %s', async (query, length) => {
    expect((await list(query)).body.items).toHaveLength(length)
  })

  it('walks by cursor without repeating or skipping one', async () => {
    const seen: string[] = []
    let query = '?limit=1'
    for (;;) {
      const { body } = await list(query)
      seen.push(...body.items.map(({ id }) => id))
      if (body['next'] === null) break
      query = `?limit=1&cursor=${body['next'] as string}`
    }
    expect(seen).toEqual((await list()).body.items.map(({ id }) => id))
  })

  it('closes one with the reason and who did it, once', async () => {
    const [lead] = (await list('?kind=claimed-by-two')).body.items
    const url = `/v1/leads/${lead?.id ?? ''}`
    const closed = await staff.post(`${url}/close`, 'clerk', { reason: '双方为代运营关系' })
    expect([closed.status, closed.body]).toMatchObject([200, { status: 'closed', closeReason: '双方为代运营关系' }])
    expect(closed.body['closedBy']).toMatch(/^[0-9a-f-]{36}$/)
    expect((await staff.get(url, 'registrar')).body).toEqual(closed.body)
    expect((await list('?status=closed')).body.items).toEqual([closed.body])
    const again = await staff.post(`${url}/close`, 'registrar', { reason: '再次' })
    expect([again.status, again.body.type]).toEqual([409, '/problems/already-decided'])
  })

  it('says in both languages that one closed by itself', async () => {
    await take(staff.service().db, 'annual-reports', [
      reportItem(2, { webPresences: [], updatedAt: '2026-05-02T00:00:00.000Z' }),
    ])
    const { body } = await list('?status=closed&kind=name-differs')
    expect(body.items).toMatchObject([
      { closedBy: null, closeReason: 'The records of the sources no longer contradict each other: closed by itself.' },
    ])
    const chinese = await staff.call('GET', `/v1/leads/${body.items[0]?.id ?? ''}`, 'registrar', undefined, {
      'accept-language': 'zh',
    })
    expect(chinese.body['closeReason']).toBe('各来源的记录已不再矛盾，自动办结。')
  })
})

describe('400', () => {
  it.each(['?status=new', '?kind=other', '?uscc=91999900MA00000000', '?regionCode=x', '?colour=red', '?cursor=x'])(
    '%s',
    async (query) => {
      expect((await list(query)).status).toBe(400)
    },
  )

  it.each([{}, { reason: ' ' }, { reason: '已核实', note: 1 }])('closing with %o', async (body) => {
    const url = '/v1/leads/019a0000-0000-7000-8000-000000000000/close'
    expect((await staff.post(url, 'registrar', body)).status).toBe(400)
  })
})

const nobodys = '/v1/leads/019a0000-0000-7000-8000-000000000000'
const calls = [
  ['GET', '/v1/leads'],
  ['GET', nobodys],
  ['POST', `${nobodys}/close`],
] as const

it.each(calls)('401: %s %s without a key', async (method, url) => {
  expect((await staff.call(method, url, null, method === 'POST' ? { reason: '已核实' } : undefined)).status).toBe(401)
})

it.each(calls)('403: %s %s with a key of an agency', async (method, url) => {
  const { status, body } = await staff.call(method, url, 'feed', method === 'POST' ? { reason: '已核实' } : undefined)
  expect([status, body.type]).toEqual([403, '/problems/insufficient-scope'])
})

describe('404', () => {
  it('a lead that is not there', async () => {
    expect((await staff.get(nobodys, 'registrar')).body.type).toBe('/problems/unknown-lead')
    const closing = await staff.post(`${nobodys}/close`, 'registrar', { reason: '已核实' })
    expect([closing.status, closing.body.type]).toEqual([404, '/problems/unknown-lead'])
  })
})
