import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { sequencePending } from '../../src/feed/sequencer.ts'
import { appendEvents } from '../../src/feed/service.ts'
import { writeCopy, writePacked } from '../../src/feed/snapshots/files.ts'
import { writeSnapshot } from '../../src/feed/snapshots/service.ts'
import { copies } from '../../src/feed/state.ts'
import { copyRows } from '../../src/platform/copy.ts'
import { migrateDatabase, openDatabase } from '../../src/platform/db.ts'
import { generateSigningKey, signingWith } from '../../src/platform/signing.ts'
import { kinds, pending } from '../feed/histories.ts'
import { madeUpUscc } from '../support/businesses.ts'
import { hand } from './results.ts'

/**
 * A snapshot of 200,000 listings beside the least that any copy of them costs: `COPY (SELECT row_to_json …)` of the same
 * fields through the same gzip to the same disk. Both in one process, one after the other, in turns.
 */
const listings = Number(process.argv[2] ?? 200_000)
const rounds = Number(process.argv[3] ?? 5)

const admin = postgres(process.env['DATABASE_URL'] ?? 'postgres://root@127.0.0.1:5432/postgres', {
  max: 1,
  onnotice: () => undefined,
})
const name = `xinjian_bench_snapshot_${process.pid}`
await admin`create database ${admin(name)} template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'`
const url = new URL(process.env['DATABASE_URL'] ?? 'postgres://root@127.0.0.1:5432/postgres')
url.pathname = `/${name}`
await migrateDatabase(url.href)
const database = openDatabase(url.href, { max: 2 })
const { db } = database
const folder = await mkdtemp(join(tmpdir(), 'xinjian-bench-'))
const { signal } = new AbortController()

/** The entries, their events, and half as many events of other keys. */
async function fill(): Promise<void> {
  const chunk = 5000
  for (let from = 1; from <= listings; from += chunk) {
    const numbers = Array.from({ length: Math.min(chunk, listings - from + 1) }, (_, i) => from + i)
    await db.transaction((tx) =>
      appendEvents(
        tx,
        numbers
          .flatMap((i) => [kinds['entered']!(i, 0), ...(i % 2 === 0 ? [kinds['subjectChanged']!(i, 0)] : [])])
          .map(pending),
      ),
    )
    await db.execute(sql`
      insert into subjects (id, uscc, flags, name, former_names, entity_type, status, region_code, source_id,
        source_updated_at, received_at, valid_from_at, known_from_at)
      select gen_random_uuid(), u.uscc, '{}', '虚构' || u.i || '号商店', '{}', 'enterprise', 'active', '999900', u.uscc, now(), now(), now(), now()
      from unnest(${sql.raw(`array[${numbers.map((i) => `'${madeUpUscc(i)}'`).join(',')}]`)}) with ordinality u (uscc, i)`)
    while ((await sequencePending(db)) > 0);
  }
  await db.execute(sql`
    insert into listing_entries (id, list, uscc, ground_code, report_year, authority, decision_number, listed_on, status, rulebook)
    select (e.event #>> '{data,id}')::uuid, 'abnormal', e.uscc, 'ABN-68-4-1', 2025, e.event #>> '{data,authority}',
      e.event #>> '{data,decisionNumber}', '2026-07-08', 'in-force', 'RV-ABN-2025'
    from feed_events e where e.type = 'listing.entered'`)
  await db.execute(sql`vacuum analyze`)
}

/** The same fields, straight from the tables that hold the entries as they stand. */
const plainCopy = `
  select row_to_json(l) from (
    select e.id, e.uscc, e.list, e.status, json_build_object('code', e.ground_code, 'label', '未依照规定的期限公示年度报告',
        'article', '《企业信息公示暂行条例》第十八条') as ground, e.report_year as "reportYear", e.authority,
      e.decision_number as "decisionNumber", e.listed_on as "listedOn", e.expires_on as "expiresOn",
      null as "publishedUntil", e.removed_on as "removedOn", e.removal_reason as "removalReason",
      e.removal_decision_number as "removalDecisionNumber", e.rulebook, s.name, s.region_code as "regionCode", true as shown
    from listing_entries e join subjects s on s.uscc = e.uscc) l`

async function seconds(run: () => Promise<unknown>): Promise<number> {
  const from = process.hrtime.bigint()
  await run()
  return Number(process.hrtime.bigint() - from) / 1e9
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
const megabytes = (bytes: number) => Math.round(bytes / 1024 / 1024)
const rate = (taken: number[]) => `${Math.round(listings / median(taken) / 1000)} k rows/s`

await fill()
const position = Number(
  (await db.execute<{ head: string }>(sql`select max(position) as head from feed_events`))[0]?.head,
)
const signing = await signingWith([await generateSigningKey()])
const log = { url: url.href, position, signal }
const taken = { copy: [] as number[], packed: [] as number[], files: [] as number[], checked: [] as number[] }
const files = () => mkdtemp(join(folder, 'files-'))
let peak = 0
const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20)
const rss: number[] = []
let size = 0
for (let round = 0; round <= rounds; round += 1) {
  const [aside, copy] = [await files(), join(await files(), 'copy.ndjson.gz')]
  const drain = async () => {
    for await (const _ of copyRows(url.href, plainCopy, signal));
  }
  const round_ = {
    copy: await seconds(drain),
    packed: await seconds(() => writePacked(copy, copyRows(url.href, plainCopy, signal), signal)),
    files: await seconds(async () => {
      for (const each of copies) await writeCopy(aside, each, log)
    }),
    checked: await seconds(() => writeSnapshot({ db, url: url.href, folder, signing, now: () => new Date(), signal })),
  }
  size = (await stat(join(aside, 'listings.ndjson.gz'))).size
  await rm(aside, { recursive: true })
  // The first one warms up.
  if (round === 0) {
    peak = 0
    continue
  }
  rss.push(peak)
  peak = 0
  for (const key of ['copy', 'packed', 'files', 'checked'] as const) taken[key].push(round_[key])
}
clearInterval(sampling)

const ratios = (a: number[], b: number[]) => a.map((value, i) => value / (b[i] ?? NaN))
hand({
  results: [
    {
      row: 'snapshot',
      what: `${listings} listings among ${position} events, ${megabytes(size)} MB packed`,
      measured: rate(taken.files),
      yardstick: `COPY (SELECT row_to_json …) through the same gzip to the disk ${rate(taken.packed)}`,
      figures: ratios(taken.packed, taken.files),
      unit: '',
      goal: { least: 0.7 },
    },
    {
      row: 'snapshot',
      what: 'with both digests, signed and published',
      measured: rate(taken.checked),
      yardstick: `the same; without gzip ${rate(taken.copy)}`,
      figures: ratios(taken.packed, taken.checked),
      unit: '',
      goal: null,
    },
    {
      row: 'snapshot',
      what: 'most memory of the process, last round of the first',
      measured: `${rss.map(megabytes).join(', ')} MB`,
      yardstick: 'the first round',
      figures: [(rss.at(-1) ?? NaN) / (rss[0] ?? NaN)],
      unit: '',
      goal: { most: 1.2 },
    },
  ],
})

await database.close()
await admin`drop database ${admin(name)} with (force)`
await admin.end()
await rm(folder, { recursive: true })
