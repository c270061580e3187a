/**
 * What grows with the number of businesses, and how: the same questions to provinces of 10,000, 100,000, … up to `--n`
 * businesses (`--sizes` says others), over HTTP from a process of its own. Told is the median of each, and the exponent of
 * its growth: 0 is flat, 1 as much as the number. A lookup must be flat.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { sql } from 'drizzle-orm'
import { startFeedListener } from '../../src/feed/listener.ts'
import { createKey, createPartner } from '../../src/partners/service.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { rowsOf, type Database } from '../../src/platform/db.ts'
import { startFollowingNames } from '../../src/search/follower.ts'
import { openBenchDatabase, openProvince } from './names/bench-database.ts'
import { codeOf, fillProvince } from './names/bench-province.ts'
import { oneOf, randomFrom } from './names/names.ts'
import { quantile, say } from './names/report.ts'
import { variantOf } from './names/variants.ts'
import { residentMb } from './process-figures.ts'
import { hand, type GrowthPoint, type Result } from './results.ts'

const { values } = parseArgs({
  options: {
    n: { type: 'string', default: '1000000' },
    sizes: { type: 'string' },
    times: { type: 'string', default: '1000' },
  },
})
const most = Number(values.n)
const sizes = values.sizes?.split(',').map(Number) ?? [...[10_000, 100_000].filter((size) => size < most), most]
const times = Number(values.times)
const lookup = 'credit file by code, never asked before'

const growth: GrowthPoint[] = []
/** Of the process that was asked, in MB, when it had answered all. */
const memory: { n: number; mb: number }[] = []
for (const n of sizes) {
  const database = n === most ? await openProvince(n) : await openFilled(n)
  try {
    const points = await measure(database, n)
    say(`${String(n)}: ${points.map(({ what, ms }) => `${what} ${ms.toFixed(2)} ms`).join('; ')}`)
    growth.push(...points)
  } finally {
    await database.drop()
  }
}
const kinds = [...new Set(growth.map(({ what }) => what))]
const bySize: Result[] = kinds.flatMap((what): Result[] => {
  const points = growth.filter((point) => point.what === what)
  const measured = points.map(({ n, ms }) => `${n.toLocaleString('en')}: ${ms.toPrecision(3)} ms`).join(', ')
  const row = 'cost of growth'
  const exponent: Result = {
    row,
    what: `${what}, exponent`,
    measured,
    yardstick: '',
    figures: [exponentOf(points)],
    unit: '',
    goal: null,
  }
  if (what !== lookup) return [exponent]
  const flat = (points.at(-1)?.ms ?? NaN) / (points[0]?.ms ?? NaN)
  return [{ ...exponent, what: `${what}, the largest of the smallest`, figures: [flat], goal: { most: 1.2 } }, exponent]
})
hand({
  growth,
  results: [
    ...bySize,
    {
      row: 'memory',
      what: 'a process that has answered all these',
      measured: memory.map(({ n, mb }) => `${n.toLocaleString('en')}: ${String(mb)} MB`).join(', '),
      yardstick: '',
      figures: [Math.max(...memory.map(({ mb }) => mb))],
      unit: 'MB',
      goal: null,
    },
  ],
})

async function openFilled(n: number) {
  const database = await openBenchDatabase()
  if (database === null) throw new Error('no PostgreSQL answers: set DATABASE_URL')
  await fillProvince(database.url, n)
  return database
}

async function measure({ db, url }: Database, n: number): Promise<GrowthPoint[]> {
  const listener = startFeedListener(url)
  const from = performance.now()
  const names = startFollowingNames(db, listener, systemClock)
  await names.built
  const building = performance.now() - from
  await listener.stop()
  await names.stop()
  const serving = fork(fileURLToPath(new URL('names/bench-server.ts', import.meta.url)), ['service', url])
  try {
    const [address] = (await once(serving, 'message')) as [string]
    const partner = await createPartner(db, { name: '某协同部门', kind: 'agency' }, new Date())
    const { key } = await createKey(db, { partnerId: partner.id, scopes: ['feed', 'screening'] }, new Date())
    const random = randomFrom(3)
    const some = await rowsOf<{ name: string }>(
      db,
      sql`select s.name from subjects s order by md5(s.uscc) limit ${times}`,
    )
    const written = some.map(({ name }) => variantOf(name, 'ocr_char', random) ?? name)
    // Everywhere, so that no page of an index is warm because its neighbour was asked for.
    const codes = Array.from({ length: times }, (_, i) => codeOf(Math.floor((i * n) / times)))
    while (!(await fetch(`${address}/readyz`)).ok) await sleep(100)
    const headers = { authorization: `Bearer ${key}` }
    const get = (path: string) => ask(`${address}${path}`, { headers: path.startsWith('/v1/feed') ? headers : {} })
    const screen = () => {
      const candidates = Array.from({ length: 100 }, (_, i) => ({ ref: String(i), uscc: oneOf(codes, random) }))
      const body = JSON.stringify({ candidates })
      return ask(`${address}/v1/screenings`, {
        method: 'POST',
        body,
        headers: { ...headers, 'content-type': 'application/json' },
      })
    }
    const questions: [string, number, (i: number) => Promise<void>][] = [
      [lookup, times, (i) => get(`/v1/credit-files/${codes[i] ?? ''}`)],
      [
        'search by a name with a wrong character',
        times,
        (i) => get(`/v1/search?q=${encodeURIComponent(written[i] ?? '')}`),
      ],
      ['first page of a list', 50, () => get('/v1/lists/abnormal/entries')],
      ['feed pull of 100 events', 50, () => get('/v1/feed/events?after=0&limit=100')],
      ['screening 100 codes', 50, screen],
    ]
    const points: GrowthPoint[] = [{ what: 'index of names built', n, ms: building }]
    for (const [what, count, question] of questions) {
      const taken: number[] = []
      for (let i = 0; i < count; i += 1) {
        const at = performance.now()
        await question(i)
        taken.push(performance.now() - at)
      }
      points.push({ what, n, ms: quantile(taken.slice(Math.floor(count / 10)), 0.5) })
    }
    memory.push({ n, mb: residentMb(serving.pid) })
    return points
  } finally {
    serving.kill()
  }
}

async function ask(url: string, options: RequestInit): Promise<void> {
  const response = await fetch(url, options)
  const text = await response.text()
  if (!response.ok) throw new Error(`${url}: ${text}`)
}

/** The slope of the logarithms: time grows as the number to this power. */
function exponentOf(points: readonly GrowthPoint[]): number {
  const xs = points.map(({ n }) => Math.log(n))
  const ys = points.map(({ ms }) => Math.log(ms))
  const mean = (all: number[]) => all.reduce((sum, value) => sum + value, 0) / all.length
  const [x, y] = [mean(xs), mean(ys)]
  const above = xs.reduce((sum, value, i) => sum + (value - x) * ((ys[i] ?? y) - y), 0)
  return above / xs.reduce((sum, value) => sum + (value - x) ** 2, 0)
}
