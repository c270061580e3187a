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
import { madeUpUscc } from '../support/businesses.ts'

const businesses = Number(process.argv[2] ?? 300_000)
const rounds = Number(process.argv[3] ?? 5)
const day = '2026-07-08'
const tables = ['decisions', 'listing_entries', 'sanction_orders', 'feed_outbox'] as const
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
  tell(
    `median of ${rounds}: bare INSERT … SELECT ${perSecond(median(bares))}, list-late-reporters ${perSecond(median(jobs))}, ` +
      `ratio ${median(ratios).toFixed(2)}; most memory of this process ${memory.toFixed(0)} MB`,
  )
} finally {
  await database.close()
  await admin`drop database ${admin(name)} with (force)`
  await admin.end()
}

/** Businesses of region 999900, none of which filed anything. */
async function fill(db: Db): Promise<void> {
  for (let from = 0; from < businesses; from += 10_000) {
    const rows = Array.from({ length: Math.min(10_000, businesses - from) }, (_, i) => {
      const number = from + i + 1
      return { uscc: madeUpUscc(number), name: `虚构省示例${number}号贸易有限公司`, year: 1995 + (number % 30) }
    })
    await db.execute(sql`
      insert into subjects (id, uscc, flags, name, former_names, entity_type, status, established_on, region_code, province,
        city, source_id, source_updated_at, received_at)
      select gen_random_uuid(), r.uscc, '{}', r.name, '{}', 'enterprise', 'active', make_date(r.year, 3, 1), '999900', '虚构省',
        '云州市', r.uscc, now(), now()
      from json_to_recordset(${JSON.stringify(rows)}::json) as r (uscc text, name text, year int)`)
  }
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
  await db.execute(sql`alter table decisions disable trigger user`)
  await db.execute(sql`alter table sanction_receipts disable trigger user`)
  await db.execute(sql`truncate decisions, listing_entries, feed_outbox, decision_series, sanction_orders cascade`)
  await db.execute(sql`alter table decisions enable trigger user`)
  await db.execute(sql`alter table sanction_receipts enable trigger user`)
  await db.execute(sql`checkpoint`)
  const start = performance.now()
  await run(db)
  return (performance.now() - start) / 1000
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}

function perSecond(rate: number): string {
  return `${(rate / 1000).toFixed(1)} k rows/s`
}
