import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listEvents } from '../../src/feed/repository.ts'
import type { Database } from '../../src/platform/db.ts'
import { serve, stop, type Serving } from '../cli/cli.ts'
import { cloneDatabase } from '../support/database.ts'
import { natsServer, startNats, type TestNats } from '../support/nats.ts'
import { patient, startLoad, tell, told, type Load } from './load.ts'

/** Must show 1 of operations: Redis and NATS gone and back under load: no caller notices, and nothing is missing. */

const redisServer =
  [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']
    .map((folder) => join(folder, 'redis-server'))
    .find((file) => existsSync(file)) ?? null

let database: Database
let load: Load
let nats: TestNats | null
let redis: ChildProcess | null = null
let redisPort: number
const services: Serving[] = []

async function startRedis(): Promise<void> {
  if (redisServer === null) return
  const settings = ['--port', String(redisPort), '--save', '', '--bind', '127.0.0.1']
  redis = spawn(redisServer, settings, { stdio: 'ignore' })
  const client = new Redis(redisPort, { retryStrategy: () => 20 })
  client.on('error', () => undefined)
  await client.ping()
  client.disconnect()
}

async function killRedis(): Promise<void> {
  if (redis === null) return
  const ended = once(redis, 'exit')
  redis.kill('SIGKILL')
  await ended
  redis = null
}

/** How many sources Redis has counted. */
async function countedByRedis(): Promise<number> {
  const client = new Redis(redisPort)
  const keys = await client.keys('xinjian-rate-*')
  client.disconnect()
  return keys.length
}

beforeAll(async () => {
  database = await cloneDatabase()
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  redisPort = (probe.address() as AddressInfo).port
  probe.close()
  await startRedis()
  nats = natsServer === null ? null : await startNats()
  const env = {
    ...{ DATABASE_URL: database.url, LOG_LEVEL: 'silent', RATE_LIMIT: 'on', ...patient },
    // Counted, and never reached.
    ...{ RATE_LIMIT_PUBLIC: '1000000', RATE_LIMIT_KEY: '1000000' },
    ...(redisServer !== null && { REDIS_URL: `redis://127.0.0.1:${redisPort}` }),
    ...(nats !== null && { NATS_URL: nats.url }),
  }
  services.push(...(await Promise.all([serve(env), serve(env)])))
  load = await startLoad(
    database,
    services.map(({ address }) => address),
    services,
  )
})
afterAll(async () => {
  for (const service of services) await stop(service, 'SIGKILL')
  await killRedis()
  await nats?.remove()
  await database.close()
})

if (redisServer === null) {
  it('leaves Redis out, since there is no redis-server on this machine; CI has one', () => {
    process.stderr.write('redis-server was not found: its loss is NOT tested\n')
  })
} else {
  it('Redis is killed and comes back empty: every call is answered, and limits are shared again by themselves', async () => {
    await load.progress(10)
    load.takeTally()
    await killRedis()
    await load.progress(10)
    const alone = load.takeTally()
    expect(alone).toMatchObject({ refused: 0, lost: 0 })
    await startRedis()
    const from = performance.now()
    while ((await countedByRedis()) === 0);
    const backMs = Math.round(performance.now() - from)
    process.stderr.write(`Redis killed: shared again ${backMs} ms after it was back; without it ${told(alone)}\n`)
    await load.progress(10)
    expect(load.takeTally()).toMatchObject({ refused: 0, lost: 0 })
  })
}

if (natsServer === null) {
  it('leaves NATS out, since there is no nats-server on this machine; CI has one', () => {
    process.stderr.write('nats-server was not found: its loss is NOT tested\n')
  })
} else {
  it('NATS is killed and comes back: every call is answered, and what it missed follows once and in order', async () => {
    await load.progress(10)
    load.takeTally()
    await nats?.kill()
    await load.progress(10)
    await nats?.start()
    const { head } = await listEvents(database.db, 0, 1, {})
    const from = performance.now()
    const lastOf = async () => Number((await nats?.messages())?.at(-1)?.id ?? 0)
    while ((await lastOf()) < head);
    const backMs = Math.round(performance.now() - from)
    const tally = load.takeTally()
    expect(tally).toMatchObject({ refused: 0, lost: 0 })
    process.stderr.write(`NATS killed: it had all ${backMs} ms after it was back; ${told(tally)}\n`)
  })
}

it('has lost nothing, doubled nothing and told nothing wrong in all of that', async () => {
  tell('at the end', await load.recovery(), load.takeTally())
  await load.settle()
  if (nats === null) return
  const { head } = await listEvents(database.db, 0, 1, {})
  const positions = async () => (await nats?.messages())?.map(({ id }) => Number(id))
  await expect.poll(positions, { timeout: 60_000 }).toEqual(Array.from({ length: head }, (_, i) => i + 1))
})
