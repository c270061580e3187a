/**
 * The log pulled over HTTP by `wrk`, 1,000 events a call, beside psql that takes the same rows by `COPY … TO STDOUT`, as many
 * a statement, each over one connection; in turns. On the province of `bench-province.ts`.
 */
import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { findHead } from '../../src/feed/repository.ts'
import { createKey, createPartner } from '../../src/partners/service.ts'
import { openProvince } from './names/bench-database.ts'
import { quantile, say } from './names/report.ts'
import { hand, type Goal, type Result } from './results.ts'
import { wrkAll, wrkScript } from './servers/serve.ts'

const { values } = parseArgs({
  options: { n: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '5' } },
})
const perCall = 1000
const database = await openProvince(Number(values.n))
const folder = mkdtempSync(join(tmpdir(), 'xinjian-bench-'))
const serving = fork(fileURLToPath(new URL('names/bench-server.ts', import.meta.url)), ['service', database.url], {})
try {
  const [address] = (await once(serving, 'message')) as [string]
  const { id } = await createPartner(database.db, { name: '某协同部门', kind: 'agency' }, new Date())
  const { key } = await createKey(database.db, { partnerId: id, scopes: ['feed'] }, new Date())
  const { position } = await findHead(database.db)
  const starts = Array.from({ length: Math.floor(position / perCall) }, (_, page) => page * perCall)
  if (starts.length === 0) throw new Error('the log has no page of 1,000 events: a larger --n')
  // Enough for a second or so, whatever the size of the log.
  const pages = Array.from({ length: Math.ceil(500 / starts.length) }, () => starts).flat()

  const asked = starts.map((after) => `/v1/feed/events?after=${String(after)}&limit=${String(perCall)}`)
  const calls = wrkScript(folder, 'pages', asked)
  /** Seconds for as many events as COPY takes. */
  const pull = async (accept: string, script = calls) => {
    const headers = { authorization: `Bearer ${key}`, accept }
    const { perSecond } = await wrkAll([address], script, { seconds: '3', connections: 1, headers })
    return pages.length / perSecond
  }
  const script = join(folder, 'copy.sql')
  const nothing = join(folder, 'nothing.sql')
  const copy = (after: number) =>
    `copy (select e.event from feed_events e where e.position > ${String(after)} order by e.position limit ${String(perCall)}) to stdout;`
  writeFileSync(script, pages.map(copy).join('\n'))
  writeFileSync(nothing, 'select 1;')
  const psql = (file: string) =>
    promisify(execFile)('psql', ['-X', '-q', '-f', file, '-o', '/dev/null', database.url], { maxBuffer: 4e9 })

  // Of as many sizes as make nearly each call one that nobody has sent before.
  const unread = wrkScript(
    folder,
    'unread',
    starts.flatMap((after) =>
      Array.from({ length: 50 }, (_, i) => `/v1/feed/events?after=${String(after)}&limit=${String(perCall - i)}`),
    ),
  )

  const taken = { json: [] as number[], lines: [] as number[], unread: [] as number[], copy: [] as number[] }
  for (let round = 0; round <= Number(values.rounds); round += 1) {
    const start = await seconds(() => psql(nothing))
    const copied = (await seconds(() => psql(script))) - start
    const json = await pull('application/json')
    const lines = await pull('application/x-ndjson')
    const first = await pull('application/x-ndjson', unread)
    const times = Object.entries({ COPY: copied, JSON: json, NDJSON: lines, 'NDJSON unread': first })
    say(`round ${String(round)}: ${times.map(([of, time]) => `${of} ${time.toFixed(2)} s`).join(', ')}`)
    // The first one warms up.
    if (round === 0) continue
    taken.copy.push(copied)
    taken.json.push(json)
    taken.lines.push(lines)
    taken.unread.push(first)
  }
  const events = pages.length * perCall
  const rate = (times: number[]) => `${(events / quantile(times, 0.5) / 1000).toFixed(0)} k events/s`
  const result = (what: string, times: number[], goal: Goal | null): Result => ({
    row: 'feed pull',
    what,
    measured: rate(times),
    yardstick: `COPY … TO STDOUT of the same rows ${rate(taken.copy)}`,
    figures: times.map((time, i) => (taken.copy[i] ?? NaN) / time),
    unit: '',
    goal,
  })
  hand({
    results: [
      result('1,000 events a call, JSON', taken.json, { least: 0.5 }),
      result('the same, NDJSON', taken.lines, { least: 0.5 }),
      result('NDJSON, of pages that nobody has read before', taken.unread, null),
    ],
  })
} finally {
  serving.kill()
  rmSync(folder, { recursive: true })
  await database.drop()
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return (performance.now() - from) / 1000
}
