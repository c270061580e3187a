import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get as httpGet, type IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { sql } from 'drizzle-orm'
import FlexSearch from 'flexsearch'
import { startFeedListener } from '../../../src/feed/listener.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { asJson, rowsOf, type Db } from '../../../src/platform/db.ts'
import { collectSeldom } from '../../../src/platform/garbage-collection.ts'
import { startFollowingNames } from '../../../src/search/follower.ts'
import { normaliseName } from '../../../src/search/normalise.ts'
import { parseName } from '../../../src/search/parse.ts'
import { search } from '../../../src/search/service.ts'
import { hand, type Result } from '../results.ts'
import { openBenchDatabase, openProvince } from './bench-database.ts'
import { madeUpCode, makeNames } from './make-names.ts'
import { oneOf, randomFrom, readNames } from './names.ts'
import { quantile, quantiles, say, table } from './report.ts'
import { variantKinds, variantOf } from './variants.ts'

interface Subject {
  uscc: string
  name: string
}

interface Query {
  kind: string
  q: string
  uscc: string
}

interface Options {
  n: number
  queries: number
  /** Queries for the slow alternatives. */
  others: number
}

const mebibyte = 1024 * 1024

/** Finding one of `n` names by another writing of it: recall, time, memory, in process and over HTTP. */
export async function benchIndex({ n, queries: queryCount, others }: Options): Promise<void> {
  const isProvince = process.env['BENCH_DATABASE'] !== undefined
  const database = isProvince ? await openProvince(n) : await openBenchDatabase()
  if (database === null) {
    say('No PostgreSQL answers: the index of names is left out.\n')
    return
  }
  try {
    const subjects = isProvince ? await listSubjects(database.db) : await fillNames(database.db, n)
    const queries = makeQueries(subjects, queryCount)
    const sets = new Map(queries.map((query) => [query.kind, queries.filter(({ kind }) => kind === query.kind)]))

    const listener = startFeedListener(database.url)
    const followed = startFollowingNames(database.db, listener, systemClock)
    await followed.built
    const index = followed.present?.index
    if (index === undefined) throw new Error('the index was not built')
    if (!isProvince) await tellBuilding(database.url)
    collectSeldom()
    const context = { db: database.db, clock: systemClock, names: followed }
    const inProcess = async ({ q }: Query) => {
      const found = index.find(q, {})
      return found.sort((a, b) => b.score - a.score).map(({ uscc }) => uscc)
    }
    const rows: string[][] = []
    const measured = new Map<string, Measured>()
    const tell = async (what: string, set: readonly Query[], find: Find) => {
      const found = await measure(set, find)
      measured.set(what, found)
      rows.push([what, ...cellsOf(found)])
    }
    for (const [kind, set] of sets) await tell(`in process: ${kind}`, set, inProcess)
    const variants = queries.filter(({ kind }) => !partial.has(kind))
    await tell('in process, all variants', variants, inProcess)

    // A process of its own, as in production: in this one it would share its thread with who asks.
    const serving = fork(fileURLToPath(new URL('bench-server.ts', import.meta.url)), ['service', database.url])
    try {
      const [address] = (await once(serving, 'message')) as [string]
      while (!(await fetch(`${address}/readyz`)).ok) await sleep(100)
      const overHttp = async ({ q }: Query) =>
        (await get(`${address}/v1/search?q=${encodeURIComponent(q)}&limit=10`)).usccs
      await tell('over HTTP, all variants', variants, overHttp)
      await tell('over HTTP, a constant', variants, async () => (await get(`${address}/livez`), []))
      const codes = variants.map(({ uscc }): Query => ({ kind: 'code', q: uscc, uscc }))
      await tell('code, without HTTP', codes, async ({ q }) =>
        (await search(context, q, {}, { limit: 10 })).items.flatMap(({ uscc }) => uscc ?? []),
      )
      await tell('code, over HTTP', codes, overHttp)
    } finally {
      agent.destroy()
      serving.kill()
      await followed.stop()
      await listener.stop()
    }

    if (others > 0) {
      const some = variants.slice(0, others)
      const trigram = await trigramIndex(database.db)
      await tell(
        `pg_trgm GIN, similarity (${some.length} queries, index ${trigram.seconds.toFixed(0)} s)`,
        some,
        trigram.find,
      )
      const library = flexSearch(subjects.slice(0, flexMost))
      const known = new Set(subjects.slice(0, flexMost).map(({ uscc }) => uscc))
      const among = queries.filter(({ kind, uscc }) => !partial.has(kind) && known.has(uscc)).slice(0, others * 3)
      await tell(
        `FlexSearch, pairs of characters, ${known.size} names (${among.length} queries, built in ${library.seconds.toFixed(0)} s)`,
        among,
        library.find,
      )
    }
    // On a busy machine the processor's time of this process tells more than the clock.
    table(['', 'recall@1', 'recall@10', 'p50 / p95 / p99 ms', 'of it processor, this process'], rows)
    hand({ results: resultsOf(measured) })
  } finally {
    await database.drop()
  }
}

/** Queries that are no other writing of a whole name: they have no one true answer. */
const partial = new Set(['fragment of 2', 'fragment of 4', 'pinyin', 'two wrong characters'])
/** FlexSearch takes some 1.5 GB and minutes for more. */
const flexMost = 200_000

function makeQueries(subjects: readonly Subject[], count: number): Query[] {
  const random = randomFrom(11)
  const queries: Query[] = []
  const kinds = [...variantKinds, 'two wrong characters', 'fragment of 2', 'fragment of 4'] as const
  for (let turn = 0; queries.length < count; turn++) {
    const kind = kinds[turn % kinds.length]!
    const { uscc, name } = oneOf(subjects, random)
    let q: string | null
    if (kind === 'two wrong characters') {
      const once = variantOf(name, 'ocr_char', random)
      q = once === null ? null : variantOf(once, 'ocr_char', random)
    } else if (kind === 'fragment of 2' || kind === 'fragment of 4') {
      q = parseName(name).core.slice(0, kind === 'fragment of 2' ? 2 : 4)
    } else q = variantOf(name, kind, random)
    if (q !== null && q.length > 1) queries.push({ kind, q, uscc })
  }
  return queries
}

type Find = (query: Query) => Promise<readonly string[]>

interface Measured {
  /** Shares of the queries whose business is the first, and among the first ten. */
  first: number
  ten: number
  times: number[]
  processor: number[]
}

async function measure(queries: readonly Query[], find: Find): Promise<Measured> {
  const times: number[] = []
  const processor: number[] = []
  let first = 0
  let firstTen = 0
  for (const query of queries) {
    const start = performance.now()
    const used = process.cpuUsage()
    const found = await find(query)
    const { user, system } = process.cpuUsage(used)
    processor.push((user + system) / 1000)
    times.push(performance.now() - start)
    if (found[0] === query.uscc) first++
    if (found.slice(0, 10).includes(query.uscc)) firstTen++
  }
  const most = Math.max(1, queries.length)
  return { first: first / most, ten: firstTen / most, times, processor }
}

function cellsOf({ first, ten, times, processor }: Measured): string[] {
  return [first.toFixed(3), ten.toFixed(3), quantiles(times), quantiles(processor)]
}

/** The goals of issue 5, of which issue 9 asks again. */
function resultsOf(measured: ReadonlyMap<string, Measured>): Result[] {
  const constant = quantiles(measured.get('over HTTP, a constant')?.times ?? [])
  const of = (
    name: string,
    what: string,
    goal: Result['goal'],
    unit: Result['unit'],
    figure: (m: Measured) => number,
  ) => {
    const found = measured.get(name)
    if (found === undefined) return []
    const told = `${String(found.times.length)} queries: ms p50 / p95 / p99 ${quantiles(found.times)}`
    const yardstick = name.includes('HTTP') ? `a constant over HTTP ${constant}` : ''
    return [{ row: 'search', what, measured: told, yardstick, figures: [figure(found)], unit, goal }]
  }
  const p95 = ({ times }: Measured) => quantile(times, 0.95)
  const inProcess = 'in process, all variants'
  return [
    ...of(inProcess, 'variants, recall@1', { least: 0.98 }, '', ({ first }) => first),
    ...of(inProcess, 'variants, recall@10', { least: 0.995 }, '', ({ ten }) => ten),
    ...of(inProcess, 'variants, in process, p95', { most: 10 }, 'ms', p95),
    ...of('over HTTP, all variants', 'variants, over HTTP, p95', { most: 20 }, 'ms', p95),
    ...of('in process: fragment of 2', 'fragments of two characters, p95', { most: 10 }, 'ms', p95),
    ...of('code, without HTTP', 'exact code, in process, p95', { most: 2 }, 'ms', p95),
    ...of('code, over HTTP', 'exact code, over HTTP, p95', { most: 2 }, 'ms', p95),
  ]
}

/** One connection, kept: `fetch` takes more of this process than the service takes for an exact code. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 })

async function get(url: string): Promise<{ usccs: string[] }> {
  const request = httpGet(url, { agent })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const { items = [] } = (await json(response)) as { items?: { uscc: string | null }[] }
  return { usccs: items.flatMap(({ uscc }) => uscc ?? []) }
}

async function insertSubjects(db: Db, subjects: readonly Subject[]): Promise<void> {
  // Only what is measured is indexed: the pairs of characters in SQL serve while the index is being built.
  await db.execute(sql`drop index subjects_name_bigrams`)
  for (let at = 0; at < subjects.length; at += 10_000) {
    await db.execute(sql`
      insert into subjects (id, uscc, flags, name, former_names, entity_type, status, region_code, source_id, source_updated_at, received_at, valid_from_at, known_from_at)
      select gen_random_uuid(), s.uscc, '{}', s.name, '{}', 'enterprise', 'active', '999900', 'bench', now(), now(), now(), now()
      from json_to_recordset(${asJson(subjects.slice(at, at + 10_000))}) as s (uscc text, name text)`)
  }
  await db.execute(sql`vacuum analyze subjects`)
}

async function trigramIndex(db: Db) {
  await db.execute(sql`create extension if not exists pg_trgm`)
  const start = performance.now()
  await db.execute(sql`create index on subjects using gin (name gin_trgm_ops)`)
  const seconds = (performance.now() - start) / 1000
  const find = async ({ q }: Query) => {
    const rows = await rowsOf<{ uscc: string }>(
      db,
      sql`select uscc from subjects where name % ${q} order by similarity(name, ${q}) desc limit 10`,
    )
    return rows.map(({ uscc }) => uscc)
  }
  return { seconds, find }
}

function flexSearch(subjects: readonly Subject[]) {
  const encode = (text: string) => {
    const normal = normaliseName(text)
    return Array.from({ length: Math.max(1, normal.length - 1) }, (_, at) => normal.slice(at, at + 2))
  }
  const start = performance.now()
  const index = new FlexSearch.Index({ tokenize: 'strict', encode })
  subjects.forEach(({ name }, number) => index.add(number, name))
  const seconds = (performance.now() - start) / 1000
  const find = async ({ q }: Query) =>
    (await index.searchAsync(q, { limit: 10, suggest: true })).map((number) => subjects[Number(number)]?.uscc ?? '')
  return { seconds, find }
}

interface Built {
  seconds: number
  cpu: NodeJS.CpuUsage
  bytes: number
  heapUsed: number
  rss: number
  before: number
}

async function listSubjects(db: Db): Promise<Subject[]> {
  return rowsOf(db, sql`select s.uscc, s.name from subjects s order by s.uscc`)
}

/** Real names as far as they are at hand, and made ones. */
async function fillNames(db: Db, n: number): Promise<Subject[]> {
  const given = (readNames() ?? []).slice(0, n)
  if (given.length === 0) say('../shared/data/names-200k.tsv.gz is not there: all names are made.\n')
  const names = [...new Set([...given.map(({ name }) => name), ...makeNames(n - given.length, given, 7)])]
  const subjects = names.map((name, number) => ({ uscc: madeUpCode(number + 1), name }))
  say(`## ${subjects.length} businesses (${given.length} registered names, the others made)\n`)
  await insertSubjects(db, subjects)
  return subjects
}

async function tellBuilding(url: string): Promise<void> {
  const alone = await buildAlone(url)
  table(
    ['building from the database', 'of it processor', 'typed arrays', 'heap', 'RSS of the process', 'RSS before'],
    [
      [
        `${alone.seconds.toFixed(1)} s`,
        `${((alone.cpu.user + alone.cpu.system) / 1e6).toFixed(1)} s`,
        ...[alone.bytes, alone.heapUsed, alone.rss, alone.before].map((bytes) => `${(bytes / mebibyte).toFixed(0)} MB`),
      ],
    ],
  )
}

/** Builds the index in a process of its own, whose memory is its own too. */
async function buildAlone(url: string): Promise<Built> {
  const file = fileURLToPath(new URL('make-index.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', ...process.execArgv, file, url])
  return JSON.parse(stdout) as Built
}
