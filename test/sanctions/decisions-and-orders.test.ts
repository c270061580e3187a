import { expect, it } from 'vitest'
import { listLateReporters } from '../../src/listings/service.ts'
import { enterprise, useStaff } from '../listings/staff.ts'

const staff = useStaff()

interface Order {
  id: string
  measureCode: string
  listingId: string
  status: string
  liftReason: string | null
}

async function pull(agencyCode: string, status = 'open'): Promise<{ key: string; orders: Order[] }> {
  const service = staff.service()
  const key = await service.keyOf({ kind: 'agency', agencyCode }, 'feed')
  const headers = { authorization: `Bearer ${key}` }
  const response = await service.app.inject({ url: `/v1/feed/orders?status=${status}`, headers })
  return { key, orders: response.json<{ items: Order[] }>().items }
}

async function answer(agencyCode: string, status: string): Promise<string[]> {
  const { key, orders } = await pull(agencyCode)
  const response = await staff.service().app.inject({
    method: 'POST',
    url: '/v1/feed/receipts',
    headers: { authorization: `Bearer ${key}` },
    payload: { receipts: orders.map(({ id }) => ({ orderId: id, status })) },
  })
  return response.json<{ results: { result: string }[] }>().results.map(({ result }) => result)
}

const sanctionsOf = async (uscc: string) =>
  (await staff.get(`/v1/credit-files/${uscc}`, null)).body['sanctions'] as { measureCode: string; listingId: string }[]

const late = async (query = '') => {
  const response = await staff.service().app.inject({
    url: `/v1/orders?overdue=true&uscc=${enterprise}${query}`,
    headers: { authorization: `Bearer ${staff.keys.chief}` },
  })
  return response.json<{ items: { agency: string; status: string }[] }>().items
}

it('orders go out with the approval, are answered, lifted with the removal, and late until each lift is confirmed', async () => {
  const proposed = await staff.propose()
  expect((await pull('mnr')).orders).toEqual([])
  await staff.post(`/v1/decisions/${proposed.body.id}/approve`, 'chief')
  const [order] = (await pull('mnr')).orders
  expect(order).toMatchObject({ measureCode: 'JS-03', status: 'pending' })
  const listingId = order?.listingId ?? ''
  expect(await sanctionsOf(enterprise)).toHaveLength(12)
  expect(await staff.events(`sanctions:${listingId}`)).toMatchObject([{ type: 'sanction.imposed' }])
  expect(await answer('mnr', 'executed')).toEqual(['accepted'])
  expect(await answer('mof', 'not-applicable')).toEqual(['accepted'])

  staff.service().clock.set('2026-12-01T02:00:00.000Z')
  const removal = { action: 'remove', listingId, decidedOn: '2026-12-01' }
  await staff.decide({
    ...removal,
    facts: { summary: '可以取得联系', establishedOn: '2026-11-30', reason: 'reachable' },
  })
  expect(await sanctionsOf(enterprise)).toEqual([])
  expect((await staff.events(`sanctions:${listingId}`))[1]).toMatchObject({
    type: 'sanction.lifted',
    data: { measures: [], liftedOn: '2026-12-01' },
  })
  expect((await pull('mnr')).orders).toMatchObject([{ status: 'lift-pending', liftReason: 'removed' }])
  expect((await pull('mof')).orders).toEqual([])

  staff.service().clock.set('2026-12-07T02:00:00.000Z')
  expect((await late()).filter(({ status }) => status !== 'lift-pending')).toEqual([])
  expect(await late('&agency=mnr')).toHaveLength(1)
  expect(await answer('mnr', 'lifted')).toEqual(['accepted'])
  expect(await late('&agency=mnr')).toEqual([])
  for (const agencyCode of new Set((await late()).map(({ agency }) => agency))) await answer(agencyCode, 'lifted')
  expect(await late()).toEqual([])
})

it('a correction lifts what the entry ordered, and tells that it was void', async () => {
  staff.service().clock.set('2026-11-25T04:00:00.000Z')
  const entered = await staff.decide()
  const correction = { action: 'correct', listingId: entered.listingId, decidedOn: '2026-11-25' }
  await staff.decide({ ...correction, facts: { summary: '列入有误' } })
  expect((await pull('mnr', 'lift-pending')).orders).toMatchObject([
    { listingId: entered.listingId, liftReason: 'corrected' },
  ])
  expect(await sanctionsOf(enterprise)).toEqual([])
})

it('the job that enters late reporters orders what follows, each agency its own, in the same chunk', async () => {
  staff.service().clock.set('2026-07-08T02:00:00.000Z')
  const { db, clock } = staff.service()
  const { entered } = await listLateReporters({ db, on: '2026-07-08', now: () => clock.now() })
  expect(entered).toBe(4)
  // The individual business is marked, which is no list (rulebook 2.3): two enterprises and the cooperative are ordered.
  expect((await pull('mof', 'pending')).orders).toHaveLength(3)
  expect((await pull('samr', 'pending')).orders.map(({ measureCode }) => measureCode).sort()).toEqual([
    ...['JS-04', 'JS-04', 'JS-04', 'JS-07', 'JS-07', 'JS-07', 'JS-12', 'JS-12', 'JS-12'],
  ])
})
