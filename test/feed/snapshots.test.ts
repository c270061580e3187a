import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { FeedEvent } from '../../src/feed/domain.ts'
import { findHead, listEvents } from '../../src/feed/repository.ts'
import { sequencePending, startSequencer } from '../../src/feed/sequencer.ts'
import { appendEvents } from '../../src/feed/service.ts'
import { findLatestSnapshot } from '../../src/feed/snapshots/repository.ts'
import type { Manifest } from '../../src/feed/snapshots/schemas.ts'
import { writeSnapshot } from '../../src/feed/snapshots/service.ts'
import { applyEvent, digestOf, keyOf, type State, type StateEvent } from '../../src/feed/state.ts'
import { openDatabase, rowsOf, type Database } from '../../src/platform/db.ts'
import { generateSigningKey, signingWith, verifySigned, type Signing } from '../../src/platform/signing.ts'
import { cloneDatabase } from '../support/database.ts'
import { histories, kinds, pending, type Told } from './histories.ts'

let database: Database
let folder: string
let signing: Signing
const databases: Database[] = []

beforeEach(async () => {
  database = await cloneDatabase()
  databases.push(database)
  folder = await mkdtemp(join(tmpdir(), 'xinjian-snapshots-'))
  signing = await signingWith([await generateSigningKey()])
})
afterEach(() => rm(folder, { recursive: true, force: true }))
afterAll(() => Promise.all(databases.map((each) => each.close())))

const write = (more: { signal?: AbortSignal; onProgress?: () => void | Promise<void>; createdAt?: string } = {}) =>
  writeSnapshot({
    db: database.db,
    url: database.url,
    folder,
    signing,
    now: () => new Date(more.createdAt ?? '2026-07-09T17:45:00.000Z'),
    signal: more.signal ?? new AbortController().signal,
    onProgress: more.onProgress,
  })

const append = (tolds: readonly Told[], db = database.db) =>
  db.transaction((tx) => appendEvents(tx, tolds.map(pending)))

async function sequenced(...tolds: Told[]): Promise<void> {
  await append(tolds)
  while ((await sequencePending(database.db)) > 0);
}

async function wholeLog(): Promise<FeedEvent[]> {
  return (await listEvents(database.db, 0, 1_000_000, {})).events
}

/** The state that the files of a snapshot hold, read as a partner would. */
async function stateOf(snapshot: Manifest): Promise<State> {
  const state: State = new Map()
  for (const file of snapshot.files) {
    const bytes = await readFile(join(folder, snapshot.id, file.name))
    expect([file.name, bytes.length]).toEqual([file.name, file.bytes])
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256)
    const lines = gunzipSync(bytes).toString('utf8').split('\n').slice(0, -1)
    expect(lines).toHaveLength(file.rows)
    for (const line of lines) {
      const event = JSON.parse(line) as StateEvent
      expect(keyOf(event).startsWith(file.name.slice(0, 4))).toBe(true)
      state.set(keyOf(event), event)
    }
  }
  return state
}

function replay(events: readonly FeedEvent[], from: State = new Map()): State {
  for (const event of events) applyEvent(from, event)
  return from
}

it('with the events after it equals a replay from 1, at every moment, while others write', async () => {
  await sequenced(...Array.from({ length: 3000 }, (_, i) => kinds['entered']!(100 + i, 0)))
  const others = openDatabase(database.url, { max: 5 })
  const warn = (context: object) => {
    throw new Error(JSON.stringify(context))
  }
  const sequencer = startSequencer(others.db, { warn })
  let stopped = false
  const writer = async (seed: number) => {
    for (let i = 0; !stopped; i += 1) {
      const [history] = fc.sample(histories, { numRuns: 1, seed: seed * 1_000_000 + i })
      await append(history!, others.db)
    }
  }
  const writers = [1, 2, 3, 4].map(writer)
  const snapshots: Manifest[] = []
  const headsAfter: number[] = []
  for (let i = 0; i < 4; i += 1) {
    snapshots.push(await write())
    headsAfter.push((await findHead(database.db)).position)
  }
  stopped = true
  await Promise.all(writers)
  while ((await sequencePending(database.db)) > 0);
  await sequencer.stop()
  await others.close()

  const log = await wholeLog()
  for (const [i, snapshot] of snapshots.entries()) {
    const { position, hash, stateDigest } = snapshot
    // The writers did go on while it was written.
    expect(headsAfter[i]).toBeGreaterThan(position)
    expect(log[position - 1]?.hash).toBe(hash)
    expect(digestOf(replay(log.slice(0, position)))).toBe(stateDigest)
    const copy = await stateOf(snapshot)
    expect(digestOf(copy)).toBe(stateDigest)
    expect(digestOf(replay(log.slice(position), copy))).toBe(digestOf(replay(log)))
  }
  expect(new Set(log.map((event) => event.type)).size).toBe(10)
})

it('is signed as it stands: the payload of the signature is the manifest without it', async () => {
  await sequenced(kinds['entered']!(1, 0), kinds['imposed']!(1, 1), kinds['penaltyPublished']!(2, 2))
  const { signature, ...stated } = await write()
  expect(await verifySigned(signature, signing.jwks())).toEqual(stated)
  expect(stated).toMatchObject({ position: 3, createdAt: '2026-07-09T17:45:00.000Z' })
  expect(Object.fromEntries(stated.files.map(({ name, rows }) => [name, rows]))).toEqual({
    'honours.ndjson.gz': 0,
    'listings.ndjson.gz': 1,
    'penalties.ndjson.gz': 1,
    'sanctions.ndjson.gz': 1,
  })
})

it('of an empty log is empty', async () => {
  const snapshot = await write()
  expect(snapshot).toMatchObject({ position: 0, hash: '', stateDigest: digestOf(new Map()) })
  expect((await stateOf(snapshot)).size).toBe(0)
})

it('holds text as it is: backslashes, quotes, line ends and characters of four bytes', async () => {
  const name = '虚构\\"𠮷\u2028\n\t,店'
  await sequenced({ type: 'honour.awarded', number: 1, data: { id: 'a', name, title: '\u0001' } })
  expect([...(await stateOf(await write())).values()]).toMatchObject([{ data: { name, title: '\u0001' } }])
})

it('that differs from a replay of the log is not published, and leaves nothing behind', async () => {
  await sequenced(kinds['entered']!(1, 0))
  // An event under a key that is not its own: newest by the index, another entry by what it says.
  await database.db.execute(sql`
    insert into feed_outbox (id, type, key, uscc, region_code, occurred_at, data)
    select gen_random_uuid(), 'listing.entered', 'listing:x', 'x', '999900', now(), jsonb_build_object('id', 'y' || i)
    from generate_series(1, 2) i`)
  await sequencePending(database.db)
  await expect(write()).rejects.toThrow('differs from a replay')
  expect(await findLatestSnapshot(database.db)).toBeNull()
  expect(await readdir(folder)).toEqual([])
})

it('keeps the newest seven', async () => {
  const ids: string[] = []
  for (let day = 10; day < 19; day += 1) ids.push((await write({ createdAt: `2026-07-${day}T17:45:00.000Z` })).id)
  expect((await readdir(folder)).sort()).toEqual(ids.slice(2).sort())
  expect((await findLatestSnapshot(database.db))?.id).toBe(ids.at(-1))
  const rows = await rowsOf<{ id: string }>(database.db, sql`select id from feed_snapshots`)
  expect(rows).toHaveLength(7)
})

it('that is stopped in the middle leaves the one before it in place and nothing half written', async () => {
  await sequenced(kinds['entered']!(1, 0))
  const before = await write()
  const stopping = new AbortController()
  const stopped = write({
    signal: stopping.signal,
    onProgress: () => stopping.abort(new Error('stopped by SIGTERM')),
  })
  await expect(stopped).rejects.toThrow('stopped by SIGTERM')
  expect(await readdir(folder)).toEqual([before.id])
  expect(await findLatestSnapshot(database.db)).toEqual(before)
  expect(await rowsOf(database.db, sql`select from feed_snapshots`)).toHaveLength(1)
})

it('that cannot be put in its place says so and publishes nothing', async () => {
  await writeFile(join(folder, 'file'), '')
  const unusable = { db: database.db, url: database.url, folder: join(folder, 'file'), signing, now: () => new Date(0) }
  await expect(writeSnapshot({ ...unusable, signal: new AbortController().signal })).rejects.toThrow('ENOTDIR')
  expect(await findLatestSnapshot(database.db)).toBeNull()
})

it('clears what a killed run left, and nothing else', async () => {
  const left = '01900000-0000-7000-8000-000000000001'
  await database.db.execute(sql`insert into feed_snapshots (id, position, created_at) values (${left}, 0, now())`)
  for (const name of [`.${left}`, left, 'somebody-elses']) await mkdir(join(folder, name))
  const { id } = await write()
  expect((await readdir(folder)).sort()).toEqual([id, 'somebody-elses'].sort())
  expect(await rowsOf(database.db, sql`select from feed_snapshots`)).toHaveLength(1)
})

it('fails clearly when it loses its connection in the middle, and the next one is fine', async () => {
  await sequenced(kinds['entered']!(1, 0))
  const other = openDatabase(database.url, { max: 1 })
  let unlock: () => void = () => undefined
  let locking: Promise<void> | undefined
  const cut = write({
    onProgress: async () => {
      // The next file waits here to be read, until its connection is closed.
      const locked = new Promise<void>((resolve) => {
        locking ??= other.db.transaction(async (tx) => {
          await tx.execute(sql`lock table feed_events in access exclusive mode`)
          resolve()
          await new Promise<void>((release) => (unlock = release))
        })
      })
      await locked
      void vi.waitFor(
        async () => {
          const ended = await rowsOf(
            database.db,
            sql`select pg_terminate_backend(pid) from pg_locks where not granted
                and database = (select oid from pg_database where datname = current_database())`,
          )
          expect(ended).toHaveLength(1)
        },
        { timeout: 120_000 },
      )
    },
  })
  await expect(cut).rejects.toThrow('the connection to PostgreSQL was lost')
  unlock()
  await locking
  await other.close()
  expect(await findLatestSnapshot(database.db)).toBeNull()
  expect(await readdir(folder)).toEqual([])
  await expect(write()).resolves.toMatchObject({ position: 1 })
})
