/**
 * `list-late-reporters` on 300,000 missing reports, beside a bare set-based INSERT … SELECT of the very rows that it writes
 * (decisions, entries, sanction orders, events; same tables, indexes and keys), interleaved in one run. Needs DATABASE_URL, where it makes
 * and drops a database of its own.
 */
import { performance } from 'node:perf_hooks'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { listLateReporters } from '../../src/listings/service.ts'
import { migrateDatabase, openDatabase, type Db } from '../../src/platform/db.ts'
import { subjectItem } from '../support/businesses.ts'
import { take } from '../support/take.ts'
import { hand } from './results.ts'

const businesses = Number(process.argv[2] ?? 300_000)
const rounds = Number(process.argv[3] ?? 5)
const day = '2026-07-08'
const tables = ['decisions', 'listing_entries', 'sanction_orders', 'feed_outbox'] as const
/** What hangs on the decisions and orders and refuses to be emptied. */
const appendOnly = ['decisions', 'sanction_receipts', 'due_date_corrections'] as const
const tell = (text: string) => process.stdout.write(`${text}\n`)

const url = new URL(process.env['DATABASE_URL'] ?? 'postgres://127.0.0.1:5432/postgres')
const name = `xinjian_bench_${process.pid}`
const admin = postgres(url.href, { max: 1, onnotice: () => undefined })
await admin`create database ${admin(name)} template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'`
url.pathname = `/${name}`
await migrateDatabase(url.href)
const database = openDatabase(url.href, { max: 2 })

try {
  await fill(database.db)
  // Once, to have the rows that the bare insert writes.
  await list(database.db)
  for (const table of tables) await database.db.execute(sql.raw(`create table bare_${table} as select * from ${table}`))
  const ratios: number[] = []
  const [bares, jobs]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round += 1) {
    const bare = await timed(database.db, insertBare)
    const job = await timed(database.db, list)
    bares.push(businesses / bare)
    jobs.push(businesses / job)
    ratios.push(bare / job)
    tell(
      `round ${round + 1}: bare ${perSecond(businesses / bare)}, job ${perSecond(businesses / job)}, ratio ${(bare / job).toFixed(2)}`,
    )
  }
  const memory = process.resourceUsage().maxRSS / 1024
  hand({
    results: [
      {
        row: 'mass listing',
        what: 'list-late-reporters, 13 rows a business',
        measured: `${perSecond(median(jobs))}; most memory ${memory.toFixed(0)} MB`,
        yardstick: `INSERT … SELECT of the same rows ${perSecond(median(bares))}`,
        figures: ratios,
        unit: '',
        goal: { least: 0.4 },
      },
    ],
  })
} finally {
  await database.close()
  await admin`drop database ${admin(name)} with (force)`
  await admin.end()
}

/** Businesses of region 999900, none of which filed anything. */
async function fill(db: Db): Promise<void> {
  const perBatch = 5000
  for (let from = 0; from < businesses; from += perBatch) {
    const size = Math.min(perBatch, businesses - from)
    const items = Array.from({ length: size }, (_, i) => {
      const number = from + i + 1
      return subjectItem(number, { establishedOn: `${1995 + (number % 30)}-03-01` })
    })
    await take(db, 'subjects', items)
  }
  await db.execute(sql`delete from feed_outbox`)
  await db.execute(sql`vacuum analyze subjects`)
}

async function list(db: Db): Promise<void> {
  const { entered } = await listLateReporters({ db, on: day, now: () => new Date('2026-07-08T02:00:00.000Z') })
  if (entered !== businesses) throw new Error(`entered ${entered} of ${businesses}`)
}

async function insertBare(db: Db): Promise<void> {
  await db.transaction(async (tx) => {
    for (const table of tables) await tx.execute(sql.raw(`insert into ${table} select * from bare_${table}`))
  })
}

/** Seconds of `run`, begun with empty tables and a quiet server. */
async function timed(db: Db, run: (db: Db) => Promise<void>): Promise<number> {
  for (const table of appendOnly) await db.execute(sql.raw(`alter table ${table} disable trigger user`))
  await db.execute(sql`truncate decisions, listing_entries, feed_outbox, decision_series, sanction_orders cascade`)
  for (const table of appendOnly) await db.execute(sql.raw(`alter table ${table} enable trigger user`))
  await db.execute(sql`checkpoint`)
  const start = performance.now()
  await run(db)
  return (performance.now() - start) / 1000
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}

function perSecond(rate: number): string {
  return `${(rate / 1000).toFixed(1)} k businesses/s`
}
