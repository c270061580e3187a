/**
 * From the start of `serve`, built as for production, to its first `200` of /readyz, with all names in memory, on a filled and warm database, beside
 * `select 1` on the same server; and the memory of the process then. On the province of `bench-province.ts`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { sql } from 'drizzle-orm'
import { openProvince } from './names/bench-database.ts'
import { quantile, say } from './names/report.ts'
import { residentMb } from './process-figures.ts'
import { hand } from './results.ts'

const { values } = parseArgs({
  options: { n: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '3' } },
})
const database = await openProvince(Number(values.n))
const folder = mkdtempSync(join(tmpdir(), 'xinjian-bench-'))
const ready: number[] = []
const selects: number[] = []
const memory: number[] = []
try {
  // The first one warms up the database.
  for (let round = 0; round <= Number(values.rounds); round += 1) {
    const select = await selectOne()
    const [seconds, megabytes] = await start()
    say(`round ${String(round)}: ready after ${seconds.toFixed(1)} s, ${String(megabytes)} MB`)
    if (round === 0) continue
    selects.push(select)
    ready.push(seconds)
    memory.push(megabytes)
  }
  hand({
    results: [
      {
        row: 'start to ready',
        what: `${values.n} businesses, database warm`,
        measured: 'from the start of the process to /readyz, all names in memory',
        yardstick: `select 1: ${quantile(selects, 0.5).toFixed(2)} ms`,
        figures: ready,
        unit: 's',
        goal: { most: 10 },
      },
      {
        row: 'memory',
        what: 'a process that has just become ready',
        measured: `${values.n} businesses, resident`,
        yardstick: '',
        figures: memory,
        unit: 'MB',
        goal: null,
      },
    ],
  })
} finally {
  rmSync(folder, { recursive: true })
  await database.drop()
}

/** Seconds until it is ready, and its memory in MB then. */
async function start(): Promise<[number, number]> {
  const from = performance.now()
  const child = spawn(process.execPath, ['bin/xinjian.js', 'serve', '--json'], {
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      DATABASE_URL: database.url,
      DATA_DIR: folder,
      ...{ PORT: '0', JOBS: 'off', LOG_LEVEL: 'fatal' },
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const { address } = JSON.parse(line) as { address: string }
  while (!(await fetch(`${address}/readyz`)).ok) await sleep(50)
  const seconds = (performance.now() - from) / 1000
  const megabytes = residentMb(child.pid)
  child.kill()
  await once(child, 'close')
  return [seconds, megabytes]
}

/** Milliseconds of the least question, in the median. */
async function selectOne(): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < 200; i += 1) {
    const from = performance.now()
    await database.db.execute(sql`select 1`)
    times.push(performance.now() - from)
  }
  return quantile(times, 0.5)
}
