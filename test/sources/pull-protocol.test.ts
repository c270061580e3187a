import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/platform/db.ts'
import { pageSize } from '../../src/sources/download.ts'
import { lastCompletePull } from '../../src/sources/service.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { cloneDatabase } from '../support/database.ts'
import { sendPage, startSource, type TestSource } from '../support/source.ts'
import { changesTold, forget, pull, register, revisionsOf, rows, startHonestSource, watermark } from './pulling.ts'

let database: Database
const sources: TestSource[] = []
let numbers = 100
const next = () => (numbers += 1)

const kept = async <Source extends TestSource>(starting: Promise<Source>): Promise<Source> => {
  const source = await starting
  sources.push(source)
  return source
}
const asked = (source: TestSource) => source.requests.map((path) => new URL(path, source.url).searchParams)
const minutes = (instant: string, by: number) => new Date(Date.parse(instant) + by * 60_000).toISOString()

/** Numbers of that many registered businesses. */
async function businesses(count: number): Promise<number[]> {
  const made = Array.from({ length: count }, next)
  await register(database.db, ...made.map((number) => subjectItem(number)))
  return made
}

beforeAll(async () => {
  database = await cloneDatabase()
})
beforeEach(() => forget(database.db))
afterEach(async () => {
  for (const source of sources.splice(0)) await source.close()
})
afterAll(() => database.close())

test('a pull follows the cursors to the last page and takes the items of all', async () => {
  const made = await businesses(5)
  const source = await kept(startHonestSource())
  source.items.push(...made.map((number) => reportItem(number)))
  const counts = await pull(database.db, source)
  expect(counts).toEqual({
    pages: 3,
    records: 5,
    new: 5,
    changed: 0,
    unchanged: 0,
    older: 0,
    quarantined: {},
    retried: 0,
  })
  expect(source.requests.every((path) => path.startsWith('/annual-reports?'))).toBe(true)
  expect(asked(source).map((query) => [query.get('limit'), query.get('cursor')])).toEqual([
    [String(pageSize), null],
    [String(pageSize), '2'],
    [String(pageSize), '4'],
  ])
  for (const number of made) expect(await revisionsOf(database.db, madeUpUscc(number))).toHaveLength(1)
})

test('a cursor is sent back exactly as it came, whatever characters it has', async () => {
  const cursor = 'a+b/c==&limit=1 %20 号"\\#?'
  const source = await kept(
    startSource((_url, response, request) => sendPage(response, [], request === 1 ? cursor : null)),
  )
  await pull(database.db, source)
  expect(asked(source)[1]?.get('cursor')).toBe(cursor)
})

test('the bearer token is sent only when one is set', async () => {
  const source = await kept(startSource((_url, response) => sendPage(response, [])))
  await pull(database.db, source)
  await pull(database.db, source, { source: { baseUrl: source.url, token: 'secret-7' } })
  expect(source.headers.map((headers) => headers.authorization)).toEqual([undefined, 'Bearer secret-7'])
})

test('a base URL with a path keeps its path', async () => {
  const source = await kept(startSource((_url, response) => sendPage(response, [])))
  await pull(database.db, { url: `${source.url}/api/v2` })
  expect(source.requests[0]).toMatch(/^\/api\/v2\/annual-reports\?/)
})

test('the first pull asks for everything, a later one for what is not older than the newest record seen', async () => {
  const [one = 0, two = 0] = await businesses(2)
  const source = await kept(startHonestSource(1))
  source.items.push(reportItem(one), reportItem(two, { updatedAt: '2026-05-02T08:00:00.123Z' }))
  await pull(database.db, source)
  expect(asked(source).map((query) => query.get('updatedSince'))).toEqual([null, null])
  await pull(database.db, source)
  const since = asked(source)[2]?.get('updatedSince') ?? ''
  expect(since <= '2026-05-02T08:00:00.123Z').toBe(true)
  expect(since > '2026-05-01T00:00:00.000Z').toBe(true)
})

test('all pages of one pull ask for the same updatedSince', async () => {
  const made = await businesses(5)
  const source = await kept(startHonestSource())
  source.items.push(reportItem(made[0] ?? 0))
  await pull(database.db, source)
  source.items.push(...made.slice(1).map((number) => reportItem(number, { updatedAt: '2026-05-01T00:05:00.000Z' })))
  await pull(database.db, source)
  const later = asked(source).slice(1)
  expect(later.length).toBeGreaterThan(1)
  expect(new Set(later.map((query) => query.get('updatedSince'))).size).toBe(1)
})

test('a pull that finds nothing keeps the watermark', async () => {
  const [number = 0] = await businesses(1)
  const source = await kept(startHonestSource())
  source.items.push(reportItem(number))
  await pull(database.db, source)
  source.items.length = 0
  await pull(database.db, source)
  expect(await watermark(database.db)).toBe('2026-05-01T00:00:00.000Z')
})

test('a record that is committed late, with an updatedAt up to 10 minutes older than the newest, is not missed', async () => {
  const [newest = 0, late = 0] = await businesses(2)
  const source = await kept(startHonestSource())
  const at = '2026-05-01T00:00:00.000Z'
  source.items.push(reportItem(newest, { updatedAt: at }))
  await pull(database.db, source)
  source.items.push(reportItem(late, { updatedAt: minutes(at, -10) }))
  expect(await pull(database.db, source)).toMatchObject({ new: 1, unchanged: 1 })
  expect(await revisionsOf(database.db, madeUpUscc(late))).toHaveLength(1)
})

test('items that come again, on another page or in the next pull, change nothing and tell nothing', async () => {
  const [number = 0] = await businesses(1)
  const item = reportItem(number, { webPresences: [{ kind: 'shop', name: '店', url: `shop.example/${number}` }] })
  const source = await kept(
    startSource((url, response) =>
      sendPage(response, [item, item], url.searchParams.get('cursor') === null ? 'second' : null),
    ),
  )
  expect(await pull(database.db, source)).toMatchObject({ records: 4, new: 1, unchanged: 3 })
  expect(await pull(database.db, source)).toMatchObject({ records: 4, new: 0, unchanged: 4 })
  expect(await revisionsOf(database.db, madeUpUscc(number))).toHaveLength(1)
  expect(await changesTold(database.db)).toEqual([
    { type: 'subject.changed', uscc: madeUpUscc(number), changed: ['annualReports', 'webPresences'] },
  ])
})

test('a watermark is not moved by a record that was refused for its time', async () => {
  const source = await kept(startHonestSource())
  for (const updatedAt of ['0000-01-01T00:00:00Z', '+275760-09-13T00:00:00.000Z', '2026', 'yesterday', 7, null]) {
    source.items.push(reportItem(next(), { updatedAt }))
  }
  expect(await pull(database.db, source)).toMatchObject({ quarantined: { 'invalid-record': 6 } })
  expect(await watermark(database.db)).toBeNull()
})

test('a cursor that repeats for ever ends the pull with an error, and what was taken stays', async () => {
  const [number = 0] = await businesses(1)
  const source = await kept(
    startSource((url, response) => sendPage(response, [reportItem(number)], url.searchParams.get('cursor') ?? 'again')),
  )
  await expect(pull(database.db, source)).rejects.toThrow('the source of annual-reports goes round in circles')
  expect(source.requests).toHaveLength(2)
  expect(await revisionsOf(database.db, madeUpUscc(number))).toHaveLength(1)
})

test('cursors that go round in a longer circle end the pull with an error', async () => {
  const source = await kept(
    startSource((url, response) => sendPage(response, [], String((Number(url.searchParams.get('cursor')) + 1) % 5))),
  )
  await expect(pull(database.db, source)).rejects.toThrow(/circles/)
  expect(source.requests.length).toBeLessThan(10)
})

test('pages that stay empty for ever end the pull with an error', async () => {
  const source = await kept(startSource((_url, response, request) => sendPage(response, [], `cursor-${request}`)))
  await expect(pull(database.db, source)).rejects.toThrow(/circles/)
})

test('an empty page in between ends nothing', async () => {
  const [number = 0] = await businesses(1)
  const source = await kept(
    startSource((_url, response, request) =>
      sendPage(response, request === 3 ? [reportItem(number)] : [], request < 4 ? `cursor-${request}` : null),
    ),
  )
  expect(await pull(database.db, source)).toMatchObject({ pages: 4, new: 1 })
})

/** A source of four pages that breaks its connections from the third page on, until it is mended. */
async function startBreakingSource(made: number[]) {
  let broken = true
  const source = await kept(
    startSource((url, response) => {
      const cursor = url.searchParams.get('cursor')
      const page = Number(cursor?.replace('page-', '') ?? 1)
      if (broken && page === 3) return void response.socket?.destroy()
      sendPage(response, [reportItem(made[page - 1] ?? 0)], page < 4 ? `page-${page + 1}` : null)
    }),
  )
  return { ...source, mend: () => (broken = false) }
}

test('a pull broken off at page 3 ends with a clear error, keeps what it took, and goes on at page 3', async () => {
  const made = await businesses(4)
  const source = await startBreakingSource(made)
  await expect(pull(database.db, source)).rejects.toThrow(/annual-reports could not be read: /)
  const count = sql`select count(*)::int as count from annual_reports`
  const [before] = await rows<{ count: number }>(database.db, count)
  expect(await revisionsOf(database.db, madeUpUscc(made[1] ?? 0))).toHaveLength(1)
  source.mend()
  const asksBefore = source.requests.length
  const counts = await pull(database.db, source)
  expect(asked(source)[asksBefore]?.get('cursor')).toBe('page-3')
  expect(counts).toMatchObject({ new: 2 })
  const [after] = await rows<{ count: number }>(database.db, count)
  expect((after?.count ?? 0) - (before?.count ?? 0)).toBe(2)
})

test('a pull that goes on is complete only when what changed since it first began was pulled too', async () => {
  const made = await businesses(4)
  const source = await startBreakingSource(made)
  await expect(pull(database.db, source, { now: '2026-06-29T04:00:00.000Z' })).rejects.toThrow()
  expect(await lastCompletePull(database.db, 'annual-reports')).toBeNull()
  source.mend()
  const asksBefore = source.requests.length
  await pull(database.db, source, { now: '2026-07-02T04:00:00.000Z' })
  const later = asked(source).slice(asksBefore)
  expect(later[0]?.get('cursor')).toBe('page-3')
  const anew = later.findIndex((query) => query.get('cursor') === null)
  expect(later[anew]?.get('updatedSince')).toBe('2026-04-30T23:50:00.000Z')
  expect(await lastCompletePull(database.db, 'annual-reports')).toEqual(new Date('2026-07-02T04:00:00.000Z'))
})

test.each([400, 410])('a source that answers an old cursor with %i is walked anew', async (status) => {
  const made = await businesses(2)
  let forgetful = false
  const source = await kept(
    startSource((url, response) => {
      const cursor = url.searchParams.get('cursor')
      if (cursor === null) sendPage(response, [reportItem(made[0] ?? 0)], forgetful ? 'new' : 'old')
      else if (cursor === 'new') sendPage(response, [reportItem(made[1] ?? 0)])
      else response.writeHead(forgetful ? status : 500).end()
    }),
  )
  await expect(pull(database.db, source)).rejects.toThrow(/answered 500/)
  forgetful = true
  const asksBefore = source.requests.length
  expect(await pull(database.db, source)).toMatchObject({ new: 1, unchanged: 1 })
  expect(
    asked(source)
      .slice(asksBefore)
      .map((query) => query.get('cursor')),
  ).toEqual(['old', null, 'new'])
  expect(await revisionsOf(database.db, madeUpUscc(made[1] ?? 0))).toHaveLength(1)
})

test('a refused first page is an error, not a reason to ask again', async () => {
  const source = await kept(
    startSource((_url, response) => {
      response.statusCode = 400
      response.end()
    }),
  )
  await expect(pull(database.db, source)).rejects.toThrow(/answered 400/)
  expect(source.requests).toHaveLength(1)
})

test('a pull that is told to stop ends without an answer, and the next one goes on', async () => {
  const made = await businesses(3)
  const source = await kept(startHonestSource(1))
  source.items.push(...made.map((number) => reportItem(number)))
  const stopping = new AbortController()
  const stopped = pull(database.db, source, { signal: stopping.signal, onProgress: () => stopping.abort() })
  await expect(stopped).rejects.toThrow(/abort/i)
  // The next page was asked for while the first was written.
  expect(source.requests.length).toBeLessThanOrEqual(2)
  await pull(database.db, source)
  expect(asked(source)[1]?.get('cursor')).toBe('1')
  for (const number of made) expect(await revisionsOf(database.db, madeUpUscc(number))).toHaveLength(1)
})
