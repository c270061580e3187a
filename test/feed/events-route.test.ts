import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventType, FeedEvent } from '../../src/feed/domain.ts'
import { appendEvents } from '../../src/feed/service.ts'
import { partnerKeys } from '../../src/partners/tables.ts'
import { madeUpUscc } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'

let service: TestService
let key: string

beforeAll(async () => {
  service = await startTestService()
  key = await service.keyWith('feed')
  for (let i = 1; i <= 6; i += 1) {
    await append(i, i % 2 === 0 ? 'listing.entered' : 'subject.changed', i <= 3 ? '999901' : '999902')
  }
  await service.sequence()
})
afterAll(() => service.close())

async function append(number: number, type: EventType, regionCode: string): Promise<void> {
  await service.db.transaction((tx) =>
    appendEvents(tx, [
      {
        id: uuidv7(),
        type,
        key: `subject:${madeUpUscc(number)}`,
        uscc: madeUpUscc(number),
        list: type === 'listing.entered' ? 'abnormal' : null,
        regionCode,
        occurredAt: '2026-07-01T02:00:00.000Z',
        data: {},
      },
    ]),
  )
}

async function pull(query: string, headers: Record<string, string> = { authorization: `Bearer ${key}` }) {
  const response = await service.app.inject({ url: `/v1/feed/events${query}`, headers })
  return { response, body: response.json<{ events: FeedEvent[]; next: number; head: number }>() }
}

const pullAs = (accept: string | undefined, query: string) =>
  service.app.inject({
    url: `/v1/feed/events${query}`,
    headers: { authorization: `Bearer ${key}`, ...(accept !== undefined && { accept }) },
  })

const sequences = (events: FeedEvent[]) => events.map((event) => Number(event.sequence))

describe('200', () => {
  it('answers the events after a position in order, with where to go on and the head', async () => {
    const { response, body } = await pull('?after=2&limit=2')
    expect(response.statusCode).toBe(200)
    expect({ events: sequences(body.events), next: body.next, head: body.head }).toEqual({
      events: [3, 4],
      next: 4,
      head: 6,
    })
  })

  it('reads the whole log from the beginning when asked for nothing else', async () => {
    const { body } = await pull('')
    expect(sequences(body.events)).toEqual([1, 2, 3, 4, 5, 6])
  })

  it.each([
    ['?types=listing.entered', [2, 4, 6]],
    ['?lists=abnormal&regionCode=999902', [4, 6]],
    ['?regionCode=9999', [1, 2, 3, 4, 5, 6]],
    ['?types=listing.entered,subject.changed&regionCode=999901', [1, 2, 3]],
    ['?types=sanction.imposed', []],
  ])('filters by %s and still tells to go on from the head', async (query, expected) => {
    const { body } = await pull(query)
    expect(sequences(body.events)).toEqual(expected)
    expect(body.next).toBe(6)
  })

  it('never repeats or skips an event for a reader that follows next, whatever the page and the filter', async () => {
    for (const filter of ['', '&types=listing.entered']) {
      for (const limit of [1, 2, 5]) {
        const seen: number[] = []
        let after = 0
        for (;;) {
          const { body } = await pull(`?after=${after}&limit=${limit}${filter}`)
          seen.push(...sequences(body.events))
          if (body.next === after) break
          after = body.next
        }
        expect(seen).toEqual(filter === '' ? [1, 2, 3, 4, 5, 6] : [2, 4, 6])
      }
    }
  })

  it('answers nothing at the head, and holds the call until there is an event when asked to wait', async () => {
    expect((await pull('?after=6')).body).toEqual({ events: [], next: 6, head: 6 })
    const held = pull('?after=6&wait=30')
    await append(7, 'subject.changed', '999901')
    await service.sequence()
    const { body } = await held
    expect(sequences(body.events)).toEqual([7])
  })
})

describe('200 as NDJSON', () => {
  it('answers the same page, one event a line, and tells in headers where to go on', async () => {
    const json = await pull('?after=1&limit=3')
    const response = await pullAs('application/x-ndjson', '?after=1&limit=3')
    expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'application/x-ndjson'])
    const lines = response.body.split('\n')
    expect(lines.pop()).toBe('')
    expect(lines.map((line) => JSON.parse(line) as FeedEvent)).toEqual(json.body.events)
    expect(response.headers).toMatchObject({
      'x-next': String(json.body.next),
      'x-head': String(json.body.head),
      link: `</v1/feed/events?after=${json.body.next}&limit=3>; rel="next"`,
    })
  })

  it('answers nothing at the head, and still tells where to go on', async () => {
    const { head } = (await pull('')).body
    const response = await pullAs('application/x-ndjson', `?after=${head}`)
    expect([response.statusCode, response.body, response.headers['x-next']]).toEqual([200, '', String(head)])
  })
})

describe('the form of the answer', () => {
  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['application/x-ndjson', 'application/x-ndjson'],
    ['application/json;q=0.5, application/x-ndjson', 'application/x-ndjson'],
    ['application/x-ndjson;q=0.1, application/json', 'application/json'],
    ['application/x-ndjson;q=0, */*', 'application/json'],
    ['text/html, application/x-ndjson;q=0.2', 'application/x-ndjson'],
    ['text/html', 'application/json'],
    ['text/event-stream;q=0.1, application/json', 'application/json'],
    ['Application/X-NDJSON', 'application/x-ndjson'],
  ])('for Accept: %s is %s', async (accept, expected) => {
    const response = await pullAs(accept, '')
    expect(String(response.headers['content-type']).split(';')[0]).toBe(expected)
    expect(response.headers.vary).toBe('Accept')
  })
})

it('answers whoever waits when the service stops, so that it can stop at once', async () => {
  const stopping = await startTestService()
  const authorization = `Bearer ${await stopping.keyWith('feed')}`
  const address = await stopping.app.listen({ port: 0, host: '127.0.0.1' })
  const arrived = new Promise((resolve) => stopping.app.server.once('request', resolve))
  const held = fetch(`${address}/v1/feed/events?wait=30`, { headers: { authorization } })
  await arrived
  await stopping.close()
  expect(await (await held).json()).toEqual({ events: [], next: 0, head: 0 })
})

describe('400', () => {
  it.each([
    '?after=-1',
    '?after=x',
    '?limit=0',
    '?limit=1001',
    '?wait=31',
    '?types=nothing',
    '?regionCode=x',
    '?offset=1',
  ])('refuses %s with a pointer to the fault', async (query) => {
    const { response } = await pull(query)
    expect(response.statusCode).toBe(400)
    expect(response.headers['content-type']).toContain('application/problem+json')
    const name = /\?(\w+)/.exec(query)?.[1] ?? ''
    const body = response.json<{ type: string; errors: { pointer: string }[] }>()
    expect(body.type).toBe('/problems/invalid-request')
    expect(body.errors[0]?.pointer).toMatch(new RegExp(`^/querystring/${name}`))
  })
})

describe('401', () => {
  it.each([
    ['no key', undefined],
    ['something that is no key', 'Bearer abc'],
    ['a key that nobody holds', `Bearer xj_${'0'.repeat(32)}_${'A'.repeat(43)}`],
    ['another scheme', 'Basic eHg6eHg='],
  ])('asks for a key when there is %s', async (_what, authorization) => {
    const { response } = await pull('', authorization === undefined ? {} : { authorization })
    expect(response.statusCode).toBe(401)
    expect(response.headers['www-authenticate']).toMatch(/^Bearer/)
    expect(response.json()).toMatchObject({ type: '/problems/unauthorized', status: 401 })
  })

  it('refuses a key whose secret was changed by one character', async () => {
    const other = key.at(-2) === 'A' ? 'B' : 'A'
    const { response } = await pull('', { authorization: `Bearer ${key.slice(0, -2)}${other}${key.slice(-1)}` })
    expect(response.statusCode).toBe(401)
  })

  it('refuses a key that was revoked', async () => {
    const revoked = await service.keyWith('feed')
    await service.db.update(partnerKeys).set({ revokedAt: new Date('2026-07-01T00:00:00Z') })
    const { response } = await pull('', { authorization: `Bearer ${revoked}` })
    expect(response.statusCode).toBe(401)
    await service.db.update(partnerKeys).set({ revokedAt: null })
  })

  it('keeps no key that could be used, only hashes', async () => {
    const stored = JSON.stringify(await service.db.select().from(partnerKeys))
    expect(stored).not.toContain(key.slice(-43))
  })
})

describe('403', () => {
  it('names the scope that the key lacks', async () => {
    const { response } = await pull('', { authorization: `Bearer ${await service.keyWith('screening')}` })
    expect(response.statusCode).toBe(403)
    expect(response.json()).toMatchObject({ type: '/problems/insufficient-scope', status: 403 })
    expect(response.json<{ detail: string }>().detail).toContain('feed')
  })
})
