import { afterAll, afterEach, beforeAll } from 'vitest'
import { listEvents } from '../../src/feed/repository.ts'
import { startReceiver, type Answer, type Receiver } from './receiver.ts'
import { startSubscribing, type Subscribing, type Subscription } from './subscribing.ts'

/** A service with a courier, and receivers and subscriptions that end with each test of the file that calls this. */
export function useDeliveries() {
  let service: Subscribing
  let key: string
  const receivers: Receiver[] = []
  const made: string[] = []
  const closeReceivers = async () => {
    for (const receiver of receivers.splice(0)) await receiver.close()
  }

  beforeAll(async () => {
    service = await startSubscribing()
    key = await service.keyWith('feed', 'screening')
  })
  afterEach(async () => {
    for (const id of made.splice(0)) await service.call(key, 'DELETE', `/${id}`)
    await closeReceivers()
  })
  afterAll(() => service.close())

  return {
    service: () => service,
    /** Of the partner that holds the subscriptions. */
    key: () => key,
    receive: async (answer?: Answer): Promise<Receiver> => {
      const receiver = await startReceiver(answer)
      receivers.push(receiver)
      return receiver
    },
    subscribe: async ({ url }: { url: string }, more: object = {}): Promise<Subscription> => {
      const subscription = await service.subscribe(key, { url, types: ['subject.changed'], ...more })
      made.push(subscription.id)
      return subscription
    },
    stateOf: async ({ id }: Subscription) => (await service.call(key, 'GET', `/${id}`)).body,
    head: async () => (await listEvents(service.db, Number.MAX_SAFE_INTEGER, 1, {})).head,
    /** Positions from one to another. */
    range: (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i),
    moveClock: (ms: number) => service.clock.set(new Date(service.clock.now().getTime() + ms).toISOString()),
    closeReceivers,
  }
}
