/**
 * The log pulled over HTTP, 1,000 events a call, beside psql that takes the same rows by `COPY … TO STDOUT`, as many a
 * statement, over one connection; in turns. On the province of `bench-province.ts`.
 */
import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { findHead } from '../../src/feed/repository.ts'
import { createKey, createPartner } from '../../src/partners/service.ts'
import { openProvince } from './names/bench-database.ts'
import { quantile, say } from './names/report.ts'
import { hand } from './results.ts'

const { values } = parseArgs({
  options: { n: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '5' } },
})
const perCall = 1000
const database = await openProvince(Number(values.n))
const folder = mkdtempSync(join(tmpdir(), 'xinjian-bench-'))
const serving = fork(fileURLToPath(new URL('names/bench-server.ts', import.meta.url)), ['service', database.url], {})
const agent = new Agent({ keepAlive: true, maxSockets: 1 })
try {
  const [address] = (await once(serving, 'message')) as [string]
  const { id } = await createPartner(database.db, { name: '某协同部门', kind: 'agency' }, new Date())
  const { key } = await createKey(database.db, { partnerId: id, scopes: ['feed'] }, new Date())
  const { position } = await findHead(database.db)
  // Enough calls for a second or more, whatever the size of the log.
  const starts = Array.from({ length: Math.ceil(position / perCall) }, (_, page) => page * perCall)
  const pages = Array.from({ length: Math.max(1, Math.ceil(200 / starts.length)) }, () => starts).flat()

  const pull = async (type: string) => {
    for (const after of pages) {
      const path = `/v1/feed/events?after=${String(after)}&limit=${String(perCall)}`
      await drain(`${address}${path}`, { authorization: `Bearer ${key}`, accept: type })
    }
  }
  const script = join(folder, 'copy.sql')
  const nothing = join(folder, 'nothing.sql')
  const copy = (after: number) =>
    `copy (select e.event from feed_events e where e.position > ${String(after)} order by e.position limit ${String(perCall)}) to stdout;`
  writeFileSync(script, pages.map(copy).join('\n'))
  writeFileSync(nothing, 'select 1;')
  const psql = (file: string) =>
    promisify(execFile)('psql', ['-X', '-q', '-f', file, '-o', '/dev/null', database.url], { maxBuffer: 4e9 })

  const taken = { json: [] as number[], lines: [] as number[], copy: [] as number[] }
  for (let round = 0; round <= Number(values.rounds); round += 1) {
    const start = await seconds(() => psql(nothing))
    const copied = (await seconds(() => psql(script))) - start
    const json = await seconds(() => pull('application/json'))
    const lines = await seconds(() => pull('application/x-ndjson'))
    say(`round ${String(round)}: COPY ${copied.toFixed(2)} s, JSON ${json.toFixed(2)} s, NDJSON ${lines.toFixed(2)} s`)
    // The first one warms up.
    if (round === 0) continue
    taken.copy.push(copied)
    taken.json.push(json)
    taken.lines.push(lines)
  }
  const events = (pages.length * position) / starts.length
  const rate = (times: number[]) => `${(events / quantile(times, 0.5) / 1000).toFixed(0)} k events/s`
  const result = (what: string, times: number[]) => ({
    row: 'feed pull',
    what,
    measured: rate(times),
    yardstick: `COPY … TO STDOUT of the same rows ${rate(taken.copy)}`,
    figures: times.map((time, i) => (taken.copy[i] ?? NaN) / time),
    unit: '' as const,
    goal: { least: 0.5 },
  })
  hand({ results: [result('1,000 events a call, JSON', taken.json), result('the same, NDJSON', taken.lines)] })
} finally {
  agent.destroy()
  serving.kill()
  rmSync(folder, { recursive: true })
  await database.drop()
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return (performance.now() - from) / 1000
}

/** Reads an answer to its end without keeping it. */
function drain(url: string, headers: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answers ${String(response.statusCode)}`))
      response.resume().on('end', resolve).on('error', reject)
    }).on('error', reject)
  })
}
