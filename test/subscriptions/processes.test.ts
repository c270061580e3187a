import { afterAll, afterEach, expect, it } from 'vitest'
import { startFeedListener } from '../../src/feed/listener.ts'
import { startSequencer } from '../../src/feed/sequencer.ts'
import { makeFeedTail } from '../../src/feed/tail.ts'
import { createKey, createPartner } from '../../src/partners/service.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { openDatabase, type Database } from '../../src/platform/db.ts'
import { openOutbound } from '../../src/platform/outbound.ts'
import { startDelivery } from '../../src/subscriptions/worker.ts'
import { serve, stop, type Serving } from '../cli/cli.ts'
import { cloneDatabase } from '../support/database.ts'
import { startReceiver, verified, type Answer, type Receiver } from './receiver.ts'
import { happen, type Subscription } from './subscribing.ts'

const databases: Database[] = []
const receivers: Receiver[] = []
const running: Serving[] = []

afterEach(async () => {
  for (const process of running.splice(0)) await stop(process, 'SIGKILL')
  for (const receiver of receivers.splice(0)) await receiver.close()
})
afterAll(async () => {
  for (const database of databases) await database.close()
})

async function prepared() {
  const database = await cloneDatabase()
  databases.push(database)
  const { id } = await createPartner(database.db, { name: '某协同部门', kind: 'agency' }, new Date())
  const { key } = await createKey(database.db, { partnerId: id, scopes: ['feed'] }, new Date())
  const env = { DATABASE_URL: database.url, WEBHOOK_ALLOWED_HOSTS: '127.0.0.1' }
  const start = async () => {
    const serving = await serve(env)
    running.push(serving)
    return serving
  }
  const receive = async (answer?: Answer) => {
    const receiver = await startReceiver(answer)
    receivers.push(receiver)
    return receiver
  }
  return { ...database, key, start, receive }
}

async function subscribe(serving: Serving, key: string, receiver: Receiver): Promise<Subscription> {
  const response = await fetch(`${serving.address}/v1/subscriptions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ url: receiver.url, types: ['subject.changed'] }),
  })
  expect(response.status).toBe(201)
  return (await response.json()) as Subscription
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1)

it('is delivered by one of several processes at a time: each event once and in order', async () => {
  const { db, key, start, receive, url } = await prepared()
  const first = await start()
  const hooks = await Promise.all(
    upTo(6).map(async () => {
      const receiver = await receive()
      return { receiver, ...(await subscribe(first, key, receiver)) }
    }),
  )
  const second = await start()
  // A third in this process, so that what it logs fails the test.
  const third = openDatabase(url, { max: 3 })
  const listener = startFeedListener(url)
  const outbound = openOutbound({ allowedHosts: ['127.0.0.1'] })
  const log = {
    warn: (context: object) => {
      throw new Error(JSON.stringify(context))
    },
  }
  const tail = makeFeedTail(third.db, listener, log)
  const delivery = startDelivery({ db: third.db, tail, outbound, clock: systemClock, log })
  const sequencer = startSequencer(third.db, log, tail.take)
  for (let i = 0; i < 20; i += 1) await happen(db, 5)
  for (const { receiver } of hooks) await receiver.until(100)
  await delivery.stop()
  await sequencer.stop()
  await listener.stop()
  await outbound.close()
  await third.close()
  expect((await stop(first)).code).toBe(0)
  expect((await stop(second)).code).toBe(0)
  for (const { receiver, secret } of hooks) {
    expect(receiver.positions()).toEqual(upTo(100))
    for (const message of receiver.received) verified(message, secret)
  }
})

it('loses nothing when the process that delivers is killed in the middle: another goes on from the same message', async () => {
  const { db, key, start, receive } = await prepared()
  const first = await start()
  let kill: () => void = () => undefined
  const inTheMiddle = new Promise<void>((resolve) => (kill = resolve))
  const receiver = await receive((response, _message, number) => {
    // The message arrived, and its process dies before it learns of that.
    if (number === 40) kill()
    else response.writeHead(204).end()
  })
  await subscribe(first, key, receiver)
  await happen(db, 100)
  await inTheMiddle
  await stop(first, 'SIGKILL')
  await happen(db, 20)
  const second = await start()
  await receiver.until(121)
  expect(receiver.positions()).toEqual([...upTo(40), ...upTo(120).slice(39)])
  const [before, again] = receiver.received.slice(39, 41)
  expect(again?.id).toBe(before?.id)
  expect((await stop(second)).code).toBe(0)
  expect(receiver.received).toHaveLength(121)
})

it('stops at once though a receiver hangs, and repeats to nobody else what was delivered', async () => {
  const { db, key, start, receive } = await prepared()
  const first = await start()
  const good = await receive()
  const hanging = await receive((response, _message, number) => {
    if (number > 1) response.writeHead(204).end()
  })
  await subscribe(first, key, good)
  await subscribe(first, key, hanging)
  await happen(db, 3)
  await Promise.all([good.until(3), hanging.until(1)])
  expect((await stop(first)).code).toBe(0)
  await start()
  await hanging.until(4)
  expect(hanging.positions()).toEqual([1, 1, 2, 3])
  expect(good.positions()).toEqual([1, 2, 3])
})
