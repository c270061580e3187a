import type { PendingEvent } from '../../src/feed/domain.ts'
import { appendEvents } from '../../src/feed/service.ts'
import { createKey, createPartner, type Scope } from '../../src/partners/service.ts'
import type { Db } from '../../src/platform/db.ts'
import { openOutbound, type Outbound } from '../../src/platform/outbound.ts'
import { openCourier, type Courier, type DeliveryOptions } from '../../src/subscriptions/worker.ts'
import { pendingEvent } from '../support/events.ts'
import { startTestService, type TestService } from '../support/service.ts'

export interface Subscription {
  id: string
  status: string
  pauseReason: string | null
  pausedAt: string | null
  position: number
  attempts: number
  nextAttemptAt: string | null
  secret: string
}

export interface Delivery {
  messageId: string
  position: number | null
  status: string
  attempts: number
  responseStatus: number | null
  error: string | null
  nextAttemptAt: string | null
}

/** What any of the calls answers: a subscription, a page, a test or a problem. */
export interface Answer extends Subscription {
  items: (Subscription & Delivery)[]
  next: string | null
  messageId: string
  responseBody: string
  type: string
  detail: string
  errors?: { pointer: string; detail: string }[]
}

export interface Subscribing extends TestService {
  outbound: Outbound
  courier: Courier
  /** A courier as another process would have one. */
  openCourier(more?: Partial<DeliveryOptions>): Courier
  call(
    key: string,
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    payload?: object,
    headers?: Record<string, string>,
  ): Promise<{ status: number; headers: Record<string, unknown>; body: Answer }>
  /** Keys of one new partner, one for each set of scopes. */
  keysOfOne(...scopes: Scope[][]): Promise<string[]>
  subscribe(key: string, body: object): Promise<Subscription>
  deliveriesOf(key: string, id: string): Promise<Delivery[]>
  /** Commits so many events and gives them their positions. */
  happen(count: number, fields?: Partial<PendingEvent>): Promise<void>
  /** Delivers until nothing is due. */
  deliverAll(): Promise<void>
}

/** The service with a courier whose receivers stand on this machine. */
export async function startSubscribing(allowedHosts = ['127.0.0.1']): Promise<Subscribing> {
  const service = await startTestService('2026-11-25T04:00:00.000Z', { WEBHOOK_ALLOWED_HOSTS: allowedHosts })
  const { app, db, clock } = service
  const outbound = openOutbound({ allowedHosts })
  const log = { warn: (context: object) => void warnings.push(context) }
  const warnings: object[] = []
  const makeCourier: Subscribing['openCourier'] = (more) => openCourier({ db, outbound, clock, log, ...more })
  const courier = makeCourier()

  const call: Subscribing['call'] = async (key, method, path, payload, headers = {}) => {
    const response = await app.inject({
      method,
      url: `/v1/subscriptions${path}`,
      headers: { authorization: `Bearer ${key}`, 'accept-language': 'en', ...headers },
      ...(payload !== undefined && { payload }),
    })
    // Nothing, for what is deleted.
    const body = response.body === '' ? (null as unknown as Answer) : response.json<Answer>()
    return { status: response.statusCode, headers: response.headers, body }
  }

  return {
    ...service,
    outbound,
    courier,
    openCourier: makeCourier,
    call,
    keysOfOne: async (...scopes) => {
      const { id } = await createPartner(db, { name: '某平台', kind: 'platform' }, clock.now())
      const keys = scopes.map((of) => createKey(db, { partnerId: id, scopes: of }, clock.now()))
      return (await Promise.all(keys)).map(({ key }) => key)
    },
    subscribe: async (key, body) => {
      const made = await call(key, 'POST', '', body)
      if (made.status !== 201) throw new Error(JSON.stringify(made))
      return made.body
    },
    deliveriesOf: async (key, id) => (await call(key, 'GET', `/${id}/deliveries?limit=200`)).body.items,
    happen: async (count, fields) => {
      await happen(db, count, fields)
      await service.sequence()
    },
    deliverAll: async () => {
      while ((await courier.deliverDue()) > 0);
      if (warnings.length > 0) throw new Error(JSON.stringify(warnings))
    },
    close: async () => {
      await courier.stop()
      await outbound.close()
      await service.close()
    },
  }
}

/** Commits so many events, about made-up businesses. */
export async function happen(db: Db, count: number, fields: Partial<PendingEvent> = {}): Promise<void> {
  const events = Array.from({ length: count }, (_, i) =>
    pendingEvent(i + 1, { data: { name: `虚构省示例${i}号 “店”` }, ...fields }),
  )
  await db.transaction((tx) => appendEvents(tx, events))
}
