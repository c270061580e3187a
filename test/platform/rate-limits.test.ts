import { spawn, type ChildProcess } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '../../src/config.ts'
import { startTestService, type TestService } from '../support/service.ts'

const limits = {
  RATE_LIMIT: 'on',
  RATE_LIMIT_SEARCH: 3,
  RATE_LIMIT_PUBLIC: 5,
  RATE_LIMIT_KEY: 4,
  RATE_LIMIT_REFUSED: 2,
} as const
const services: TestService[] = []

async function start(settings: Partial<Config> = {}): Promise<TestService> {
  const service = await startTestService(undefined, { ...limits, ...settings })
  services.push(service)
  return service
}
afterAll(async () => {
  for (const service of services) await service.close()
})

async function statuses(count: number, call: () => Promise<{ statusCode: number }>): Promise<number[]> {
  const seen: number[] = []
  for (let i = 0; i < count; i += 1) seen.push((await call()).statusCode)
  return seen
}

describe('in one process', () => {
  let service: TestService
  beforeAll(async () => {
    service = await start()
  })
  const get = (url: string, remoteAddress: string, headers: Record<string, string> = {}) =>
    service.app.inject({ url, remoteAddress, headers })

  it('refuses with a problem that tells how long to wait, and what the budget is', async () => {
    expect(await statuses(5, () => get('/v1/rulebook', '192.0.2.1'))).toEqual([200, 200, 200, 200, 200])
    const refused = await get('/v1/rulebook', '192.0.2.1', { 'accept-language': 'en' })
    expect(refused.statusCode).toBe(429)
    expect(refused.json()).toMatchObject({ type: '/problems/too-many-requests', status: 429 })
    expect(Number(refused.headers['retry-after'])).toSatisfy((seconds: number) => seconds >= 1 && seconds <= 60)
    expect(refused.headers['ratelimit-policy']).toBe('"public";q=5;w=60')
    expect(refused.headers['ratelimit']).toMatch(/^"public";r=0;t=\d+$/)
    expect(refused.headers['cache-control']).toBe('no-store')
    expect((await get('/v1/rulebook', '192.0.2.2')).statusCode).toBe(200)
  })

  it('counts searches, lookups and reconciliation against harvesting, whatever header they bring', async () => {
    const headers = { authorization: 'Bearer nothing' }
    expect((await get('/v1/search?q=示例', '192.0.2.3', headers)).statusCode).toBe(200)
    expect((await get('/v1/lookup?url=nobody.example', '192.0.2.3')).statusCode).toBe(404)
    expect((await get('/v1/reconcile', '192.0.2.3')).statusCode).toBe(200)
    expect((await get('/search?q=示例', '192.0.2.3')).statusCode).toBe(429)
    expect((await get('/v1/search?q=示例', '192.0.2.3', headers)).statusCode).toBe(429)
    expect((await get('/v1/rulebook', '192.0.2.3')).statusCode).toBe(200)
  })

  it('counts an IPv6 network of one customer as one, and IPv4 in IPv6 as IPv4', async () => {
    const addresses = ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', '2001:db8:1:2:a:b:c:d', '2001:db8:1:2::ffff']
    const seen = []
    for (const address of addresses) seen.push((await get('/v1/search?q=示例', address)).statusCode)
    expect(seen).toEqual([200, 200, 200, 429])
    expect((await get('/v1/search?q=示例', '2001:db8:1:3::1')).statusCode).toBe(200)
    expect(await statuses(4, () => get('/v1/search?q=示例', '::ffff:198.51.100.7'))).toEqual([200, 200, 200, 429])
    expect((await get('/v1/search?q=示例', '198.51.100.7')).statusCode).toBe(429)
  })

  it('counts by key, wherever it is used, and tells its holder how many are left', async () => {
    const key = await service.keyWith('feed')
    const headers = { authorization: `Bearer ${key}` }
    let from = 0
    const call = () => get('/v1/feed/events', `203.0.113.${(from += 1)}`, headers)
    expect((await call()).headers['ratelimit']).toMatch(/^"key";r=3;t=/)
    expect(await statuses(4, call)).toEqual([200, 200, 200, 429])
    const other = { authorization: `Bearer ${await service.keyWith('feed')}` }
    expect((await get('/v1/feed/events', '203.0.113.1', other)).statusCode).toBe(200)
  })

  it('counts keys that do not work by address, and lets a good one from there through', async () => {
    const bad = { authorization: `Bearer xj_${'0'.repeat(32)}_${'A'.repeat(43)}` }
    expect(await statuses(3, () => get('/v1/feed/events', '203.0.113.99', bad))).toEqual([401, 401, 429])
    const good = { authorization: `Bearer ${await service.keyWith('feed')}` }
    expect((await get('/v1/feed/events', '203.0.113.99', good)).statusCode).toBe(200)
  })

  it('never counts probes, and answers what is nowhere within the budget', async () => {
    expect(new Set(await statuses(20, () => get('/livez', '192.0.2.50')))).toEqual(new Set([200]))
    expect(await statuses(6, () => get('/v1/nothing', '192.0.2.51'))).toEqual([404, 404, 404, 404, 404, 429])
  })

  it('does not believe a header of which no proxy is trusted', async () => {
    let forged = 0
    const call = () => get('/v1/search?q=示例', '192.0.2.60', { 'x-forwarded-for': `198.18.0.${(forged += 1)}` })
    expect(await statuses(4, call)).toEqual([200, 200, 200, 429])
  })
})

it('sees the address behind trusted proxies, and nothing that a client put before it', async () => {
  const service = await start({ TRUSTED_PROXIES: ['10.0.0.0/8'] })
  const call = (forwarded: string) =>
    service.app.inject({
      ...{ url: '/v1/search?q=示例', remoteAddress: '10.0.0.1' },
      headers: { 'x-forwarded-for': forwarded },
    })
  expect(await statuses(4, () => call('198.51.100.1, 10.0.0.2'))).toEqual([200, 200, 200, 429])
  expect((await call('198.51.100.2')).statusCode).toBe(200)
  let forged = 0
  expect(await statuses(4, () => call(`203.0.113.${(forged += 1)}, 198.51.100.3`))).toEqual([200, 200, 200, 429])
  expect((await call('unknown')).statusCode).toBe(200)
})

it('limits nothing when it is switched off', async () => {
  const service = await start({ RATE_LIMIT: 'off' })
  expect(new Set(await statuses(10, () => service.app.inject('/v1/search?q=示例')))).toEqual(new Set([200]))
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A Redis of the test's own; resolves when it answers. */
async function startRedis(port: number): Promise<ChildProcess> {
  const server = spawn('redis-server', ['--port', String(port), '--save', '', '--bind', '127.0.0.1'], {
    stdio: 'ignore',
  })
  const client = new Redis(port, { retryStrategy: () => 20 })
  client.on('error', () => undefined)
  await client.ping()
  client.disconnect()
  return server
}

const stop = (server: ChildProcess) =>
  new Promise((resolve) => {
    server.once('exit', resolve)
    server.kill('SIGKILL')
  })

it('shares the limits of all processes through Redis, and limits on without it when it is gone, and with it again', async () => {
  const port = await freePort()
  let redis = await startRedis(port)
  const settings = { REDIS_URL: `redis://127.0.0.1:${port}`, RATE_LIMIT_SEARCH: 6 }
  const [one, two] = [await start(settings), await start(settings)]
  const search = (service: TestService, remoteAddress: string) =>
    service.app.inject({ url: '/v1/search?q=示例', remoteAddress })
  /** Until both have found Redis: what they count for one address meets there. */
  const untilShared = async (block: string) => {
    for (let n = 0; ; n += 1) {
      const from = `${block}.${n % 250}`
      for (let i = 0; i < 3; i += 1) await search(one, from)
      const left = await statuses(4, () => search(two, from))
      if (left[3] === 429 && left[2] === 200) return
    }
  }
  await untilShared('198.18.1')
  await stop(redis)
  const alone = [
    ...(await statuses(6, () => search(one, '198.18.9.1'))),
    ...(await statuses(6, () => search(two, '198.18.9.1'))),
  ]
  expect(new Set(alone)).toEqual(new Set([200]))
  expect((await search(one, '198.18.9.1')).statusCode).toBe(429)
  redis = await startRedis(port)
  await untilShared('198.18.2')
  await stop(redis)
})
