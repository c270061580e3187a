import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { scopes } from '../../src/partners/vocabulary.ts'
import { rowsOf } from '../../src/platform/db.ts'
import { entryOf, impose, ordersOf } from '../sanctions/entries.ts'
import { madeUpUscc, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'

let service: TestService
/** Whose things they are. */
let owner: string
/** Everybody else, with all the rights that their kind can have. */
const strangers: Record<string, string> = {}

beforeAll(async () => {
  service = await startTestService()
  await take(service.db, 'subjects', [subjectItem(1)])
  const partnerScopes = ['feed', 'screening', 'history'] as const
  owner = await service.keyOf({ kind: 'agency', agencyCode: 'mof' }, ...partnerScopes)
  strangers['another platform'] = await service.keyOf({ kind: 'platform' }, ...partnerScopes)
  strangers['another agency'] = await service.keyOf({ kind: 'agency', agencyCode: 'samr' }, ...partnerScopes)
  strangers['staff with every scope'] = await service.keyOf({ kind: 'staff' }, ...scopes)
})
afterAll(() => service.close())

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

async function send(key: string, method: Method, url: string, payload?: object) {
  return service.app.inject({
    ...{ method, url, headers: { authorization: `Bearer ${key}` } },
    ...(payload && { payload }),
  })
}

async function made(url: string, payload: object): Promise<string> {
  const response = await send(owner, 'POST', url, payload)
  if (response.statusCode > 201) throw new Error(response.body)
  const { id, screeningId } = response.json<{ id?: string; screeningId?: string }>()
  return id ?? screeningId ?? ''
}

const monitor = async () => {
  const id = await made('/v1/monitors', { name: '卖家' })
  await made(`/v1/monitors/${id}/members`, { members: [{ ref: 's1', uscc: madeUpUscc(1) }] })
  return id
}
const subscription = () => made('/v1/subscriptions', { url: 'https://192.0.32.7/hook', types: ['listing.entered'] })
const screening = () => made('/v1/screenings', { candidates: [{ ref: 'a', uscc: madeUpUscc(1) }] })
const order = async () => {
  const entry = entryOf(1)
  await impose(service, entry)
  return (await ordersOf(service.db, entry)).find(({ agencyCode }) => agencyCode === 'mof')!.id
}

/** The operations on what one partner owns: how to make one, and what to send beside its id. */
const owned: Record<string, { of: () => Promise<string>; payload?: (id: string) => object }> = {
  getMonitor: { of: monitor },
  deleteMonitor: { of: monitor },
  listMonitorMembers: { of: monitor },
  putMonitorMembers: { of: monitor, payload: () => ({ members: [{ ref: 's2', uscc: madeUpUscc(1) }] }) },
  putMonitorMember: { of: monitor, payload: () => ({ name: '别名' }) },
  deleteMonitorMember: { of: monitor },
  listMonitorAlerts: { of: monitor },
  getScreening: { of: screening },
  getScreeningCertificate: { of: screening },
  readSubscription: { of: subscription },
  changeSubscription: { of: subscription, payload: () => ({ types: ['listing.removed'] }) },
  deleteSubscription: { of: subscription },
  rotateSubscriptionSecret: { of: subscription },
  replaySubscription: { of: subscription, payload: () => ({ after: 0 }) },
  testSubscription: { of: subscription },
  listDeliveries: { of: subscription },
}

/** Operations with a key on one thing that is not one partner's, and why. */
const shared: Record<string, string> = {
  ...Object.fromEntries(
    ['getDecision', 'approveDecision', 'rejectDecision', 'getObjection', 'acceptObjection', 'refuseObjection'].map(
      (operation) => [operation, 'the staff of the regulator work on the same cases'],
    ),
  ),
  ...Object.fromEntries(
    ['decideObjection', 'getRepair', 'acceptRepair', 'refuseRepair', 'decideRepair', 'cancelRepair'].map(
      (operation) => [operation, 'the staff of the regulator work on the same cases'],
    ),
  ),
  withdrawPenalty: 'the staff of the regulator work on the same cases',
  ...Object.fromEntries(
    ['getLead', 'closeLead', 'retryQuarantinedRecord', 'discardQuarantinedRecord', 'changeCase', 'withdrawCase'].map(
      (operation) => [operation, 'the staff of the regulator work on the same records'],
    ),
  ),
  ...Object.fromEntries(
    ['listWebChecks', 'getWebCheckPage', 'getJobRun'].map((operation) => [
      operation,
      'the staff of the regulator look at the same evidence and runs',
    ]),
  ),
  ...Object.fromEntries(
    ['getPartner', 'changePartner', 'listKeys', 'createKey', 'revokeKey', 'rotateKey'].map((operation) => [
      operation,
      'administrators alone, whose work is all partners',
    ]),
  ),
  getSnapshot: 'the same public lists for all readers of the feed',
  getSnapshotFile: 'the same public lists for all readers of the feed',
}

interface Operation {
  operationId: string
  security?: object[]
}

async function operations(): Promise<{ path: string; method: Method; operation: Operation }[]> {
  const { paths } = (await service.app.inject('/openapi.json')).json<{
    paths: Record<string, Record<string, Operation>>
  }>()
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase() as Method, operation })),
  )
}

/** All that belongs to partners, as one number. */
async function state(): Promise<string> {
  const tables = ['monitors', 'monitor_members', 'screenings', 'subscriptions', 'sanction_receipts', 'sanction_orders']
  const sums = tables.map(
    (table) => `(select md5(coalesce(string_agg(t::text, '' order by t::text), '')) from ${table} t)`,
  )
  const [row] = await rowsOf<{ sum: string }>(service.db, sql.raw(`select ${sums.join(' || ')} as sum`))
  return row!.sum
}

it('knows, of every operation with a key on one thing, whose it is', async () => {
  const onOneThing = (await operations()).filter(
    ({ path, operation }) =>
      path.includes('{id}') && (operation.security?.every((one) => Object.keys(one).length > 0) ?? false),
  )
  const names = onOneThing.map(({ operation }) => operation.operationId)
  expect([...Object.keys(owned), ...Object.keys(shared)].sort()).toEqual(names.sort())
})

it.each(Object.keys(owned))('%s answers nobody but the owner, and changes nothing for others', async (name) => {
  const { path, method } = (await operations()).find(({ operation }) => operation.operationId === name)!
  const { of, payload } = owned[name]!
  const id = await of()
  const url = path.replace('{id}', id).replace('{ref}', 's1')
  const before = await state()
  for (const [who, key] of Object.entries(strangers)) {
    const { statusCode, body } = await send(key, method, url, payload?.(id))
    expect([who, statusCode]).toEqual([who, expect.toSatisfy((code: number) => code === 403 || code === 404)])
    expect(body).not.toContain(madeUpUscc(1))
    // It tells no more than of a thing that does not exist.
    const nowhere = url.replace(id, '01900000-0000-7000-8000-000000000000')
    expect(statusCode).toBe((await send(key, method, nowhere, payload?.(id))).statusCode)
  }
  expect(await state()).toBe(before)
  // So it was the key that was refused.
  expect((await send(owner, method, url, payload?.(id))).statusCode).toBeLessThan(300)
})

it.each(['/v1/monitors', '/v1/subscriptions', '/v1/feed/orders'])(
  '%s lists what is the caller’s alone',
  async (url) => {
    await monitor()
    await subscription()
    await order()
    const own = (await send(owner, 'GET', url)).json<{ items: { id: string }[] }>().items.map(({ id }) => id)
    expect(own.length).toBeGreaterThan(0)
    for (const key of Object.values(strangers)) {
      const response = await send(key, 'GET', url)
      if (response.statusCode !== 200) expect(response.statusCode).toBe(403)
      for (const id of own) expect(response.body).not.toContain(id)
    }
  },
)

it('takes a receipt for an order from the agency that it is addressed to alone', async () => {
  const receipts = [{ orderId: await order(), status: 'received' }]
  const before = await state()
  for (const key of Object.values(strangers)) {
    const response = await send(key, 'POST', '/v1/feed/receipts', { receipts })
    if (response.statusCode === 200) {
      expect(response.json<{ results: object[] }>().results).toEqual([
        expect.objectContaining({ error: expect.anything() as object }),
      ])
    } else expect(response.statusCode).toBe(403)
  }
  expect(await state()).toBe(before)
  const taken = await send(owner, 'POST', '/v1/feed/receipts', { receipts })
  expect(taken.json<{ results: { error?: object }[] }>().results[0]?.error).toBeUndefined()
  expect(await state()).not.toBe(before)
})
