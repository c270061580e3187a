import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { rowsOf } from '../../src/platform/db.ts'
import type { EntryInForce } from '../../src/sanctions/domain.ts'
import { subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'
import { ended, entryOf, impose, lift, ordersOf, seriousEntryOf } from './entries.ts'

interface ShownOrder {
  id: string
  measureCode: string
  listingId: string
  status: string
  respondBy: string | null
}
interface Result {
  orderId: string
  result: string
  status: string | null
  error?: { code: string; detail: string }
}

let service: TestService
let entries: EntryInForce[]
let finance: string
let market: string

beforeAll(async () => {
  service = await startTestService('2026-07-08T02:00:00.000Z')
  entries = Array.from({ length: 6 }, (_, index) => (index < 4 ? entryOf(index + 1) : seriousEntryOf(index + 1)))
  await take(
    service.db,
    'subjects',
    entries.map((_, index) => subjectItem(index + 1)),
  )
  for (const entry of entries) await impose(service, entry)
  finance = await service.keyOf({ kind: 'agency', agencyCode: 'mof' }, 'feed')
  market = await service.keyOf({ kind: 'agency', agencyCode: 'samr' }, 'feed')
})
afterAll(() => service.close())

async function pull(key: string, query = '', headers: Record<string, string> = {}) {
  const url = `/v1/feed/orders${query}`
  const response = await service.app.inject({ url, headers: { authorization: `Bearer ${key}`, ...headers } })
  return { response, body: response.json<{ items: ShownOrder[]; next: string | null }>() }
}

async function answer(key: string, receipts: object[], headers: Record<string, string> = {}) {
  const response = await service.app.inject({
    method: 'POST',
    url: '/v1/feed/receipts',
    headers: { authorization: `Bearer ${key}`, ...headers },
    payload: { receipts },
  })
  return { response, results: response.json<{ results: Result[] }>().results }
}

/** The order of the ministry of finance for the entry with this number, JS-01. */
async function orderOf(number: number, agencyCode = 'mof', measureCode = 'JS-01'): Promise<string> {
  const orders = await ordersOf(service.db, entries[number - 1] ?? { id: '' })
  const found = orders.findLast((order) => order.agencyCode === agencyCode && order.measureCode === measureCode)
  if (found === undefined) throw new Error('no such order')
  return found.id
}

async function receiptsOf(orderId: string) {
  return rowsOf<{ status: string }>(
    service.db,
    sql`select r.status, r.executed_on::text as "executedOn", r.reference, r.note from sanction_receipts r
        where r.order_id = ${orderId} order by r.id`,
  )
}

describe('GET /v1/feed/orders', () => {
  describe('200', () => {
    it('gives the caller’s agency its orders with all it needs to act and to answer', async () => {
      const { response, body } = await pull(finance)
      expect(response.headers['cache-control']).toBe('no-store')
      expect(body.items.find(({ listingId }) => listingId === entries[0]?.id)).toEqual({
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/) as string,
        uscc: entries[0]?.uscc,
        name: entries[0]?.name,
        measureCode: 'JS-01',
        label: '限制或者禁止参加政府采购',
        memorandum: '发改财金〔2015〕2045号',
        basis: '《企业信息公示暂行条例》（2024）第十九条；《政府采购法》第二十二条第一款',
        listingId: entries[0]?.id,
        list: 'abnormal',
        imposedOn: '2026-07-08',
        until: null,
        respondBy: '2026-07-15',
        status: 'pending',
        executedOn: null,
        liftReason: null,
        liftRequestedOn: null,
        liftedOn: null,
      })
      expect(body.items.map(({ measureCode }) => measureCode).sort()).toEqual([
        ...['JS-01', 'JS-01', 'JS-01', 'JS-01', 'JS-01', 'JS-01', 'JS-27', 'JS-27'],
      ])
      const { body: english } = await pull(finance, '?limit=1', { 'accept-language': 'en' })
      expect(english.items[0]).toMatchObject({ label: expect.stringMatching(/^Limit/) as string })
    })

    it('shows an agency its own orders and nothing else, page by page, whatever the filter', async () => {
      const own = new Map<string, Set<string>>()
      for (const [key, agencyCode] of [
        [finance, 'mof'],
        [market, 'samr'],
      ] as const) {
        const rows = await rowsOf<{ id: string }>(
          service.db,
          sql`select o.id from sanction_orders o where o.agency_code = ${agencyCode} order by o.id`,
        )
        for (const filter of ['', 'status=pending', 'status=open']) {
          const seen: string[] = []
          let query = `?limit=3&${filter}`
          for (;;) {
            const { response, body } = await pull(key, query)
            seen.push(...body.items.map(({ id }) => id))
            if (body.next === null) break
            query = `?limit=3&${filter}&after=${body.next}`
            expect(response.headers['link']).toContain(`after=${body.next}>; rel="next"`)
          }
          expect(seen).toEqual(rows.map(({ id }) => id))
        }
        own.set(agencyCode, new Set(rows.map(({ id }) => id)))
      }
      expect([...(own.get('mof') ?? [])].filter((id) => own.get('samr')?.has(id))).toEqual([])
    })

    it('is empty for an agency that no measure is addressed to', async () => {
      const other = await service.keyOf({ kind: 'agency', agencyCode: 'A01' }, 'feed')
      expect((await pull(other)).body).toEqual({ items: [], next: null })
    })
  })

  describe('400', () => {
    test.each(['?status=done', '?limit=201', '?cursor=x', '?agency=samr'])('refuses %s', async (query) => {
      expect((await pull(finance, query)).response.json()).toMatchObject({ type: '/problems/invalid-request' })
    })

    it('refuses a cursor that was forged, or that another agency or filter was given', async () => {
      const { body } = await pull(market, '?limit=1')
      for (const query of ['?after=x', `?after=${body.next}`, `?status=open&after=${body.next}`]) {
        const { response } = await pull(finance, query)
        expect(response.json()).toMatchObject({
          type: '/problems/invalid-cursor',
          errors: [{ pointer: '/querystring/after' }],
        })
      }
    })
  })

  describe('401 and 403', () => {
    it('asks for a key, for the scope, and for a partner that is an agency', async () => {
      expect((await service.app.inject('/v1/feed/orders')).statusCode).toBe(401)
      const screening = await service.keyOf({ kind: 'agency', agencyCode: 'mof' }, 'screening')
      expect((await pull(screening)).response.json()).toMatchObject({ type: '/problems/insufficient-scope' })
      for (const partner of [
        { kind: 'agency' } as const,
        { kind: 'platform', agencyCode: 'mof' } as const,
        { kind: 'staff', agencyCode: 'mof' } as const,
      ]) {
        const key = await service.keyOf(partner, 'feed')
        const { response } = await pull(key, '', { 'accept-language': 'en' })
        expect(response.json()).toMatchObject({
          type: '/problems/not-an-agency',
          status: 403,
          detail: expect.stringContaining('partner create --kind agency --agency') as string,
        })
        expect((await answer(key, [{ orderId: randomUUID(), status: 'received' }])).response.statusCode).toBe(403)
      }
    })
  })
})

describe('POST /v1/feed/receipts', () => {
  describe('200', () => {
    it('answers one result a receipt in the order sent, and moves the deadline on', async () => {
      const first = await orderOf(1)
      const second = await orderOf(2)
      const { results } = await answer(finance, [
        { orderId: second, status: 'executed', executedOn: '2026-07-08', reference: '财采〔2026〕1号' },
        { orderId: first, status: 'received' },
        { orderId: second, status: 'executed', executedOn: '2026-07-08', reference: '财采〔2026〕1号' },
        { orderId: first, status: 'lifted' },
      ])
      expect(results).toEqual([
        { orderId: second, result: 'accepted', status: 'executed' },
        { orderId: first, result: 'accepted', status: 'received' },
        { orderId: second, result: 'unchanged', status: 'executed' },
        {
          orderId: first,
          result: 'refused',
          status: 'received',
          error: { code: 'no-lift-requested', detail: '列入仍然有效，尚未要求解除该措施。' },
        },
      ])
      expect(await receiptsOf(second)).toEqual([
        { status: 'executed', executedOn: '2026-07-08', reference: '财采〔2026〕1号', note: null },
      ])
      const { body } = await pull(finance)
      expect(body.items.find(({ id }) => id === first)).toMatchObject({ status: 'received', respondBy: '2026-08-05' })
      expect(body.items.find(({ id }) => id === second)).toMatchObject({ status: 'executed', respondBy: null })
      expect((await pull(finance, '?status=open')).body.items.map(({ id }) => id)).not.toContain(second)
    })

    it('refuses every order of another agency alone, in the words of an order that does not exist', async () => {
      const rows = await rowsOf<{ id: string }>(
        service.db,
        sql`select o.id from sanction_orders o where o.agency_code <> 'mof'`,
      )
      expect(rows.length).toBeGreaterThan(50)
      const own = await orderOf(3)
      const unknown = randomUUID()
      const { results } = await answer(finance, [
        { orderId: unknown, status: 'executed' },
        ...rows.map(({ id }) => ({ orderId: id, status: 'executed' })),
        { orderId: own, status: 'not-applicable', note: '未参加政府采购' },
      ])
      expect(results.at(-1)).toEqual({ orderId: own, result: 'accepted', status: 'not-applicable' })
      const { orderId: _, ...refused } = results[0] ?? { orderId: '' }
      expect(refused).toMatchObject({ result: 'refused', status: null, error: { code: 'unknown-order' } })
      for (const { orderId, ...result } of results.slice(1, -1)) expect([orderId, result]).toEqual([orderId, refused])
      const [touched] = await rowsOf<{ count: number }>(
        service.db,
        sql`select count(*)::int as count from sanction_orders o where o.agency_code <> 'mof' and o.status <> 'pending'`,
      )
      expect(touched?.count).toBe(0)
    })

    it('refuses a day in the future or before the measure, in the reader’s language', async () => {
      const orderId = await orderOf(4)
      const { results } = await answer(
        finance,
        [
          { orderId, status: 'executed', executedOn: '2026-07-09' },
          { orderId, status: 'executed', executedOn: '2026-07-07' },
        ],
        { 'accept-language': 'en' },
      )
      expect(results.map(({ error }) => error)).toEqual([
        { code: 'day-in-future', detail: '`executedOn` lies in the future.' },
        { code: 'day-before-order', detail: '`executedOn` lies before the day of the measure.' },
      ])
      expect(await receiptsOf(orderId)).toEqual([])
    })

    it('answers the same call again with the first answer under one Idempotency-Key', async () => {
      const orderId = await orderOf(5)
      const headers = { 'idempotency-key': 'receipts-1' }
      const { response, results } = await answer(finance, [{ orderId, status: 'received' }], headers)
      expect(results).toEqual([{ orderId, result: 'accepted', status: 'received' }])
      const again = await answer(finance, [{ orderId, status: 'received' }], headers)
      expect(again.response.body).toBe(response.body)
      const reused = await answer(finance, [{ orderId, status: 'executed' }], headers)
      expect(reused.response.json()).toMatchObject({ type: '/problems/idempotency-key-reused', status: 422 })
      expect(await receiptsOf(orderId)).toHaveLength(1)
    })

    it('takes a thousand receipts, and answers that come at once from two keys of an agency one after the other', async () => {
      const orderId = await orderOf(6)
      const { results } = await answer(
        finance,
        Array.from({ length: 1000 }, () => ({ orderId, status: 'received' })),
      )
      expect(results.map(({ result }) => result)).toEqual(['accepted', ...Array<string>(999).fill('unchanged')])
      const other = await service.keyOf({ kind: 'agency', agencyCode: 'mof' }, 'feed')
      const both = await Promise.all(
        [finance, other].map((key) => answer(key, [{ orderId, status: 'executed', reference: 'A' }])),
      )
      expect(both.map((each) => each.results[0]?.result).sort()).toEqual(['accepted', 'unchanged'])
    })

    it('keeps what was answered for ever', async () => {
      for (const change of [sql`update sanction_receipts set note = 'x'`, sql`delete from sanction_receipts`]) {
        await expect(service.db.execute(change)).rejects.toMatchObject({
          cause: { message: expect.stringContaining('append-only') as string },
        })
      }
    })
  })

  describe('400', () => {
    const orderId = randomUUID()
    test.each<[string, object[], string]>([
      ['no receipt', [], '/body/receipts'],
      ['more than a thousand', Array.from({ length: 1001 }, () => ({ orderId, status: 'received' })), '/body/receipts'],
      ['an unknown status', [{ orderId, status: 'done' }], '/body/receipts/0/status'],
      [
        'a day that does not exist',
        [{ orderId, status: 'executed', executedOn: '2026-02-30' }],
        '/body/receipts/0/executedOn',
      ],
      ['a field nobody knows', [{ orderId, status: 'received', on: '2026-07-08' }], '/body/receipts/0/on'],
      ['an id that is none', [{ orderId: 'x', status: 'received' }], '/body/receipts/0/orderId'],
    ])('refuses %s, and takes nothing', async (_what, receipts, pointer) => {
      const { response } = await answer(finance, receipts)
      expect(response.json()).toMatchObject({ type: '/problems/invalid-request', errors: [{ pointer }] })
    })
  })

  describe('401 and 403', () => {
    it('asks for a key and for the scope', async () => {
      const url = '/v1/feed/receipts'
      expect((await service.app.inject({ method: 'POST', url, payload: {} })).statusCode).toBe(401)
      const key = await service.keyOf({ kind: 'agency', agencyCode: 'mof' }, 'screening')
      const { response } = await answer(key, [{ orderId: randomUUID(), status: 'received' }])
      expect(response.json()).toMatchObject({ type: '/problems/insufficient-scope' })
    })
  })
})

it('a lift is asked for, answered and closed', async () => {
  const entry = entries[0] ?? entryOf(1)
  const orderId = await orderOf(1)
  service.clock.set('2026-08-03T02:00:00.000Z')
  await lift(service, ended(entry, '2026-08-03'))
  const { body } = await pull(finance, '?status=lift-pending')
  expect(body.items).toMatchObject([
    { id: orderId, liftReason: 'removed', liftRequestedOn: '2026-08-03', respondBy: '2026-08-06' },
  ])
  const { results } = await answer(finance, [
    { orderId, status: 'executed' },
    { orderId, status: 'lifted', executedOn: '2026-08-03' },
    { orderId, status: 'executed' },
  ])
  expect(results.map(({ result, status, error }) => [result, status, error?.code])).toEqual([
    ['refused', 'lift-pending', 'lift-requested'],
    ['accepted', 'lifted', undefined],
    ['refused', 'lifted', 'already-lifted'],
  ])
  expect((await pull(finance, '?status=lifted')).body.items).toMatchObject([
    { id: orderId, liftedOn: '2026-08-03', respondBy: null },
  ])
})

it('answers and a lift that come at once wait for each other, and every order ends where both put it', async () => {
  service.clock.set('2026-08-10T02:00:00.000Z')
  const entry = entries[1] ?? entryOf(2)
  const orders = (await ordersOf(service.db, entry)).filter(({ agencyCode }) => agencyCode === 'samr')
  const receipts = orders.map(({ id }) => ({ orderId: id, status: 'executed' })).reverse()
  const [first, second] = await Promise.all([
    answer(market, receipts),
    answer(market, receipts.toReversed()),
    lift(service, ended(entry, '2026-08-10')),
  ])
  const results = [...first.results, ...second.results]
  expect(results).toHaveLength(6)
  for (const { orderId } of receipts) {
    const of = results.filter((result) => result.orderId === orderId)
    const kept = await receiptsOf(orderId)
    // Executed before the lift was requested, or told that it is.
    expect(of.filter(({ result }) => result === 'accepted')).toHaveLength(kept.length)
    expect(of.every(({ result, error }) => result !== 'refused' || error?.code === 'lift-requested')).toBe(true)
  }
  const after = (await ordersOf(service.db, entry)).filter(({ agencyCode }) => agencyCode === 'samr')
  expect(after.map(({ status }) => status)).toEqual(['lift-pending', 'lift-pending', 'lift-pending'])
})
