import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { rowsOf, type Tx } from '../../src/platform/db.ts'
import { builtInRulebook } from '../../src/rulebook/built-in.ts'
import type { EntryInForce } from '../../src/sanctions/domain.ts'
import { listSanctions } from '../../src/sanctions/repository.ts'
import { imposeMeasures, liftEndedTerms, liftMeasures } from '../../src/sanctions/service.ts'
import { subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'
import { ended, entryOf, eventsOf, impose, lift, ordersOf, seriousEntryOf } from './entries.ts'

let service: TestService

beforeAll(async () => {
  service = await startTestService('2026-07-08T02:00:00.000Z')
  await take(
    service.db,
    'subjects',
    Array.from({ length: 60 }, (_, index) => subjectItem(index + 1)),
  )
})
afterAll(() => service.close())

const sanctionsOn = (entry: EntryInForce, asOf: string, knownAt = '2030-01-01T00:00:00.000Z') =>
  listSanctions(service.db, { uscc: entry.uscc, asOf, knownAt: new Date(knownAt) })

describe('an entry that takes effect', () => {
  it('orders each measure of law of each of its agencies, for as long as the entry lasts', async () => {
    const entry = entryOf(1)
    await impose(service, entry)
    const orders = await ordersOf(service.db, entry)
    expect(orders.map(({ measureCode, agencyCode }) => `${measureCode} ${agencyCode}`)).toEqual([
      'JS-01 mof',
      ...['mohurd', 'mot', 'mwr', 'ndrc'].map((agency) => `JS-02 ${agency}`),
      'JS-03 mnr',
      ...['acftu', 'civilization-office', 'samr'].map((agency) => `JS-04 ${agency}`),
      'JS-07 samr',
      'JS-12 samr',
    ])
    for (const order of orders) expect(order).toMatchObject({ status: 'pending', imposedOn: '2026-07-08', until: null })
    const [row] = await rowsOf<{ name: string; memorandum: string; recorded: boolean }>(
      service.db,
      sql`select o.name, o.memorandum, o.recorded_at = '2026-07-08T02:00:00Z' as recorded from sanction_orders o
          where o.listing_id = ${entry.id} limit 1`,
    )
    expect(row).toEqual({ name: entry.name, memorandum: '发改财金〔2015〕2045号', recorded: true })
  })

  it('is told in one event, with every measure and agency in Chinese', async () => {
    const entry = entryOf(2, { groundCode: 'ABN-68-4-4' })
    await impose(service, entry)
    const events = await eventsOf(service.db, entry)
    expect(events).toMatchObject([
      {
        type: 'sanction.imposed',
        key: `sanctions:${entry.id}`,
        uscc: entry.uscc,
        list: 'abnormal',
        regionCode: '999900',
        data: { listingId: entry.id, list: 'abnormal', name: entry.name, regionCode: '999900' },
      },
    ])
    const { measures } = events[0]?.data as { measures: Record<string, unknown>[] }
    expect(measures).toHaveLength(12)
    expect(measures[0]).toEqual({
      measureCode: 'JS-01',
      label: '限制或者禁止参加政府采购',
      agency: 'mof',
      agencyName: '财政部',
      imposedOn: '2026-07-08',
      until: null,
    })
    expect(measures.filter(({ measureCode }) => measureCode === 'JS-08')).toHaveLength(1)
  })

  it('ends its measures with its term, and the bar on a person with a term of its own', async () => {
    const entry = seriousEntryOf(3, { expiresOn: '2029-07-07' })
    await impose(service, entry)
    const untils = new Map((await ordersOf(service.db, entry)).map((order) => [order.measureCode, order.until]))
    expect(untils.get('JS-01')).toBe('2029-07-07')
    expect(untils.get('JS-05')).toBe('2029-07-08')
  })

  it('orders nothing twice, and is told once, when the same entries come again', async () => {
    const entries = [entryOf(4), seriousEntryOf(5)]
    await impose(service, ...entries)
    await impose(service, ...entries, entryOf(6))
    for (const entry of entries) {
      const orders = await ordersOf(service.db, entry)
      expect(new Set(orders.map((order) => `${order.measureCode} ${order.agencyCode}`)).size).toBe(orders.length)
      expect(await eventsOf(service.db, entry)).toHaveLength(1)
    }
  })

  it('leaves neither orders nor events when the deciding transaction fails', async () => {
    const entry = entryOf(7)
    const failed = service.db.transaction(async (tx) => {
      await imposeMeasures(tx, builtInRulebook, [entry], service.clock.now())
      throw new Error('the decision failed')
    })
    await expect(failed).rejects.toThrow('the decision failed')
    expect(await ordersOf(service.db, entry)).toEqual([])
    expect(await eventsOf(service.db, entry)).toEqual([])
  })

  it('orders nothing and tells nothing where nothing follows from it', async () => {
    const entry = entryOf(8, { groundCode: 'ABS-69-13' })
    await impose(service, entry)
    await impose(service)
    expect(await ordersOf(service.db, entry)).toEqual([])
    expect(await eventsOf(service.db, entry)).toEqual([])
  })
})

describe('an entry that ends', () => {
  it('has the lift of every measure requested, told in one event', async () => {
    const entry = entryOf(10)
    await impose(service, entry)
    await lift(service, ended(entry, '2026-08-03'))
    const orders = await ordersOf(service.db, entry)
    expect(orders.map(({ status, liftRequestedOn }) => `${status} ${liftRequestedOn}`)).toEqual(
      orders.map(() => 'lift-pending 2026-08-03'),
    )
    expect(await eventsOf(service.db, entry)).toMatchObject([
      { type: 'sanction.imposed' },
      {
        type: 'sanction.lifted',
        key: `sanctions:${entry.id}`,
        list: 'abnormal',
        data: {
          listingId: entry.id,
          list: 'abnormal',
          name: entry.name,
          regionCode: '999900',
          measures: [],
          lifted: ['JS-01', 'JS-02', 'JS-03', 'JS-04', 'JS-07', 'JS-12'],
          liftedOn: '2026-08-03',
        },
      },
    ])
  })

  it('is lifted once, and one without measures not at all', async () => {
    const entry = entryOf(11)
    await impose(service, entry)
    await lift(service, ended(entry, '2026-08-03'), ended(entryOf(12), '2026-08-03'))
    await lift(service, ended(entry, '2026-08-09'))
    await lift(service)
    expect(await eventsOf(service.db, entry)).toHaveLength(2)
    expect((await ordersOf(service.db, entry))[0]?.liftRequestedOn).toBe('2026-08-03')
  })

  test.each(['removed', 'expired'] as const)('%s early keeps the bar on the person, and says so', async (reason) => {
    const entry = seriousEntryOf(reason === 'removed' ? 13 : 14)
    await impose(service, entry)
    await lift(service, ended(entry, '2027-08-02', reason))
    const orders = await ordersOf(service.db, entry)
    expect(orders.filter(({ status }) => status === 'pending').map((order) => order.measureCode)).toEqual(['JS-05'])
    const [, lifted] = await eventsOf(service.db, entry)
    expect(lifted?.data).toMatchObject({ measures: [{ measureCode: 'JS-05', agency: 'samr', until: '2029-07-08' }] })
    expect(lifted?.data['lifted']).not.toContain('JS-05')
  })

  test.each(['revoked', 'corrected'] as const)('%s, and so void from the start, ends the bar too', async (reason) => {
    const entry = seriousEntryOf(reason === 'revoked' ? 15 : 16)
    await impose(service, entry)
    await lift(service, ended(entry, '2027-08-02', reason))
    expect(new Set((await ordersOf(service.db, entry)).map(({ status }) => status))).toEqual(new Set(['lift-pending']))
    expect((await eventsOf(service.db, entry))[1]?.data).toMatchObject({ measures: [] })
  })

  it('and is restored orders anew, closes the lifts that are moot, and tells all that stands', async () => {
    const entry = seriousEntryOf(17)
    await impose(service, entry)
    await lift(service, ended(entry, '2027-08-02'))
    const restored = { ...entry, effectiveOn: '2027-09-01', expiresOn: '2030-09-01' }
    service.clock.set('2027-09-01T02:00:00.000Z')
    await impose(service, restored)
    service.clock.set('2026-07-08T02:00:00.000Z')
    const orders = await ordersOf(service.db, entry)
    const before = orders.filter(({ imposedOn }) => imposedOn === '2026-07-08')
    const anew = orders.filter(({ imposedOn }) => imposedOn === '2027-09-01')
    expect(anew.every(({ status, until }) => status === 'pending' && until === '2030-09-01')).toBe(true)
    // The bar stood all the while: it keeps its order, and is told with the rest.
    expect(before.map(({ status }) => status).filter((status) => status !== 'superseded')).toEqual(['pending'])
    expect(anew).toHaveLength(before.length - 1)
    const [, , again] = await eventsOf(service.db, entry)
    const { measures } = again?.data as { measures: { measureCode: string; imposedOn: string }[] }
    expect(measures).toHaveLength(before.length)
    expect(measures.find(({ measureCode }) => measureCode === 'JS-05')?.imposedOn).toBe('2026-07-08')
  })
})

describe('a term of a measure’s own', () => {
  it('is over on the day after its last, once, also when the entry ended before', async () => {
    const entry = seriousEntryOf(20)
    await impose(service, entry)
    await lift(service, ended(entry, '2027-08-02'))
    const options = { db: service.db, law: builtInRulebook, now: () => new Date('2029-07-09T02:00:00.000Z') }
    await liftEndedTerms({ ...options, on: '2029-07-08' })
    expect(await eventsOf(service.db, entry)).toHaveLength(2)
    await liftEndedTerms({ ...options, on: '2029-07-09' })
    expect(await liftEndedTerms({ ...options, on: '2029-07-09' })).toEqual({ lifted: 0 })
    const [, , over] = await eventsOf(service.db, entry)
    expect(over).toMatchObject({
      type: 'sanction.lifted',
      data: { measures: [], lifted: ['JS-05'], liftedOn: '2029-07-09' },
    })
  })
})

describe('the measures against a business', () => {
  it('are those that stood on a day, as it was known at a moment', async () => {
    const entry = entryOf(30)
    await impose(service, entry)
    service.clock.set('2026-08-05T02:00:00.000Z')
    await lift(service, ended(entry, '2026-08-03'))
    service.clock.set('2026-07-08T02:00:00.000Z')
    expect(await sanctionsOn(entry, '2026-07-07')).toEqual([])
    expect(await sanctionsOn(entry, '2026-07-08')).toHaveLength(11)
    expect((await sanctionsOn(entry, '2026-07-08'))[0]).toEqual({
      measureCode: 'JS-01',
      agencyCode: 'mof',
      listingId: entry.id,
      imposedOn: '2026-07-08',
      until: null,
    })
    expect(await sanctionsOn(entry, '2026-08-02')).toHaveLength(11)
    expect(await sanctionsOn(entry, '2026-08-03')).toEqual([])
    // Before the lift was recorded nobody knew of it; before the order, of nothing.
    expect(await sanctionsOn(entry, '2026-08-03', '2026-08-04T00:00:00.000Z')).toHaveLength(11)
    expect(await sanctionsOn(entry, '2026-08-03', '2026-07-08T01:59:59.000Z')).toEqual([])
  })

  it('never were, once it is known that the entry was void', async () => {
    const entry = entryOf(31)
    await impose(service, entry)
    service.clock.set('2026-08-05T02:00:00.000Z')
    await lift(service, ended(entry, '2026-08-05', 'corrected'))
    service.clock.set('2026-07-08T02:00:00.000Z')
    expect(await sanctionsOn(entry, '2026-07-20')).toEqual([])
    expect(await sanctionsOn(entry, '2026-07-20', '2026-08-01T00:00:00.000Z')).toHaveLength(11)
  })

  it('are over after the last day of their term', async () => {
    const entry = seriousEntryOf(32)
    await impose(service, entry)
    expect((await sanctionsOn(entry, '2029-07-08')).length).toBeGreaterThan(0)
    expect(await sanctionsOn(entry, '2029-07-09')).toEqual([])
  })
})

describe('in bulk', () => {
  /** Counts the statements of a transaction. */
  function counting(tx: Tx): { tx: Tx; count: () => number } {
    let count = 0
    const execute: Tx['execute'] = (query) => {
      count += 1
      return tx.execute(query)
    }
    return { tx: Object.assign(Object.create(tx) as Tx, { execute }), count: () => count }
  }

  it('2,000 entries are ordered in two statements and lifted in four, each with its event', async () => {
    const entries = Array.from({ length: 2000 }, (_, index) => entryOf(1000 + index))
    await service.db.transaction(async (tx) => {
      const counted = counting(tx)
      await imposeMeasures(counted.tx, builtInRulebook, entries, service.clock.now())
      expect(counted.count()).toBe(2)
    })
    const inBulk = sql`o.listing_id in (select value::uuid from json_array_elements_text(${JSON.stringify(entries.map(({ id }) => id))}::json))`
    const [imposed] = await rowsOf<object>(
      service.db,
      sql`select count(*)::int as orders, count(distinct o.id)::int as ids,
            bool_and(o.id::text ~ '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]') as "areUuidV7"
          from sanction_orders o where ${inBulk}`,
    )
    expect(imposed).toEqual({ orders: 22_000, ids: 22_000, areUuidV7: true })
    await service.db.transaction(async (tx) => {
      const counted = counting(tx)
      const ends = entries.map((entry) => ended(entry, '2026-08-03'))
      await liftMeasures(counted.tx, builtInRulebook, ends, service.clock.now())
      expect(counted.count()).toBe(4)
    })
    const [lifted] = await rowsOf<object>(
      service.db,
      sql`select count(*)::int as orders from sanction_orders o where ${inBulk} and o.status = 'lift-pending'`,
    )
    expect(lifted).toEqual({ orders: 22_000 })
    const [told] = await rowsOf<object>(
      service.db,
      sql`select count(*)::int as events from feed_outbox o where o.key in
            (select 'sanctions:' || value from json_array_elements_text(${JSON.stringify(entries.map(({ id }) => id))}::json))`,
    )
    expect(told).toEqual({ events: 4000 })
  })
})
