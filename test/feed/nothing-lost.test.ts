import { once } from 'node:events'
import { join } from 'node:path'
import { spawn, type ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listEvents } from '../../src/feed/repository.ts'
import { appendEvents } from '../../src/feed/service.ts'
import { createKey, createPartner } from '../../src/partners/service.ts'
import { openDatabase, rowsOf, type Database } from '../../src/platform/db.ts'
import { faultsOf, serve, stop, type Event, type Serving } from '../cli/cli.ts'
import { pendingEvent } from '../support/events.ts'
import { natsServer, startNats, type TestNats } from '../support/nats.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { startReader } from './readers.ts'

/** Must show 1 of the feed: eight writers, twenty readers of all kinds, and everything is killed in the middle. */

let server: TestPostgres
let nats: TestNats | null
let database: Database
let key: string

beforeAll(async () => {
  server = await startPostgres()
  nats = natsServer === null ? null : await startNats()
  if (nats === null) process.stderr.write('nats-server was not found: its part is left out here; CI has it\n')
  database = openDatabase(server.url)
  const { id } = await createPartner(database.db, { name: '某部门', kind: 'agency' }, new Date())
  key = (await createKey(database.db, { partnerId: id, scopes: ['feed'] }, new Date())).key
  // What the feed would be without a sequencer: a reader's cursor is the id that a writer's insert took.
  await database.db.execute(sql`create table naive_events (id bigserial primary key, event_id uuid not null)`)
})
afterAll(async () => {
  await database.close()
  await nats?.remove()
  await server.remove()
})

/** Ids of events whose commit was acknowledged, and of those whose commit may or may not have happened. */
const committed = new Set<string>()
const uncertain = new Set<string>()
const writing = new AbortController()
const reading = new AbortController()

async function write(number: number, holdS: number): Promise<void> {
  const events = Array.from({ length: 1 + (number % 3) }, () => pendingEvent(number))
  const ids = events.map((event) => event.id)
  try {
    await database.db.transaction(async (tx) => {
      await appendEvents(tx, events)
      await tx.execute(sql`
        insert into naive_events (event_id) select value::uuid from json_array_elements_text(${JSON.stringify(ids)}::json)`)
      // Transactions that began in one order commit in another.
      await tx.execute(sql`select pg_sleep(${holdS})`)
    })
    for (const id of ids) committed.add(id)
  } catch {
    for (const id of ids) uncertain.add(id)
    await sleep(50)
  }
}

async function writeOn(): Promise<void> {
  for (let number = 1; !writing.signal.aborted; number += 1) await write(number, Math.random() * 0.05)
}

/** A writer in a process of its own. Whatever it was about to tell when it was killed may have been committed. */
function startWriter(): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'writer.ts'), server.url], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let rest = ''
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const id of lines) committed.add(id)
  })
  return child
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close')
  child.kill('SIGKILL')
  await ended
}

/** The naive reader: everything after the last id, again and again. */
async function readNaively(seen: string[]): Promise<void> {
  let cursor = 0
  while (!reading.signal.aborted) {
    try {
      const rows = await rowsOf<{ id: string; event: string }>(
        database.db,
        sql`select id, event_id as event from naive_events where id > ${cursor} order by id`,
      )
      cursor = Number(rows.at(-1)?.id ?? cursor)
      seen.push(...rows.map((row) => row.event))
    } catch {
      // The database is away.
    }
    await sleep(10)
  }
}

it('misses, doubles and swaps no event, whoever is killed, while a naive cursor misses some', async () => {
  const env = { DATABASE_URL: server.url, LOG_LEVEL: 'fatal', ...(nats !== null && { NATS_URL: nats.url }) }
  const services: Serving[] = []
  const addresses: string[] = []
  const startService = async () => {
    const service = await serve(env)
    services.push(service)
    addresses.push(service.address)
  }
  const killService = async () => {
    const service = services.shift()
    addresses.shift()
    if (service !== undefined) await stop(service, 'SIGKILL')
  }
  await Promise.all([startService(), startService()])

  const kinds = ['pull', 'wait', 'ndjson', 'sse'] as const
  const readers = Array.from({ length: 20 }, (_, i) =>
    startReader(kinds[i % kinds.length] ?? 'pull', addresses, key, reading.signal),
  )
  const naive: string[] = []
  const readingNaively = readNaively(naive)
  const slowest = () => Math.min(...readers.map((reader) => reader.seen.length))
  /** Until every reader has been given so many more events. */
  const progress = async (more: number) => {
    const goal = slowest() + more
    while (slowest() < goal) await sleep(20)
  }

  // Seven writers here, of whom one holds its transaction open for 3 s, and the eighth in a process of its own.
  const writers = Array.from({ length: 6 }, writeOn)
  const held = write(0, 3)
  let writer = startWriter()
  await progress(100)
  await end(writer)
  writer = startWriter()
  await held
  await progress(100)

  // Both services sequence, whichever finds events: each is killed, as a sequencer and as a server.
  await killService()
  await progress(100)
  await startService()
  await progress(50)
  await killService()
  await startService()
  await progress(100)

  await nats?.kill()
  await progress(100)
  await nats?.start()

  await server.kill()
  await server.start()
  await progress(100)

  writing.abort()
  await Promise.all(writers)
  await end(writer)
  const pending = () => rowsOf(database.db, sql`select from feed_outbox limit 1`)
  while ((await pending()).length > 0) await sleep(20)
  const log = (await listEvents(database.db, 0, 1_000_000, {})).events
  while (slowest() < log.length) await sleep(20)
  const wanted = log.map((_, i) => String(i + 1))
  if (nats !== null) await expect.poll(async () => (await nats?.messages())?.length).toBe(log.length)
  reading.abort()
  await Promise.all([...readers.map((reader) => reader.ended), readingNaively])

  // The log: every acknowledged commit once, nothing that was not committed, contiguous, in its chain.
  const ids = log.map((event) => event.id)
  expect(new Set(ids).size).toBe(ids.length)
  expect([...committed].filter((id) => !ids.includes(id))).toEqual([])
  expect(faultsOf(log as unknown as Event[])).toEqual([])
  // What nobody was told of is what was under way when its writer or the database was killed.
  const untold = ids.filter((id) => !committed.has(id) && !uncertain.has(id))
  expect(untold.length).toBeLessThanOrEqual(2)

  // The readers: all of it, once, in its order.
  for (const { kind, seen } of readers) {
    expect([kind, seen.map((event) => event.sequence)]).toEqual([kind, wanted])
    expect(seen.map((event) => event.id)).toEqual(ids)
  }
  if (nats !== null) {
    const messages = await nats.messages()
    expect(messages.map((message) => message.id)).toEqual(wanted)
    expect(messages.map((message) => message.data.sequence)).toEqual(wanted)
  }

  // The fault that all this prevents is there to be seen.
  const rows = await rowsOf<{ event: string }>(database.db, sql`select event_id as event from naive_events`)
  const missed = rows.filter(({ event }) => !naive.includes(event))
  expect(missed.length).toBeGreaterThan(0)
  process.stderr.write(
    `${log.length} events, ${readers.length} readers: none missed, doubled or swapped; a naive cursor missed ${missed.length} of ${rows.length}\n`,
  )
  await Promise.all(services.map((service) => stop(service)))
})
