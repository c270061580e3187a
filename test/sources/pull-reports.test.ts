import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/platform/db.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { cloneDatabase } from '../support/database.ts'
import type { TestSource } from '../support/source.ts'
import {
  changesTold,
  forget,
  pull,
  register,
  revisionsOf,
  rows,
  sitesOf,
  startHonestSource,
  watermark,
  type Item,
} from './pulling.ts'

let database: Database
let source: TestSource & { items: Item[] }
let numbers = 200

/** The number and the code of another registered business. */
async function business(): Promise<[number, string]> {
  const number = (numbers += 1)
  await register(database.db, subjectItem(number))
  return [number, madeUpUscc(number)]
}

/** What the source holds from now on. */
const holds = (...items: Item[]) => void source.items.splice(0, Infinity, ...items)
const shop = (host: string, name = '示例店') => ({ kind: 'shop', name, url: `https://${host}/` })
const may = (day: number, time = '00:00:00.000') => `2026-05-${String(day).padStart(2, '0')}T${time}Z`

beforeAll(async () => {
  database = await cloneDatabase()
})
beforeEach(async () => {
  await forget(database.db)
  source = await startHonestSource(100)
})
afterEach(() => source.close())
afterAll(() => database.close())

test('a report sent again after a change becomes a new revision, and the one before is kept', async () => {
  const [number, uscc] = await business()
  holds(reportItem(number))
  await pull(database.db, source)
  holds(reportItem(number, { updatedAt: may(2), name: '虚构省改名贸易有限公司' }))
  expect(await pull(database.db, source)).toMatchObject({ new: 0, changed: 1 })
  expect(await revisionsOf(database.db, uscc)).toEqual([
    expect.objectContaining({ revision: 1, name: `虚构省示例${number}号贸易有限公司` }),
    expect.objectContaining({ revision: 2, name: '虚构省改名贸易有限公司' }),
  ])
})

test('the first publication decides whether a report is in time, not its correction', async () => {
  const [number, uscc] = await business()
  holds(reportItem(number, { publishedOn: '2026-06-30' }))
  await pull(database.db, source)
  holds(
    reportItem(number, { publishedOn: '2026-07-15', updatedAt: may(2), webPresences: [shop(`a${number}.example`)] }),
  )
  await pull(database.db, source)
  const [report] = await rows(
    database.db,
    sql`select published_on::text as "publishedOn", revision from annual_reports where uscc = ${uscc}`,
  )
  expect(report).toEqual({ publishedOn: '2026-06-30', revision: 2 })
})

test('a record older than the one held changes nothing', async () => {
  const [number, uscc] = await business()
  holds(reportItem(number, { updatedAt: may(3) }))
  await pull(database.db, source)
  holds(
    reportItem(number, { updatedAt: may(2, '23:59:59.999'), name: '旧名' }),
    reportItem(number, { updatedAt: may(3) }),
  )
  await database.db.execute(sql`delete from source_checkpoints`)
  expect(await pull(database.db, source)).toMatchObject({ older: 1, unchanged: 1, changed: 0 })
  expect(await revisionsOf(database.db, uscc)).toHaveLength(1)
})

test('a record that says the same at a later time adds no revision and no event', async () => {
  const [number, uscc] = await business()
  holds(reportItem(number))
  await pull(database.db, source)
  holds(reportItem(number, { updatedAt: may(9) }))
  expect(await pull(database.db, source)).toMatchObject({ unchanged: 1 })
  expect(await revisionsOf(database.db, uscc)).toHaveLength(1)
  expect(await changesTold(database.db)).toHaveLength(1)
})

test('several changes in one page become revisions in their order', async () => {
  const [number, uscc] = await business()
  holds(...[1, 2, 3].map((day) => reportItem(number, { updatedAt: may(day), name: `第${day}名` })))
  expect(await pull(database.db, source)).toMatchObject({ new: 1, changed: 2 })
  expect((await revisionsOf(database.db, uscc)).map((revision) => revision['name'])).toEqual([
    '第1名',
    '第2名',
    '第3名',
  ])
})

test('the same instant in another zone is the same instant', async () => {
  const [number, uscc] = await business()
  holds(reportItem(number, { updatedAt: '2026-05-02T08:00:00+08:00' }))
  await pull(database.db, source)
  expect(await watermark(database.db)).toBe(may(2))
  holds(reportItem(number, { updatedAt: '2026-05-02T07:59:59+08:00', name: '旧名' }))
  await database.db.execute(sql`delete from source_checkpoints`)
  expect(await pull(database.db, source)).toMatchObject({ older: 1 })
  expect(await revisionsOf(database.db, uscc)).toHaveLength(1)
})

test('a record of the year 2099 blocks no later true record and does not move the watermark past now', async () => {
  const [number, uscc] = await business()
  const now = '2026-05-10T00:00:00.000Z'
  holds(reportItem(number, { updatedAt: '2099-01-01T00:00:00.000Z', name: '来自未来' }))
  await pull(database.db, source, { now })
  expect(await watermark(database.db)).toBe(now)
  holds(reportItem(number, { updatedAt: may(11), name: '真名' }))
  expect(await pull(database.db, source, { now: may(12) })).toMatchObject({ changed: 1 })
  expect((await revisionsOf(database.db, uscc)).at(-1)).toMatchObject({ name: '真名' })
  expect(await watermark(database.db)).toBe(may(11))
})

test('an address that two businesses claim is disputed at both, and no longer when one drops it', async () => {
  const [[one, oneCode], [two, twoCode]] = [await business(), await business()]
  const host = `claimed${one}.example`
  holds(reportItem(one, { webPresences: [shop(host)] }))
  await pull(database.db, source)
  expect(await sitesOf(database.db, oneCode)).toEqual({ [host]: 'active' })

  await database.db.execute(sql`delete from feed_outbox`)
  holds(reportItem(two, { updatedAt: may(2), webPresences: [shop(`www.${host}`)] }))
  await pull(database.db, source)
  expect([await sitesOf(database.db, oneCode), await sitesOf(database.db, twoCode)]).toEqual([
    { [host]: 'disputed' },
    { [host]: 'disputed' },
  ])
  expect(await changesTold(database.db)).toEqual(
    expect.arrayContaining([
      { type: 'subject.changed', uscc: oneCode, changed: ['webPresences'] },
      { type: 'subject.changed', uscc: twoCode, changed: ['annualReports', 'webPresences'] },
    ]),
  )

  await database.db.execute(sql`delete from feed_outbox`)
  holds(reportItem(one, { updatedAt: may(3) }))
  await pull(database.db, source)
  expect([await sitesOf(database.db, oneCode), await sitesOf(database.db, twoCode)]).toEqual([
    { [host]: 'retired' },
    { [host]: 'active' },
  ])
  expect((await changesTold(database.db)).map((told) => told.uscc).sort()).toEqual([oneCode, twoCode].sort())
})

test('two businesses that claim an address in the same page are disputed too, in either order', async () => {
  const [[one, oneCode], [two, twoCode]] = [await business(), await business()]
  const host = `same-page${one}.example`
  holds(reportItem(one, { webPresences: [shop(host)] }), reportItem(two, { webPresences: [shop(host)] }))
  await pull(database.db, source)
  expect([await sitesOf(database.db, oneCode), await sitesOf(database.db, twoCode)]).toEqual([
    { [host]: 'disputed' },
    { [host]: 'disputed' },
  ])
})

test('a site that is in no newer report is retired, and in use again when a newer report has it', async () => {
  const [number, uscc] = await business()
  const [kept, dropped] = [`kept${number}.example`, `dropped${number}.example`]
  const report = (year: number, ...sites: string[]) =>
    reportItem(number, {
      sourceId: `report-${number}-${year}`,
      updatedAt: `${year + 1}-05-01T00:00:00.000Z`,
      year,
      publishedOn: `${year + 1}-04-30`,
      webPresences: sites.map((site) => shop(site)),
    })
  holds(report(2023, kept, dropped))
  await pull(database.db, source)
  holds(report(2024, kept))
  await pull(database.db, source)
  expect(await sitesOf(database.db, uscc)).toEqual({ [kept]: 'active', [dropped]: 'retired' })
  holds(report(2025, kept, dropped))
  await pull(database.db, source)
  expect(await sitesOf(database.db, uscc)).toEqual({ [kept]: 'active', [dropped]: 'active' })
  const seen = await rows(
    database.db,
    sql`select first_seen_on::text as first, confirmed_on::text as last from web_presences where uscc = ${uscc}`,
  )
  expect(seen).toEqual([
    { first: '2024-04-30', last: '2026-04-30' },
    { first: '2024-04-30', last: '2026-04-30' },
  ])
})

test('an older year that comes later retires nothing of the newest report', async () => {
  const [number, uscc] = await business()
  const [present, past] = [`present${number}.example`, `past${number}.example`]
  holds(
    reportItem(number, { webPresences: [shop(present)] }),
    reportItem(number, { sourceId: 'past', updatedAt: may(8), year: 2024, webPresences: [shop(past)] }),
  )
  await pull(database.db, source)
  expect(await sitesOf(database.db, uscc)).toEqual({ [present]: 'active', [past]: 'retired' })
})

test('a change and its event commit together or not at all', async () => {
  const [number, uscc] = await business()
  holds(reportItem(number, { webPresences: [shop(`together${number}.example`)] }))
  await database.db.execute(sql`alter table feed_outbox add constraint refuse_all check (seq < 0) not valid`)
  try {
    await expect(pull(database.db, source)).rejects.toThrow()
    expect(await revisionsOf(database.db, uscc)).toEqual([])
    expect(await sitesOf(database.db, uscc)).toEqual({})
    expect(await rows(database.db, sql`select from source_checkpoints`)).toEqual([])
  } finally {
    await database.db.execute(sql`alter table feed_outbox drop constraint refuse_all`)
  }
  await pull(database.db, source)
  expect(await revisionsOf(database.db, uscc)).toHaveLength(1)
  const made = await rows(
    database.db,
    sql`select distinct xmin::text from feed_outbox union select xmin::text from annual_report_revisions
        where uscc = ${uscc} union select xmin::text from annual_reports where uscc = ${uscc}`,
  )
  expect(made).toHaveLength(1)
})

test('events carry the name of a business and no other personal data', async () => {
  const [number] = await business()
  await register(
    database.db,
    subjectItem(number, { updatedAt: may(1), legalRepresentative: '赵某某', address: '示例路甲1号' }),
  )
  await database.db.execute(sql`delete from feed_outbox`)
  holds(reportItem(number, { webPresences: [shop(`quiet${number}.example`, '李某某的店')] }))
  await pull(database.db, source)
  const [event] = await rows<{ data: object }>(database.db, sql`select data from feed_outbox`)
  expect(Object.keys(event?.data ?? {}).sort()).toEqual(['changed', 'entityType', 'name', 'regionCode', 'status'])
  expect(JSON.stringify(event)).not.toMatch(/某某|示例路/)
})

test('subjects are pulled by the same protocol', async () => {
  const number = (numbers += 1)
  holds(subjectItem(number))
  // The source of this file answers for any collection.
  expect(await pull(database.db, source, { collection: 'subjects' })).toMatchObject({ new: 1 })
  expect(source.requests[0]).toMatch(/^\/subjects\?/)
  holds(subjectItem(number, { updatedAt: may(1), status: 'cancelled' }))
  expect(await pull(database.db, source, { collection: 'subjects' })).toMatchObject({ changed: 1 })
  expect((await changesTold(database.db)).map(({ changed }) => changed).at(-1)).toEqual(['status'])
})
