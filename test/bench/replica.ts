/**
 * Reads on a streaming replica (issue 9): a primary made by `initdb` and a second cluster by `pg_basebackup` from it, both
 * only for this run. One `serve` process without the replica and one with it, interleaved: credit files a second, and how
 * many transactions each server did for them; how far the replica is behind while changes are written all the time; and that
 * who wrote reads it at once. Needs `wrk` and PostgreSQL's programs (PG_BIN, or `pg_config --bindir`). Names are made up.
 */
import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs, promisify } from 'node:util'
import { sql } from 'drizzle-orm'
import { sequencePending } from '../../src/feed/sequencer.ts'
import { appendEvents } from '../../src/feed/service.ts'
import { migrateDatabase, openDatabase, rowsOf, type Database } from '../../src/platform/db.ts'
import { openReplica } from '../../src/platform/replica.ts'
import { pendingEvent } from '../support/events.ts'
import { freePort } from '../support/nats.ts'
import { codeOf, fillProvince } from './names/bench-province.ts'
import { quantile, say, table } from './names/report.ts'
import { startServing, wrkAll, wrkScript, type Load } from './servers/serve.ts'

const { values } = parseArgs({
  options: {
    n: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    connections: { type: 'string', default: '32' },
    json: { type: 'boolean', default: false },
  },
})
const n = Number(values.n)
const run = promisify(execFile)
const bin = process.env['PG_BIN'] ?? execFileSync('pg_config', ['--bindir'], { encoding: 'utf8' }).trim()

const folder = mkdtempSync(join(tmpdir(), 'xinjian-replica-'))
/** Whom the servers run as: PostgreSQL refuses to be root. */
const user = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {}
if (user.uid !== undefined) chownSync(folder, user.uid, user.gid)
const first = await startPrimary()
const primary = openDatabase(first.url)
const second = await startStandby(first.url)
const replica = openDatabase(second.url)
try {
  say(`filling ${String(n)} businesses`)
  await fillProvince(primary.url, n)
  const codes = Array.from({ length: Math.min(n, 200_000) }, (_, i) => codeOf(i))
  const script = wrkScript(
    folder,
    'files',
    codes.map((code) => `/v1/credit-files/${code}`),
  )
  const servers = {
    'primary alone': await startServing(primary.url, folder),
    'with a replica': await startServing(primary.url, folder, { DATABASE_REPLICA_URL: second.url }),
  }
  await caughtUp()
  const results: Record<string, (Load & { onPrimary: number; onReplica: number })[]> = {}
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const [name, { address }] of Object.entries(servers)) {
      const before = [await xacts(primary), await xacts(replica)] as const
      const load = await wrkAll([address], script, { seconds: values.seconds, connections: Number(values.connections) })
      // The counters of a session are told at most once a second.
      await sleep(1500)
      ;(results[name] ??= []).push({
        ...load,
        onPrimary: (await xacts(primary)) - before[0],
        onReplica: (await xacts(replica)) - before[1],
      })
      say(`round ${String(round + 1)}, ${name}: ${load.perSecond.toFixed(0)} files/s`)
    }
  }
  for (const server of Object.values(servers)) await server.stop()
  const median = (name: string, of: 'perSecond' | 'p99' | 'onPrimary' | 'onReplica') =>
    quantile(
      (results[name] ?? []).map((one) => one[of]),
      0.5,
    )
  table(
    ['reads', 'files/s', 'p99 ms', 'transactions of the primary', 'of the replica'],
    Object.keys(results).map((name) => [
      name,
      median(name, 'perSecond').toFixed(0),
      median(name, 'p99').toFixed(1),
      median(name, 'onPrimary').toFixed(0),
      median(name, 'onReplica').toFixed(0),
    ]),
  )
  const { lags, own } = await lagAndOwnWrites()
  table(
    ['while changes are written all the time', 'p50', 'p99', 'most'],
    [
      [
        'the replica is behind, ms',
        quantile(lags, 0.5).toFixed(0),
        quantile(lags, 0.99).toFixed(0),
        Math.max(...lags).toFixed(0),
      ],
    ],
  )
  say(`read by the process that wrote, at once: ${String(own.seen)} of ${String(own.asked)} saw it`)
  if (values.json) say(JSON.stringify({ n, results, lags, own }))
} finally {
  await replica.close()
  await primary.close()
  await second.stop()
  await first.stop()
  rmSync(folder, { recursive: true, force: true })
}

/** Writes through the one, reads through what `serve` reads from, and asks how far behind the replica is. */
async function lagAndOwnWrites(): Promise<{ lags: number[]; own: { asked: number; seen: number } }> {
  const reads = openReplica(primary, second.url)
  const lags: number[] = []
  const own = { asked: 0, seen: 0 }
  try {
    const lag = () => reads.lagMs ?? NaN
    while (Number.isNaN(lag())) await sleep(50)
    const until = performance.now() + Number(values.seconds) * 1000
    while (performance.now() < until) {
      const [position] = await rowsOf<{ head: string }>(primary.db, sql`select max(position) as head from feed_events`)
      await primary.db.transaction((tx) => appendEvents(tx, [pendingEvent(1)]))
      await sequencePending(primary.db)
      reads.wrote()
      const [seen] = await rowsOf<{ head: string }>(reads.db, sql`select max(position) as head from feed_events`)
      own.asked += 1
      if (Number(seen?.head) > Number(position?.head)) own.seen += 1
      lags.push(lag())
      await sleep(20)
    }
  } finally {
    await reads.stop()
  }
  return { lags, own }
}

async function xacts({ db }: Database): Promise<number> {
  const [row] = await rowsOf<{ xacts: string }>(
    db,
    sql`select xact_commit as xacts from pg_stat_database where datname = current_database()`,
  )
  return Number(row?.xacts)
}

async function caughtUp(): Promise<void> {
  const [goal] = await rowsOf<{ lsn: string }>(primary.db, sql`select pg_current_wal_lsn()::text as lsn`)
  for (;;) {
    const [row] = await rowsOf<{ there: boolean }>(
      replica.db,
      sql`select pg_last_wal_replay_lsn() >= ${goal?.lsn}::pg_lsn as there`,
    )
    if (row?.there) return
    await sleep(100)
  }
}

function idOf(kind: '-u' | '-g'): number {
  return Number(execFileSync('id', [kind, 'postgres'], { encoding: 'utf8' }))
}

interface Cluster {
  url: string
  stop: () => Promise<void>
}

async function startPrimary(): Promise<Cluster> {
  const data = join(folder, 'primary')
  await run(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale', 'C.UTF-8'],
    user,
  )
  const cluster = await startCluster(data)
  await migrateDatabase(cluster.url)
  return cluster
}

async function startStandby(primaryUrl: string): Promise<Cluster> {
  const data = join(folder, 'standby')
  const { port } = new URL(primaryUrl)
  const from = ['-h', '127.0.0.1', '-p', port, '-U', 'postgres']
  await run(join(bin, 'pg_basebackup'), [...from, '-D', data, '-R', '-X', 'stream', '-c', 'fast'], user)
  return startCluster(data)
}

async function startCluster(data: string): Promise<Cluster> {
  const port = await freePort()
  const settings = ['listen_addresses=127.0.0.1', 'hot_standby_feedback=on', 'shared_buffers=256MB', 'max_wal_size=4GB']
  const child = spawn(
    join(bin, 'postgres'),
    ['-D', data, '-p', String(port), '-k', folder, ...settings.flatMap((setting) => ['-c', setting])],
    { ...user, stdio: 'ignore' },
  )
  const ended = once(child, 'exit')
  const url = `postgres://postgres@127.0.0.1:${String(port)}/postgres`
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL did not start in ${data}`)
    await sleep(200)
  }
  return {
    url,
    stop: async () => {
      child.kill('SIGINT')
      await ended
    },
  }
}

async function answers(url: string): Promise<boolean> {
  const probe = openDatabase(url, { max: 1 })
  try {
    await probe.db.execute(sql`select 1`)
    return true
  } catch {
    return false
  } finally {
    await probe.close()
  }
}
