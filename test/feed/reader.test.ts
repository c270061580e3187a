import { afterAll, beforeAll, expect, it } from 'vitest'
import { startFeedListener, type FeedListener } from '../../src/feed/listener.ts'
import { follow } from '../../src/feed/reader.ts'
import { sequencePending } from '../../src/feed/sequencer.ts'
import { appendEvents } from '../../src/feed/service.ts'
import { openDatabase, type Database } from '../../src/platform/db.ts'
import { cloneDatabase } from '../support/database.ts'
import { pendingEvent } from '../support/events.ts'

let database: Database
let listener: FeedListener

beforeAll(async () => {
  database = await cloneDatabase()
  listener = startFeedListener(database.url)
})
afterAll(async () => {
  await listener.stop()
  await database.close()
})

let appended = 0

async function append(count: number, fields: Parameters<typeof pendingEvent>[1] = {}): Promise<void> {
  const events = Array.from({ length: count }, () => pendingEvent((appended += 1), fields))
  await database.db.transaction((tx) => appendEvents(tx, events))
  await sequencePending(database.db, 10_000)
}

/** A reader, what it has read, and how to end it. */
function startReader(options: Partial<Parameters<typeof follow>[2]> = {}, db = database.db) {
  const stopping = new AbortController()
  const seen: number[] = []
  const state = { position: 0, calls: 0 }
  const ended = follow(db, listener, {
    after: 0,
    signal: stopping.signal,
    onEvents: (events, position) => {
      seen.push(...events.map((event) => Number(event.sequence)))
      state.position = position
      state.calls += 1
    },
    ...options,
  })
  return {
    seen,
    state,
    ended,
    stop: () => {
      stopping.abort()
      return ended
    },
  }
}

const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1)

it('reads what is there page by page, then what comes, in order and once', async () => {
  await append(25)
  const reader = startReader({ limit: 10 })
  await expect.poll(() => reader.seen).toEqual(upTo(25))
  for (let i = 0; i < 5; i += 1) await append(1)
  await expect.poll(() => reader.seen).toEqual(upTo(appended))
  await reader.stop()
})

it('goes on from the position that it kept, with nothing missed and nothing repeated', async () => {
  const first = startReader({ limit: 10 })
  await expect.poll(() => first.state.position).toBe(appended)
  await first.stop()
  const before = appended
  await append(7)
  const second = startReader({ after: first.state.position })
  await expect.poll(() => second.seen).toEqual(upTo(appended).slice(before))
  await second.stop()
})

it('takes the next page only when it is done with the one before', async () => {
  let running = 0
  let most = 0
  const seen: number[] = []
  const reader = startReader({
    limit: 3,
    onEvents: async (events) => {
      most = Math.max(most, (running += 1))
      await new Promise(setImmediate)
      seen.push(...events.map((event) => Number(event.sequence)))
      running -= 1
    },
  })
  await expect.poll(() => seen).toEqual(upTo(appended))
  await reader.stop()
  expect(most).toBe(1)
})

it('tells how far it has read though the filter leaves everything out', async () => {
  await append(3, { type: 'listing.entered', list: 'abnormal' })
  const reader = startReader({ filter: { types: ['sanction.imposed'] }, quietMs: 1 })
  await expect.poll(() => reader.state.position).toBe(appended)
  expect(reader.seen).toEqual([])
  await reader.stop()
})

it('reads only what the filter asks for', async () => {
  const reader = startReader({ filter: { lists: ['abnormal'] } })
  await expect.poll(() => reader.seen).toEqual(upTo(appended).slice(-3))
  await reader.stop()
})

it('ends with the failure of whoever takes the events', async () => {
  const reader = startReader({
    onEvents: () => {
      throw new Error('the reader is full')
    },
  })
  await expect(reader.ended).rejects.toThrow('the reader is full')
})

it('tells that the database cannot be read, tries on, and hands over nothing twice', async () => {
  const faults: unknown[] = []
  const own = openDatabase(database.url, { max: 1 })
  const reader = startReader({ limit: 5, onFault: (error) => faults.push(error) }, own.db)
  await expect.poll(() => reader.seen).toEqual(upTo(appended))
  await own.close()
  await append(1)
  await expect.poll(() => faults.length).toBeGreaterThan(0)
  await reader.stop()
  expect(reader.seen).toEqual(upTo(appended - 1))
})

it('holds nobody up when it is stopped while it waits', async () => {
  const reader = startReader()
  await expect.poll(() => reader.state.position).toBe(appended)
  await reader.stop()
})
