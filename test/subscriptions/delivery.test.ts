import { CloudEvent } from 'cloudevents'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { listEvents } from '../../src/feed/repository.ts'
import { queueAlerts } from '../../src/subscriptions/service.ts'
import { subscriptions } from '../../src/subscriptions/tables.ts'
import { useDeliveries } from './delivering.ts'
import { verified } from './receiver.ts'
import type { Subscription } from './subscribing.ts'

const { service, key, receive, subscribe, stateOf, head, range, moveClock } = useDeliveries()

describe('a webhook', () => {
  it('is verified by standardwebhooks and is the event exactly as the feed has it', async () => {
    const receiver = await receive()
    const { secret } = await subscribe(receiver)
    const before = await head()
    await service().happen(3)
    await service().deliverAll()
    const { events } = await listEvents(service().db, before, 10, {})
    expect(receiver.received.map((message) => verified(message, secret))).toEqual(events)
    expect(receiver.received.map(({ id }) => id)).toEqual(events.map(({ id }) => id))
    expect(receiver.received.map(({ sentAt }) => sentAt)).toEqual(events.map(() => service().clock.now().getTime()))
    for (const { body, headers } of receiver.received) {
      expect(headers['content-type']).toBe('application/json')
      expect(() => new CloudEvent(body as never, true)).not.toThrow()
    }
  })

  it('does not verify with another secret, nor when a character was changed', async () => {
    const receiver = await receive()
    const { secret } = await subscribe(receiver)
    const other = await subscribe(await receive())
    await service().happen(1)
    await service().deliverAll()
    const [message] = receiver.received
    expect(() => verified(message!, other.secret)).toThrow(/signature/i)
    expect(() => verified({ ...message!, text: message!.text.replace('虚构', '真实') }, secret)).toThrow(/signature/i)
  })
})

describe('a subscription', () => {
  it('is delivered what happens from its beginning, in order, each event once', async () => {
    await service().happen(2)
    const receiver = await receive()
    const subscription = await subscribe(receiver)
    const before = await head()
    expect(subscription.position).toBe(before)
    for (let i = 0; i < 4; i += 1) {
      await service().happen(60)
      await service().deliverAll()
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
    await service().happen(1, { ...wanted, type: 'listing.entered' })
    const first = await head()
    await service().happen(1, { ...wanted, type: 'listing.corrected' })
    await service().happen(1, { ...wanted, type: 'listing.entered', list: 'abnormal' })
    await service().happen(1, { ...wanted, type: 'listing.entered', regionCode: '110000' })
    await service().happen(1)
    await service().deliverAll()
    expect(receiver.positions()).toEqual([first])
    expect((await stateOf(subscription)).position).toBe(await head())
  })

  it('is delivered again what follows a position, with the same webhook-ids', async () => {
    const receiver = await receive()
    const subscription = await subscribe(receiver)
    const before = await head()
    await service().happen(5)
    await service().deliverAll()
    await service().call(key(), 'POST', `/${subscription.id}/replay`, { after: before + 2 })
    await service().deliverAll()
    expect(receiver.positions()).toEqual([...range(before + 1, before + 5), ...range(before + 3, before + 5)])
    const ids = receiver.received.map(({ id }) => id)
    expect(ids.slice(5)).toEqual(ids.slice(2, 5))
  })

  it('can be replayed from the very beginning of the log', async () => {
    const receiver = await receive()
    const subscription = await subscribe(receiver, { types: ['subject.changed', 'listing.entered'] })
    await service().call(key(), 'POST', `/${subscription.id}/replay`, { after: 0 })
    await service().deliverAll()
    const { events } = await listEvents(service().db, 0, 100_000, { types: ['subject.changed', 'listing.entered'] })
    expect(receiver.positions()).toEqual(events.map(({ sequence }) => Number(sequence)))
  })

  it('rests for no lease when a replay comes between the only message and its failure', async () => {
    const receiver = await receive((response, _message, number) => {
      if (number !== 1) return void response.writeHead(204).end()
      void service()
        .call(key(), 'POST', `/${subscription.id}/replay`, { after: before - 1 })
        .then(() => response.writeHead(500).end())
    })
    await service().happen(1)
    const subscription = await subscribe(receiver)
    const before = await head()
    await service().happen(1)
    await service().deliverAll()
    expect(receiver.positions()).toEqual([before + 1, before, before + 1])
  })

  it('goes where a replay sends it though a delivery is under way', async () => {
    const receiver = await receive((response, _message, number) => {
      if (number !== 2) return void response.writeHead(204).end()
      // Between the second message and its answer its holder asks for a replay.
      void service()
        .call(key(), 'POST', `/${subscription.id}/replay`, { after: before })
        .then(() => response.writeHead(204).end())
    })
    const subscription = await subscribe(receiver)
    const before = await head()
    await service().happen(3)
    await service().deliverAll()
    expect(receiver.positions()).toEqual([before + 1, before + 2, ...range(before + 1, before + 3)])
  })

  it('tells in its history what was sent and what came back, newest first', async () => {
    const answers = [204, 500, 200]
    const receiver = await receive((response) => response.writeHead(answers.shift() ?? 204).end())
    const subscription = await subscribe(receiver)
    const before = await head()
    await service().happen(2)
    await service().deliverAll()
    const [failing, delivered] = await service().deliveriesOf(key(), subscription.id)
    expect(delivered).toMatchObject({ position: before + 1, status: 'delivered', attempts: 1, responseStatus: 204 })
    expect(failing).toMatchObject({ position: before + 2, status: 'retrying', attempts: 1, responseStatus: 500 })
    expect(failing?.nextAttemptAt).toBe((await stateOf(subscription)).nextAttemptAt)
    moveClock(10_000)
    await service().deliverAll()
    expect((await service().deliveriesOf(key(), subscription.id))[0]).toMatchObject({
      messageId: failing?.messageId,
      status: 'delivered',
      attempts: 2,
      responseStatus: 200,
      nextAttemptAt: null,
    })
  })
})

describe('a secret that was replaced', () => {
  it('signs beside the new one for a day, then the new one signs alone', async () => {
    const receiver = await receive()
    const subscription = await subscribe(receiver)
    const rotate = async () => (await service().call(key(), 'POST', `/${subscription.id}/rotate-secret`)).body.secret
    const second = await rotate()
    const send = async () => {
      await service().happen(1)
      await service().deliverAll()
      return receiver.received.at(-1)!
    }
    const during = await send()
    expect(during.signatures).toHaveLength(2)
    expect(verified(during, subscription.secret)).toEqual(verified(during, second))

    moveClock(12 * 3_600_000)
    const third = await rotate()
    const both = await send()
    expect(both.signatures).toHaveLength(3)
    for (const secret of [subscription.secret, second, third])
      expect(verified(both, secret)).toEqual(JSON.parse(both.text))

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
    const strangerKey = await service().keyWith('feed')
    await service().subscribe(strangerKey, { url: stranger.url, types: ['monitor.alert'] })
    const alerts = [alert(1), alert(2), alert(3)]
    const partnerId = await partnerOf(subscription)
    await service().db.transaction((tx) => queueAlerts(tx, partnerId, alerts))
    // Queueing them again while they wait changes nothing.
    await service().db.transaction((tx) => queueAlerts(tx, partnerId, alerts))
    await service().deliverAll()
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
    await service().db.transaction((tx) => queueAlerts(tx, partnerId, alerts))
    await service().deliverAll()
    moveClock(10_000)
    await service().deliverAll()
    const [first, second] = alerts.map(({ id }) => id)
    expect(receiver.received.map(({ id }) => id)).toEqual([first, first, second])
  })
})

async function partnerOf({ id }: Subscription): Promise<string> {
  const rows = await service().db.select().from(subscriptions)
  return rows.find((row) => row.id === id)!.partnerId
}
