import { createHmac, randomBytes } from 'node:crypto'
import { eventTypes } from '../feed/domain.ts'
import type { pauseReasons } from './vocabulary.ts'

/** What a platform's monitor tells of a member; not of the log, and queued for its subscriptions instead. */
export const alertType = 'monitor.alert'

export const subscriptionTypes = [...eventTypes, alertType] as const
export type SubscriptionType = (typeof subscriptionTypes)[number]

/** The scope that a subscription to these types needs: a platform's key has its alerts alone. */
export function maySubscribe(scopes: readonly string[], types: readonly string[]): boolean {
  return scopes.includes('feed') || (scopes.includes('screening') && types.every((type) => type === alertType))
}

export interface OldSecret {
  secret: string
  /** Until when it signs too, RFC 3339. */
  until: string
}

/** A message as it is sent: Standard Webhooks 1.0.0. */
export interface Message {
  /** The same for every attempt and every replay, so that the receiver can tell what it has. */
  id: string
  type: string
  /** Its position in the log; null for what is not of the log. */
  position: number | null
  body: string
}

/** How a message that is not of the log looks: a CloudEvent like those of the log. */
export interface Envelope {
  id: string
  source: string
  type: string
  subject?: string
  time: string
  data: Record<string, unknown>
}

const minute = 60_000
const hour = 60 * minute

/** The waits after each failed attempt, in milliseconds: the schedule of Standard Webhooks 1.0.0, three days in all. */
export const retryDelaysMs = [
  5000,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
]

/** A receiver may ask for this much patience at most. */
const maxRetryAfterMs = 24 * hour

/** How long secrets that were replaced go on signing. */
const overlapMs = 24 * hour

/** So that rotating over and over does not make the signatures longer than a receiver's limit of a header. */
const maxOldSecrets = 4

/** A secret of 256 random bits, as Standard Webhooks writes it. */
export function makeSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}

/**
 * The headers that a message is sent with: its id, the moment of this attempt, and one signature (HMAC-SHA256 over
 * `id.timestamp.body`) for each secret in force, separated by spaces.
 */
export function signedHeaders(message: Message, secrets: readonly string[], at: Date): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
    return `v1,${createHmac('sha256', key).update(`${message.id}.${timestamp}.${message.body}`).digest('base64')}`
  })
  return { 'webhook-id': message.id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}

/** The secrets that sign at a moment: the present one, and those that it replaced a short time ago. */
export function secretsInForce(secrets: { secret: string; oldSecrets: readonly OldSecret[] }, at: Date): string[] {
  return [secrets.secret, ...secretsStillOld(secrets.oldSecrets, at).map(({ secret }) => secret)]
}

function secretsStillOld(old: readonly OldSecret[], at: Date): OldSecret[] {
  return old.filter(({ until }) => Date.parse(until) > at.getTime())
}

/** The secrets after `secret` was made the present one at a moment. */
export function rotated(
  before: { secret: string; oldSecrets: readonly OldSecret[] },
  secret: string,
  at: Date,
): { secret: string; oldSecrets: OldSecret[] } {
  const until = new Date(at.getTime() + overlapMs).toISOString()
  const oldSecrets = [{ secret: before.secret, until }, ...secretsStillOld(before.oldSecrets, at)]
  return { secret, oldSecrets: oldSecrets.slice(0, maxOldSecrets) }
}

/** A message that is not of the log, as it is sent. */
export function envelopeOf(envelope: Envelope): Record<string, unknown> {
  return { specversion: '1.0', datacontenttype: 'application/json', ...envelope }
}

/** What an attempt met: a status, or none. */
export interface Outcome {
  responseStatus: number | null
  /** What `Retry-After` asked for. */
  retryAfterMs: number | null
}

export type Verdict =
  | { status: 'delivered' }
  | { status: 'retrying'; nextAttemptAt: Date }
  | { status: 'failed'; pauseReason: (typeof pauseReasons)[number] }

/**
 * What becomes of a message after its `attempts`-th attempt: any 2xx is delivered, 410 ends the subscription's deliveries, all
 * else is tried again by the schedule, never sooner than `Retry-After` asks, until the schedule has ended.
 * @param chance in 0..1: moves a wait by up to a fifth, so that receivers that failed together are not tried together
 */
export function verdictOf(outcome: Outcome, { attempts, at, chance, delaysMs = retryDelaysMs }: RetryState): Verdict {
  const { responseStatus, retryAfterMs } = outcome
  if (responseStatus !== null && responseStatus >= 200 && responseStatus < 300) return { status: 'delivered' }
  if (responseStatus === 410) return { status: 'failed', pauseReason: 'gone' }
  const delayMs = delaysMs[attempts - 1]
  if (delayMs === undefined) return { status: 'failed', pauseReason: 'exhausted' }
  const waitMs = Math.max(delayMs * (0.8 + 0.4 * chance), Math.min(retryAfterMs ?? 0, maxRetryAfterMs))
  return { status: 'retrying', nextAttemptAt: new Date(at.getTime() + waitMs) }
}

interface RetryState {
  /** Attempts of this message so far, the last one included. */
  attempts: number
  at: Date
  chance: number
  delaysMs?: readonly number[]
}
