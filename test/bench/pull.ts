/**
 * A pull of 200,000 annual reports over HTTP, beside a bare COPY and merge of the very rows that it writes (revisions,
 * reports, sites, events: same tables, indexes and keys), in turns in one run; then the same pull again, of which
 * everything is sent again and nothing has changed. Needs DATABASE_URL, where it makes and drops a database of its own.
 * The bare way writes no raw bytes and reads nothing: its rows come from files in the form that COPY takes.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { pipeline } from 'node:stream/promises'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { migrateDatabase, openConnection, openDatabase, type Db } from '../../src/platform/db.ts'
import { pageSize } from '../../src/sources/download.ts'
import { pullCollection } from '../../src/sources/service.ts'
import { subjectItem } from '../support/businesses.ts'
import { take } from '../support/take.ts'
import { hand } from './results.ts'

const reports = Number(process.argv[2] ?? 200_000)
const rounds = Number(process.argv[3] ?? 5)
/** Each table that a pull writes rows of records to, with its key and whether a row may change. */
const tables = {
  annual_report_revisions: { key: ['uscc', 'year', 'revision'], changes: false },
  annual_reports: { key: ['uscc', 'year'], changes: true },
  web_presences: { key: ['uscc', 'key'], changes: true },
  feed_outbox: { key: ['seq'], changes: false },
} as const
const names = Object.keys(tables) as (keyof typeof tables)[]
const own = [
  ...['source_checkpoints', 'quarantine', 'source_states'],
  ...['source_intakes', 'source_byte_parts', 'source_bytes'],
]
const tell = (text: string) => process.stdout.write(`${text}\n`)

const url = new URL(process.env['DATABASE_URL'] ?? 'postgres://127.0.0.1:5432/postgres')
const name = `xinjian_bench_${process.pid}`
const admin = postgres(url.href, { max: 1, onnotice: () => undefined })
await admin`create database ${admin(name)} template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'`
url.pathname = `/${name}`
await migrateDatabase(url.href)
const database = openDatabase(url.href, { max: 3 })
const source = fork(join(import.meta.dirname, 'pull-source.ts'), [String(reports), String(pageSize)], {})
const folder = await mkdtemp(join(tmpdir(), 'xinjian-bench-'))
/** Most memory while the first and while the second half of a pull was read: they are alike when it is flat. */
let peak = { first: 0, second: 0 }
let half: keyof typeof peak = 'first'
const sampling = setInterval(() => (peak[half] = Math.max(peak[half], process.memoryUsage().rss)), 20)

try {
  const [port] = (await once(source, 'message')) as [number]
  await fill(database.db)
  const baseUrl = `http://127.0.0.1:${port}`
  // Once, to have the rows that the bare way writes, and to be warm.
  await empty(database.db)
  await pull(baseUrl, 'new')
  const columns = new Map<string, string>()
  for (const table of names) {
    const listed = await database.db.execute<{ name: string }>(sql`
      select attname as name from pg_attribute where attrelid = ${table}::regclass and attnum > 0 and not attisdropped
      order by attnum`)
    columns.set(table, [...listed].map((column) => `"${column.name}"`).join(', '))
    await copyOut(table)
  }
  const rates = { bare: [] as number[], first: [] as number[], second: [] as number[] }
  const peaks: string[] = []
  for (let round = 0; round < rounds; round += 1) {
    await empty(database.db)
    const bare = await timed(() => copyAndMerge(columns))
    await empty(database.db)
    peak = { first: 0, second: 0 }
    const first = await timed(() => pull(baseUrl, 'new'))
    const memory = `${megabytes(peak.first)} and ${megabytes(peak.second)} MB`
    peaks.push(memory)
    const second = await timed(() => pull(baseUrl, 'unchanged'))
    rates.bare.push(bare)
    rates.first.push(first)
    rates.second.push(second)
    tell(
      `round ${round + 1}: bare ${perSecond(bare)}, first pull ${perSecond(first)} (${(bare / first).toFixed(2)}), ` +
        `second pull ${perSecond(second)} (${(first / second).toFixed(1)} times the first); most memory in its halves ${memory}`,
    )
  }
  hand({
    results: [
      {
        row: 'pulling reports',
        what: `${reports} reports, all new`,
        measured: perSecond(median(rates.first)),
        yardstick: `COPY and merge of the same rows ${perSecond(median(rates.bare))}`,
        figures: rates.bare.map((bare, i) => bare / (rates.first[i] ?? NaN)),
        unit: '',
        goal: { least: 0.35 },
      },
      {
        row: 'pulling reports',
        what: 'the same again, nothing changed, of the first pull',
        measured: perSecond(median(rates.second)),
        yardstick: `memory in the halves of a first pull: ${peaks.join(', ')}`,
        figures: rates.first.map((first, i) => first / (rates.second[i] ?? NaN)),
        unit: '',
        goal: null,
      },
    ],
  })
} finally {
  clearInterval(sampling)
  await rm(folder, { recursive: true })
  source.disconnect()
  await database.close()
  await admin`drop database ${admin(name)} with (force)`
  await admin.end()
}

async function fill(db: Db): Promise<void> {
  const perBatch = 5000
  for (let from = 0; from < reports; from += perBatch) {
    const size = Math.min(perBatch, reports - from)
    await take(
      db,
      'subjects',
      Array.from({ length: size }, (_, i) => subjectItem(from + i + 1)),
    )
  }
  await db.execute(sql`vacuum analyze subjects`)
}

async function empty(db: Db): Promise<void> {
  await db.transaction(async (tx) => {
    // The revisions are append-only: triggers refuse this, those of each part too.
    await tx.execute(sql`set local session_replication_role = replica`)
    await tx.execute(sql.raw(`truncate ${[...names, ...own].join(', ')} cascade`))
  })
  await db.execute(sql`checkpoint`)
}

/** All reports must be what is expected of them, or the pull was no pull. */
async function pull(baseUrl: string, outcome: 'new' | 'unchanged'): Promise<void> {
  const counts = await pullCollection({
    db: database.db,
    collection: 'annual-reports',
    source: { baseUrl },
    now: () => new Date(),
    onProgress: ({ records }) => void (half = records * 2 < reports ? 'first' : 'second'),
  })
  half = 'first'
  if (counts[outcome] !== reports) throw new Error(`${JSON.stringify(counts)} of ${reports} reports`)
}

async function copyOut(table: string): Promise<void> {
  const client = openConnection(url.href)
  const rows = await client.unsafe(`copy (select * from ${table}) to stdout`).readable()
  await pipeline(rows, createWriteStream(join(folder, table)))
  await client.end({ timeout: 1 })
}

/** The fastest way of speed.md that may meet rows already there: COPY to a temporary table, then one upsert. */
async function copyAndMerge(columns: Map<string, string>): Promise<void> {
  const client = openConnection(url.href)
  try {
    await client.begin(async (tx) => {
      for (const table of names) {
        await tx.unsafe(`create temporary table staged_${table} (like ${table}) on commit drop`)
        const rows = createReadStream(join(folder, table), { highWaterMark: 256 * 1024 })
        await pipeline(rows, await tx.unsafe(`copy staged_${table} from stdin`).writable())
        const list = columns.get(table) ?? ''
        const { key, changes } = tables[table]
        const update = list.split(', ').map((column) => `${column} = excluded.${column}`)
        await tx.unsafe(`insert into ${table} (${list}) select ${list} from staged_${table}
          on conflict (${key.join(', ')}) do ${changes ? `update set ${update.join(', ')}` : 'nothing'}`)
      }
    })
  } finally {
    await client.end({ timeout: 1 })
  }
}

/** Seconds. */
async function timed(run: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await run()
  return (performance.now() - start) / 1000
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN
}

function perSecond(seconds: number): string {
  return `${(reports / seconds / 1000).toFixed(1)} k reports/s`
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0)
}
