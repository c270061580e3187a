import { afterAll, beforeAll, expect, it } from 'vitest'
import { startFeedListener } from '../../src/feed/listener.ts'
import { follow } from '../../src/feed/reader.ts'
import { startSequencer } from '../../src/feed/sequencer.ts'
import { appendEvents } from '../../src/feed/service.ts'
import { openDatabase } from '../../src/platform/db.ts'
import { pendingEvent } from '../support/events.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'

let server: TestPostgres

beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.remove())

it('sequencer, listener and readers go on by themselves when PostgreSQL was killed and is back', async () => {
  const database = openDatabase(server.url)
  const listener = startFeedListener(server.url)
  const sequencer = startSequencer(database.db, { warn: () => undefined })
  const stopping = new AbortController()
  const seen: string[] = []
  const reading = follow(database.db, listener, {
    after: 0,
    signal: stopping.signal,
    // Nobody looks by the clock: only what the listener hears wakes the reader.
    quietMs: 2 ** 31 - 1,
    onEvents: (events) => void seen.push(...events.map((event) => event.sequence)),
  })
  /** Tries until the transaction is committed, as a deciding service's caller does. */
  const append = async (number: number) => {
    for (;;) {
      try {
        await database.db.transaction((tx) => appendEvents(tx, [pendingEvent(number)]))
        return
      } catch {
        // The database is away.
      }
    }
  }
  await append(1)
  await expect.poll(() => seen).toEqual(['1'])
  for (let round = 1; round <= 3; round += 1) {
    await server.kill()
    await server.start()
    await append(round * 2)
    await append(round * 2 + 1)
    const expected = Array.from({ length: round * 2 + 1 }, (_, i) => String(i + 1))
    await expect.poll(() => seen).toEqual(expected)
  }
  stopping.abort()
  await reading
  await sequencer.stop()
  await listener.stop()
  await database.close()
})
