/**
 * The whole table of issue 9 in one run: `npm run bench -- all --n 1000000`. One province of made-up businesses is filled
 * from a seed, then one bench after the other measures on it in a process of its own, each beside its yardstick. What they
 * hand over is printed, written as JSON, and put into docs/performance.md with plots. Needs PostgreSQL (DATABASE_URL),
 * `wrk` and `pgbench`; about 15 minutes at 1,000,000 on a quiet machine with two cores.
 */
import { fork } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { sql } from 'drizzle-orm'
import { rowsOf } from '../../src/platform/db.ts'
import { writePerformance } from './document.ts'
import { openProvince } from './names/bench-database.ts'
import { say } from './names/report.ts'
import { isMet, machine, printResults, type GrowthPoint, type Handed, type Result } from './results.ts'

const { values } = parseArgs({
  options: {
    n: { type: 'string', default: '1000000' },
    /** Names of benches, separated by commas; all without it. */
    rows: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    /** Numbers of businesses for the cost of growth, separated by commas; up to `--n` without it. */
    sizes: { type: 'string' },
    'minutes-each': { type: 'string', default: '8' },
    /** Where the figures go; also read, so that a run of some rows takes the others from the run before. */
    json: { type: 'string', default: 'docs/performance/last-run.json' },
    /** Leave docs/performance.md alone. */
    'no-docs': { type: 'boolean', default: false },
  },
})
const n = Number(values.n)
if (!Number.isInteger(n) || n < 1000 || n > 15_000_000) throw new Error('--n is a number from 1,000 to 15,000,000')
const { rounds } = values
const some = (most: number) => String(Math.min(n, most))

/** The benches of the table in their order, with what they are given. Those without `n` fill databases of their own. */
const benches: [name: string, options: string[]][] = [
  ['start', ['--n', values.n, '--rounds', rounds]],
  ['credit-file', ['--n', values.n, '--rounds', rounds]],
  ['search', ['--n', values.n, '--queries', '330', '--others', '0', '--only-index']],
  ['screening', ['--n', values.n, '--rounds', '60']],
  ['feed-pull', ['--n', values.n, '--rounds', rounds]],
  ['growth', ['--n', values.n, ...(values.sizes === undefined ? [] : ['--sizes', values.sizes])]],
  ['feed', ['600', '100', '0']],
  ['snapshot', [some(50_000), rounds]],
  ['pull', [some(100_000), rounds]],
  ['list-late-reporters', [some(50_000), rounds]],
]
const asked = values.rows?.split(',')
const chosen = benches.filter(([name]) => asked?.includes(name) ?? true)
if (chosen.length === 0) throw new Error(`--rows: ${benches.map(([name]) => name).join(', ')}`)

/** What one run tells; the figures of a bench under its name. */
export interface Run {
  n: number
  startedAt: string
  machine: ReturnType<typeof machine> & { postgresql: string; load: number }
  benches: Record<string, Handed & { seconds: number; error?: string }>
}

mkdirSync('docs/performance', { recursive: true })
const startedAt = new Date().toISOString()
const begun = performance.now()
const province = await openProvince(n)
const [server] = await rowsOf<{ version: string; buffers: string }>(
  province.db,
  sql`select current_setting('server_version') as version, current_setting('shared_buffers') as buffers`,
)
const before = asked === undefined ? {} : readBefore()
const run: Run = {
  n,
  startedAt,
  machine: {
    ...machine(),
    postgresql: `${server?.version ?? ''} with shared_buffers ${server?.buffers ?? ''}`,
    load: Number(loadavg()[0]?.toFixed(1)),
  },
  benches: before,
}
let failed = false
try {
  for (const [at, [name, options]] of chosen.entries()) {
    say(
      `\n[${String(at + 1)}/${String(chosen.length)}] ${name}, ${String(Math.round((performance.now() - begun) / 1000))} s so far\n`,
    )
    const from = performance.now()
    const [handed, error] = await measure(name, options)
    if (error !== null) {
      failed = true
      say(`${name} failed: ${error}`)
    }
    const seconds = Math.round((performance.now() - from) / 1000)
    run.benches[name] = { ...handed, seconds, ...(error === null ? {} : { error }) }
    writeFileSync(values.json, `${JSON.stringify(run, null, 1)}\n`)
  }
} finally {
  await province.drop()
}
const results = Object.values(run.benches).flatMap(({ results: some }): Result[] => some)
say('')
printResults(results)
const missed = results.filter((result) => isMet(result) === false)
say(`${String(results.length)} figures, ${String(missed.length)} short of their goal; written to ${values.json}`)
if (!values['no-docs']) await writePerformance(run)
if (failed) process.exitCode = 1

/** Runs one bench in a process of its own on the province; answers what it handed over, and why it failed. */
async function measure(name: string, options: string[]): Promise<[Handed, string | null]> {
  const handed: Handed = { results: [], growth: [] as GrowthPoint[] }
  const child = fork(fileURLToPath(new URL('run.ts', import.meta.url)), [name, ...options], {
    execArgv: ['--expose-gc', ...process.execArgv],
    env: { ...process.env, BENCH_DATABASE: province.url },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // One that hangs does not hold up the others.
    timeout: Number(values['minutes-each']) * 60_000,
  })
  child.on('message', (message: Handed) => Object.assign(handed, message))
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.once('close', (...ended) => resolve(ended)),
  )
  if (code === 0) return [handed, null]
  const why = child.killed ? `it had not ended after ${values['minutes-each']} minutes (--minutes-each)` : null
  return [handed, why ?? `it ended with ${String(code ?? signal)}`]
}

function readBefore(): Run['benches'] {
  try {
    const { n: of, benches: found } = JSON.parse(readFileSync(values.json, 'utf8')) as Run
    return of === n ? found : {}
  } catch {
    return {}
  }
}
