import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/platform/db.ts'
import { takers } from '../../src/sources/collection.ts'
import { forgetOldRawBytes, keepFileBytes, readBytes, readWhole } from '../../src/sources/raw-bytes.ts'
import { rereadCollection } from '../../src/sources/reread.ts'
import { traceRecords } from '../../src/sources/trace.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { cloneDatabase } from '../support/database.ts'
import { startSource, type TestSource } from '../support/source.ts'
import { forget, pull, quarantined, register, revisionsOf, rows, startHonestSource, type Item } from './pulling.ts'

let database: Database
let source: TestSource & { items: Item[] }
let numbers = 0

/** A business of its own, registered. */
async function business(): Promise<number> {
  const number = (numbers += 1)
  await register(database.db, subjectItem(number))
  return number
}
const intakes = () =>
  rows<{ sha256: string; origin: string; records: number; refused: number; settled: boolean }>(
    database.db,
    sql`select sha256, origin, records, refused, settled from source_intakes order by received_at, id`,
  )
const count = async (table: string) =>
  (await rows<{ count: number }>(database.db, sql.raw(`select count(*)::int as count from ${table}`)))[0]?.count

beforeAll(async () => {
  database = await cloneDatabase()
})
beforeEach(async () => {
  await forget(database.db)
  source = await startHonestSource(100)
})
afterEach(() => source.close())
afterAll(() => database.close())

test('the bytes of each page are kept as they came, packed, under their SHA-256', async () => {
  const number = await business()
  const body = `\n{"next" : null,\t"items": [ ${JSON.stringify(reportItem(number))} ], "extra": "${'号'.repeat(9000)}"}  `
  const odd = await startSource((_url, response) => void response.end(body))
  await pull(database.db, odd)
  await odd.close()
  const sha256 = createHash('sha256').update(body).digest('hex')
  expect(await intakes()).toMatchObject([{ sha256, records: 1, refused: 0 }])
  expect((await readWhole(database.db, { sha256 })).toString()).toBe(body)
  const [packed] = await rows<{ size: number }>(database.db, sql`select length(packed) as size from source_byte_parts`)
  expect(packed?.size).toBeLessThan(Buffer.byteLength(body) / 10)
})

test('a page that comes again is kept once, and nothing is left to do for it', async () => {
  source.items.push(reportItem(await business()))
  await pull(database.db, source)
  const again = await pull(database.db, source, { now: '2026-07-02T04:00:00.000Z' })
  // The second pull asks for another day, and is sent the same bytes.
  expect(again).toMatchObject({ records: 1, unchanged: 1 })
  expect(await count('source_bytes')).toBe(1)
  expect(await intakes()).toMatchObject([{ settled: true }, { settled: true }])
})

test('a page with a refused record, or with one of a time to come, is read again when it comes again', async () => {
  const number = await business()
  source.items.push(reportItem(number), reportItem(number, { year: 1 }))
  await pull(database.db, source)
  await pull(database.db, source)
  expect(await intakes()).toMatchObject([{ settled: false }, { settled: false }])
  expect(await quarantined(database.db)).toMatchObject([{ timesSeen: 2 }])
  await forget(database.db)
  source.items.splice(0, 2, reportItem(number, { updatedAt: '2027-01-01T00:00:00.000Z' }))
  await pull(database.db, source)
  expect(await intakes()).toMatchObject([{ refused: 0, settled: false }])
})

test('a page of another parser is read again', async () => {
  const number = await business()
  source.items.push(reportItem(number))
  await pull(database.db, source)
  await database.db.execute(sql`update source_intakes set parser_version = 0`)
  await database.db.execute(sql`alter table annual_report_revisions disable trigger user`)
  await database.db.execute(sql`delete from annual_report_revisions where uscc = ${madeUpUscc(number)}`)
  await database.db.execute(sql`alter table annual_report_revisions enable trigger user`)
  expect(await pull(database.db, source)).toMatchObject({ new: 1 })
})

test('kept bytes are read again in their order: what is held changes nothing, what is readable by now is taken', async () => {
  const [known, unknown] = [await business(), (numbers += 1)]
  source.items.push(reportItem(known))
  await pull(database.db, source)
  source.items.splice(0, 1, reportItem(known, { updatedAt: '2026-05-02T00:00:00.000Z', publishedOn: '2026-05-02' }))
  source.items.push(reportItem(unknown))
  await pull(database.db, source, { now: '2026-07-02T04:00:00.000Z' })
  const before = await revisionsOf(database.db, madeUpUscc(known))
  expect(before).toHaveLength(2)
  await register(database.db, subjectItem(unknown))

  const now = () => new Date('2026-07-03T04:00:00.000Z')
  const counts = await rereadCollection({ db: database.db, collection: 'annual-reports', now })
  expect(counts).toMatchObject({ intakes: 2, records: 3, new: 1, unchanged: 1, older: 1, changed: 0, quarantined: {} })
  expect(await revisionsOf(database.db, madeUpUscc(known))).toEqual(before)
  expect(await quarantined(database.db)).toMatchObject([{ status: 'resolved' }])
  const again = await rereadCollection({ db: database.db, collection: 'annual-reports', now })
  expect(again).toMatchObject({ intakes: 2, new: 0, changed: 0 })
  // What was taken by reading again leads to the same bytes.
  const traced = await traceRecords(database.db, { collection: 'annual-reports', uscc: madeUpUscc(unknown) })
  expect(traced).toMatchObject([{ raw: reportItem(unknown), intake: { origin: 'reread' } }])
})

test('only what came in a range of days is read again', async () => {
  source.items.push(reportItem(await business()))
  await pull(database.db, source, { now: '2026-06-30T15:59:59.000Z' })
  source.items.push(reportItem(await business(), { updatedAt: '2026-05-01T00:01:00.000Z' }))
  await pull(database.db, source, { now: '2026-06-30T16:00:00.000Z' })
  const reread = (from?: string, to?: string) =>
    rereadCollection({ db: database.db, collection: 'annual-reports', from, to, now: () => new Date() })
  expect(await reread('2026-06-30', '2026-06-30')).toMatchObject({ intakes: 1, records: 1 })
  expect(await reread('2026-07-01')).toMatchObject({ intakes: 1, records: 2 })
  expect(await reread(undefined, '2026-06-29')).toMatchObject({ intakes: 0 })
})

test('bytes are forgotten when nothing that is kept came from them, and those that came again stay', async () => {
  source.items.push(reportItem(await business()))
  await pull(database.db, source, { now: '2026-07-01T04:00:00.000Z' })
  await pull(database.db, source, { now: '2026-07-10T04:00:00.000Z' })
  const forgetAt = (now: string) => forgetOldRawBytes(database.db, { days: 7, now: new Date(now) })
  expect(await forgetAt('2026-07-08T03:00:00.000Z')).toEqual({ intakes: 0, bytes: 0 })
  expect(await forgetAt('2026-07-08T05:00:00.000Z')).toEqual({ intakes: 1, bytes: 0 })
  expect(await forgetAt('2026-07-17T05:00:00.000Z')).toEqual({ intakes: 1, bytes: 1 })
  expect(await count('source_byte_parts')).toBe(0)
  // It comes again, and is kept again.
  await pull(database.db, source, { now: '2026-07-18T04:00:00.000Z' })
  expect(await count('source_byte_parts')).toBe(1)
})

test('a file is kept in parts, leads from each of its records, and is read again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'xinjian-raw-'))
  const number = (numbers += 1)
  const path = join(folder, '登记.ndjson')
  // Of more than one part, and not to be packed.
  const filler = JSON.stringify({ filler: randomBytes(4 * 1024 * 1024).toString('base64') })
  const text = [JSON.stringify(subjectItem(number)), filler, ''].join('\n')
  await writeFile(path, text)
  const receivedAt = new Date('2026-07-01T04:00:00.000Z')
  const asOf = receivedAt.toISOString()
  const file = { collection: 'subjects' as const, path, location: '登记.ndjson', receivedAt, asOf }
  const { sha256, finish } = await keepFileBytes(database.db, file)
  await database.db.transaction(async (tx) => {
    await takers.subjects(tx, [subjectItem(number)], receivedAt)
    await finish(tx, { records: 2, refused: 1 })
  })
  await rm(folder, { recursive: true })

  const parts: Buffer[] = []
  for await (const part of readBytes(database.db, sha256)) parts.push(part)
  expect(parts.length).toBeGreaterThan(1)
  expect(Buffer.concat(parts).toString()).toBe(text)
  expect(await traceRecords(database.db, { collection: 'subjects', uscc: madeUpUscc(number) })).toMatchObject([
    { raw: subjectItem(number), intake: { origin: 'import', location: '登记.ndjson', sha256 } },
  ])
  const now = () => new Date('2026-07-02T04:00:00.000Z')
  expect(await rereadCollection({ db: database.db, collection: 'subjects', now })).toMatchObject({
    intakes: 1,
    unchanged: 1,
    quarantined: { 'invalid-record': 1 },
  })
})
