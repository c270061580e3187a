import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestService, type TestService } from '../support/service.ts'

let service: TestService
let address: string

beforeAll(async () => {
  service = await startTestService(undefined, {
    MAX_REQUESTS: 2,
    MAX_WAITING_REQUESTS: 2,
    MAX_BURST_MS: 500,
    MAX_STREAMS: 2,
  })
  address = await service.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => service.close())

const series = async (name: string, at = address) => {
  const text = await (await fetch(`${at}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
}

it('refuses with 503 and Retry-After what it cannot take on, still answers probes, and is well again afterwards', async () => {
  const list = `${address}/v1/lists/abnormal/entries`
  let release: () => void = () => undefined
  const released = new Promise<void>((resolve) => (release = resolve))
  let isLocked: () => void = () => undefined
  const locked = new Promise<void>((resolve) => (isLocked = resolve))
  // Nobody reads the entries while this holds the table.
  const holding = service.db.transaction(async (tx) => {
    await tx.execute(sql`lock table listing_entries in access exclusive mode`)
    isLocked()
    await released
  })
  await locked
  const taken = [fetch(list), fetch(list)]
  while ((await series('xinjian_http_requests_running')) < 2);
  const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(list)))
  for (const answer of answers) {
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    expect(await answer.json()).toMatchObject({ type: '/problems/overloaded', status: 503 })
  }
  expect((await fetch(`${address}/livez`)).status).toBe(200)
  expect(await series('xinjian_http_requests_refused_total')).toBeGreaterThanOrEqual(20)
  release()
  await holding
  expect((await Promise.all(taken)).map(({ status }) => status)).toEqual([200, 200])
  expect((await fetch(list)).status).toBe(200)
  expect(await series('xinjian_http_requests_running')).toBe(0)
})

it('opens no more streams than it has room for, and counts those that end', async () => {
  const headers = { accept: 'text/event-stream', authorization: `Bearer ${await service.keyWith('feed')}` }
  const open = () => {
    const stopping = new AbortController()
    return fetch(`${address}/v1/feed/events`, { headers, signal: stopping.signal }).then((response) => ({
      response,
      close: () => stopping.abort(),
    }))
  }
  const [one, two] = [await open(), await open()]
  expect([one.response.status, two.response.status]).toEqual([200, 200])
  expect((await open()).response.status).toBe(503)
  one.close()
  while ((await series('xinjian_feed_streams_open')) > 1);
  const third = await open()
  expect(third.response.status).toBe(200)
  third.close()
  two.close()
})

it('refuses none of four hundred calls that one client makes at once, beside streams and held calls, by default', async () => {
  const generous = await startTestService()
  const at = await generous.app.listen({ port: 0, host: '127.0.0.1' })
  const authorization = `Bearer ${await generous.keyWith('feed')}`
  const stopping = new AbortController()
  const held = Array.from({ length: 300 }, (_, i) =>
    fetch(`${at}/v1/feed/events${i % 2 === 0 ? '' : '?wait=30'}`, {
      headers: { authorization, ...(i % 2 === 0 && { accept: 'text/event-stream' }) },
      signal: stopping.signal,
    }).catch(() => null),
  )
  const open = () => series('xinjian_feed_streams_open', at)
  while ((await open()) < 300);
  const answers = await Promise.all(Array.from({ length: 400 }, () => fetch(`${at}/v1/lists/abnormal/entries`)))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  stopping.abort()
  await Promise.all(held)
  // Whoever goes away gives the place back.
  while ((await open()) > 0);
  await generous.close()
})
