import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/platform/db.ts'
import { defaultGuards, retryAt, shrunkFault, unreadableFault } from '../../src/sources/domain.ts'
import { lastCompletePull } from '../../src/sources/service.ts'
import { listSources, resumeAndTell } from '../../src/sources/source-state.ts'
import { reportItem, subjectItem } from '../support/businesses.ts'
import { cloneDatabase } from '../support/database.ts'
import { sendPage, startSource, type TestSource } from '../support/source.ts'
import {
  forget,
  patience,
  pull,
  quarantined,
  register,
  rows,
  startHonestSource,
  watermark,
  type Item,
} from './pulling.ts'

let database: Database
let source: TestSource & { items: Item[] }
const businesses = 300
const reports = (from: number, to: number, fields: Item = {}) =>
  Array.from({ length: to - from }, (_, i) => reportItem(from + i, fields))
const holds = (...items: Item[]) => void source.items.splice(0, Infinity, ...items)
const stateAt = async (now: string) =>
  (await listSources(database.db, new Date(now))).find(({ collection }) => collection === 'annual-reports')
const resume = (accept = false) =>
  database.db.transaction((tx) =>
    resumeAndTell(tx, 'annual-reports', {
      reason: '已核对',
      accept,
      by: null,
      now: new Date('2026-07-03T04:00:00.000Z'),
    }),
  )

beforeAll(async () => {
  database = await cloneDatabase()
  await register(database.db, ...Array.from({ length: businesses }, (_, i) => subjectItem(i + 1)))
})
beforeEach(async () => {
  await forget(database.db)
  source = await startHonestSource(100)
})
afterEach(() => source.close())
afterAll(() => database.close())

describe('a source that shrinks', () => {
  const later = '2026-07-02T04:00:00.000Z'

  test('is stopped when the records that it must send again are gone, and is pulled no more', async () => {
    holds(...reports(1, 201))
    await pull(database.db, source)
    holds()
    await expect(pull(database.db, source, { now: later })).rejects.toThrow(
      'has shrunk: it sent 0 records, and has sent 200 of the same days before',
    )
    expect(await stateAt(later)).toMatchObject({ status: 'stopped', reason: 'shrunk', since: later, heldRecords: 200 })
    // Nobody is judged by a pull that was not complete.
    expect(await lastCompletePull(database.db, 'annual-reports')).toEqual(new Date('2026-07-01T04:00:00.000Z'))
    const asked = source.requests.length
    await expect(pull(database.db, source)).rejects.toThrow('is stopped until')
    expect(source.requests).toHaveLength(asked)
  })

  test('is stopped when it is walked from the beginning and has less than half', async () => {
    holds(...reports(1, 201))
    await pull(database.db, source)
    await database.db.execute(sql`delete from source_checkpoints`)
    holds(...reports(1, 91), reportItem(250))
    await expect(pull(database.db, source)).rejects.toThrow(
      'it sent 91 records from the beginning, and is known to have',
    )
    // What it sent is taken all the same.
    expect(await rows(database.db, sql`select uscc from annual_reports where uscc like '%MA000250%'`)).toHaveLength(1)
    expect(await watermark(database.db)).toBeNull()
  })

  test('goes on once a person has resumed it, and is stopped again unless the loss was accepted', async () => {
    holds(...reports(1, 201))
    await pull(database.db, source)
    holds(...reports(201, 221))
    await expect(pull(database.db, source)).rejects.toThrow('has shrunk')
    expect(await resume()).toMatchObject({ status: 'ok', reason: null })
    await expect(pull(database.db, source)).rejects.toThrow('has shrunk')
    await resume(true)
    expect(await pull(database.db, source)).toMatchObject({ records: 20, unchanged: 20 })
    // The few that are left are what it must send from now on.
    expect(await pull(database.db, source)).toMatchObject({ records: 20, unchanged: 20 })
    expect(await rows(database.db, sql`select reason, resume_reason as why from source_stops order by id`)).toEqual([
      { reason: 'shrunk', why: '已核对' },
      { reason: 'shrunk', why: '已核对' },
    ])
  })

  test('is not stopped for changing most of its records, nor for having few', async () => {
    holds(...reports(1, 201))
    await pull(database.db, source)
    holds(...reports(1, 201, { updatedAt: '2026-06-01T00:00:00.000Z', publishedOn: '2026-05-02' }))
    expect(await pull(database.db, source)).toMatchObject({ changed: 200 })
    await forget(database.db)
    holds(...reports(1, 51))
    await pull(database.db, source)
    holds()
    expect(await pull(database.db, source)).toMatchObject({ records: 0 })
  })

  test('a walk that was broken off counts what it had read before', async () => {
    holds(...reports(1, 201))
    await pull(database.db, source)
    await database.db.execute(sql`delete from source_checkpoints`)
    const stopping = new AbortController()
    await expect(
      pull(database.db, source, { signal: stopping.signal, onProgress: () => stopping.abort() }),
    ).rejects.toThrow(/abort/i)
    expect(await pull(database.db, source)).toMatchObject({ pages: 3 })
  })
})

describe('a source that cannot be read', () => {
  const bad = (from: number, to: number) => reports(from, to, { year: 'last' })

  test('is stopped after more than a fifth of 50 records, takes the good ones, and loses none of the others', async () => {
    holds(...reports(1, 71), ...bad(71, 101))
    await expect(pull(database.db, source)).rejects.toThrow('30 of 100 records could not be read')
    expect(await stateAt('2026-07-01T04:00:00.000Z')).toMatchObject({ status: 'stopped', reason: 'unreadable' })
    expect(await quarantined(database.db)).toHaveLength(30)
    expect(await rows(database.db, sql`select 1 from source_intakes`)).toHaveLength(1)
    expect(await lastCompletePull(database.db, 'annual-reports')).toBeNull()
    // It is mended, and the page is read again.
    holds(...reports(1, 101))
    await resume()
    expect(await pull(database.db, source)).toMatchObject({ records: 100 })
    expect((await quarantined(database.db)).every(({ status }) => status === 'resolved')).toBe(true)
  })

  test('does not flood the quarantine: of the page that stops it, so many are put there', async () => {
    holds(...bad(1, 101))
    await expect(pull(database.db, source, { guards: { quarantinedOfLastPage: 10 } })).rejects.toThrow('100 of 100')
    expect(await quarantined(database.db)).toHaveLength(10)
  })

  test('goes on to its end when a person finds it right', async () => {
    holds(...reports(1, 71), ...bad(71, 101), ...reports(101, 151))
    await expect(pull(database.db, source)).rejects.toThrow('30 of 100')
    await resume(true)
    expect(await pull(database.db, source)).toMatchObject({ quarantined: { 'invalid-record': 30 }, records: 150 })
  })

  test('is not stopped for records of businesses that nobody registered', async () => {
    holds(...reports(1000, 1100))
    expect(await pull(database.db, source)).toMatchObject({ quarantined: { 'unknown-subject': 100 } })
  })
})

test('a source that sends the same page under ever new cursors is stopped, and walked anew when it is resumed', async () => {
  await source.close()
  const looping = await startSource((url, response) =>
    sendPage(response, reports(1, 3), `cursor-${Number(url.searchParams.get('cursor')?.slice(7) ?? 0) + 1}`),
  )
  await expect(pull(database.db, looping)).rejects.toThrow('goes round in circles')
  expect(looping.requests.length).toBeLessThan(10)
  await resume()
  const asked = looping.requests.length
  await expect(pull(database.db, looping)).rejects.toThrow('goes round in circles')
  expect(looping.requests[asked]).not.toContain('cursor')
  await looping.close()
})

describe('a source that fails', () => {
  const minutesLater = (minutes: number) =>
    new Date(Date.parse('2026-07-01T04:00:00.000Z') + minutes * 60_000).toISOString()

  test('is left alone after three failed runs, for longer each time, and asked once before it is trusted again', async () => {
    await source.close()
    let broken = true
    const failing = await startSource((_url, response) => {
      if (broken) response.writeHead(503).end()
      else sendPage(response, [reportItem(1)])
    })
    const at = (minutes: number) => pull(database.db, failing, { now: minutesLater(minutes) })
    for (const minute of [0, 1, 2]) await expect(at(minute)).rejects.toThrow('answered 503')
    expect(await stateAt(minutesLater(3))).toMatchObject({
      status: 'open-circuit',
      failures: 3,
      retryAt: minutesLater(12),
    })
    const asked = failing.requests.length
    expect(asked).toBe(3 * (1 + patience.retries))
    await expect(at(11)).rejects.toThrow(`is left alone until ${minutesLater(12)}: 3 runs failed, the last one because`)
    expect(failing.requests).toHaveLength(asked)

    expect(await stateAt(minutesLater(12))).toMatchObject({ status: 'half-open' })
    await expect(at(12)).rejects.toThrow('answered 503')
    // One question, without retries.
    expect(failing.requests).toHaveLength(asked + 1)
    expect(await stateAt(minutesLater(12))).toMatchObject({ failures: 4, retryAt: minutesLater(32) })

    broken = false
    expect(await at(32)).toMatchObject({ records: 1 })
    expect(await stateAt(minutesLater(33))).toMatchObject({ status: 'ok', failures: 0, retryAt: null })
    await failing.close()
  })

  test('of several processes, one tries a source that was left alone', async () => {
    await source.close()
    const answers: (() => void)[] = []
    const slow = await startSource((_url, response, request) => {
      if (request <= 9) response.writeHead(503).end()
      else answers.push(() => sendPage(response, []))
    })
    for (const minute of [0, 1, 2])
      await expect(pull(database.db, slow, { now: minutesLater(minute) })).rejects.toThrow()
    const first = pull(database.db, slow, { now: minutesLater(20) })
    while (slow.requests.length < 10) await new Promise(setImmediate)
    await expect(pull(database.db, slow, { now: minutesLater(20) })).rejects.toThrow('is left alone until')
    answers[0]?.()
    await first
    await slow.close()
  })

  test('with Retry-After longer than patience is left alone for that long, and for a day at most', async () => {
    await source.close()
    let wait = '7200'
    const busy = await startSource((_url, response) => void response.writeHead(429, { 'retry-after': wait }).end())
    await expect(pull(database.db, busy)).rejects.toThrow('asks to come back in 7200 s')
    expect(await stateAt(minutesLater(1))).toMatchObject({ status: 'open-circuit', retryAt: minutesLater(120) })
    wait = '999999999'
    await expect(pull(database.db, busy, { now: minutesLater(121) })).rejects.toThrow('asks to come back')
    expect(await stateAt(minutesLater(122))).toMatchObject({ retryAt: minutesLater(121 + 24 * 60) })
    await busy.close()
  })
})

test.each([
  [1, null],
  [2, null],
  [3, 10],
  [4, 20],
  [5, 40],
  [20, 360],
])('after %i failed runs a source is left alone for %j minutes', (failures, minutes) => {
  const now = new Date('2026-07-01T00:00:00.000Z')
  const at = retryAt(failures, now, defaultGuards, null)
  expect(at === null ? null : (at.getTime() - now.getTime()) / 60_000).toBe(minutes)
})

test.each([
  [49, 49, false],
  [50, 10, false],
  [50, 11, true],
  [1000, 200, false],
  [1000, 201, true],
])('of %i records, %i unreadable ones stop a pull: %j', (records, unreadable, stops) => {
  expect(unreadableFault({ records, unreadable }, defaultGuards) !== null).toBe(stops)
})

test.each([
  [99, 0, false],
  [100, 0, true],
  [100, 49, true],
  [100, 50, false],
])('of a source with %i records, a walk that finds %i stops the pull: %j', (held, records, stops) => {
  const known = { heldRecords: held, overlapRecords: 0 }
  expect(shrunkFault({ fromTheBeginning: true, records }, known, defaultGuards) !== null).toBe(stops)
})
