import { createServer, type AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { openOutbound } from '../../src/platform/outbound.ts'
import { retryDelaysMs } from '../../src/subscriptions/domain.ts'
import { useDeliveries } from './delivering.ts'
import { verified, type Answer } from './receiver.ts'

const { service, key, receive, subscribe, stateOf, head, range, moveClock, closeReceivers } = useDeliveries()

describe('a message that fails', () => {
  it('is tried again by the schedule over three days, nothing overtakes it, and then the subscription pauses', async () => {
    const receiver = await receive((response) => response.writeHead(503).end())
    const subscription = await subscribe(receiver)
    const before = await head()
    await service().happen(3)
    const waits: number[] = []
    for (let attempt = 1; attempt <= retryDelaysMs.length; attempt += 1) {
      await service().deliverAll()
      const { status, attempts, nextAttemptAt } = await stateOf(subscription)
      expect({ status, attempts, sent: receiver.received.length }).toEqual({
        status: 'active',
        attempts: attempt,
        sent: attempt,
      })
      const waitMs = Date.parse(nextAttemptAt ?? '') - service().clock.now().getTime()
      waits.push(waitMs)
      moveClock(waitMs - 1)
      expect(await service().courier.deliverDue()).toBe(0)
      moveClock(1)
    }
    await service().deliverAll()
    expect(receiver.positions()).toEqual(Array.from({ length: 10 }, () => before + 1))
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1)
    waits.forEach((wait, i) => {
      expect(wait).toBeGreaterThanOrEqual(retryDelaysMs[i]! * 0.8)
      expect(wait).toBeLessThanOrEqual(retryDelaysMs[i]! * 1.2)
    })
    expect(waits.some((wait, i) => wait !== retryDelaysMs[i])).toBe(true)
    for (const message of receiver.received)
      expect(verified(message, subscription.secret)).toEqual(JSON.parse(message.text))

    expect(await stateOf(subscription)).toMatchObject({
      status: 'paused',
      pauseReason: 'exhausted',
      pausedAt: service().clock.now().toISOString(),
      position: before,
    })
    expect(await service().deliveriesOf(key(), subscription.id)).toMatchObject([
      { status: 'failed', attempts: 10, responseStatus: 503, nextAttemptAt: null },
    ])
  })

  it('loses nothing by the pause: resumed, the subscription goes on from where it stopped', async () => {
    let answer = 410
    const receiver = await receive((response) => response.writeHead(answer).end())
    const subscription = await subscribe(receiver)
    const before = await head()
    await service().happen(2)
    await service().deliverAll()
    expect(await stateOf(subscription)).toMatchObject({ status: 'paused', pauseReason: 'gone', position: before })
    await service().happen(2)
    await service().deliverAll()
    expect(receiver.received).toHaveLength(1)
    answer = 200
    const resumed = await service().call(key(), 'PATCH', `/${subscription.id}`, { status: 'active' })
    expect(resumed.body).toMatchObject({ status: 'active', pauseReason: null, pausedAt: null })
    await service().deliverAll()
    expect(receiver.positions()).toEqual([before + 1, ...range(before + 1, before + 4)])
  })

  it('waits as long as Retry-After asks, in seconds or until a date', async () => {
    const at = () => service().clock.now().getTime()
    const date = new Date(at() + 3_600_000).toUTCString()
    const asked = ['7200', date, '9999999']
    const receiver = await receive((response) => {
      const [retryAfter] = asked
      response.writeHead(429, { 'retry-after': retryAfter }).end()
    })
    const subscription = await subscribe(receiver)
    await service().happen(1)
    const waitFor = async () => {
      await service().deliverAll()
      return Date.parse((await stateOf(subscription)).nextAttemptAt ?? '') - at()
    }
    expect(await waitFor()).toBe(7_200_000)
    asked.shift()
    await service().call(key(), 'PATCH', `/${subscription.id}`, { status: 'active' })
    expect(await waitFor()).toBe(Date.parse(date) - at())
    asked.shift()
    await service().call(key(), 'PATCH', `/${subscription.id}`, { status: 'active' })
    // Not for ever, whatever it says.
    expect(await waitFor()).toBe(86_400_000)
  })

  it('is tried again at once, and from the beginning of the schedule, when its holder changes the address', async () => {
    const gone = await receive((response) => response.writeHead(500).end())
    const subscription = await subscribe(gone)
    const before = await head()
    await service().happen(1)
    await service().deliverAll()
    const moved = await receive()
    await service().call(key(), 'PATCH', `/${subscription.id}`, { url: moved.url })
    await service().deliverAll()
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
      await service().happen(1)
      await service()
        .openCourier({ patience: { timeoutMs: 300 } })
        .deliverDue()
      const [delivery] = await service().deliveriesOf(key(), subscription.id)
      expect(delivery).toMatchObject({ status: 'retrying', responseStatus, error })
    },
  )
})

it('never connects to an address that is private by now, whatever was allowed when it was taken', async () => {
  const receiver = await receive()
  const subscription = await subscribe(receiver)
  await service().happen(1)
  const outbound = openOutbound({ allowedHosts: [], plainHttp: true })
  await service().openCourier({ outbound }).deliverDue()
  await outbound.close()
  expect(receiver.received).toEqual([])
  expect(await service().deliveriesOf(key(), subscription.id)).toMatchObject([
    { status: 'retrying', responseStatus: null, error: 'destination-refused' },
  ])
})

it('follows no redirect, not even to where it may deliver', async () => {
  const inside = await receive()
  const redirecting = await receive((response) => void response.writeHead(307, { location: inside.url }).end())
  const subscription = await subscribe(redirecting)
  await service().happen(1)
  await service().deliverAll()
  expect([redirecting.received.length, inside.received.length]).toEqual([1, 0])
  expect(await service().deliveriesOf(key(), subscription.id)).toMatchObject([
    { status: 'retrying', responseStatus: 307, error: null },
  ])
})

it('connects to nothing that is private when a name that was public leads there later (DNS rebinding)', async () => {
  let connections = 0
  const inside = createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve))
  const { port } = inside.address() as AddressInfo
  const subscription = await subscribe({ url: `https://rebinding.example:${port}/hook` })
  await service().happen(1)
  // Nobody has the first address, so nothing answers there.
  const resolved = [['3ffe::1'], ['127.0.0.1'], ['3ffe::1', '::ffff:127.0.0.1']]
  const asked: string[][] = []
  const deliver = async () => {
    const outbound = openOutbound({
      allowedHosts: [],
      resolve: async () => {
        const next = resolved.shift() ?? []
        asked.push(next)
        return next
      },
    })
    await service()
      .openCourier({ outbound, patience: { timeoutMs: 300 } })
      .deliverDue()
    await outbound.close()
    const [delivery] = await service().deliveriesOf(key(), subscription.id)
    moveClock(3_600_000)
    return delivery?.error
  }
  expect(['timeout', 'connection-failed']).toContain(await deliver())
  expect([await deliver(), await deliver()]).toEqual(['destination-refused', 'destination-refused'])
  expect([asked.length, connections]).toEqual([3, 0])
  await new Promise((resolve) => inside.close(resolve))
})

it('counts an answer by its status, however large or slow its body', async () => {
  const huge = await receive((response) => void response.writeHead(200).end(Buffer.alloc(5_000_000, 'x')))
  const dripping = await receive((response) => void response.writeHead(200).write('x'))
  const [one, other] = [await subscribe(huge), await subscribe(dripping)]
  await service().happen(1)
  await service()
    .openCourier({ patience: { timeoutMs: 300 } })
    .deliverDue()
  for (const { id } of [one, other]) {
    expect((await service().deliveriesOf(key(), id))[0]).toMatchObject({ status: 'delivered', responseStatus: 200 })
  }
})

it('lets no receiver that hangs keep others waiting', async () => {
  const hanging = await Promise.all(Array.from({ length: 20 }, () => receive(() => undefined)))
  for (const receiver of hanging) await subscribe(receiver)
  const good = await receive()
  const subscription = await subscribe(good)
  const before = await head()
  await service().happen(3)
  const courier = service().openCourier()
  await courier.begin(() => undefined)
  // The others hang for 15 s yet.
  await good.until(3)
  expect(good.positions()).toEqual(range(before + 1, before + 3))
  for (const receiver of hanging) await receiver.until(1)
  await expect.poll(async () => (await stateOf(subscription)).position).toBe(before + 3)
  const ended = courier.stop()
  await closeReceivers()
  await ended
})
