import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  createXinjianClient,
  FeedWentBackError,
  ListMirror,
  type ListChange,
} from '../../clients/typescript/src/index.ts'
import { startPlatform } from '../../clients/typescript/examples/platform.ts'
import { parseConfig } from '../../src/config.ts'
import { listEvents } from '../../src/feed/repository.ts'
import { sequencePending } from '../../src/feed/sequencer.ts'
import { createKey, createPartner, type Scope } from '../../src/partners/service.ts'
import { openDatabase, type Database } from '../../src/platform/db.ts'
import { startServer, type Server } from '../../src/server.ts'
import { enterOnList, tellOfEntry, type MadeUpEntry } from '../screening/screening.ts'
import { madeUpUscc, subjectItem } from '../support/businesses.ts'
import { cloneDatabase } from '../support/database.ts'
import { take } from '../support/take.ts'

/** Two processes' worth of service on one database: each with connections, memory, sequencer and listener of its own. */
let databases: Database[]
let servers: Server[]
let folder: string
let key: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xinjian-client-'))
  const first = await cloneDatabase()
  databases = [first, openDatabase(first.url, { max: 5 })]
  const config = { ...parseConfig({}), PORT: 0, SIGNING_KEY_FILE: undefined, DATA_DIR: folder }
  servers = await Promise.all(databases.map((database) => startServer(database, config, pino({ level: 'silent' }))))
  await take(
    first.db,
    'subjects',
    Array.from({ length: 30 }, (_, i) => subjectItem(i + 1)),
  )
  key = await keyWith('feed', 'screening')
})
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()))
  await Promise.all(databases.map((database) => database.close()))
  await rm(folder, { recursive: true })
})

async function keyWith(...scopes: Scope[]): Promise<string> {
  return keyIn(databases[0]!, ...scopes)
}

async function keyIn({ db }: Database, ...scopes: Scope[]): Promise<string> {
  const { id } = await createPartner(db, { name: '示例平台', kind: 'platform' }, new Date())
  return (await createKey(db, { partnerId: id, scopes }, new Date())).key
}

const enter = (number: number, list: 'abnormal' | 'serious-violator'): Promise<MadeUpEntry> =>
  enterOnList(databases[0]!.db, number, list)

/** Asks again and again until it is so; answers how long that took. */
async function until(condition: () => boolean | Promise<boolean>): Promise<number> {
  const since = performance.now()
  // Anything else that is to happen meanwhile gets its turn.
  while (!(await condition())) await new Promise(setImmediate)
  return performance.now() - since
}

/** The least time of some rounds, since a shared machine may stand still in any of them. */
async function leastOf(rounds: number, round: (i: number) => Promise<number>): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < rounds; i += 1) times.push(await round(i))
  return Math.min(...times)
}

it('answers a new entry by screening in every process within a second of its commit', async () => {
  const clients = servers.map(({ address }) => createXinjianClient({ baseUrl: address, key }))
  const decisionsOf = async (number: number) =>
    Promise.all(
      clients.map(async (client) => {
        const body = { candidates: [{ ref: 'a', uscc: madeUpUscc(number) }] }
        return (await client.POST('/v1/screenings', { body })).data?.results[0]?.decision
      }),
    )
  const elapsed = await leastOf(3, async (i) => {
    expect(await decisionsOf(i + 1)).toEqual(['clear', 'clear'])
    await enter(i + 1, 'serious-violator')
    return until(async () => (await decisionsOf(i + 1)).every((decision) => decision === 'block'))
  })
  expect(elapsed).toBeLessThan(1000)
})

it('lets a platform close a shop within a second of the decision, and open it again', async () => {
  const sellers = [10, 11, 12].map((number) => ({ shop: String(number), uscc: madeUpUscc(number) }))
  const platform = await startPlatform({ xinjianUrl: servers[1]!.address, key, sellers })
  const statusOf = async (number: number) => (await fetch(`${platform.url}/shops/${number}`)).status
  const entries: MadeUpEntry[] = []
  const elapsed = await leastOf(3, async (i) => {
    expect(await statusOf(10 + i)).toBe(200)
    entries.push(await enter(10 + i, 'serious-violator'))
    return until(async () => (await statusOf(10 + i)) === 403)
  })
  expect(elapsed).toBeLessThan(1000)
  await tellOfEntry(databases[0]!.db, entries[0]!, 'listing.removed')
  await until(async () => (await statusOf(10)) === 200)
  expect(await statusOf(99)).toBe(404)
  await platform.stop()
})

it('raises the alert of a monitor without anybody asking for it', async () => {
  const client = createXinjianClient({ baseUrl: servers[0]!.address, key })
  const { data: monitor } = await client.POST('/v1/monitors', { body: { name: '示例' } })
  const path = { id: monitor!.id }
  await client.POST('/v1/monitors/{id}/members', {
    params: { path },
    body: { members: [{ ref: 'a', uscc: madeUpUscc(15) }] },
  })
  await enter(15, 'serious-violator')
  await until(async () => {
    const { data } = await client.GET('/v1/monitors/{id}/alerts', { params: { path } })
    return data?.items.at(-1)?.result.decision === 'block'
  })
})

describe('ListMirror', () => {
  const options = () => ({ baseUrl: servers[0]!.address, key })

  it('follows the lists and tells each change of a standing, gravest list first', async () => {
    const changes: ListChange[] = []
    const mirror = new ListMirror({ ...options(), onChange: (change) => changes.push(change) })
    await mirror.start()
    changes.length = 0
    const uscc = madeUpUscc(20)
    const abnormal = await enter(20, 'abnormal')
    await until(() => mirror.standingOf(uscc) === 'abnormal')
    expect(mirror.isBlocked(uscc)).toBe(false)
    await enter(20, 'serious-violator')
    await tellOfEntry(databases[0]!.db, abnormal, 'listing.removed')
    const { position } = changes[0]!
    await until(() => mirror.position >= position + 2)
    expect(mirror.isBlocked(` ${uscc.toLowerCase()} `)).toBe(true)
    expect(changes.map(({ before, after }) => [before, after])).toEqual([
      ['clear', 'abnormal'],
      ['abnormal', 'serious-violator'],
    ])
    await mirror.stop()
  })

  it('answers offline from what it kept, and goes on from there', async () => {
    const file = join(folder, 'mirror.json')
    const uscc = madeUpUscc(21)
    await enter(21, 'serious-violator')
    const first = new ListMirror({ ...options(), file })
    await first.start()
    await until(() => first.isBlocked(uscc))
    await first.stop()
    const kept = JSON.parse(await readFile(file, 'utf8')) as { position: number }
    expect(kept.position).toBe(first.position)

    const faults: unknown[] = []
    const offline = new ListMirror({ baseUrl: 'http://127.0.0.1:1', key, file, onFault: (fault) => faults.push(fault) })
    await offline.start()
    expect(offline.isBlocked(uscc)).toBe(true)
    expect(faults.length).toBeGreaterThanOrEqual(1)
    await offline.stop()
  })

  it('says at the start when the key is refused, or nothing can be reached', async () => {
    const refused = new ListMirror({ ...options(), key: await keyWith('screening') })
    await expect(refused.start()).rejects.toMatchObject({ name: 'XinjianError', status: 403 })
    await expect(new ListMirror({ baseUrl: 'http://127.0.0.1:1', key }).start()).rejects.toThrow('fetch failed')
  })
})

describe('a feed that was restored to an earlier moment', () => {
  let restored: Database
  let server: Server
  let keyThere: string
  /** Where the calls of a mirror lead: to the service as it was, or as it is after the restore. */
  let isRestored: boolean
  const faults: unknown[] = []

  beforeAll(async () => {
    restored = await cloneDatabase()
    const config = { ...parseConfig({}), PORT: 0, SIGNING_KEY_FILE: undefined, DATA_DIR: folder }
    server = await startServer(restored, config, pino({ level: 'silent' }))
    keyThere = await keyIn(restored, 'feed')
    await enter(22, 'serious-violator')
  })
  beforeEach(() => {
    isRestored = false
    faults.length = 0
  })
  afterAll(async () => {
    await server.stop()
    await restored.close()
  })

  const mirrorIn = (name: string) =>
    new ListMirror({
      ...{ baseUrl: servers[0]!.address, key, file: join(folder, name), onFault: (fault) => faults.push(fault) },
      fetch: async (request) => {
        if (!isRestored) return fetch(request)
        const { pathname, search } = new URL(request.url)
        const headers = { authorization: `Bearer ${keyThere}` }
        // Not held for half a minute.
        const query = search.replace(/wait=\d+/, 'wait=0')
        return fetch(`${server.address}${pathname}${query}`, { headers, signal: request.signal })
      },
    })
  const upToDate = async (mirror: ListMirror) => {
    await mirror.start()
    await until(() => mirror.isBlocked(madeUpUscc(22)))
  }
  const headThere = async () => (await listEvents(restored.db, Number.MAX_SAFE_INTEGER, 1, {})).head

  it('is not read on at the next start, and what was kept is answered still', async () => {
    const first = mirrorIn('fallen.json')
    await upToDate(first)
    await first.stop()
    isRestored = true
    const second = mirrorIn('fallen.json')
    const error = new FeedWentBackError(await headThere(), first.position)
    expect(error.head).toBeLessThan(error.position)
    await expect(second.start()).rejects.toThrow(error)
    expect(second.isBlocked(madeUpUscc(22))).toBe(true)
    expect(JSON.parse(await readFile(join(folder, 'fallen.json'), 'utf8'))).toMatchObject({ position: first.position })
  })

  it('ends the following, and whoever listens for faults is told', async () => {
    const mirror = mirrorIn('following.json')
    await upToDate(mirror)
    const { position } = mirror
    isRestored = true
    // The call that is held is answered with what comes.
    await enter(23, 'abnormal')
    await until(() => faults.length > 0)
    expect(faults).toEqual([new FeedWentBackError(await headThere(), position + 1)])
    await mirror.stop()
    expect([mirror.position, mirror.isBlocked(madeUpUscc(22))]).toEqual([position + 1, true])
  })

  it('is known also when new decisions have lifted it again', async () => {
    const first = mirrorIn('lifted.json')
    await upToDate(first)
    await first.stop()
    await take(restored.db, 'subjects', [subjectItem(24)])
    const entry = await enterOnList(restored.db, 24, 'abnormal')
    while ((await headThere()) <= first.position) {
      await tellOfEntry(restored.db, entry)
      await sequencePending(restored.db)
    }
    isRestored = true
    const second = mirrorIn('lifted.json')
    await expect(second.start()).rejects.toThrow(FeedWentBackError)
    expect([second.position, second.standingOf(madeUpUscc(24))]).toEqual([first.position, 'clear'])
  })
})
