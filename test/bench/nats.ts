/**
 * The feed through NATS JetStream to many consumers (issue 9): events are appended at a steady rate while the publisher of
 * `serve` passes them on, first to one consumer and then to 1,000, in turns. Told: what the database did for it
 * (transactions, blocks read and hit, rows), which more consumers must not change, and the time from the append to the last
 * consumer. Needs nats-server (Debian: apt-get install nats-server); makes a database of its own. Names are made up.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { AckPolicy, DeliverPolicy, jetstream } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { sql } from 'drizzle-orm'
import { appendEvents } from '../../src/feed/service.ts'
import { rowsOf } from '../../src/platform/db.ts'
import { pendingEvent } from '../support/events.ts'
import { startNats } from '../support/nats.ts'
import { openBenchDatabase } from './names/bench-database.ts'
import { quantile, say, table } from './names/report.ts'
import { startServing } from './servers/serve.ts'

const { values } = parseArgs({
  options: {
    consumers: { type: 'string', default: '1,1000' },
    events: { type: 'string', default: '200' },
    perSecond: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
    /** Connections that the consumers share. */
    connections: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
  },
})
const events = Number(values.events)

interface Round {
  xacts: number
  blocks: number
  rows: number
  /** From the append of an event to its arrival at the last consumer, milliseconds. */
  lastMs: number[]
}

const opened = await openBenchDatabase()
if (opened === null) throw new Error('no PostgreSQL answers: set DATABASE_URL')
const database = opened
const folder = mkdtempSync(join(tmpdir(), 'xinjian-bench-'))
const nats = await startNats()
const serving = await startServing(database.url, folder, { NATS_URL: nats.url })
try {
  // The first event makes the stream.
  await append(0)
  while ((await nats.messages()).length === 0) await sleep(100)
  const results: Partial<Record<string, Round[]>> = {}
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const consumers of values.consumers.split(',').map(Number)) {
      const one = await measure(consumers)
      ;(results[consumers] ??= []).push(one)
      say(`round ${String(round + 1)}, ${String(consumers)} consumers: ${one.xacts.toFixed(0)} transactions`)
    }
  }
  const median = (rounds: Round[], of: (round: Round) => number) => quantile(rounds.map(of), 0.5)
  table(
    [
      'consumers',
      'transactions an event',
      'blocks an event',
      'rows an event',
      'append to the last consumer p50 ms',
      'p99 ms',
    ],
    Object.entries(results).map(([consumers, rounds = []]) => [
      consumers,
      median(rounds, ({ xacts }) => xacts / events).toFixed(1),
      median(rounds, ({ blocks }) => blocks / events).toFixed(0),
      median(rounds, ({ rows }) => rows / events).toFixed(0),
      median(rounds, ({ lastMs }) => quantile(lastMs, 0.5)).toFixed(0),
      median(rounds, ({ lastMs }) => quantile(lastMs, 0.99)).toFixed(0),
    ]),
  )
  if (values.json) say(JSON.stringify({ events, results }))
} finally {
  await serving.stop()
  await nats.remove()
  rmSync(folder, { recursive: true, force: true })
  await database.drop()
}

async function append(number: number): Promise<void> {
  await database.db.transaction((tx) => appendEvents(tx, [pendingEvent(number)]))
}

/** Appends at the steady rate while so many consumers, each with a place of its own in the stream, take every event. */
async function measure(consumers: number): Promise<Round> {
  const links: NatsConnection[] = []
  for (let i = 0; i < Math.min(consumers, Number(values.connections)); i += 1) {
    links.push(await connect({ servers: nats.url.replace('nats://', '') }))
  }
  const taken = new Map<string, number>()
  const appendedAt: number[] = []
  const lastMs: number[] = []
  let all: () => void = () => undefined
  const everybodyHasAll = new Promise<void>((resolve) => (all = resolve))
  let delivered = 0
  const inboxes: (() => void)[] = []
  for (let i = 0; i < consumers; i += 1) {
    const link = links[i % links.length]!
    const manager = await jetstream(link).jetstreamManager()
    const inbox = `bench.${String(process.pid)}.${String(performance.now())}.${String(i)}`
    const subscription = link.subscribe(inbox, {
      callback: (_error, message) => {
        const { sequence } = message.json<{ sequence: string }>()
        const count = (taken.get(sequence) ?? 0) + 1
        taken.set(sequence, count)
        if (count === consumers) lastMs.push(performance.now() - (appendedAt[lastMs.length] ?? NaN))
        delivered += 1
        if (delivered === events * consumers) all()
      },
    })
    await manager.consumers.add('xinjian-feed', {
      deliver_subject: inbox,
      deliver_policy: DeliverPolicy.New,
      ack_policy: AckPolicy.None,
      inactive_threshold: 5_000_000_000,
    })
    inboxes.push(() => subscription.unsubscribe())
  }
  await sleep(1500)
  const before = await counters()
  const from = performance.now()
  for (let i = 0; i < events; i += 1) {
    const due = from + (i * 1000) / Number(values.perSecond)
    await sleep(Math.max(0, due - performance.now()))
    appendedAt.push(performance.now())
    await append(i)
  }
  await everybodyHasAll
  // The counters of a session are told at most once a second.
  await sleep(1500)
  const after = await counters()
  for (const close of inboxes) close()
  for (const link of links) await link.close()
  return {
    xacts: after.xacts - before.xacts,
    blocks: after.blocks - before.blocks,
    rows: after.rows - before.rows,
    lastMs,
  }
}

async function counters(): Promise<{ xacts: number; blocks: number; rows: number }> {
  const [row] = await rowsOf<{ xacts: string; blocks: string; rows: string }>(
    database.db,
    sql`select xact_commit as xacts, blks_read + blks_hit as blocks, tup_returned as rows
        from pg_stat_database where datname = current_database()`,
  )
  return { xacts: Number(row?.xacts), blocks: Number(row?.blocks), rows: Number(row?.rows) }
}
