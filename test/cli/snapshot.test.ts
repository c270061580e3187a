import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { sequencePending } from '../../src/feed/sequencer.ts'
import { appendEvents } from '../../src/feed/service.ts'
import type { Manifest } from '../../src/feed/snapshots/schemas.ts'
import { digestOf, keyOf, type State, type StateEvent } from '../../src/feed/state.ts'
import { rowsOf, type Database } from '../../src/platform/db.ts'
import { kinds, pending } from '../feed/histories.ts'
import { cloneDatabase } from '../support/database.ts'
import { answerOf, serve, start, stop } from './cli.ts'

const entries = 20_000
let database: Database
let folder: string
let env: Record<string, string>

beforeAll(async () => {
  database = await cloneDatabase()
  folder = await mkdtemp(join(tmpdir(), 'xinjian-snapshots-'))
  env = { DATABASE_URL: database.url, SNAPSHOT_DIR: folder, DATA_DIR: inject('dataDir') }
  const all = Array.from({ length: entries }, (_, i) => pending(kinds['entered']!(i + 1, 0)))
  for (let from = 0; from < entries; from += 2000) {
    await database.db.transaction((tx) => appendEvents(tx, all.slice(from, from + 2000)))
  }
  while ((await sequencePending(database.db)) > 0);
})
afterAll(async () => {
  await database.close()
  await rm(folder, { recursive: true, force: true })
})

const published = () =>
  rowsOf<{ manifest: Manifest }>(
    database.db,
    sql`select s.manifest from feed_snapshots s where s.manifest is not null order by s.created_at`,
  )
const begun = async () => (await rowsOf(database.db, sql`select from feed_snapshots s where s.manifest is null`)).length

/** Asks until it is so. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo()));
}

test('the command writes a snapshot that a partner can download from a serving process', async () => {
  const answer = await answerOf<{ id: string; position: number; rows: object; stateDigest: string }>(['snapshot'], env)
  expect(answer).toMatchObject({ position: entries, rows: { listings: entries, honours: 0 } })
  const { id } = await answerOf<{ id: string }>(['partner', 'create', '--name', '某部门', '--kind', 'agency'], env)
  const { key } = await answerOf<{ key: string }>(['key', 'create', '--partner', id, '--scope', 'feed'], env)
  const serving = await serve(env)
  const get = (url: string) => fetch(new URL(url, serving.address), { headers: { authorization: `Bearer ${key}` } })
  const manifest = (await (await get('/v1/feed/snapshots/latest')).json()) as Manifest
  expect(manifest).toMatchObject({ id: answer.id, stateDigest: answer.stateDigest })
  const state: State = new Map()
  for (const { url } of manifest.files) {
    const text = gunzipSync(Buffer.from(await (await get(url)).arrayBuffer())).toString('utf8')
    for (const line of text.split('\n').slice(0, -1)) {
      const event = JSON.parse(line) as StateEvent
      state.set(keyOf(event), event)
    }
  }
  expect(digestOf(state)).toBe(answer.stateDigest)
  await stop(serving)
})

test('killed at any moment it shows no half snapshot, and the next run clears up and is fine', async () => {
  const before = await published()
  for (let round = 0; round < 4; round += 1) {
    const running = start(['snapshot', '--json'], env)
    // Killed when it has begun, and some questions later.
    await until(async () => (await begun()) === 1)
    for (let left = Math.floor(Math.random() * 60); left > 0; left -= 1) await begun()
    await stop(running, 'SIGKILL')
    for (const { manifest } of await published()) {
      for (const file of manifest.files) {
        expect((await readFile(join(folder, manifest.id, file.name))).length).toBe(file.bytes)
      }
    }
    expect((await published()).length).toBeGreaterThanOrEqual(before.length)
    // PostgreSQL needs a moment to see that the holder of the job's lock is gone.
    await until(
      async () =>
        (
          await rowsOf(
            database.db,
            sql`select from pg_locks where locktype = 'advisory' and classid = 7310
                and database = (select oid from pg_database where datname = current_database())`,
          )
        ).length === 0,
    )
  }
  const { stateDigest } = await answerOf<{ stateDigest: string }>(['snapshot'], env)
  expect(stateDigest).toBe(before[0]?.manifest.stateDigest)
  expect(await begun()).toBe(0)
  const ids = (await published()).map(({ manifest }) => manifest.id)
  expect((await readdir(folder)).sort()).toEqual(ids.sort())
})

test('on a disk without room it says so in one line, publishes nothing and gives the room back; the next run is fine', async () => {
  const before = await published()
  // No file may grow beyond 64 kB, as on a disk that is full; the signal for it is ignored, so that writing fails.
  const limited = spawn(
    'bash',
    ['-c', 'trap "" XFSZ; ulimit -f 64; exec "$0" bin/xinjian.js snapshot --json', process.execPath],
    { env: { PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'warn', ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let told = ''
  limited.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()))
  await once(limited, 'close')
  expect(limited.exitCode).toBe(1)
  expect(told).toMatch(/^xinjian: write-snapshot failed: EFBIG: file too large, write\n$/)
  expect(await published()).toEqual(before)
  expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([])
  expect(await begun()).toBe(0)
  const from = performance.now()
  expect(await answerOf(['snapshot'], env)).toMatchObject({ stateDigest: before[0]?.manifest.stateDigest })
  process.stderr.write(`disk full: the next snapshot was published in ${Math.round(performance.now() - from)} ms\n`)
  expect(await published()).toHaveLength(Math.min(7, before.length + 1))
})
