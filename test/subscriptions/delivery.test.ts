import { CloudEvent } from 'cloudevents'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { listEvents } from '../../src/feed/repository.ts'
import { openOutbound } from '../../src/platform/outbound.ts'
import { retryDelaysMs } from '../../src/subscriptions/domain.ts'
import { queueAlerts } from '../../src/subscriptions/service.ts'
import { subscriptions } from '../../src/subscriptions/tables.ts'
import { startReceiver, verified, type Answer, type Receiver } from './receiver.ts'
import { startSubscribing, type Subscribing, type Subscription } from './subscribing.ts'

let service: Subscribing
let key: string
const receivers: Receiver[] = []
const made: string[] = []

beforeAll(async () => {
  service = await startSubscribing()
  key = await service.keyWith('feed', 'screening')
})
afterEach(async () => {
  for (const id of made.splice(0)) await service.call(key, 'DELETE', `/${id}`)
  for (const receiver of receivers.splice(0)) await receiver.close()
})
afterAll(() => service.close())

async function receive(answer?: Answer): Promise<Receiver> {
  const receiver = await startReceiver(answer)
  receivers.push(receiver)
  return receiver
}

async function subscribe(receiver: Receiver, more: object = {}): Promise<Subscription> {
  const subscription = await service.subscribe(key, { url: receiver.url, types: ['subject.changed'], ...more })
  made.push(subscription.id)
  return subscription
}

const stateOf = async ({ id }: Subscription) => (await service.call(key, 'GET', `/${id}`)).body
const head = async () => (await listEvents(service.db, Number.MAX_SAFE_INTEGER, 1, {})).head
/** Positions from one to another. */
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const moveClock = (ms: number) => service.clock.set(new Date(service.clock.now().getTime() + ms).toISOString())

describe('a webhook', () => {
  it('is verified by standardwebhooks and is the event exactly as the feed has it', async () => {
    const receiver = await receive()
    const { secret } = await subscribe(receiver)
    const before = await head()
    await service.happen(3)
    await service.deliverAll()
    const { events } = await listEvents(service.db, before, 10, {})
    expect(receiver.received.map((message) => verified(message, secret))).toEqual(events)
    expect(receiver.received.map(({ id }) => id)).toEqual(events.map(({ id }) => id))
    expect(receiver.received.map(({ sentAt }) => sentAt)).toEqual(events.map(() => service.clock.now().getTime()))
    for (const { body, headers } of receiver.received) {
      expect(headers['content-type']).toBe('application/json')
      expect(() => new CloudEvent(body as never, true)).not.toThrow()
    }
  })

  it('does not verify with another secret, nor when a character was changed', async () => {
    const receiver = await receive()
    const { secret } = await subscribe(receiver)
    const other = await subscribe(await receive())
    await service.happen(1)
    await service.deliverAll()
    const [message] = receiver.received
    expect(() => verified(message!, other.secret)).toThrow(/signature/i)
    expect(() => verified({ ...message!, text: message!.text.replace('虚构', '真实') }, secret)).toThrow(/signature/i)
  })
})

describe('a subscription', () => {
  it('is delivered what happens from its beginning, in order, each event once', async () => {
    await service.happen(2)
    const receiver = await receive()
    const subscription = await subscribe(receiver)
    const before = await head()
    expect(subscription.position).toBe(before)
    for (let i = 0; i < 4; i += 1) {
      await service.happen(60)
      await service.deliverAll()
    }
    expect(receiver.positions()).toEqual(range(before + 1, before + 240))
    expect(await stateOf(subscription)).toMatchObject({ position: before + 240, attempts: 0, nextAttemptAt: null })
  })

  it('is told only the types, the list and the region it asked for, and keeps up with the rest', async () => {
    const receiver = await receive()
    const subscription = await subscribe(receiver, {
      types: ['listing.entered', 'listing.removed'],
      lists: ['serious-violator'],
      regionCode: '9999',
    })
    const wanted = { list: 'serious-violator', regionCode: '999901' }
    await service.happen(1, { ...wanted, type: 'listing.entered' })
    const first = await head()
    await service.happen(1, { ...wanted, type: 'listing.corrected' })
    await service.happen(1, { ...wanted, type: 'listing.entered', list: 'abnormal' })
    await service.happen(1, { ...wanted, type: 'listing.entered', regionCode: '110000' })
    await service.happen(1)
    await service.deliverAll()
    expect(receiver.positions()).toEqual([first])
    expect((await stateOf(subscription)).position).toBe(await head())
  })

  it('is delivered again what follows a position, with the same webhook-ids', async () => {
    const receiver = await receive()
    const subscription = await subscribe(receiver)
    const before = await head()
    await service.happen(5)
    await service.deliverAll()
    await service.call(key, 'POST', `/${subscription.id}/replay`, { after: before + 2 })
    await service.deliverAll()
    expect(receiver.positions()).toEqual([...range(before + 1, before + 5), ...range(before + 3, before + 5)])
    const ids = receiver.received.map(({ id }) => id)
    expect(ids.slice(5)).toEqual(ids.slice(2, 5))
  })

  it('can be replayed from the very beginning of the log', async () => {
    const receiver = await receive()
    const subscription = await subscribe(receiver, { types: ['subject.changed', 'listing.entered'] })
    await service.call(key, 'POST', `/${subscription.id}/replay`, { after: 0 })
    await service.deliverAll()
    const { events } = await listEvents(service.db, 0, 100_000, { types: ['subject.changed', 'listing.entered'] })
    expect(receiver.positions()).toEqual(events.map(({ sequence }) => Number(sequence)))
  })

  it('rests for no lease when a replay comes between the only message and its failure', async () => {
    const receiver = await receive((response, _message, number) => {
      if (number !== 1) return void response.writeHead(204).end()
      void service
        .call(key, 'POST', `/${subscription.id}/replay`, { after: before - 1 })
        .then(() => response.writeHead(500).end())
    })
    await service.happen(1)
    const subscription = await subscribe(receiver)
    const before = await head()
    await service.happen(1)
    await service.deliverAll()
    expect(receiver.positions()).toEqual([before + 1, before, before + 1])
  })

  it('goes where a replay sends it though a delivery is under way', async () => {
    const receiver = await receive((response, _message, number) => {
      if (number !== 2) return void response.writeHead(204).end()
      // Between the second message and its answer its holder asks for a replay.
      void service
        .call(key, 'POST', `/${subscription.id}/replay`, { after: before })
        .then(() => response.writeHead(204).end())
    })
    const subscription = await subscribe(receiver)
    const before = await head()
    await service.happen(3)
    await service.deliverAll()
    expect(receiver.positions()).toEqual([before + 1, before + 2, ...range(before + 1, before + 3)])
  })

  it('tells in its history what was sent and what came back, newest first', async () => {
    const answers = [204, 500, 200]
    const receiver = await receive((response) => response.writeHead(answers.shift() ?? 204).end())
    const subscription = await subscribe(receiver)
    const before = await head()
    await service.happen(2)
    await service.deliverAll()
    const [failing, delivered] = await service.deliveriesOf(key, subscription.id)
    expect(delivered).toMatchObject({ position: before + 1, status: 'delivered', attempts: 1, responseStatus: 204 })
    expect(failing).toMatchObject({ position: before + 2, status: 'retrying', attempts: 1, responseStatus: 500 })
    expect(failing?.nextAttemptAt).toBe((await stateOf(subscription)).nextAttemptAt)
    moveClock(10_000)
    await service.deliverAll()
    expect((await service.deliveriesOf(key, subscription.id))[0]).toMatchObject({
      messageId: failing?.messageId,
      status: 'delivered',
      attempts: 2,
      responseStatus: 200,
      nextAttemptAt: null,
    })
  })
})

describe('a message that fails', () => {
  it('is tried again by the schedule over three days, nothing overtakes it, and then the subscription pauses', async () => {
    const receiver = await receive((response) => response.writeHead(503).end())
    const subscription = await subscribe(receiver)
    const before = await head()
    await service.happen(3)
    const waits: number[] = []
    for (let attempt = 1; attempt <= retryDelaysMs.length; attempt += 1) {
      await service.deliverAll()
      const { status, attempts, nextAttemptAt } = await stateOf(subscription)
      expect({ status, attempts, sent: receiver.received.length }).toEqual({
        status: 'active',
        attempts: attempt,
        sent: attempt,
      })
      const waitMs = Date.parse(nextAttemptAt ?? '') - service.clock.now().getTime()
      waits.push(waitMs)
      moveClock(waitMs - 1)
      expect(await service.courier.deliverDue()).toBe(0)
      moveClock(1)
    }
    await service.deliverAll()
    expect(receiver.positions()).toEqual(Array.from({ length: 10 }, () => before + 1))
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1)
    waits.forEach((wait, i) => {
      expect(wait).toBeGreaterThanOrEqual(retryDelaysMs[i]! * 0.8)
      expect(wait).toBeLessThanOrEqual(retryDelaysMs[i]! * 1.2)
    })
    expect(waits.some((wait, i) => wait !== retryDelaysMs[i])).toBe(true)
    for (const message of receiver.received) expect(verified(message, subscription.secret)).toBeTruthy()

    expect(await stateOf(subscription)).toMatchObject({
      status: 'paused',
      pauseReason: 'exhausted',
      pausedAt: service.clock.now().toISOString(),
      position: before,
    })
    expect(await service.deliveriesOf(key, subscription.id)).toMatchObject([
      { status: 'failed', attempts: 10, responseStatus: 503, nextAttemptAt: null },
    ])
  })

  it('loses nothing by the pause: resumed, the subscription goes on from where it stopped', async () => {
    let answer = 410
    const receiver = await receive((response) => response.writeHead(answer).end())
    const subscription = await subscribe(receiver)
    const before = await head()
    await service.happen(2)
    await service.deliverAll()
    expect(await stateOf(subscription)).toMatchObject({ status: 'paused', pauseReason: 'gone', position: before })
    await service.happen(2)
    await service.deliverAll()
    expect(receiver.received).toHaveLength(1)
    answer = 200
    const resumed = await service.call(key, 'PATCH', `/${subscription.id}`, { status: 'active' })
    expect(resumed.body).toMatchObject({ status: 'active', pauseReason: null, pausedAt: null })
    await service.deliverAll()
    expect(receiver.positions()).toEqual([before + 1, ...range(before + 1, before + 4)])
  })

  it('waits as long as Retry-After asks, in seconds or until a date', async () => {
    const at = () => service.clock.now().getTime()
    const date = new Date(at() + 3_600_000).toUTCString()
    const asked = ['7200', date, '9999999']
    const receiver = await receive((response) => {
      const [retryAfter] = asked
      response.writeHead(429, { 'retry-after': retryAfter }).end()
    })
    const subscription = await subscribe(receiver)
    await service.happen(1)
    const waitFor = async () => {
      await service.deliverAll()
      return Date.parse((await stateOf(subscription)).nextAttemptAt ?? '') - at()
    }
    expect(await waitFor()).toBe(7_200_000)
    asked.shift()
    await service.call(key, 'PATCH', `/${subscription.id}`, { status: 'active' })
    expect(await waitFor()).toBe(Date.parse(date) - at())
    asked.shift()
    await service.call(key, 'PATCH', `/${subscription.id}`, { status: 'active' })
    // Not for ever, whatever it says.
    expect(await waitFor()).toBe(86_400_000)
  })

  it('is tried again at once, and from the beginning of the schedule, when its holder changes the address', async () => {
    const gone = await receive((response) => response.writeHead(500).end())
    const subscription = await subscribe(gone)
    const before = await head()
    await service.happen(1)
    await service.deliverAll()
    const moved = await receive()
    await service.call(key, 'PATCH', `/${subscription.id}`, { url: moved.url })
    await service.deliverAll()
    expect([gone.positions(), moved.positions()]).toEqual([[before + 1], [before + 1]])
  })

  it.each([
    ['a redirect', (response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(), 302, null],
    ['an error', (response) => void response.writeHead(500).end('x'.repeat(100_000)), 500, null],
    ['a connection that is reset', (response) => void response.socket?.resetAndDestroy(), null, 'connection-failed'],
    ['an answer that never comes', () => undefined, null, 'timeout'],
    ['a head that drips', (response) => void response.socket?.write('HTTP/1.1 200 OK\r\nx: '), null, 'timeout'],
  ] as [string, Answer, number | null, string | null][])(
    'is one by %s',
    async (_what, answer, responseStatus, error) => {
      const subscription = await subscribe(await receive(answer))
      await service.happen(1)
      await service.openCourier({ patience: { timeoutMs: 300 } }).deliverDue()
      const [delivery] = await service.deliveriesOf(key, subscription.id)
      expect(delivery).toMatchObject({ status: 'retrying', responseStatus, error })
    },
  )
})

it('never connects to an address that is private by now, whatever was allowed when it was taken', async () => {
  const receiver = await receive()
  const subscription = await subscribe(receiver)
  await service.happen(1)
  const outbound = openOutbound({ allowedHosts: [], plainHttp: true })
  await service.openCourier({ outbound }).deliverDue()
  await outbound.close()
  expect(receiver.received).toEqual([])
  expect(await service.deliveriesOf(key, subscription.id)).toMatchObject([
    { status: 'retrying', responseStatus: null, error: 'destination-refused' },
  ])
})

it('counts an answer by its status, however large or slow its body', async () => {
  const huge = await receive((response) => void response.writeHead(200).end(Buffer.alloc(5_000_000, 'x')))
  const dripping = await receive((response) => void response.writeHead(200).write('x'))
  const [one, other] = [await subscribe(huge), await subscribe(dripping)]
  await service.happen(1)
  await service.openCourier({ patience: { timeoutMs: 300 } }).deliverDue()
  for (const { id } of [one, other]) {
    expect((await service.deliveriesOf(key, id))[0]).toMatchObject({ status: 'delivered', responseStatus: 200 })
  }
})

it('lets no receiver that hangs keep others waiting', async () => {
  const hanging = await Promise.all(Array.from({ length: 20 }, () => receive(() => undefined)))
  for (const receiver of hanging) await subscribe(receiver)
  const good = await receive()
  const subscription = await subscribe(good)
  const before = await head()
  await service.happen(3)
  const courier = service.openCourier()
  await courier.begin(() => undefined)
  // The others hang for 15 s yet.
  await good.until(3)
  expect(good.positions()).toEqual(range(before + 1, before + 3))
  for (const receiver of hanging) await receiver.until(1)
  await expect.poll(async () => (await stateOf(subscription)).position).toBe(before + 3)
  const ended = courier.stop()
  for (const receiver of receivers.splice(0)) await receiver.close()
  await ended
})

describe('a secret that was replaced', () => {
  it('signs beside the new one for a day, then the new one signs alone', async () => {
    const receiver = await receive()
    const subscription = await subscribe(receiver)
    const rotate = async () => (await service.call(key, 'POST', `/${subscription.id}/rotate-secret`)).body.secret
    const second = await rotate()
    const send = async () => {
      await service.happen(1)
      await service.deliverAll()
      return receiver.received.at(-1)!
    }
    const during = await send()
    expect(during.signatures).toHaveLength(2)
    expect(verified(during, subscription.secret)).toEqual(verified(during, second))

    moveClock(12 * 3_600_000)
    const third = await rotate()
    const both = await send()
    expect(both.signatures).toHaveLength(3)
    for (const secret of [subscription.secret, second, third]) expect(verified(both, secret)).toBeTruthy()

    moveClock(13 * 3_600_000)
    const after = await send()
    expect(verified(after, second)).toEqual(verified(after, third))
    expect(() => verified(after, subscription.secret)).toThrow(/signature/i)

    moveClock(24 * 3_600_000)
    expect((await send()).signatures).toHaveLength(1)
  })
})

describe('an alert of a monitor', () => {
  const alert = (number: number) => ({
    id: uuidv7(),
    source: 'urn:xinjian:monitor:1',
    time: '2026-11-25T04:00:00.000Z',
    data: { number },
  })

  it('is delivered in order to the subscriptions of its partner that ask for it, and verified like the rest', async () => {
    const [receiver, feed] = [await receive(), await receive()]
    const subscription = await subscribe(receiver, { types: ['monitor.alert'] })
    await subscribe(feed)
    const stranger = await receive()
    const strangerKey = await service.keyWith('feed')
    await service.subscribe(strangerKey, { url: stranger.url, types: ['monitor.alert'] })
    const alerts = [alert(1), alert(2), alert(3)]
    const partnerId = await partnerOf(subscription)
    await service.db.transaction((tx) => queueAlerts(tx, partnerId, alerts))
    // Queueing them again while they wait changes nothing.
    await service.db.transaction((tx) => queueAlerts(tx, partnerId, alerts))
    await service.deliverAll()
    expect(receiver.received.map(({ id }) => id)).toEqual(alerts.map(({ id }) => id))
    expect(receiver.received.map((message) => verified(message, subscription.secret))).toMatchObject(
      alerts.map(({ data }) => ({ type: 'monitor.alert', data })),
    )
    for (const { body } of receiver.received) expect(() => new CloudEvent(body as never, true)).not.toThrow()
    expect([feed.received, stranger.received]).toEqual([[], []])
  })

  it('waits while its receiver fails, and is not overtaken', async () => {
    const answers = [500]
    const receiver = await receive((response) => response.writeHead(answers.shift() ?? 200).end())
    const subscription = await subscribe(receiver, { types: ['monitor.alert'] })
    const alerts = [alert(1), alert(2)]
    const partnerId = await partnerOf(subscription)
    await service.db.transaction((tx) => queueAlerts(tx, partnerId, alerts))
    await service.deliverAll()
    moveClock(10_000)
    await service.deliverAll()
    const [first, second] = alerts.map(({ id }) => id)
    expect(receiver.received.map(({ id }) => id)).toEqual([first, first, second])
  })
})

async function partnerOf({ id }: Subscription): Promise<string> {
  const rows = await service.db.select().from(subscriptions)
  return rows.find((row) => row.id === id)!.partnerId
}
