import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CreditFile } from '../../src/credit-files/schemas.ts'
import { takers, type Taken } from '../../src/sources/collection.ts'
import { madeUpUscc, penaltyItem, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'
import { rows, type Item } from './pulling.ts'

let service: TestService
let number = 0
let uscc = ''

beforeAll(async () => {
  service = await startTestService('2026-07-01T04:00:00.000Z')
})
afterAll(() => service.close())
beforeEach(async () => {
  uscc = madeUpUscc((number += 1))
  await take(service.db, 'subjects', [subjectItem(number)], '2026-01-02T00:00:00.000Z')
  await service.db.execute(sql`delete from feed_outbox`)
})

const sends = (items: Item[], now = '2026-07-01T02:00:00.000Z'): Promise<Taken> =>
  service.db.transaction((tx) => takers.penalties(tx, items, new Date(now)))
const june = (day: number) => `2026-06-${String(day).padStart(2, '0')}T00:00:00.000Z`
const told = () => rows<{ type: string; data: Item }>(service.db, sql`select type, data from feed_outbox order by seq`)
const shownIn = async (query = '') =>
  (await service.app.inject(`/v1/credit-files/${uscc}${query}`)).json<CreditFile>().penalties

test('a decision is published once, with its term, however often its record comes', async () => {
  expect((await sends([penaltyItem(number)])).counts).toMatchObject({ new: 1 })
  expect((await sends([penaltyItem(number), penaltyItem(number)])).counts).toMatchObject({ new: 0, unchanged: 2 })
  expect(await shownIn()).toMatchObject([
    { decisionNumber: `虚市监罚〔2026〕${number}号`, amountFen: 500_000, decidedOn: '2026-05-20' },
  ])
  expect((await told()).map(({ type }) => type)).toEqual(['penalty.published'])
})

test('the same decision under another id at the source is the same decision', async () => {
  await sends([penaltyItem(number)])
  const again = penaltyItem(number, { sourceId: `other-${number}`, updatedAt: june(5) })
  expect((await sends([again])).counts).toMatchObject({ new: 0, unchanged: 1 })
  expect(await shownIn()).toHaveLength(1)
})

test('a severe one is shown longer than another', async () => {
  await sends([
    penaltyItem(number),
    penaltyItem(number, { sourceId: `severe-${number}`, decisionNumber: '虚市监罚〔2026〕甲号', severe: true }),
  ])
  const until = new Map((await shownIn()).map((row) => [row.decisionNumber, row.publishedUntil]))
  expect(until.get('虚市监罚〔2026〕甲号')).toBe('2029-05-20')
  expect(until.get(`虚市监罚〔2026〕${number}号`)).toBe('2027-05-20')
})

test('a record that changes is followed, an older one changes nothing, and the past is told as it was', async () => {
  await sends([penaltyItem(number)], '2026-06-10T00:00:00.000Z')
  const changed = penaltyItem(number, { amountFen: 300_000, updatedAt: june(15) })
  expect((await sends([changed], '2026-06-20T00:00:00.000Z')).counts).toMatchObject({ changed: 1 })
  const older = penaltyItem(number, { amountFen: 900_000, updatedAt: june(14) })
  expect((await sends([older])).counts).toMatchObject({ older: 1 })
  expect(await shownIn()).toMatchObject([{ amountFen: 300_000 }])
  expect(await shownIn('?knownAt=2026-06-19T00:00:00Z')).toMatchObject([{ amountFen: 500_000 }])
  const events = await told()
  expect(events.map(({ type, data }) => [type, data['amountFen']])).toEqual([
    ['penalty.published', 500_000],
    ['penalty.published', 300_000],
  ])
})

test('a record that changes twice in one page ends as it says last', async () => {
  await sends([1, 2, 3].map((day) => penaltyItem(number, { amountFen: day * 100, updatedAt: june(day) })))
  expect(await shownIn()).toMatchObject([{ amountFen: 300 }])
  expect((await told()).at(-1)?.data).toMatchObject({ amountFen: 300, shown: true })
})

test('a record that tells another decision than before withdraws the one and publishes the other', async () => {
  await sends([penaltyItem(number)])
  const other = penaltyItem(number, { decisionNumber: '虚市监罚〔2026〕乙号', updatedAt: june(20) })
  expect((await sends([other])).counts).toMatchObject({ new: 1 })
  expect((await shownIn()).map(({ decisionNumber }) => decisionNumber)).toEqual(['虚市监罚〔2026〕乙号'])
  expect((await told()).map(({ type }) => type)).toEqual([
    'penalty.published',
    'penalty.withdrawn',
    'penalty.published',
  ])
})

test('what staff withdrew stays withdrawn when its record changes', async () => {
  await sends([penaltyItem(number)])
  const [row] = await rows<{ id: string }>(service.db, sql`select id from penalties where uscc = ${uscc}`)
  const key = await service.keyOf({ kind: 'staff' }, 'registry:write')
  const withdrawn = await service.app.inject({
    method: 'POST',
    url: `/v1/penalties/${row?.id ?? ''}/withdraw`,
    headers: { authorization: `Bearer ${key}` },
    payload: { reason: 'annulled' },
  })
  expect(withdrawn.statusCode).toBe(200)
  await sends([penaltyItem(number, { amountFen: 1, updatedAt: june(29) })])
  expect(await shownIn()).toEqual([])
  expect((await told()).map(({ type }) => type)).toEqual(['penalty.published', 'penalty.withdrawn'])
})

test('what staff recorded is the same decision, and is followed only by what is newer', async () => {
  const key = await service.keyOf({ kind: 'staff' }, 'registry:write')
  const { decisionNumber, authority, ground, kind, amountFen, decidedOn } = penaltyItem(number)
  const recorded = await service.app.inject({
    method: 'POST',
    url: '/v1/penalties',
    headers: { authorization: `Bearer ${key}` },
    payload: { uscc, decisionNumber, authority, ground, kind, amountFen, decidedOn },
  })
  expect(recorded.statusCode).toBe(201)
  expect((await sends([penaltyItem(number, { amountFen: 1 })])).counts).toMatchObject({ older: 1 })
  const newer = penaltyItem(number, { amountFen: 2, updatedAt: '2026-07-01T05:00:00.000Z' })
  expect((await sends([newer], '2026-07-01T06:00:00.000Z')).counts).toMatchObject({ changed: 1 })
  expect(await shownIn()).toMatchObject([{ amountFen: 2 }])
})

test('a warning alone, and one whose term is over, are kept and not shown', async () => {
  await sends([
    penaltyItem(number, { kind: '警告', amountFen: null }),
    penaltyItem(number, { sourceId: `old-${number}`, decisionNumber: '虚市监罚〔2020〕1号', decidedOn: '2020-01-10' }),
  ])
  expect(await shownIn()).toEqual([])
  expect(await told()).toEqual([])
  expect(await rows(service.db, sql`select shown from penalties where uscc = ${uscc}`)).toEqual([
    { shown: false },
    { shown: false },
  ])
})

test('personal data in a decision reaches neither the file nor the log', async () => {
  await sends([penaltyItem(number, { ground: '当事人张某（13812345678）发布虚假广告' })])
  expect(JSON.stringify([await shownIn(), await told()])).not.toContain('13812345678')
})

test.each([
  ['unknown-subject', { uscc: madeUpUscc(9999) }],
  ['invalid-record', { decidedOn: '2026-08-01' }],
  ['invalid-record', { severe: 'perhaps' }],
  ['invalid-record', { amountFen: -1 }],
  ['invalid-uscc', { uscc: '91999900MA00000000' }],
])('%s: a record with %o is refused alone', async (reason, fields) => {
  const { refused, counts } = await sends([penaltyItem(9000, { uscc, ...fields }), penaltyItem(number)])
  expect(refused.map((record) => record.reason)).toEqual([reason])
  expect(counts.new).toBe(1)
})
