import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'
import { ended, entryOf, impose, lift, ordersOf, seriousEntryOf } from './entries.ts'

interface ShownOrder {
  id: string
  agency: string
  measureCode: string
  listingId: string
  status: string
  respondBy: string | null
  overdue: boolean
}
interface Summary {
  items: { agency: string; agencyName: string; orders: Record<string, number>; overdue: Record<string, number> }[]
  overdue: Record<string, number>
}

let service: TestService
let staff: string
const first = entryOf(1)
const second = entryOf(2)
const serious = seriousEntryOf(3, { effectiveOn: '2026-07-20' })

beforeAll(async () => {
  service = await startTestService('2026-07-08T02:00:00.000Z')
  await take(service.db, 'subjects', [subjectItem(1), subjectItem(2), subjectItem(3)])
  staff = await service.keyOf({ kind: 'staff' }, 'decisions:propose')
  await impose(service, first, second)
  service.clock.set('2026-07-20T02:00:00.000Z')
  await impose(service, serious)
})
afterAll(() => service.close())

async function get(url: string, key = staff, language = 'zh') {
  const headers = { authorization: `Bearer ${key}`, 'accept-language': language }
  const response = await service.app.inject({ url, headers })
  return { response, body: response.json<{ items: ShownOrder[]; next: string | null }>() }
}

async function answer(agencyCode: string, receipts: object[]): Promise<void> {
  const key = await service.keyOf({ kind: 'agency', agencyCode }, 'feed')
  const headers = { authorization: `Bearer ${key}` }
  const response = await service.app.inject({
    method: 'POST',
    url: '/v1/feed/receipts',
    headers,
    payload: { receipts },
  })
  const { results } = response.json<{ results: { result: string }[] }>()
  expect(results.map(({ result }) => result)).toEqual(receipts.map(() => 'accepted'))
}

async function walk(query: string): Promise<ShownOrder[]> {
  const seen: ShownOrder[] = []
  let url = `/v1/orders?limit=4&${query}`
  for (;;) {
    const { body } = await get(url)
    seen.push(...body.items)
    if (body.next === null) return seen
    url = `/v1/orders?limit=4&${query}&cursor=${body.next}`
  }
}

describe('GET /v1/orders', () => {
  describe('200', () => {
    it('shows who has what to do, across agencies, newest first', async () => {
      const orders = await walk('')
      expect(orders).toHaveLength(11 + 11 + 19)
      expect(new Set(orders.map(({ id }) => id)).size).toBe(orders.length)
      expect(orders.slice(0, 19).every(({ listingId }) => listingId === serious.id)).toBe(true)
      const { response, body } = await get(`/v1/orders?uscc=${first.uscc.toLowerCase()}&agency=财政部`)
      expect(response.headers['cache-control']).toBe('no-store')
      expect(body.items).toEqual([
        expect.objectContaining({
          agency: 'mof',
          agencyName: '财政部',
          measureCode: 'JS-01',
          uscc: first.uscc,
          listingId: first.id,
          status: 'pending',
          respondBy: '2026-07-15',
          receivedOn: null,
          overdue: true,
        }) as ShownOrder,
      ])
      const { body: english } = await get(`/v1/orders?uscc=${first.uscc}&agency=mof`, staff, 'en')
      expect(english.items[0]).toMatchObject({ agencyName: 'Ministry of Finance' })
    })

    it('narrows by agency, by its name of 2015 too, by status and by kind', async () => {
      expect((await walk('agency=工商总局')).every(({ agency }) => agency === 'samr')).toBe(true)
      expect(await walk('agency=工商总局')).toEqual(await walk('agency=samr'))
      expect(await walk('status=executed')).toEqual([])
      expect(await walk('status=open')).toHaveLength(41)
      expect(await walk('kind=lift')).toEqual([])
      expect(await walk('kind=impose')).toHaveLength(41)
    })

    it('calls late exactly those whose day is over, page by page, the longest awaited first', async () => {
      const late = await walk('overdue=true')
      expect(late).toHaveLength(22)
      expect(late.every(({ overdue, respondBy }) => overdue && respondBy === '2026-07-15')).toBe(true)
      expect(new Set(late.map(({ id }) => id)).size).toBe(22)
      expect((await walk('overdue=false')).filter(({ overdue }) => overdue)).toHaveLength(22)
      service.clock.set('2026-07-15T15:59:59.000Z')
      expect(await walk('overdue=true')).toEqual([])
      service.clock.set('2026-07-15T16:00:00.000Z')
      expect(await walk('overdue=true')).toHaveLength(22)
      service.clock.set('2026-07-28T02:00:00.000Z')
      expect(await walk('overdue=true')).toHaveLength(41)
    })

    test.each(['decisions:propose', 'decisions:approve', 'admin'] as const)('is open to %s', async (scope) => {
      const key = await service.keyOf({ kind: 'staff' }, scope)
      expect((await get('/v1/orders', key)).response.statusCode).toBe(200)
      expect((await get('/v1/orders/summary', key)).response.statusCode).toBe(200)
    })
  })

  describe('400', () => {
    test.each([
      ['?overdue=yes', 'invalid-request'],
      ['?status=done', 'invalid-request'],
      ['?kind=both', 'invalid-request'],
      ['?who=mof', 'invalid-request'],
      ['?uscc=91110000', 'invalid-uscc'],
      ['?cursor=x', 'invalid-cursor'],
      ['?overdue=true&cursor=x', 'invalid-cursor'],
    ])('refuses %s as %s', async (query, code) => {
      const { response } = await get(`/v1/orders${query}`)
      expect(response.json()).toMatchObject({ type: `/problems/${code}`, status: 400 })
    })

    it('refuses the cursor of the list of late orders in the list of all, and the other way round', async () => {
      for (const [from, to] of [
        ['overdue=true', ''],
        ['', 'overdue=true'],
      ]) {
        const { body } = await get(`/v1/orders?limit=1&${from}`)
        const { response } = await get(`/v1/orders?limit=1&${to}&cursor=${body.next}`)
        expect(response.json()).toMatchObject({ type: '/problems/invalid-cursor' })
      }
    })
  })

  describe('401 and 403', () => {
    test.each(['/v1/orders', '/v1/orders/summary'])('%s asks for a key, and for a scope of staff', async (url) => {
      expect((await service.app.inject(url)).statusCode).toBe(401)
      const agency = await service.keyOf({ kind: 'agency', agencyCode: 'mof' }, 'feed')
      const { response } = await get(url, agency)
      expect(response.json()).toMatchObject({ type: '/problems/insufficient-scope', status: 403 })
    })
  })
})

describe('from an entry to its last lift', () => {
  it('keeps each agency’s part in view until it has confirmed it', async () => {
    const lateLifts = async () => (await walk('overdue=true&kind=lift')).map(({ agency }) => agency)
    const summary = async () => (await get('/v1/orders/summary')).response.json<Summary>()
    const mine = (await ordersOf(service.db, first)).filter(({ agencyCode }) => agencyCode === 'mof')
    const of = (agencyCode: string, orders: { id: string; agencyCode: string }[]) =>
      orders.filter((order) => order.agencyCode === agencyCode).map(({ id }) => id)

    // The agencies answer.
    service.clock.set('2026-07-14T02:00:00.000Z')
    await answer('mof', [{ orderId: mine[0]?.id, status: 'received' }])
    await answer('mof', [{ orderId: mine[0]?.id, status: 'executed', executedOn: '2026-07-10' }])
    const bids = of('mot', await ordersOf(service.db, first))
    await answer('mot', [{ orderId: bids[0], status: 'not-applicable' }])

    // The entry is removed: whoever executed the measure, or never answered, has three working days for its lift.
    service.clock.set('2026-07-30T02:00:00.000Z')
    await lift(service, ended(first, '2026-07-30'))
    expect(await lateLifts()).toEqual([])
    service.clock.set('2026-08-05T02:00:00.000Z')
    const expected = ['acftu', 'civilization-office', 'mnr', 'mof', 'mohurd', 'mwr', 'ndrc', 'samr', 'samr', 'samr']
    expect((await lateLifts()).sort()).toEqual(expected)

    // Lifts that are not confirmed come before all else that is late, on every page.
    const late = await walk('overdue=true')
    expect(late.slice(0, 10).every(({ status }) => status === 'lift-pending')).toBe(true)
    expect(late.slice(10).every(({ status }) => status === 'pending')).toBe(true)
    expect(late).toHaveLength(10 + 11 + 19)

    const before = await summary()
    expect(before.overdue).toEqual({ lift: 10, receive: 30, execute: 0 })
    expect(before.items[0]).toEqual({
      agency: 'samr',
      agencyName: '国家市场监督管理总局',
      orders: {
        ...{ pending: 3 + 8, received: 0, executed: 0, 'not-applicable': 0 },
        ...{ 'lift-pending': 3, lifted: 0, superseded: 0 },
      },
      overdue: { lift: 3, receive: 11, execute: 0 },
    })
    expect(before.items.find(({ agency }) => agency === 'mot')?.orders).toMatchObject({ 'not-applicable': 1 })

    // Each that confirms leaves the list; the last one empties it.
    for (const agencyCode of new Set(expected)) {
      const ids = of(agencyCode, await ordersOf(service.db, first))
      await answer(
        agencyCode,
        ids.map((orderId) => ({ orderId, status: 'lifted', executedOn: '2026-08-04' })),
      )
      expect(await lateLifts()).not.toContain(agencyCode)
    }
    expect(await lateLifts()).toEqual([])
    expect((await summary()).overdue).toEqual({ lift: 0, receive: 30, execute: 0 })
    expect(await walk(`uscc=${first.uscc}&kind=lift`)).toHaveLength(10)
    expect((await walk(`uscc=${first.uscc}`)).every(({ overdue }) => !overdue)).toBe(true)
  })

  it('tells reception apart from execution', async () => {
    const [order] = (await ordersOf(service.db, second)).filter(({ agencyCode }) => agencyCode === 'mnr')
    service.clock.set('2026-08-05T02:00:00.000Z')
    await answer('mnr', [{ orderId: order?.id, status: 'received' }])
    const shown = async () => (await walk('agency=mnr')).find(({ id }) => id === order?.id)
    expect(await shown()).toMatchObject({ status: 'received', respondBy: '2026-08-05', overdue: false })
    service.clock.set('2026-08-06T02:00:00.000Z')
    expect(await shown()).toMatchObject({ overdue: true })
    const { response } = await get('/v1/orders/summary')
    expect(response.json<Summary>().items.find(({ agency }) => agency === 'mnr')?.overdue).toEqual({
      lift: 0,
      receive: 1,
      execute: 1,
    })
  })
})
