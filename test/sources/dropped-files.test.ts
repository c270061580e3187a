import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { jobs } from '../../jobs/schedule.ts'
import { parseConfig } from '../../src/config.ts'
import type { Database } from '../../src/platform/db.ts'
import { runJob } from '../../src/platform/jobs.ts'
import { madeUpUscc, subjectItem } from '../support/businesses.ts'
import { cloneDatabase } from '../support/database.ts'
import { forget, rows } from './pulling.ts'

let database: Database
let folder: string
let now = new Date()
const job = jobs.find(({ name }) => name === 'import-files')!

beforeAll(async () => void (database = await cloneDatabase()))
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xinjian-drop-'))
  await mkdir(join(folder, 'subjects'))
  now = new Date('2026-07-01T04:00:00Z')
  await forget(database.db)
  for (const table of ['dropped_files', 'job_runs', 'subjects'])
    await database.db.execute(sql.raw(`delete from ${table}`))
})
afterEach(() => rm(folder, { recursive: true }))
afterAll(() => database.close())

const look = async (dryRun = false) => {
  const config = parseConfig({ IMPORT_DIR: folder })
  return (await runJob(job, { database, config, clock: { now: () => now }, dryRun }))!
}
const later = (seconds = 61) => void (now = new Date(now.getTime() + seconds * 1000))
const drop = (name: string, content: string) => writeFile(join(folder, 'subjects', name), content)
const ndjson = (...numbers: number[]) => numbers.map((number) => `${JSON.stringify(subjectItem(number))}\n`).join('')
const names = async (...path: string[]) => (await readdir(join(folder, 'subjects', ...path))).sort()
const receiptOf = async (outcome: string, name: string) =>
  JSON.parse(await readFile(join(folder, 'subjects', outcome, `${name}.receipt.json`), 'utf8')) as Record<
    string,
    unknown
  >
const registered = async () =>
  (await rows<{ uscc: string }>(database.db, sql`select uscc from subjects order by uscc`)).map(({ uscc }) => uscc)

test('a file is taken when it has not changed for a minute, and is put away with a receipt', async () => {
  await drop('half.ndjson', ndjson(1))
  expect((await look()).counts).toMatchObject({ waiting: 1, taken: 0 })
  later()
  await drop('half.ndjson', `${ndjson(1, 2)}{"broken"\n`)
  expect((await look()).counts).toMatchObject({ waiting: 1, taken: 0 })
  later(59)
  expect((await look()).counts).toMatchObject({ waiting: 1, taken: 0 })
  later(1)
  const run = await look()
  expect(run.counts).toMatchObject({ waiting: 0, taken: 1, records: 3, new: 2, quarantined: { unreadable: 1 } })
  expect(await registered()).toEqual([madeUpUscc(1), madeUpUscc(2)])
  expect(await names()).toEqual(['refused', 'taken'])
  expect(await names('taken')).toEqual(['half.ndjson', 'half.ndjson.receipt.json'])
  expect(await receiptOf('taken', 'half.ndjson')).toMatchObject({
    ...{ file: 'half.ndjson', collection: 'subjects', status: 'taken', run: run.id, finishedAt: now.toISOString() },
    ...{ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string, counts: { records: 3, new: 2 } },
    quarantined: [{ sourceId: null, reason: 'unreadable', detail: 'line 3 is no JSON' }],
  })
})

test('names of what is not finished, links and folders are left, and nothing outside the folder is read or moved', async () => {
  const outside = await mkdtemp(join(tmpdir(), 'xinjian-outside-'))
  await writeFile(join(outside, 'secret.ndjson'), ndjson(9))
  const left = ['.hidden.ndjson', 'a.ndjson.part', 'b.tmp', 'd\u0007.ndjson', '~$c.xlsx']
  for (const name of left) await drop(name, ndjson(1))
  await symlink(join(outside, 'secret.ndjson'), join(folder, 'subjects', 'link.ndjson'))
  await symlink(outside, join(folder, 'annual-reports'))
  await look()
  later()
  expect((await look()).counts).toMatchObject({ waiting: 0, taken: 0, refused: 0 })
  expect(await names()).toEqual([...left, 'link.ndjson', 'refused', 'taken'].sort())
  expect(await readdir(outside)).toEqual(['secret.ndjson'])
  expect(await registered()).toEqual([])
  await rm(outside, { recursive: true })
})

test('a file that cannot be read goes to refused, with the reason', async () => {
  await drop('notes.txt', 'x')
  await drop('heads.csv', 'id,name\n1,2\n')
  await look()
  later()
  expect((await look()).counts).toMatchObject({ refused: 2, taken: 0 })
  expect(await names('refused')).toEqual(['heads.csv', 'heads.csv.receipt.json', 'notes.txt', 'notes.txt.receipt.json'])
  expect(await receiptOf('refused', 'heads.csv')).toMatchObject({
    status: 'refused',
    reason: expect.stringMatching(/^heads\.csv: the head line has no column uscc/) as string,
  })
})

test('the same bytes again are recognised under any name, and no file is written over', async () => {
  for (const name of ['one.ndjson', 'two.ndjson', 'one.ndjson']) {
    await drop(name, ndjson(1))
    await look()
    later()
    await look()
  }
  const taken = await names('taken')
  expect(taken).toHaveLength(6)
  const receipts = await Promise.all(
    taken.filter((name) => !name.endsWith('.json')).map((name) => receiptOf('taken', name)),
  )
  expect(receipts.map(({ status }) => status).sort()).toEqual(['repeated', 'repeated', 'taken'])
  expect(await receiptOf('taken', 'two.ndjson')).toMatchObject({
    reason: expect.stringMatching(/^the same bytes were taken as one\.ndjson at 2026/) as string,
  })
})

test('a dry run takes nothing and moves nothing', async () => {
  await drop('one.ndjson', ndjson(1))
  await look()
  later()
  expect((await look(true)).counts).toMatchObject({ taken: 1, new: 1 })
  expect(await registered()).toEqual([])
  expect(await names()).toEqual(['one.ndjson', 'refused', 'taken'])
  expect(await names('taken')).toEqual([])
  expect((await look()).counts).toMatchObject({ taken: 1, new: 1 })
})

test('killed in the middle of a file it goes on, and the receipt counts every record once', async () => {
  const count = 12_000
  await drop('large.ndjson', ndjson(...Array.from({ length: count }, (_, i) => i + 1)))
  await look()
  later()
  for (const goal of [2000, 7000]) {
    const child = fork(join(import.meta.dirname, 'import-process.ts'), [database.url, folder, now.toISOString()], {
      execArgv: ['--import', 'tsx'],
    })
    for (;;) {
      const [row] = await rows<{ done: number }>(database.db, sql`select records_done as done from dropped_files`)
      if ((row?.done ?? 0) >= goal) break
    }
    child.kill('SIGKILL')
    await once(child, 'exit')
    for (;;) {
      const locks = await rows(
        database.db,
        sql`select from pg_locks where classid = 7310 and locktype = 'advisory'
        and database = (select oid from pg_database where datname = current_database())`,
      )
      if (locks.length === 0) break
    }
    later()
  }
  await look()
  expect(await receiptOf('taken', 'large.ndjson')).toMatchObject({
    status: 'taken',
    counts: { records: count, new: count, changed: 0, unchanged: 0 },
  })
  expect(await registered()).toHaveLength(count)
  // All of it came at one moment, by which each record leads to the bytes of the file.
  expect(
    await rows(
      database.db,
      sql`select count(*)::int as records from subjects s join source_intakes i
            on i.collection = 'subjects' and i.origin = 'import' and i.received_at = s.received_at`,
    ),
  ).toEqual([{ records: count }])
})

test('a fault of the database refuses no file: it is taken when the database is well again', async () => {
  await drop('one.ndjson', ndjson(1))
  await look()
  later()
  await database.db.execute(sql`alter table source_bytes rename to away`)
  await expect(look()).rejects.toThrow()
  expect(await names('refused')).toEqual([])
  expect(await names()).toContain('one.ndjson')
  await database.db.execute(sql`alter table away rename to source_bytes`)
  expect((await look()).counts).toMatchObject({ taken: 1, new: 1, refused: 0 })
})

test('killed before the file was put away, that is made good with the receipt of the import', async () => {
  await drop('one.ndjson', ndjson(1))
  await look()
  later()
  // What a kill leaves between the outcome in the database and the move.
  await look()
  await writeFile(
    join(folder, 'subjects', 'one.ndjson'),
    await readFile(join(folder, 'subjects', 'taken', 'one.ndjson')),
  )
  await rm(join(folder, 'subjects', 'taken', 'one.ndjson.receipt.json'))
  await rm(join(folder, 'subjects', 'one.ndjson'))
  await database.db.execute(sql`update dropped_files set moved_at = null`)
  await look()
  expect(await receiptOf('taken', 'one.ndjson')).toMatchObject({ status: 'taken', counts: { new: 1 } })
  expect(await rows(database.db, sql`select from dropped_files where moved_at is null`)).toEqual([])
})
