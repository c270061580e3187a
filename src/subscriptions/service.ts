import { v7 as uuidv7 } from 'uuid'
import type { Principal } from '../platform/auth.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db, DbOrTx, Tx } from '../platform/db.ts'
import type { DestinationFault, Outbound } from '../platform/outbound.ts'
import { Problem, problems } from '../platform/problem.ts'
import {
  alertType,
  envelopeOf,
  makeSecret,
  maySubscribe,
  rotated,
  type Envelope,
  type SubscriptionType,
} from './domain.ts'
import { headOf, readerOf } from './log.ts'
import {
  deleteOldDeliveries,
  deleteSubscription,
  findSubscription,
  insertMessages,
  insertSubscription,
  lockSubscription,
  updateRetryingDelivery,
  updateSubscription,
  type SubscriptionRow,
} from './repository.ts'
import { sendMessage, type Attempt } from './sender.ts'

/** How long the history of deliveries is kept. */
const historyMs = 90 * 24 * 60 * 60 * 1000

interface SubscriptionRequest {
  url: string
  types: SubscriptionType[]
  lists?: string[] | null | undefined
  regionCode?: string | null | undefined
}

type SubscriptionChanges = { [Field in keyof SubscriptionRequest]?: SubscriptionRequest[Field] | undefined } & {
  status?: 'active' | 'paused' | undefined
}

/**
 * Subscribes a partner to what the log tells from now on; what came before is had by a replay. The answer is the only
 * place where the secret is told.
 * @throws Problem invalid-request for an address that is not delivered to, insufficient-scope for types that the key may not have
 */
export async function createSubscription(
  tx: Tx,
  principal: Principal,
  request: SubscriptionRequest,
  { outbound, now }: { outbound: Outbound; now: Date },
): Promise<SubscriptionRow> {
  const types = [...new Set(request.types)]
  refuseTypesBeyond(principal, types)
  return insertSubscription(tx, {
    id: uuidv7(),
    partnerId: principal.partnerId,
    url: destinationOf(request.url, outbound),
    types,
    lists: request.lists ?? null,
    regionCode: request.regionCode ?? null,
    status: 'active',
    secret: makeSecret(),
    oldSecrets: [],
    position: await headOf(readerOf(tx)),
    attempts: 0,
    revision: 0,
    createdAt: now,
  })
}

/**
 * The partner's own subscription. One of types that the key may not have is unknown to it as well, so that a key for
 * alerts cannot turn the feed to another address.
 * @throws Problem unknown-subscription
 */
export async function ownSubscription(db: DbOrTx, principal: Principal, id: string): Promise<SubscriptionRow> {
  return known(principal, await findSubscription(db, principal.partnerId, id))
}

function known(principal: Principal, row: SubscriptionRow | null): SubscriptionRow {
  if (row !== null && maySubscribe(principal.scopes, row.types)) return row
  throw new Problem('unknown-subscription', problems['unknown-subscription'].meaning)
}

async function lockOwn(tx: Tx, principal: Principal, id: string): Promise<SubscriptionRow> {
  return known(principal, await lockSubscription(tx, principal.partnerId, id))
}

/** After a change by its holder a subscription begins anew where it stands: no failed attempts, nothing to wait for. */
const anew = { attempts: 0, nextAttemptAt: null }

/**
 * Changes a subscription, pauses or resumes it. One that is resumed goes on from where it stopped.
 * @throws Problem unknown-subscription, invalid-request, insufficient-scope
 */
export async function changeSubscription(
  tx: Tx,
  principal: Principal,
  id: string,
  request: SubscriptionChanges,
  { outbound, now }: { outbound: Outbound; now: Date },
): Promise<SubscriptionRow> {
  const before = await lockOwn(tx, principal, id)
  const { url, types, lists, regionCode, status } = request
  if (types !== undefined) refuseTypesBeyond(principal, types)
  await updateRetryingDelivery(tx, id)
  return updateSubscription(tx, id, {
    ...anew,
    ...(url !== undefined && { url: destinationOf(url, outbound) }),
    ...(types !== undefined && { types: [...new Set(types)] }),
    ...(lists !== undefined && { lists }),
    ...(regionCode !== undefined && { regionCode }),
    ...(status === 'active' && { status, pauseReason: null, pausedAt: null }),
    // One that paused by itself keeps its reason.
    ...(status === 'paused' && before.status === 'active' && { status, pauseReason: 'by-partner', pausedAt: now }),
  })
}

/** @throws Problem unknown-subscription */
export async function removeSubscription(tx: Tx, principal: Principal, id: string): Promise<void> {
  await lockOwn(tx, principal, id)
  await deleteSubscription(tx, id)
}

/**
 * Gives a subscription a new secret, told here alone. The old one signs too for a day, so that the receiver can change
 * over without losing a message.
 * @throws Problem unknown-subscription
 */
export async function rotateSecret(tx: Tx, principal: Principal, id: string, now: Date): Promise<SubscriptionRow> {
  const before = await lockOwn(tx, principal, id)
  return updateSubscription(tx, id, rotated(before, makeSecret(), now))
}

/**
 * Delivers everything after a position again, and what follows. A paused subscription stays paused.
 * @throws Problem unknown-subscription, invalid-request for a position that the log has not reached
 */
export async function replaySubscription(
  tx: Tx,
  principal: Principal,
  id: string,
  after: number,
): Promise<SubscriptionRow> {
  await lockOwn(tx, principal, id)
  const head = await headOf(readerOf(tx))
  if (after > head) {
    throw faultAt('/body/after', { zh: `日志目前只到位置 ${head}。`, en: `The log has come to position ${head} only.` })
  }
  await updateRetryingDelivery(tx, id)
  return updateSubscription(tx, id, { ...anew, position: after })
}

/**
 * Sends a test message at once, whatever the state of the subscription, and tells what came back. Changes nothing.
 * @throws Problem unknown-subscription
 */
export async function testSubscription(
  db: Db,
  principal: Principal,
  id: string,
  { outbound, clock, timeoutMs = 15_000 }: { outbound: Outbound; clock: Clock; timeoutMs?: number },
): Promise<Attempt & { messageId: string }> {
  const subscription = await ownSubscription(db, principal, id)
  const envelope: Envelope = {
    id: uuidv7(),
    source: 'urn:xinjian:subscriptions',
    type: 'subscription.test',
    time: clock.now().toISOString(),
    data: { subscriptionId: id },
  }
  const body = JSON.stringify(envelopeOf(envelope))
  const message = { id: envelope.id, type: envelope.type, position: null, body }
  return { messageId: envelope.id, ...(await sendMessage(message, subscription, { outbound, clock, timeoutMs })) }
}

/**
 * Queues alerts of monitors for a partner's subscriptions of type `monitor.alert`, in the transaction that records them:
 * they are delivered in this order, at least once, with `id` (a UUID) as their webhook-id. Queueing one that still
 * waits changes nothing.
 * @param alerts `time` RFC 3339 in UTC; `source` a URN such as `urn:xinjian:monitor:<id>`; `subject` the code concerned
 */
export async function queueAlerts(tx: Tx, partnerId: string, alerts: readonly Omit<Envelope, 'type'>[]): Promise<void> {
  if (alerts.length === 0) return
  const messages = alerts.map((alert) => ({
    id: alert.id,
    type: alertType,
    body: envelopeOf({ ...alert, type: alertType }),
  }))
  await insertMessages(tx, partnerId, messages)
}

/** Deletes the history of deliveries that is older than 90 days, in chunks; answers how many rows. */
export async function forgetOldDeliveries(db: Db, now: Date, signal?: AbortSignal): Promise<number> {
  const chunk = 5000
  let forgotten = 0
  for (;;) {
    signal?.throwIfAborted()
    const rows = await deleteOldDeliveries(db, new Date(now.getTime() - historyMs), chunk)
    forgotten += rows
    if (rows < chunk) return forgotten
  }
}

function refuseTypesBeyond(principal: Principal, types: readonly string[]): void {
  if (maySubscribe(principal.scopes, types)) return
  throw new Problem('insufficient-scope', {
    zh: `除 ${alertType} 外的事件类型需要权限范围 feed。`,
    en: `Event types other than ${alertType} need the scope feed.`,
  })
}

const destinationFaults = {
  scheme: { zh: '地址须以 https:// 开头。', en: 'The address must begin with https://.' },
  credentials: { zh: '地址不得包含用户名或密码。', en: 'The address must not hold a user name or a password.' },
  address: { zh: '地址须为公共互联网上的地址。', en: 'The address must be one of the public Internet.' },
} as const satisfies Record<DestinationFault, { zh: string; en: string }>

/** The address in its normal form. @throws Problem invalid-request */
function destinationOf(text: string, outbound: Outbound): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const fault = url === null ? 'scheme' : outbound.faultOf(url)
  if (url !== null && fault === null) return url.href
  throw faultAt('/body/url', destinationFaults[fault ?? 'scheme'])
}

function faultAt(pointer: string, detail: { zh: string; en: string }): Problem {
  return new Problem('invalid-request', detail, { errors: [{ pointer, detail }] })
}
