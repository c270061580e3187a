import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from 'drizzle-orm'
import { rowsOf } from '../../src/platform/db.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'
import type { AlertMessage, QueueAlerts } from '../../src/screening/monitor-alerts.ts'
import { runMonitors } from '../../src/screening/monitor-worker.ts'
import { createScreener } from '../../src/screening/screener.ts'
import { enterOnList, tellOfEntry } from './screening.ts'

let service: TestService
let key: string

interface Alert {
  sequence: number
  ref: string
  position: number
  before: string | null
  result: { decision: string; reasons: string[]; matches: { uscc: string; matchedOn: string }[] }
}

beforeAll(async () => {
  service = await startTestService()
  key = await service.keyOf({ kind: 'platform' }, 'screening')
  await take(service.db, 'subjects', [
    subjectItem(1, { name: '云州市云帆电子商务有限公司' }),
    subjectItem(2, { name: '望海市星禾食品有限公司' }),
    subjectItem(3, { name: '南屏青桥百货有限公司' }),
    subjectItem(4, { name: '云州市竹里文化传播有限公司' }),
    subjectItem(5, { name: '云州市海棠家居有限公司' }),
  ])
  await take(service.db, 'annual-reports', [
    reportItem(2, { webPresences: [{ kind: 'shop', name: '星禾店', url: 'https://shop880002.taobao.com' }] }),
  ])
  await service.sequence()
})
afterAll(() => service.close())

const call = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object, asker = key) =>
  service.app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${asker}` },
    ...(payload && { payload }),
  })

async function createMonitor(body: object = { name: '示例平台' }): Promise<string> {
  const response = await call('POST', '/v1/monitors', body)
  expect(response.statusCode).toBe(201)
  return response.json<{ id: string }>().id
}

async function alertsOf(id: string, after = 0): Promise<Alert[]> {
  const response = await call('GET', `/v1/monitors/${id}/alerts?after=${after}`)
  expect(response.statusCode).toBe(200)
  return response.json<{ items: Alert[] }>().items
}

/** Everything that was committed is in the log, and the monitors have seen it. */
async function settle(): Promise<number> {
  await service.sequence()
  return service.watch()
}

const told = (alerts: Alert[]) => alerts.map(({ ref, before, result }) => [ref, before, result.decision])

describe('200', () => {
  it('makes, tells, lists and deletes a monitor', async () => {
    const response = await call('POST', '/v1/monitors', {
      name: '示例平台',
      lists: ['serious-violator'],
      threshold: 0.9,
    })
    expect(response.statusCode).toBe(201)
    const monitor = response.json<{ id: string }>()
    expect(monitor).toMatchObject({ name: '示例平台', lists: ['serious-violator'], threshold: 0.9, memberCount: 0 })
    expect((await call('GET', `/v1/monitors/${monitor.id}`)).json()).toMatchObject({ id: monitor.id, memberCount: 0 })
    await createMonitor()
    const page = (await call('GET', '/v1/monitors?limit=1')).json<{ items: { id: string }[]; next: string }>()
    expect(page.items.map(({ id }) => id)).toEqual([monitor.id])
    expect(
      (await call('GET', `/v1/monitors?limit=1&cursor=${page.next}`)).json<{ items: object[] }>().items,
    ).toHaveLength(1)
    expect((await call('DELETE', `/v1/monitors/${monitor.id}`)).statusCode).toBe(204)
    expect((await call('GET', `/v1/monitors/${monitor.id}`)).statusCode).toBe(404)
  })

  it('alerts of each change of a standing, in order: by code, by shop and by name', async () => {
    const id = await createMonitor()
    const members = [
      { ref: 'by-code', uscc: madeUpUscc(2) },
      { ref: 'by-shop', url: 'https://shop.m.taobao.com/shop/shop_index.htm?shop_id=880002' },
      { ref: 'by-name', name: '望海市星禾食品有限责任公司' },
      { ref: 'other', uscc: madeUpUscc(3), name: '南屏青桥百货有限公司' },
    ]
    const bulk = await call('POST', `/v1/monitors/${id}/members`, { members })
    expect(bulk.json()).toEqual({ added: 4, memberCount: 4 })
    expect(await settle()).toBeGreaterThanOrEqual(4)
    expect(await alertsOf(id)).toEqual([])

    const entry = await enterOnList(service.db, 2, 'serious-violator', { name: '望海市星禾食品有限公司' })
    expect(await settle()).toBe(3)
    const entered = await alertsOf(id)
    expect(told(entered)).toEqual([
      ['by-code', 'clear', 'block'],
      ['by-name', 'clear', 'review'],
      ['by-shop', 'clear', 'block'],
    ])
    expect(entered.map(({ result }) => result.matches[0]?.matchedOn)).toEqual(['uscc', 'name', 'url'])

    await tellOfEntry(service.db, entry, 'listing.removed')
    await settle()
    const last = entered.at(-1)!
    const removed = await alertsOf(id, last.sequence)
    expect(told(removed)).toEqual([
      ['by-code', 'block', 'clear'],
      ['by-name', 'review', 'clear'],
      ['by-shop', 'block', 'clear'],
    ])
    expect(removed[0]!.position).toBeGreaterThan(last.position)
    const sequences = [...entered, ...removed].map(({ sequence }) => sequence)
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b))
  })

  it('alerts of what a new member is found to be, and of nothing when it is clear', async () => {
    const id = await createMonitor()
    await enterOnList(service.db, 4, 'abnormal', { name: '云州市竹里文化传播有限公司' })
    await service.sequence()
    await call('PUT', `/v1/monitors/${id}/members/a`, { uscc: madeUpUscc(4) })
    await call('PUT', `/v1/monitors/${id}/members/b`, { uscc: madeUpUscc(3) })
    await call('PUT', `/v1/monitors/${id}/members/c`, { uscc: 'x' })
    await settle()
    expect(told(await alertsOf(id))).toEqual([
      ['a', null, 'review'],
      ['c', null, 'invalid'],
    ])
    await call('PUT', `/v1/monitors/${id}/members/a`, { uscc: madeUpUscc(3) })
    await call('PUT', `/v1/monitors/${id}/members/b`, { uscc: madeUpUscc(3) })
    expect(await settle()).toBe(1)
    expect(told(await alertsOf(id)).at(-1)).toEqual(['a', 'review', 'clear'])
  })

  it('watches the lists that it was made for', async () => {
    const id = await createMonitor({ name: '示例', lists: ['serious-violator'] })
    await call('PUT', `/v1/monitors/${id}/members/a`, { uscc: madeUpUscc(5) })
    await settle()
    await enterOnList(service.db, 5, 'abnormal', { name: '云州市海棠家居有限公司' })
    await settle()
    expect(await alertsOf(id)).toEqual([])
    await enterOnList(service.db, 5, 'serious-violator', { name: '云州市海棠家居有限公司' })
    await settle()
    expect(told(await alertsOf(id))).toEqual([['a', 'clear', 'block']])
  })

  it('sees a business that is registered later, renamed, or files the shop of a member', async () => {
    const id = await createMonitor()
    await call('PUT', `/v1/monitors/${id}/members/code`, { uscc: madeUpUscc(40), name: '云州市银杏园艺有限公司' })
    await call('PUT', `/v1/monitors/${id}/members/shop`, { url: 'https://shop880040.taobao.com' })
    await settle()
    expect(told(await alertsOf(id))).toEqual([['code', null, 'review']])
    await take(service.db, 'subjects', [subjectItem(40, { name: '云州市银杏园艺有限公司' })])
    await settle()
    expect(told(await alertsOf(id)).at(-1)).toEqual(['code', 'review', 'clear'])
    const renamed = { name: '望海市某某网络科技有限公司', updatedAt: '2026-11-02T00:00:00.000Z' }
    await take(service.db, 'subjects', [subjectItem(40, renamed)])
    await settle()
    expect((await alertsOf(id)).at(-1)).toMatchObject({ ref: 'code', result: { reasons: ['name-mismatch'] } })
    await enterOnList(service.db, 40, 'serious-violator', { name: '望海市某某网络科技有限公司' })
    await settle()
    await take(service.db, 'annual-reports', [
      reportItem(40, { webPresences: [{ kind: 'shop', name: '银杏店', url: 'https://shop880040.taobao.com/' }] }),
    ])
    await settle()
    expect((await alertsOf(id)).at(-1)).toMatchObject({ ref: 'shop', result: { decision: 'block' } })
  })

  it('looks at none but the members that a change touches, among thousands', async () => {
    const id = await createMonitor()
    const members = Array.from({ length: 10_000 }, (_, i) => ({
      ref: `m${i}`,
      uscc: madeUpUscc(5000 + i),
      url: `https://shop${990000 + i}.taobao.com`,
    }))
    const response = await call('POST', `/v1/monitors/${id}/members`, { members })
    expect(response.json()).toMatchObject({ added: 10_000 })
    await settle()
    await take(service.db, 'subjects', [subjectItem(5007)])
    await enterOnList(service.db, 5007, 'serious-violator')
    expect(await settle()).toBe(1)
    expect((await alertsOf(id)).length).toBe(1000)
  })

  it('tells the partner that watches, and nobody else, of an alert in the transaction that raises it', async () => {
    const queued: [string, AlertMessage][] = []
    const queueAlerts: QueueAlerts = async (_tx, partnerId, alerts) => {
      for (const alert of alerts) queued.push([partnerId, alert])
    }
    const id = await createMonitor()
    await call('PUT', `/v1/monitors/${id}/members/a`, { uscc: madeUpUscc(96) })
    await runMonitors({ db: service.db, clock: service.clock, screener: createScreener(), queueAlerts })
    const [partner] = await rowsOf<{ id: string }>(
      service.db,
      sql`select m.partner_id as id from monitors m where m.id = ${id}`,
    )
    expect(queued).toMatchObject([
      [
        partner!.id,
        { source: `urn:xinjian:monitor:${id}`, data: { ref: 'a', before: null, result: { decision: 'review' } } },
      ],
    ])
    const page = await call('GET', `/v1/monitors/${id}/alerts`)
    expect(page.json()).toMatchObject({ items: [{ id: queued[0]![1].id }] })
  })

  it('raises nothing twice when it reads the same page of the log again', async () => {
    const id = await createMonitor()
    await call('PUT', `/v1/monitors/${id}/members/a`, { uscc: madeUpUscc(1) })
    await settle()
    await enterOnList(service.db, 1, 'serious-violator', { name: '云州市云帆电子商务有限公司' })
    await settle()
    const before = await alertsOf(id)
    await service.db.execute(sql`update monitor_reader set position = 0`)
    await settle()
    expect(await alertsOf(id)).toEqual(before)
    expect(before).toHaveLength(1)
  })

  it('lets one of two workers at a time do the work', async () => {
    const id = await createMonitor()
    await call('PUT', `/v1/monitors/${id}/members/a`, { uscc: madeUpUscc(98) })
    await Promise.all([service.watch(), service.watch(), service.watch()])
    await settle()
    expect(await alertsOf(id)).toHaveLength(1)
  })

  it('keeps alerts of a member that was removed, and raises no more', async () => {
    const id = await createMonitor()
    await call('PUT', `/v1/monitors/${id}/members/a%2Fb`, { uscc: madeUpUscc(97) })
    await settle()
    expect((await call('DELETE', `/v1/monitors/${id}/members/a%2Fb`)).statusCode).toBe(204)
    await take(service.db, 'subjects', [subjectItem(97)])
    await settle()
    expect(told(await alertsOf(id))).toEqual([['a/b', null, 'review']])
    expect((await call('GET', `/v1/monitors/${id}`)).json()).toMatchObject({ memberCount: 0 })
  })

  it('finds touched members through indexes', async () => {
    await service.db.execute(sql`analyze monitor_members`)
    const plan = await service.db.transaction(async (tx) => {
      await tx.execute(sql`set local enable_seqscan = off`)
      return rowsOf<{ 'QUERY PLAN': string }>(
        tx,
        sql`explain select from monitor_members m where m.code = any (array['x'])
            union all select from monitor_members m where m.web_keys && array['x']
            union all select from monitor_members m where m.name_pairs && array['x']`,
      )
    })
    const text = plan.map((row) => row['QUERY PLAN']).join('\n')
    for (const index of ['code', 'web_keys', 'name_pairs']) expect(text).toContain(`monitor_members_${index}`)
    expect(text).not.toContain('Seq Scan')
  })
})

describe('400', () => {
  const id = '0197a0d0-0000-7000-8000-000000000000'
  it.each([
    ['POST', '/v1/monitors', {}],
    ['POST', '/v1/monitors', { name: 'a', lists: ['x'] }],
    ['POST', '/v1/monitors', { name: 'a', owner: 'x' }],
    ['GET', '/v1/monitors?cursor=x', undefined],
    ['GET', '/v1/monitors/x', undefined],
    ['GET', `/v1/monitors/${id}/alerts?after=-1`, undefined],
    ['GET', `/v1/monitors/${id}/alerts?from=1`, undefined],
    ['POST', `/v1/monitors/${id}/members`, { members: [] }],
    ['POST', `/v1/monitors/${id}/members`, { members: [{ ref: '' }] }],
    ['PUT', `/v1/monitors/${id}/members/a`, { ref: 'a', uscc: 'x' }],
    ['PUT', `/v1/monitors/${id}/members/a`, { legalRepresentative: '某人' }],
    ['PUT', `/v1/monitors/${id}/members/a%00b`, {}],
  ] as const)('refuses %s %s', async (method, url, body) => {
    const response = await call(method, url, body)
    expect(response.statusCode).toBe(400)
    expect(response.json<{ type: string }>().type).toMatch(/invalid-(request|cursor)$/)
  })
})

const oneOfEach = (id: string) =>
  [
    ['GET', `/v1/monitors/${id}`],
    ['DELETE', `/v1/monitors/${id}`],
    ['POST', `/v1/monitors/${id}/members`, { members: [{ ref: 'a' }] }],
    ['PUT', `/v1/monitors/${id}/members/a`, {}],
    ['DELETE', `/v1/monitors/${id}/members/a`],
    ['GET', `/v1/monitors/${id}/alerts`],
  ] as const

describe('401 and 403', () => {
  it.each([
    ...oneOfEach('0197a0d0-0000-7000-8000-000000000000'),
    ['GET', '/v1/monitors'],
    ['POST', '/v1/monitors', { name: 'a' }],
  ] as const)('asks for a key with the scope at %s %s', async (method, url, body?: object) => {
    expect((await service.app.inject({ method, url, ...(body && { payload: body }) })).statusCode).toBe(401)
    expect((await call(method, url, body, await service.keyWith('feed'))).statusCode).toBe(403)
  })
})

describe('404', () => {
  it("does not find another partner's monitor, whatever is asked of it", async () => {
    const id = await createMonitor()
    const other = await service.keyOf({ kind: 'platform' }, 'screening')
    for (const [method, url, body] of oneOfEach(id)) {
      const response = await call(method, url, body, other)
      expect([method, url, response.statusCode]).toEqual([method, url, 404])
      expect(response.json()).toMatchObject({ type: '/problems/unknown-monitor' })
    }
  })

  it('does not find a member that is not there', async () => {
    const id = await createMonitor()
    expect((await call('DELETE', `/v1/monitors/${id}/members/nobody`)).statusCode).toBe(404)
  })
})
