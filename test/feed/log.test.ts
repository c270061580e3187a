import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { CloudEvent, HTTP } from 'cloudevents'
import { sql } from 'drizzle-orm'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventTypes, type FeedEvent } from '../../src/feed/domain.ts'
import { listEvents } from '../../src/feed/repository.ts'
import { sequencePending, startSequencer } from '../../src/feed/sequencer.ts'
import { appendEvents } from '../../src/feed/service.ts'
import { openDatabase, type Database, type Db } from '../../src/platform/db.ts'
import { madeUpUscc } from '../support/businesses.ts'
import { cloneDatabase } from '../support/database.ts'

let database: Database
let db: Db

beforeAll(async () => {
  database = await cloneDatabase()
  db = database.db
})
afterAll(() => database.close())

async function append(number: number): Promise<void> {
  await db.transaction((tx) => appendEvents(tx, [event(number)]))
}

function event(number: number) {
  return {
    id: uuidv7(),
    type: 'subject.changed' as const,
    key: `subject:${madeUpUscc(number)}`,
    uscc: madeUpUscc(number),
    list: null,
    regionCode: '999900',
    occurredAt: '2026-07-01T02:00:00.000Z',
    data: { name: `虚构${number}`, amount: 1.5, nested: { b: [1, 2], a: '中文 “"\\' } },
  }
}

async function wholeLog(): Promise<FeedEvent[]> {
  return (await listEvents(db, 0, 100_000, {})).events
}

/** The chain as the contract words it, written again from that text. */
function brokenLinks(events: readonly FeedEvent[]): string[] {
  let previous = ''
  return events.flatMap((event) => {
    const { hash, ...rest } = event
    const expected = createHash('sha256')
      .update(previous + (canonicalize(rest) ?? ''))
      .digest('hex')
    previous = hash
    return hash === expected ? [] : [event.sequence]
  })
}

it('gives committed events contiguous positions from 1, linked by their hashes', async () => {
  for (let i = 1; i <= 5; i += 1) await append(i)
  while ((await sequencePending(db, 2)) > 0);
  const events = await wholeLog()
  expect(events.map((event) => event.sequence)).toEqual(['1', '2', '3', '4', '5'])
  expect(brokenLinks(events)).toEqual([])
})

it('shows any event that was altered, left out or put in', async () => {
  const events = await wholeLog()
  const [first, second, ...rest] = events
  expect(brokenLinks([{ ...first!, data: { ...first!.data, name: '别的' } }, second!, ...rest])).toContain('1')
  expect(brokenLinks([first!, ...rest])).toContain('3')
  expect(brokenLinks([first!, first!, second!, ...rest])).not.toEqual([])
})

it.each(eventTypes)('writes a %s that the CloudEvents library accepts in structured form', async (type) => {
  const list = /^(listing|sanction)/.test(type) ? 'abnormal' : null
  await db.transaction((tx) => appendEvents(tx, [{ ...event(50), type, list }]))
  await sequencePending(db)
  const written = (await wholeLog()).at(-1)
  expect(written?.type).toBe(type)
  // As a reader has it: parsed from the wire.
  const parsed = JSON.parse(JSON.stringify(written)) as Record<string, unknown>
  const accepted = new CloudEvent(parsed, true)
  expect(accepted.validate()).toBe(true)
  expect(HTTP.toEvent({ headers: { 'content-type': 'application/cloudevents+json' }, body: parsed })).toMatchObject(
    parsed,
  )
})

it('writes nothing that the CloudEvents library refuses', async () => {
  for (const written of await wholeLog()) {
    expect(() => new CloudEvent(written as unknown as Record<string, unknown>, true)).not.toThrow()
  }
})

it('loses nothing of a transaction that rolls back, since it records nothing', async () => {
  const before = (await wholeLog()).length
  await expect(
    db.transaction(async (tx) => {
      await appendEvents(tx, [event(99)])
      throw new Error('the decision fails')
    }),
  ).rejects.toThrow('the decision fails')
  expect(await sequencePending(db)).toBe(0)
  expect(await wholeLog()).toHaveLength(before)
})

it('never lets an open transaction hold up the events of others, nor lose its own', async () => {
  const before = (await wholeLog()).length
  const other = openDatabase(database.url, { max: 1 })
  let commit: () => void = () => undefined
  const committing = new Promise<void>((resolve) => (commit = resolve))
  let appended: () => void = () => undefined
  const hasAppended = new Promise<void>((resolve) => (appended = resolve))
  const slow = other.db.transaction(async (tx) => {
    await appendEvents(tx, [event(200)])
    appended()
    await committing
  })
  await hasAppended
  await append(201)
  await sequencePending(db)
  expect((await wholeLog()).slice(before).map((event) => event.subject)).toEqual([madeUpUscc(201)])
  commit()
  await slow
  await sequencePending(db)
  expect((await wholeLog()).slice(before).map((event) => event.subject)).toEqual([madeUpUscc(201), madeUpUscc(200)])
  await other.close()
})

it('gives each event one position though several processes sequence at once', async () => {
  const before = (await wholeLog()).length
  const others = Array.from({ length: 3 }, () => openDatabase(database.url, { max: 2 }))
  const warn = (context: object) => {
    throw new Error(JSON.stringify(context))
  }
  const sequencers = others.map((other) => startSequencer(other.db, { warn }))
  await Promise.all(Array.from({ length: 200 }, (_, i) => append(1000 + i)))
  await expect.poll(async () => (await wholeLog()).length).toBe(before + 200)
  await Promise.all(sequencers.map((sequencer) => sequencer.stop()))
  await Promise.all(others.map((other) => other.close()))
  const events = await wholeLog()
  expect(new Set(events.map((event) => event.id)).size).toBe(events.length)
  expect(events.map((event) => Number(event.sequence))).toEqual(events.map((_, i) => i + 1))
  expect(brokenLinks(events)).toEqual([])
})

it.each(['update feed_events set hash = hash', 'delete from feed_events', 'truncate feed_events'])(
  'refuses to rewrite the log: %s',
  async (statement) => {
    await expect(db.execute(sql.raw(statement))).rejects.toMatchObject({
      cause: { message: expect.stringContaining('append-only') as string },
    })
  },
)
