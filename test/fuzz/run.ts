/**
 * `npm run fuzz -- --requests 100000 [--seed n]`: the request fuzzer on a database of its own on the server of
 * DATABASE_URL. Prints what it found with the requests, and exits non-zero when there is anything.
 */
import { parseArgs } from 'node:util'
import { parseConfig } from '../../src/config.ts'
import { openLog } from '../../src/platform/request-log.ts'
import { openBenchDatabase } from '../bench/names/bench-database.ts'
import { startServiceOn } from '../support/service-on.ts'
import { fuzz } from './fuzzer.ts'

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '100000' }, seed: { type: 'string' } },
})
const requests = Number(values.requests)
const seed = Number(values.seed ?? Date.now() % 2 ** 31)
const say = (line: string) => process.stdout.write(`${line}\n`)

const database = await openBenchDatabase()
if (database === null) {
  say('no PostgreSQL answers: set DATABASE_URL')
  process.exit(1)
}
say(`${requests} requests, seed ${seed}`)
const service = await startServiceOn(
  database,
  '2026-11-25T04:00:00.000Z',
  {},
  {
    // What the service says of its own faults.
    logger: openLog({ ...parseConfig({}), LOG_LEVEL: 'error' }),
  },
)
const from = performance.now()
let toldAt = from
const onRound = (sent: number, found: number) => {
  if (performance.now() - toldAt < 30_000) return
  toldAt = performance.now()
  say(`${sent} sent, ${Math.round(sent / ((toldAt - from) / 1000))} a second, ${found} findings`)
}
const { answers, findings } = await fuzz(service, { requests, seed, onRound })
const seconds = (performance.now() - from) / 1000
for (const { fault, request, status, body } of findings) {
  say(
    `\n${fault}\n  ${request.method} ${request.url}\n  ${JSON.stringify(request.headers)}\n  ${request.payload ?? ''}`,
  )
  say(`  answered ${status}: ${body}`)
}
const totals: Record<string, number> = {}
for (const counts of answers.values()) {
  for (const [kind, count] of Object.entries(counts)) totals[kind] = (totals[kind] ?? 0) + count
}
say(`\n${answers.size} operations: ${JSON.stringify(totals)}; ${Math.round(requests / seconds)} requests a second`)
const without = [...answers].filter(([, counts]) => (counts['2xx'] ?? 0) === 0).map(([name]) => name)
say(`without a success: ${without.join(', ') || 'none'}`)
say(findings.length === 0 ? 'nothing found' : `${findings.length} findings`)
await service.app.close()
await database.drop()
process.exitCode = findings.length === 0 ? 0 : 1
