import { afterAll, beforeAll, expect, it } from 'vitest'
import { startFeedListener, type FeedListener } from '../../src/feed/listener.ts'
import { readLog } from '../../src/feed/reader.ts'
import { listEvents } from '../../src/feed/repository.ts'
import { sequencePending } from '../../src/feed/sequencer.ts'
import { appendEvents } from '../../src/feed/service.ts'
import { makeFeedTail } from '../../src/feed/tail.ts'
import type { Database } from '../../src/platform/db.ts'
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

const append = (count: number) =>
  database.db.transaction((tx) =>
    appendEvents(
      tx,
      Array.from({ length: count }, (_, i) => pendingEvent(i)),
    ),
  )
const headOf = async () => (await listEvents(database.db, Number.MAX_SAFE_INTEGER, 1, {})).head

it('has what this process numbered at once and as the log has it, and says how far it is known, though nobody tells it that the log grew', async () => {
  const elsewhere = await cloneDatabase()
  const deaf = startFeedListener(elsewhere.url)
  const told: number[] = []
  const tail = makeFeedTail(database.db, deaf, undefined, (position) => told.push(position))
  const leave = tail.join()
  await append(2)
  await sequencePending(database.db, 1000)
  // Read from the log, by one who has not caught up.
  const { head } = await tail.read(0, 1000, {})
  expect(told).toEqual([head])
  await append(3)
  await sequencePending(database.db, 1000, tail.take)
  expect(told).toEqual([head, head + 3])
  const { events } = await tail.read(head, 1000, {})
  expect(events).toHaveLength(3)
  expect(JSON.parse(JSON.stringify(events))).toEqual((await listEvents(database.db, head, 1000, {})).events)
  leave()
  await deaf.stop()
  await elsewhere.close()
})

it('tells each event once and in order, whoever numbered it', async () => {
  const tail = makeFeedTail(database.db, listener)
  const leave = tail.join()
  const after = await headOf()
  const stopping = new AbortController()
  const told: number[] = []
  const reading = (async () => {
    for await (const { events } of readLog(tail, { after, limit: 7, signal: stopping.signal })) {
      told.push(...events.map(({ sequence }) => Number(sequence)))
    }
  })()
  for (let turn = 0; turn < 200; turn += 1) {
    await append(1 + (turn % 5))
    // Every third by another process, of which this one hears from the log alone.
    await sequencePending(database.db, 3, turn % 3 === 0 ? undefined : tail.take)
  }
  while ((await sequencePending(database.db, 3, tail.take)) > 0);
  const head = await headOf()
  await expect.poll(() => told.at(-1)).toBe(head)
  expect(told).toEqual(Array.from({ length: head - after }, (_, i) => after + 1 + i))
  stopping.abort()
  await reading
  leave()
})
