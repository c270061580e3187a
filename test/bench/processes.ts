/**
 * Several `serve` processes on one PostgreSQL (issue 9): credit files by code and a mixed load, with 1, 2 and 4 processes,
 * beside as many processes that answer a constant of the same size; interleaved, median of the rounds. Told besides: memory
 * of each process, and what the database does for a lookup. Needs `wrk`; makes a database of its own. Names are made up.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { sql } from 'drizzle-orm'
import { rowsOf } from '../../src/platform/db.ts'
import { openBenchDatabase } from './names/bench-database.ts'
import { codeOf, fillProvince } from './names/bench-province.ts'
import { quantile, say, table } from './names/report.ts'
import { startServing, wrkAll, wrkScript, type Load, type Serving } from './servers/serve.ts'

const { values } = parseArgs({
  options: {
    n: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    connections: { type: 'string', default: '32' },
    processes: { type: 'string', default: '1,2,4' },
    json: { type: 'boolean', default: false },
  },
})
const n = Number(values.n)
const counts = values.processes.split(',').map(Number)
const load = { seconds: values.seconds, connections: Number(values.connections) }

const database = await openBenchDatabase()
if (database === null) throw new Error('no PostgreSQL answers: set DATABASE_URL')
const folder = mkdtempSync(join(tmpdir(), 'xinjian-bench-'))
const serving: Serving[] = []
const constants: { address: string; child: ChildProcess }[] = []
try {
  say(`filling ${String(n)} businesses`)
  await fillProvince(database.url, n)
  const codes = Array.from({ length: Math.min(n, 200_000) }, (_, i) =>
    codeOf(Math.floor((i * n) / Math.min(n, 200_000))),
  )
  const files = codes.map((code) => `/v1/credit-files/${code}`)
  const scripts = {
    files: wrkScript(folder, 'files', files),
    // As a portal is used: 80% files, 15% names, 5% pages of a list.
    mixed: wrkScript(folder, 'mixed', [
      ...files.slice(0, 8000),
      ...Array.from({ length: 1500 }, (_, i) => `/v1/search?q=${encodeURIComponent(['云州', '示例', '贸易'][i % 3]!)}`),
      ...Array.from({ length: 500 }, () => '/v1/lists/abnormal/entries?limit=20'),
    ]),
  }
  for (let i = 0; i < Math.max(...counts); i += 1) serving.push(await startServing(database.url, folder))
  const file = await (await fetch(`${serving[0]!.address}${files[2]!}`)).text()
  for (let i = 0; i < Math.max(...counts); i += 1) {
    const child = fork(
      fileURLToPath(new URL('names/bench-server.ts', import.meta.url)),
      ['constant', database.url, file],
      { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    )
    const [address] = (await once(child, 'message')) as [string]
    constants.push({ address, child })
  }
  const answered = async () =>
    (
      await rowsOf<{ xacts: string; rows: string }>(
        database.db,
        sql`select xact_commit::text as xacts, tup_fetched::text as rows from pg_stat_database where datname = current_database()`,
      )
    )[0]!
  const results: Partial<Record<string, Record<'files' | 'mixed' | 'constant', Load[]>>> = {}
  const xactsPerLookup: Partial<Record<string, number[]>> = {}
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const count of counts) {
      const one = (results[count] ??= { files: [], mixed: [], constant: [] })
      const addresses = serving.slice(0, count).map(({ address }) => address)
      const before = await answered()
      const looked = await wrkAll(addresses, scripts.files, load)
      const after = await answered()
      one.files.push(looked)
      ;(xactsPerLookup[count] ??= []).push(
        (Number(after.xacts) - Number(before.xacts)) / (looked.perSecond * Number(values.seconds)),
      )
      one.mixed.push(await wrkAll(addresses, scripts.mixed, load))
      const yardsticks = constants.slice(0, count).map(({ address }) => address)
      one.constant.push(await wrkAll(yardsticks, scripts.files, load))
      say(`round ${String(round + 1)}, ${String(count)} processes: ${looked.perSecond.toFixed(0)} files/s`)
    }
  }
  const median = (loads: Load[], of: keyof Load) =>
    quantile(
      loads.map((one) => one[of]),
      0.5,
    )
  table(
    [
      'processes',
      'files/s',
      'p99 ms',
      'mixed/s',
      'p99 ms',
      'constant/s',
      'files of the constant',
      'transactions a lookup',
    ],
    counts.map((count) => {
      const { files: looked, mixed, constant } = results[count]!
      return [
        count,
        median(looked, 'perSecond').toFixed(0),
        median(looked, 'p99').toFixed(1),
        median(mixed, 'perSecond').toFixed(0),
        median(mixed, 'p99').toFixed(1),
        median(constant, 'perSecond').toFixed(0),
        quantile(
          looked.map(({ perSecond }, i) => perSecond / constant[i]!.perSecond),
          0.5,
        ).toFixed(2),
        quantile(xactsPerLookup[count]!, 0.5).toFixed(2),
      ]
    }),
  )
  const [{ connections }] = (await rowsOf<{ connections: number }>(
    database.db,
    sql`select count(*)::int as connections from pg_stat_activity where datname = current_database()`,
  )) as [{ connections: number }]
  const memory = serving.map((one) => one.memoryMb())
  say(
    `memory of each process: ${memory.map((mb) => `${mb.toFixed(0)} MB`).join(', ')}; connections of all: ${String(connections)}`,
  )
  if (values.json) say(JSON.stringify({ n, results, xactsPerLookup, memory, connections }))
} finally {
  for (const one of serving) await one.stop()
  for (const { child } of constants) child.kill()
  rmSync(folder, { recursive: true, force: true })
  await database.drop()
}
