import { fork } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { appendEvents } from '../../src/feed/service.ts'
import { createKey, createPartner } from '../../src/partners/service.ts'
import { asJson, migrateDatabase, openDatabase, rowsOf, type Tx } from '../../src/platform/db.ts'
import { pendingEvent } from '../support/events.ts'
import { quantile, quantiles } from './names/report.ts'
import { residentMb } from './process-figures.ts'
import { hand } from './results.ts'

/**
 * From the COMMIT of an event to its arrival at a client of the live stream, beside a bare LISTEN/NOTIFY, in turns within
 * one run; the same for 200 clients at once, with what each adds to the memory of the service; and events appended in a
 * second, until they have their positions, beside bare inserts of the same rows. The service is a process of its own and
 * commits the events itself, as its requests do, which wakes its sequencer; the database is that of DATABASE_URL.
 */
const events = Number(process.argv[2] ?? 300)
const clients = Number(process.argv[3] ?? 200)
const appendS = Number(process.argv[4] ?? 4)
const manyEvents = 50
const writers = 8
const rounds = 3

const server = process.env['DATABASE_URL'] ?? 'postgres://root@127.0.0.1:5432/postgres'
const name = `feedbench_${process.pid}`
const admin = postgres(server, { max: 1, onnotice: () => undefined })
await admin`create database ${admin(name)} template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'`
const url = new URL(server)
url.pathname = `/${name}`
await migrateDatabase(url.href)
const database = openDatabase(url.href, { max: writers })
const { db } = database
const serving = fork(fileURLToPath(new URL('names/bench-server.ts', import.meta.url)), ['service', url.href], {})
const [address] = (await once(serving, 'message')) as [string]
const { id } = await createPartner(db, { name: '某协同部门', kind: 'agency' }, new Date())
const { key } = await createKey(db, { partnerId: id, scopes: ['feed'] }, new Date())

/** Opens a live stream that begins after the newest event; `onEvent` is called at each arrival. */
async function openStream(onEvent: () => void): Promise<() => void> {
  const [head] = await rowsOf<{ position: string }>(
    db,
    sql`select coalesce(max(position), 0) as position from feed_events`,
  )
  const request = get(`${address}/v1/feed/events?after=${head?.position ?? 0}`, {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${key}` },
  })
  request.on('error', () => undefined)
  const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream]
  let connected: () => void = () => undefined
  const isConnected = new Promise<void>((resolve) => (connected = resolve))
  response.on('data', (chunk: Buffer) => {
    connected()
    const text = chunk.toString()
    for (let at = text.indexOf('id: '); at >= 0; at = text.indexOf('\nid: ', at + 1)) onEvent()
  })
  await isConnected
  return () => request.destroy()
}

/** The clock of all processes of the machine, in ms. */
const now = () => Number(process.hrtime.bigint()) / 1e6

/** Lets the service commit as a request would, and answers the moment at which it sent COMMIT. */
async function commit(what: 'append' | 'notify'): Promise<number> {
  const sent = once(serving, 'message')
  serving.send(what)
  const [at] = (await sent) as [string]
  return Number(at) / 1e6
}

const ms = (value: number) => `${value.toFixed(1)} ms`
function describe(what: string, times: number[]): void {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => ms(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN)
  process.stdout.write(`${what}: p50 ${at(0.5)}, p99 ${at(0.99)} (${times.length})\n`)
}

// One client, in turns with a bare notification.
let arrived: (at: number) => void = () => undefined
const listening = postgres(url.href, { max: 1 })
await listening.listen('bench', () => arrived(now()))
const close = await openStream(() => arrived(now()))
const times: Record<'bare' | 'stream', number[]> = { bare: [], stream: [] }
for (let i = 0; i < events * 2; i += 1) {
  const kind = i % 2 === 0 ? 'bare' : 'stream'
  const arrival = new Promise<number>((resolve) => (arrived = resolve))
  const sentAt = await commit(kind === 'bare' ? 'notify' : 'append')
  times[kind].push((await arrival) - sentAt)
}
close()
await listening.end()
describe('bare LISTEN/NOTIFY, COMMIT to arrival', times.bare)
describe('live stream, one client', times.stream)

// Many clients at once.
const before = residentMb(serving.pid)
let left = 0
let all: () => void = () => undefined
const arrivals: number[] = []
const arrivedAt: number[] = []
const closers: (() => void)[] = []
for (let i = 0; i < clients; i += 1) {
  closers.push(
    await openStream(() => {
      arrivedAt.push(now())
      left -= 1
      if (left === 0) all()
    }),
  )
}
for (let i = 0; i < manyEvents; i += 1) {
  left = clients
  const allArrived = new Promise<void>((resolve) => (all = resolve))
  const sentAt = await commit('append')
  await allArrived
  arrivals.push(...arrivedAt.splice(0).map((at) => at - sentAt))
}
describe(`live stream, each of ${clients} clients`, arrivals)
const memoryEach = ((residentMb(serving.pid) - before) * 1024) / clients
for (const closeOne of closers) closeOne()

// Appending, in turns with inserts of the same rows into a table that nobody reads.
await db.execute(sql`create table bare_events (like feed_outbox including all)`)
const insertBare = (perCommit: number) => (tx: Tx) =>
  tx.execute(sql`
    insert into bare_events (seq, id, type, key, uscc, list, region_code, occurred_at, data)
    select nextval('feed_outbox_seq_seq'), e.id, e.type, e.key, e.uscc, e.list, e."regionCode", e."occurredAt", e.data
    from json_to_recordset(${asJson(Array.from({ length: perCommit }, (_, i) => pendingEvent(i)))}) as e (id uuid,
      type text, key text, uscc text, list text, "regionCode" text, "occurredAt" timestamptz, data jsonb)`)
const appendMany = (perCommit: number) => (tx: Tx) =>
  appendEvents(
    tx,
    Array.from({ length: perCommit }, (_, i) => pendingEvent(i)),
  )
const sequenced = async () => {
  while ((await rowsOf(db, sql`select from feed_outbox limit 1`)).length > 0);
}

/** Events in a second by all writers together, until the last has its position. */
async function rate(work: (tx: Tx) => Promise<unknown>, perCommit: number): Promise<number> {
  const from = performance.now()
  let done = 0
  await Promise.all(
    Array.from({ length: writers }, async () => {
      while (performance.now() - from < appendS * 1000) {
        await db.transaction(work)
        done += perCommit
      }
    }),
  )
  await sequenced()
  return done / ((performance.now() - from) / 1000)
}
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
for (const perCommit of appendS > 0 ? [1, 20] : []) {
  const rates: Record<'bare' | 'log', number[]> = { bare: [], log: [] }
  for (let round = 0; round < rounds; round += 1) {
    rates.bare.push(await rate(insertBare(perCommit), perCommit))
    rates.log.push(await rate(appendMany(perCommit), perCommit))
  }
  const [bare, log] = [median(rates.bare), median(rates.log)]
  process.stdout.write(
    `${writers} writers, ${perCommit} event(s) a commit: bare inserts ${bare.toFixed(0)}/s, appended and in the log ${log.toFixed(0)}/s = ${(log / bare).toFixed(2)} of bare\n`,
  )
}

hand({
  results: [
    {
      row: 'commit to SSE',
      what: 'one client, p99 of that of LISTEN/NOTIFY',
      measured: `ms p50 / p95 / p99 ${quantiles(times.stream)}`,
      yardstick: `bare LISTEN/NOTIFY ${quantiles(times.bare)}`,
      figures: [quantile(times.stream, 0.99) / quantile(times.bare, 0.99)],
      unit: '',
      goal: { most: 3 },
    },
    {
      row: 'commit to SSE',
      what: `each of ${clients} clients, p99`,
      measured: `ms p50 / p95 / p99 ${quantiles(arrivals)}; ${memoryEach.toFixed(0)} kB of memory a client`,
      yardstick: '',
      figures: [quantile(arrivals, 0.99)],
      unit: 'ms',
      goal: null,
    },
  ],
})
serving.kill()
await once(serving, 'close')
await database.close()
await admin`drop database ${admin(name)} with (force)`
await admin.end()
