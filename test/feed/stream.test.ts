import { connect } from 'node:net'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startFeedListener } from '../../src/feed/listener.ts'
import { appendEvents } from '../../src/feed/service.ts'
import { eventStream } from '../../src/feed/stream.ts'
import { makeFeedTail } from '../../src/feed/tail.ts'
import { pendingEvent } from '../support/events.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { openSse, type SseClient } from '../support/sse.ts'

let service: TestService
let url: string
let authorization: string
const open: SseClient[] = []

beforeAll(async () => {
  service = await startTestService()
  url = `${await service.app.listen({ port: 0, host: '127.0.0.1' })}/v1/feed/events`
  authorization = `Bearer ${await service.keyWith('feed')}`
  await append(3)
})
afterEach(async () => {
  for (const client of open.splice(0)) await client.close()
})
afterAll(() => service.close())

let appended = 0

async function append(count: number, fields: Parameters<typeof pendingEvent>[1] = {}): Promise<void> {
  const events = Array.from({ length: count }, () => pendingEvent((appended += 1), fields))
  await service.db.transaction((tx) => appendEvents(tx, events))
  await service.sequence()
}

async function stream(query = '', headers: Record<string, string> = {}): Promise<SseClient> {
  const client = await openSse(url + query, { authorization, ...headers })
  open.push(client)
  return client
}

const ids = (client: SseClient) => client.events.map(({ id }) => Number(id))
const between = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i)

describe('200', () => {
  it('sends what there is, then what comes, each event with its position as id', async () => {
    const client = await stream()
    expect([client.status, client.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    await expect.poll(() => ids(client)).toEqual(between(1, appended))
    await append(2)
    await append(1)
    await expect.poll(() => ids(client)).toEqual(between(1, appended))
    for (const { id, data } of client.events) expect(data.sequence).toBe(id)
  })

  it('goes on after the position asked for, and after Last-Event-ID rather than that', async () => {
    const after = await stream('?after=2')
    const resumed = await stream('?after=0', { 'last-event-id': '3' })
    const fresh = await stream('?after=3', { 'last-event-id': '' })
    await append(1)
    await expect.poll(() => ids(after)).toEqual(between(3, appended))
    await expect.poll(() => ids(resumed)).toEqual(between(4, appended))
    await expect.poll(() => ids(fresh)).toEqual(between(4, appended))
  })

  it('gives a client that is cut off again and again every event once, in order', async () => {
    const seen: number[] = []
    for (let i = 0; i < 5; i += 1) {
      await append(3)
      const client = await stream('', seen.length === 0 ? {} : { 'last-event-id': String(seen.at(-1)) })
      await expect.poll(() => client.events.length).toBeGreaterThan(0)
      await client.close()
      seen.push(...ids(client))
    }
    expect(seen).toEqual(between(1, seen.at(-1) ?? 0))
  })

  it('sends only what the filter asks for, from the log and live alike', async () => {
    await append(1, { type: 'listing.entered', list: 'abnormal', regionCode: '999901' })
    const from = appended
    const queries = ['?types=listing.entered', '?lists=abnormal', '?regionCode=999901']
    const clients = await Promise.all(queries.map((query) => stream(query)))
    for (const client of clients) await expect.poll(() => ids(client)).toEqual([from])
    await append(2)
    await append(1, { type: 'listing.entered', list: 'abnormal', regionCode: '999901' })
    for (const client of clients) await expect.poll(() => ids(client)).toEqual([from, appended])
  })

  it('reads the log once for all clients that have caught up, however many there are', async () => {
    let queries = 0
    const sql = postgres(service.database.url, { max: 4 })
    const db = drizzle(sql, { casing: 'snake_case', logger: { logQuery: () => (queries += 1) } })
    const listener = startFeedListener(service.database.url)
    const tail = makeFeedTail(db, listener, { warn: (context) => expect(context).toBeUndefined() })
    const stopping = new AbortController()
    const received = Array.from({ length: 200 }, () => '')
    const all = received.map(async (_, i) => {
      const options = { after: appended, filter: {}, signal: stopping.signal, mayRead: () => Promise.resolve(true) }
      for await (const chunk of eventStream(tail, options)) received[i] = `${received[i]}${String(chunk)}`
    })
    await expect.poll(() => received.every((text) => text.includes('retry'))).toBe(true)
    await append(1)
    const lastOf = () => received.map((text) => Number(/id: (\d+)\n.*\n\n$/.exec(text)?.[1]))
    await expect.poll(lastOf).toEqual(received.map(() => appended))
    const before = queries
    for (let i = 0; i < 10; i += 1) await append(1)
    await expect.poll(lastOf).toEqual(received.map(() => appended))
    expect(queries - before).toBeLessThanOrEqual(20)
    stopping.abort()
    await Promise.all(all)
    await listener.stop()
    await sql.end()
  })

  it('reads the log only as the client takes it: one that reads nothing makes us hold a few pages', async () => {
    const firstOfMany = appended
    await append(5000)
    const listener = startFeedListener(service.database.url)
    const tail = makeFeedTail(service.db, listener, { warn: () => undefined })
    let reads = 0
    const counted = {
      ...tail,
      read: (...query: Parameters<typeof tail.read>) => {
        reads += 1
        return tail.read(...query)
      },
    }
    const stopping = new AbortController()
    const slow = eventStream(counted, {
      after: firstOfMany,
      filter: {},
      signal: stopping.signal,
      mayRead: () => Promise.resolve(true),
    })
    await expect.poll(() => slow.read() as unknown).not.toBeNull()
    await expect.poll(() => reads).toBe(1)
    // A client that reads gets all of it meanwhile.
    const quick = await stream(`?after=${firstOfMany}`)
    await expect.poll(() => quick.events.length, { timeout: 60_000 }).toBe(5000)
    expect(reads).toBeLessThanOrEqual(2)
    stopping.abort()
    slow.destroy()
    await listener.stop()
  })

  it('lets a client that never reads harm nobody', async () => {
    const { port } = new URL(url)
    const dead = connect(Number(port), '127.0.0.1')
    dead.pause()
    dead.write(
      `GET /v1/feed/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: ${authorization}\r\n\r\n`,
    )
    const client = await stream(`?after=${appended}`)
    const from = appended
    await append(100)
    await expect.poll(() => ids(client)).toEqual(between(from + 1, appended))
    dead.destroy()
  })

  it('says in a comment that it lives when there is nothing to send', async () => {
    const listener = startFeedListener(service.database.url)
    const tail = makeFeedTail(service.db, listener, { warn: () => undefined })
    const chunks: string[] = []
    const options = { after: appended, filter: {}, signal: new AbortController().signal, quietMs: 5 }
    for await (const chunk of eventStream(tail, { ...options, mayRead: () => Promise.resolve(true) })) {
      chunks.push(String(chunk))
      if (chunks.length === 4) break
    }
    expect(chunks).toEqual(['retry: 1000\n\n', ...Array<string>(3).fill(`: read up to ${appended}\n\n`)])
    await listener.stop()
  })

  it('ends when the key may no longer read', async () => {
    const listener = startFeedListener(service.database.url)
    const tail = makeFeedTail(service.db, listener, { warn: () => undefined })
    let left = 2
    const chunks: string[] = []
    const options = { after: appended, filter: {}, signal: new AbortController().signal, quietMs: 5, checkMs: 0 }
    for await (const chunk of eventStream(tail, { ...options, mayRead: () => Promise.resolve((left -= 1) >= 0) })) {
      chunks.push(String(chunk))
    }
    expect(chunks).toHaveLength(3)
    await listener.stop()
  })
})

it('ends every stream when the service stops, so that it can stop at once', async () => {
  const stopping = await startTestService()
  const address = await stopping.app.listen({ port: 0, host: '127.0.0.1' })
  const key = await stopping.keyWith('feed')
  const clients = await Promise.all(
    Array.from({ length: 5 }, () => openSse(`${address}/v1/feed/events`, { authorization: `Bearer ${key}` })),
  )
  await stopping.close()
  await Promise.all(clients.map((client) => client.ended))
})

describe('400', () => {
  it('refuses a Last-Event-ID that is no position, and a bad filter, before the stream begins', async () => {
    for (const [query, headers] of [
      ['', { 'last-event-id': 'abc' }],
      ['?types=x', {}],
    ] as const) {
      const client = await stream(query, headers)
      expect([client.status, client.headers.get('content-type')]).toEqual([400, 'application/problem+json'])
    }
  })
})

describe('401', () => {
  it('asks for a key', async () => {
    expect((await openSse(url, {})).status).toBe(401)
  })
})

describe('403', () => {
  it('refuses a key without the scope', async () => {
    const key = await service.keyWith('screening')
    expect((await openSse(url, { authorization: `Bearer ${key}` })).status).toBe(403)
  })
})
