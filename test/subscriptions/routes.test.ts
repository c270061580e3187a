import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventTypes } from '../../src/feed/domain.ts'
import { startReceiver, verified, type Receiver } from './receiver.ts'
import { startSubscribing, type Subscribing } from './subscribing.ts'

let service: Subscribing
let receiver: Receiver
let key: string
let alertsKey: string

beforeAll(async () => {
  service = await startSubscribing()
  receiver = await startReceiver()
  key = await service.keyWith('feed')
  alertsKey = await service.keyWith('screening')
})
afterAll(async () => {
  await service.close()
  await receiver.close()
})

const url = 'https://partner.example/hooks'
const subscribe = (more: object = {}, by = key) => service.subscribe(by, { url, types: ['listing.entered'], ...more })
/** Every call that names a subscription. */
const calls: [method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object][] = [
  ['GET', ''],
  ['PATCH', '', {}],
  ['DELETE', ''],
  ['POST', '/rotate-secret'],
  ['POST', '/replay', { after: 0 }],
  ['GET', '/deliveries'],
  ['POST', '/test'],
]

describe('201', () => {
  it('answers the subscription with its secret, which no other call tells', async () => {
    const { status, headers, body } = await service.call(key, 'POST', '', {
      url,
      types: ['listing.entered', 'listing.removed', 'listing.entered'],
      lists: ['abnormal'],
      regionCode: '44',
    })
    expect(status).toBe(201)
    expect(headers['cache-control']).toBe('no-store')
    const { id, secret, ...told } = body
    expect(Buffer.from(secret.replace('whsec_', ''), 'base64')).toHaveLength(32)
    expect(told).toEqual({
      url,
      types: ['listing.entered', 'listing.removed'],
      lists: ['abnormal'],
      regionCode: '44',
      status: 'active',
      pauseReason: null,
      pausedAt: null,
      position: 0,
      attempts: 0,
      nextAttemptAt: null,
      createdAt: '2026-11-25T04:00:00.000Z',
    })
    expect((await service.call(key, 'GET', `/${id}`)).body).toEqual({ id, ...told })
    const list = await service.call(key, 'GET', '')
    expect(list.body.items).toContainEqual({ id, ...told })
    expect(JSON.stringify(list.body)).not.toContain('whsec_')
  })

  it('answers a repeated request with the first answer, and makes no second subscription', async () => {
    const by = await service.keyWith('feed')
    const once = { 'idempotency-key': 'one' }
    const first = await service.call(by, 'POST', '', { url, types: ['subject.changed'] }, once)
    expect(await service.call(by, 'POST', '', { url, types: ['subject.changed'] }, once)).toMatchObject({
      status: 201,
      body: first.body,
    })
    expect((await service.call(by, 'GET', '')).body.items).toHaveLength(1)
  })

  it('takes alerts alone from a key with scope screening', async () => {
    expect(await subscribe({ types: ['monitor.alert'] }, alertsKey)).toMatchObject({ types: ['monitor.alert'] })
  })
})

describe('200', () => {
  it('lists a partner’s own subscriptions page by page', async () => {
    const by = await service.keyWith('feed')
    const made: string[] = []
    for (let i = 0; i < 5; i += 1) made.push((await subscribe({}, by)).id)
    const seen: string[] = []
    let next: string | null = ''
    while (next !== null) {
      const path: string = `?limit=2${next && `&cursor=${next}`}`
      const { body } = await service.call(by, 'GET', path)
      seen.push(...body.items.map(({ id }) => id))
      next = body.next
    }
    expect(seen).toEqual(made)
  })

  it('changes what is asked and leaves the rest', async () => {
    const before = await subscribe({ lists: ['abnormal'] })
    const changes = { types: ['listing.removed'], lists: null, regionCode: '31', url: 'https://other.example/' }
    const { status, body } = await service.call(key, 'PATCH', `/${before.id}`, changes)
    expect(status).toBe(200)
    const { secret: _, ...told } = before
    expect(body).toEqual({ ...told, ...changes })
  })

  it('pauses, says since when and why, and resumes', async () => {
    const { id } = await subscribe()
    const paused = await service.call(key, 'PATCH', `/${id}`, { status: 'paused' })
    expect(paused.body).toMatchObject({
      status: 'paused',
      pauseReason: 'by-partner',
      pausedAt: '2026-11-25T04:00:00.000Z',
    })
    const resumed = await service.call(key, 'PATCH', `/${id}`, { status: 'active' })
    expect(resumed.body).toMatchObject({ status: 'active', pauseReason: null, pausedAt: null })
  })

  it('delivers nothing while paused, and everything afterwards', async () => {
    const { id } = await subscribe({ url: receiver.url, types: ['honour.awarded'] })
    await service.call(key, 'PATCH', `/${id}`, { status: 'paused' })
    await service.happen(2, { type: 'honour.awarded' })
    await service.deliverAll()
    expect(receiver.received).toEqual([])
    await service.call(key, 'PATCH', `/${id}`, { status: 'active' })
    await service.deliverAll()
    expect(receiver.received).toHaveLength(2)
    receiver.received.length = 0
    await service.call(key, 'DELETE', `/${id}`)
  })

  it('sends a test message at once and answers what came back', async () => {
    const { id, secret } = await subscribe({ url: receiver.url })
    const { body } = await service.call(key, 'POST', `/${id}/test`)
    expect(body).toMatchObject({ delivered: true, responseStatus: 204, error: null, responseBody: '' })
    expect(receiver.received.map(({ id }) => id)).toEqual([body.messageId])
    expect(verified(receiver.received[0]!, secret)).toMatchObject({
      type: 'subscription.test',
      data: { subscriptionId: id },
    })
    receiver.received.length = 0
  })

  it('answers of a test that failed why it did', async () => {
    const failing = await startReceiver((response) => response.writeHead(500).end('坏了'.repeat(1000)))
    const { id } = await subscribe({ url: failing.url })
    const test = () => service.call(key, 'POST', `/${id}/test`)
    const { body } = await test()
    expect(body).toMatchObject({ delivered: false, responseStatus: 500, error: null })
    expect(body.responseBody).toMatch(/^坏了/)
    expect(body.responseBody.length).toBeLessThanOrEqual(1024)
    await failing.close()
    expect((await test()).body).toMatchObject({ delivered: false, responseStatus: null, error: 'connection-failed' })
  })
})

describe('204', () => {
  it('deletes a subscription with its history', async () => {
    const { id } = await subscribe()
    const { status, body } = await service.call(key, 'DELETE', `/${id}`)
    expect({ status, body }).toEqual({ status: 204, body: null })
    expect((await service.call(key, 'GET', `/${id}`)).status).toBe(404)
  })
})

describe('400', () => {
  it.each([
    ['http://partner.example/', 'https://'],
    ['ftp://partner.example/', 'https://'],
    ['nothing', 'https://'],
    ['https://user:secret@partner.example/', 'password'],
    ['https://10.0.0.1/', 'public'],
    ['https://127.2:8443/', 'public'],
    ['https://2130706434/', 'public'],
    ['https://0xa000001/', 'public'],
    ['https://012.0.0.1/', 'public'],
    ['https://[::ffff:10.0.0.1]/', 'public'],
    ['https://[fd00::1]/', 'public'],
    ['https://169.254.169.254/latest/meta-data', 'public'],
    ['https://localhost/', 'public'],
    ['https://x.localhost./', 'public'],
  ])('refuses to deliver to %s', async (address, why) => {
    const refused = await service.call(key, 'POST', '', { url: address, types: ['listing.entered'] })
    expect(refused).toMatchObject({ status: 400, body: { type: '/problems/invalid-request' } })
    expect(refused.body.errors).toMatchObject([
      { pointer: '/body/url', detail: expect.stringContaining(why) as string },
    ])
    const { id } = await subscribe()
    expect((await service.call(key, 'PATCH', `/${id}`, { url: address })).status).toBe(400)
  })

  it.each([
    [{ types: [] }, '/body/types'],
    [{ types: ['listing.vanished'] }, '/body/types/0'],
    [{ lists: ['grey'] }, '/body/lists/0'],
    [{ regionCode: 'x' }, '/body/regionCode'],
    [{ secret: 'whsec_mine' }, '/body/secret'],
    [{ status: 'paused' }, '/body/status'],
  ])('refuses %j with a pointer', async (more, pointer) => {
    const { status, body } = await service.call(key, 'POST', '', { url, types: ['listing.entered'], ...more })
    expect({ status, pointer: body.errors?.[0]?.pointer }).toEqual({ status: 400, pointer })
  })

  it('refuses to replay from a position that the log has not reached, or that is none', async () => {
    const { id } = await subscribe()
    for (const after of [1_000_000, -1, 1.5, '1']) {
      const { status, body } = await service.call(key, 'POST', `/${id}/replay`, { after })
      expect({ status, pointer: body.errors?.[0]?.pointer }).toEqual({ status: 400, pointer: '/body/after' })
    }
  })

  it('refuses a cursor of another subscription’s history', async () => {
    const { id } = await subscribe()
    const { status, body } = await service.call(key, 'GET', `/${id}/deliveries?cursor=YWJj`)
    expect({ status, type: body.type }).toEqual({ status: 400, type: '/problems/invalid-cursor' })
  })

  it('refuses an id that is none', async () => {
    expect((await service.call(key, 'GET', '/1')).status).toBe(400)
  })
})

describe('401', () => {
  it.each([['POST', ''], ['GET', ''], ...calls.map(([method, path]) => [method, `/{id}${path}`] as const)] as const)(
    'asks for a key: %s %s',
    async (method, path) => {
      const response = await service.app.inject({ method, url: `/v1/subscriptions${path}` })
      expect(response.statusCode).toBe(401)
      expect(response.headers['www-authenticate']).toBe('Bearer')
    },
  )
})

describe('403', () => {
  it('names the scopes that the key lacks', async () => {
    const other = await service.keyWith('registry:write')
    const { status, body } = await service.call(other, 'GET', '')
    expect(status).toBe(403)
    expect(body.detail).toMatch(/feed or screening/)
  })

  it.each(eventTypes)('keeps %s from a key with scope screening alone', async (type) => {
    for (const types of [[type], ['monitor.alert', type]]) {
      const { status, body } = await service.call(alertsKey, 'POST', '', { url, types })
      expect({ status, type: body.type }).toEqual({ status: 403, type: '/problems/insufficient-scope' })
    }
    const { id } = await subscribe({ types: ['monitor.alert'] }, alertsKey)
    expect((await service.call(alertsKey, 'PATCH', `/${id}`, { types: [type] })).status).toBe(403)
  })
})

describe('404', () => {
  it.each(calls)('never tells of another partner’s subscription: %s %s', async (method, path, payload) => {
    const { id } = await subscribe()
    const stranger = await service.keyWith('feed')
    const foreign = await service.call(stranger, method, `/${id}${path}`, payload)
    const unknown = await service.call(stranger, method, `/01975000-0000-7000-8000-000000000000${path}`, payload)
    const sameBut = (body: unknown) => ({ ...(body as object), instance: null })
    expect([foreign.status, unknown.status]).toEqual([404, 404])
    expect(sameBut(foreign.body)).toEqual(sameBut(unknown.body))
    expect((await service.call(key, 'GET', `/${id}`)).status).toBe(200)
    const list = await service.call(stranger, 'GET', '')
    expect(list.body.items).toEqual([])
  })

  it.each(calls)(
    'keeps the feed’s subscriptions from the partner’s own key for alerts: %s %s',
    async (method, path, payload) => {
      const both = await service.keysOfOne(['feed'], ['screening'])
      const { id } = await subscribe({}, both[0])
      expect((await service.call(both[1]!, method, `/${id}${path}`, payload)).status).toBe(404)
      expect((await service.call(both[1]!, 'GET', '')).body.items).toEqual([])
    },
  )
})
