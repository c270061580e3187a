import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/platform/db.ts'
import { usccsInQuarantine } from '../../src/sources/service.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { cloneDatabase } from '../support/database.ts'
import { startSource, type TestSource } from '../support/source.ts'
import { forget, pull, quarantined, register, revisionsOf, rows, startHonestSource, type Item } from './pulling.ts'

let database: Database
let source: TestSource & { items: Item[] }
let numbers = 300

async function business(): Promise<[number, string]> {
  const number = (numbers += 1)
  await register(database.db, subjectItem(number))
  return [number, madeUpUscc(number)]
}
const holds = (...items: Item[]) => void source.items.splice(0, Infinity, ...items)
const later = { updatedAt: '2026-05-02T00:00:00.000Z' }

beforeAll(async () => {
  database = await cloneDatabase()
})
beforeEach(async () => {
  await forget(database.db)
  source = await startHonestSource(100)
})
afterEach(() => source.close())
afterAll(() => database.close())

const good = (fields: Item = {}) => reportItem(1, fields)

test.each<[string, Item, string, string]>([
  ['a code whose check character fails', { uscc: '91999900MA00000000' }, 'invalid-uscc', '/uscc: "91999900MA00000000"'],
  ['a code that is a number', { uscc: 91 }, 'invalid-record', '/uscc: '],
  ['a year after its publication', { year: 2199 }, 'invalid-record', '/year: is later than the day of publication'],
  ['no code', { uscc: undefined }, 'invalid-record', '/uscc: '],
  ['an empty name', { name: ' \t' }, 'invalid-record', '/name: '],
  ['a name with a NUL character', { name: '店\u0000' }, 'invalid-record', '/name: has control characters'],
  ['a name with half a character', { name: '店\ud800' }, 'invalid-record', '/name: has control characters'],
  ['a name in another encoding', { name: '\ufffd\ufffd' }, 'invalid-record', '/name: has control characters'],
  ['a name of 10,000 characters', { name: '店'.repeat(10_000) }, 'invalid-record', '/name: '],
  ['a day that is none', { publishedOn: '2026-02-30' }, 'invalid-record', '/publishedOn: '],
  ['a day of the year 0', { publishedOn: '0000-01-01' }, 'invalid-record', '/publishedOn: '],
  ['a day in another form', { publishedOn: '2026/05/01' }, 'invalid-record', '/publishedOn: '],
  ['a time that is none', { updatedAt: '2026-05-01T25:00:00Z' }, 'invalid-record', '/updatedAt: '],
  ['a time without a zone', { updatedAt: '2026-05-01T00:00:00' }, 'invalid-record', '/updatedAt: '],
  ['a year before there were reports', { year: 2012 }, 'invalid-record', '/year: '],
  ['a year that is no number', { year: 'last' }, 'invalid-record', '/year: '],
  ['sites that are no list', { webPresences: {} }, 'invalid-record', '/webPresences: '],
  [
    'a site of an unknown kind',
    { webPresences: [{ kind: 'stall', name: '摊', url: 'a.example' }] },
    'invalid-record',
    '/webPresences/0/kind: ',
  ],
  [
    'a site without an address',
    { webPresences: [{ kind: 'shop', name: '店', url: '店' }] },
    'invalid-record',
    '/webPresences/0/url: is no address of a web site or shop',
  ],
])('a report with %s is kept in quarantine with its reason and raw form', async (_what, fields, reason, detail) => {
  const [number, uscc] = await business()
  const item = reportItem(number, fields)
  holds(item)
  expect(await pull(database.db, source)).toMatchObject({ records: 1, quarantined: { [reason]: 1 } })
  const [record] = await quarantined(database.db)
  expect(record).toMatchObject({
    sourceId: `report-${number}`,
    uscc: 'uscc' in fields ? null : uscc,
    reason,
    status: 'open',
    timesSeen: 1,
  })
  expect(record?.detail.startsWith(detail)).toBe(true)
  expect(JSON.parse(record?.raw ?? '')).toEqual(JSON.parse(JSON.stringify(item)))
  expect(await revisionsOf(database.db, uscc)).toEqual([])
})

test('what is not even a record is kept too, and stops nothing', async () => {
  const [number, uscc] = await business()
  holds(...([null, 7, 'text', [], {}, true] as unknown as Item[]), reportItem(number))
  const counts = await pull(database.db, source)
  expect(counts).toMatchObject({ records: 7, new: 1, quarantined: { 'invalid-record': 6 } })
  expect((await quarantined(database.db)).map((record) => record.raw)).toEqual(
    expect.arrayContaining(['null', '7', '"text"', '[]', '{}', 'true']),
  )
  expect(await revisionsOf(database.db, uscc)).toHaveLength(1)
})

test('a bad record is kept once however often it comes, and counted', async () => {
  const item = good({ year: 1 })
  holds(item, { ...item })
  await pull(database.db, source)
  await pull(database.db, source)
  expect(await quarantined(database.db)).toMatchObject([{ timesSeen: 2, status: 'open' }])
})

test('a bad record is settled by a good one with the same id at the source', async () => {
  const [number, uscc] = await business()
  holds(reportItem(number, { year: 1 }))
  await pull(database.db, source)
  expect(await usccsInQuarantine(database.db, 'annual-reports', [uscc])).toEqual(new Set([uscc]))
  holds(reportItem(number, later))
  await pull(database.db, source)
  expect(await quarantined(database.db)).toMatchObject([{ status: 'resolved' }])
  expect(await usccsInQuarantine(database.db, 'annual-reports', [uscc])).toEqual(new Set())
})

test('a bad record is settled by a good one that follows it in the same page', async () => {
  const [number] = await business()
  holds(reportItem(number, { year: 1 }), reportItem(number, later))
  await pull(database.db, source)
  expect(await quarantined(database.db)).toMatchObject([{ status: 'resolved' }])
})

test('a bad record that follows a good one in the same page waits for a person', async () => {
  const [number, uscc] = await business()
  holds(reportItem(number), reportItem(number, { ...later, year: 1 }))
  await pull(database.db, source)
  expect(await quarantined(database.db)).toMatchObject([{ status: 'open' }])
  expect(await revisionsOf(database.db, uscc)).toHaveLength(1)
})

test('an id is the same id with spaces around it', async () => {
  const [number] = await business()
  holds(reportItem(number, { sourceId: ` report-${number} `, year: 1 }))
  await pull(database.db, source)
  holds(reportItem(number, later))
  await pull(database.db, source)
  expect(await quarantined(database.db)).toMatchObject([{ status: 'resolved' }])
})

test('a good record of another collection settles nothing', async () => {
  const [number] = await business()
  holds(reportItem(number, { sourceId: 'same', year: 1 }))
  await pull(database.db, source)
  holds(subjectItem(number, { sourceId: 'same' }))
  await pull(database.db, source, { collection: 'subjects' })
  expect(await quarantined(database.db)).toMatchObject([{ status: 'open' }])
})

test('what a person has discarded stays discarded when it comes again', async () => {
  holds(good({ year: 1 }))
  await pull(database.db, source)
  await database.db.execute(sql`update quarantine set status = 'discarded'`)
  await pull(database.db, source)
  expect(await quarantined(database.db)).toMatchObject([{ status: 'discarded', timesSeen: 2 }])
})

test('a report of an unknown business waits, and is taken by itself once the business is registered', async () => {
  const number = (numbers += 1)
  const uscc = madeUpUscc(number)
  holds(reportItem(number))
  expect(await pull(database.db, source)).toMatchObject({ new: 0, quarantined: { 'unknown-subject': 1 } })
  expect(await quarantined(database.db)).toMatchObject([
    { sourceId: `report-${number}`, uscc, reason: 'unknown-subject', status: 'open' },
  ])
  holds()
  expect(await pull(database.db, source)).toMatchObject({ retried: 0 })
  await register(database.db, subjectItem(number))
  expect(await pull(database.db, source)).toMatchObject({ retried: 1, records: 0 })
  expect(await revisionsOf(database.db, uscc)).toHaveLength(1)
  expect(await quarantined(database.db)).toMatchObject([{ status: 'resolved' }])
})

test('of many reports that wait, those whose business is known are taken and the others go on waiting', async () => {
  const first = numbers + 1
  numbers += 2100
  const waiting = Array.from({ length: 2100 }, (_, i) => first + i)
  holds(...waiting.map((number) => reportItem(number)))
  await pull(database.db, source)
  const known = waiting.filter((number) => number % 7 === 0)
  await register(database.db, ...known.map((number) => subjectItem(number)))
  holds()
  expect(await pull(database.db, source, { guards: { shrunkShare: 0 } })).toMatchObject({ retried: known.length })
  const [counted] = await rows<{ taken: number; waiting: number }>(
    database.db,
    sql`select count(*) filter (where status = 'resolved')::int as taken,
          count(*) filter (where status = 'open')::int as waiting from quarantine`,
  )
  expect(counted).toEqual({ taken: known.length, waiting: waiting.length - known.length })
})

test('a report nested deeper than JSON can be written is kept, and stops nothing', async () => {
  const [number, uscc] = await business()
  const depth = 20_000
  const deep: unknown = JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`)
  const text = JSON.stringify({ ...reportItem(number), webPresences: 'DEEP' })
  const raw = text.replace('"DEEP"', `${'['.repeat(depth)}${']'.repeat(depth)}`)
  expect(() => JSON.stringify(deep)).toThrow(RangeError)
  await source.close()
  source = await startRaw(`{"items": [${raw}, ${JSON.stringify(reportItem(number, later))}], "next": null}`)
  expect(await pull(database.db, source)).toMatchObject({ records: 2, new: 1, quarantined: { 'invalid-record': 1 } })
  const [record] = await quarantined(database.db)
  expect(JSON.parse(record?.raw ?? '')).toMatchObject({ sourceId: `report-${number}`, year: 2025 })
  expect(await revisionsOf(database.db, uscc)).toHaveLength(1)
})

async function startRaw(body: string): Promise<TestSource & { items: Item[] }> {
  return { ...(await startSource((_url, response) => void response.end(body))), items: [] }
}

test('a long run of spaces in a field is refused at once', async () => {
  source.items.push(reportItem(1, { name: `虚构${' '.repeat(500_000)}公司` }))
  await pull(database.db, source)
  expect(await quarantined(database.db)).toMatchObject([{ reason: 'invalid-record' }])
}, 90_000)
