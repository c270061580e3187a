/**
 * Screening (issue 5): 1,000 candidates a call over HTTP, by code, by code and name, and by name alone, with their
 * evidence written, beside a Fastify that answers the same call with a constant of equal size, interleaved in one run, on the
 * province of `bench-province.ts`. All names are made up.
 */
import { request, Agent } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import Fastify from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { sql } from 'drizzle-orm'
import { startFeedListener } from '../../src/feed/listener.ts'
import { createKey, createPartner } from '../../src/partners/service.ts'
import { keyVerifier } from '../../src/partners/verifier.ts'
import { bearerKeys } from '../../src/platform/auth.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { rowsOf } from '../../src/platform/db.ts'
import { collectSeldom } from '../../src/platform/garbage-collection.ts'
import { generateSigningKey, signingWith } from '../../src/platform/signing.ts'
import { screeningRoutes } from '../../src/screening/routes.ts'
import { createScreener } from '../../src/screening/screener.ts'
import { startFollowingNames } from '../../src/search/follower.ts'
import { openProvince } from './names/bench-database.ts'
import { oneOf, randomFrom } from './names/names.ts'
import { quantile, quantiles, say, table } from './names/report.ts'
import { residentMb } from './process-figures.ts'
import { hand, type Result } from './results.ts'

const { values } = parseArgs({
  options: {
    n: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '100' },
    /** One kind of call alone, such as `codes alone`: to profile it. */
    only: { type: 'string' },
  },
})
const n = Number(values.n)
const rounds = Number(values.rounds)
const batch = 1000

interface Business {
  uscc: string
  name: string
}

collectSeldom()
const database = await openProvince(n)
const { db } = database
const memory = () => residentMb(process.pid)

const random = randomFrom(5)
const businesses = await rowsOf<Business>(db, sql`select s.uscc, s.name from subjects s`)
const before = memory()

/** A name as a platform may have it: mostly as registered, sometimes changed, sometimes somebody else's. */
function asWritten(name: string): string {
  const chance = random()
  if (chance < 0.85) return name
  if (chance < 0.95) return name.replace('有限公司', '有限责任公司').slice(random() < 0.5 ? 0 : 2)
  return oneOf(businesses, random).name
}

const kinds: Record<string, (business: Business) => object> = {
  'codes alone': ({ uscc }) => ({ uscc }),
  'codes and names': ({ uscc, name }) => ({ uscc, name: asWritten(name) }),
  'names alone': ({ name }) => ({ name: asWritten(name) }),
}
const makeBody = (of: (business: Business) => object) =>
  JSON.stringify({
    candidates: Array.from({ length: batch }, (_, i) => ({ ref: `seller-${i}`, ...of(oneOf(businesses, random)) })),
  })

const app = Fastify({ logger: false })
app.setValidatorCompiler(validatorCompiler)
app.setSerializerCompiler(serializerCompiler)
const { authenticate } = bearerKeys(app, keyVerifier({ db }))
const listener = startFeedListener(database.url)
const names = startFollowingNames(db, listener, systemClock)
const namesFrom = performance.now()
await names.built
say(`names of all businesses in memory in ${seconds(namesFrom)} s`)
const screener = createScreener(names)
await app.register(screeningRoutes, {
  db,
  clock: systemClock,
  signing: await signingWith([await generateSigningKey()]),
  screener,
  authenticate,
  publicUrl: () => 'https://credit.example',
})
let constant = ''
app.post('/constant', async (_request, reply) => reply.type('application/json').send(constant))
await app.listen({ port: 0, host: '127.0.0.1' })
const { port } = app.server.address() as AddressInfo
const partner = await createPartner(db, { name: '示例平台', kind: 'platform' }, new Date())
const { key } = await createKey(db, { partnerId: partner.id, scopes: ['screening'] }, new Date())

const warmFrom = performance.now()
await screener.refresh(db)
say(`lists loaded from the log in ${seconds(warmFrom)} s`)

const agent = new Agent({ keepAlive: true, maxSockets: 1 })
function post(path: string, body: string): Promise<{ ms: number; text: string }> {
  const from = performance.now()
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      authorization: `Bearer ${key}`,
    }
    const sent = request({ port, path, method: 'POST', agent, headers }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8')
        if (response.statusCode === 200) resolve({ ms: performance.now() - from, text })
        else reject(new Error(text))
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const rows: string[][] = []
const results: Result[] = []
for (const [kind, of] of Object.entries(kinds)) {
  if (values.only !== undefined && values.only !== kind) continue
  const times: number[] = []
  const constants: number[] = []
  const works: number[] = []
  const warmUp = 10
  // How long nobody else is served, the work of the client and of the collector of garbage included.
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  for (let i = 0; i < rounds + warmUp; i += 1) {
    const body = makeBody(of)
    const since = process.cpuUsage()
    const { ms, text } = await post('/v1/screenings', body)
    const { user, system } = process.cpuUsage(since)
    constant = text
    const other = await post('/constant', body)
    if (i === warmUp) delay.reset()
    if (i < warmUp) continue
    times.push(ms)
    works.push((user + system) / 1000)
    constants.push(other.ms)
  }
  const share = quantile(constants, 0.5) / quantile(times, 0.5)
  const measured = `${batch} candidates: ms p50 / p95 / p99 ${quantiles(times)}`
  const yardstick = `constant of equal size ${quantiles(constants)}`
  if (kind === 'codes alone') {
    const goal = { least: 0.25 }
    results.push({ row: 'screening', what: kind, measured, yardstick, figures: [share], unit: '', goal })
  } else {
    const goal = kind === 'codes and names' ? { most: 250 } : null
    const figures = [quantile(times, 0.95)]
    results.push({ row: 'screening', what: `${kind}, p95`, measured, yardstick, figures, unit: 'ms', goal })
  }
  delay.disable()
  const stretches = [50, 95, 99].map((share) => (delay.percentile(share) / 1e6).toFixed(1)).join(' / ')
  rows.push([kind, quantiles(times), quantiles(works), stretches, quantiles(constants), share.toFixed(2)])
}
say(`\nScreening ${batch} candidates a call, one client, ${rounds} calls of other candidates each:\n`)
table(
  [
    'by',
    'ms p50 / p95 / p99',
    'of them CPU of this process',
    'at a stretch',
    'a constant of equal size',
    'of the constant',
  ],
  rows,
)
results.push({
  row: 'memory',
  what: 'a process that screens',
  measured: 'names and lists of all businesses, beside what the bench itself keeps',
  yardstick: `${String(before)} MB before`,
  figures: [memory()],
  unit: 'MB',
  goal: null,
})
hand({ results })

await app.close()
agent.destroy()
await listener.stop()
await names.stop()
await database.drop()

function seconds(from: number): string {
  return ((performance.now() - from) / 1000).toFixed(1)
}
