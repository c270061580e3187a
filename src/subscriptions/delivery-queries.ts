import { sql } from 'drizzle-orm'
import { rowsOf, type Db } from '../platform/db.ts'
import type { Message, OldSecret, Verdict } from './domain.ts'
import type { deliveryErrors } from './vocabulary.ts'

/** A subscription that this process delivers for now. */
export interface ClaimedSubscription {
  /** Of this claim alone: one that lapsed, or was given back, changes nothing any more, not even in the same process. */
  claim: string
  /** False once it was given back. */
  isHeld: boolean
  id: string
  url: string
  secret: string
  oldSecrets: OldSecret[]
  types: string[]
  lists: string[] | null
  regionCode: string | null
  position: number
  attempts: number
  revision: number
  /** Whether messages that are not of the log wait. */
  hasMessages: boolean
}

/** A lease of this length from now, by the database's clock, which all processes share. */
const leaseEnd = (leaseMs: number) => sql`now() + ${leaseMs} * interval '1 millisecond'`

/**
 * Takes subscriptions that are active, due and behind the `head` of the log, and that no other process delivers: the one whose turn was
 * longest ago first. A process that is killed leaves them to the others when its lease ends.
 */
export async function claimSubscriptions(
  db: Db,
  { claim, head, now, leaseMs, limit }: { claim: string; head: number; now: Date; leaseMs: number; limit: number },
): Promise<ClaimedSubscription[]> {
  const rows = await rowsOf<ClaimedSubscription & { position: string }>(
    db,
    sql`
    update subscriptions s set claimed_by = ${claim}, claimed_until = ${leaseEnd(leaseMs)}
    where s.id in (
      select c.id from subscriptions c
      where c.status = 'active' and c.claimed_until <= now()
        and (c.next_attempt_at is null or c.next_attempt_at <= ${now.toISOString()})
        and (c.position < ${head}
          or exists (select from subscription_messages m where m.subscription_id = c.id))
      order by c.claimed_until limit ${limit} for update skip locked)
    returning s.id, s.url, s.secret, s.old_secrets as "oldSecrets", s.types, s.lists, s.region_code as "regionCode",
      s.position, s.attempts, s.revision,
      exists (select from subscription_messages m where m.subscription_id = s.id) as "hasMessages"`,
  )
  return rows.map((row) => ({ ...row, claim, isHeld: true, position: Number(row.position) }))
}

/** Messages of a subscription that are not of the log, in the order in which they were queued. */
export async function listMessages(db: Db, subscriptionId: string, limit: number): Promise<Message[]> {
  const rows = await rowsOf<{ seq: string; id: string; type: string; body: Record<string, unknown> }>(
    db,
    sql`select m.message_id as id, m.type, m.body from subscription_messages m
        where m.subscription_id = ${subscriptionId} order by m.seq limit ${limit}`,
  )
  return rows.map(({ id, type, body }) => ({ id, type, position: null, body: JSON.stringify(body) }))
}

/** One attempt and what becomes of it. */
export interface AttemptRecord {
  deliveryId: string
  message: Message
  verdict: Verdict
  /** Of this message so far, the attempt included. */
  attempts: number
  responseStatus: number | null
  error: (typeof deliveryErrors)[number] | null
  durationMs: number
  at: Date
  /** Of the last message of all that was read: the position up to which it was. */
  readUpTo: number | null
}

/**
 * Keeps an attempt in the history and moves the subscription on, or sets when it is tried again, or pauses it: all in one
 * statement, which also gives the subscription back when nothing can follow. The subscription stays as it is when it was taken from this process or moved to another position
 * meanwhile, and after a failure also when its holder changed it, since that begins anew.
 * @returns whether it may go on with what it read: false when anything of it has changed
 */
export async function recordAttempt(
  db: Db,
  subscription: ClaimedSubscription,
  { leaseMs, attempt }: { leaseMs: number; attempt: AttemptRecord },
): Promise<boolean> {
  const { message, verdict } = attempt
  const at = attempt.at.toISOString()
  const delivered = verdict.status === 'delivered'
  const position = delivered ? (message.position ?? subscription.position) : subscription.position
  const isOver = !delivered || attempt.readUpTo !== null
  const nextAttemptAt = verdict.status === 'retrying' ? verdict.nextAttemptAt.toISOString() : null
  const pauseReason = verdict.status === 'failed' ? verdict.pauseReason : null
  const history = sql`status = ${verdict.status}, attempts = ${attempt.attempts}, response_status = ${attempt.responseStatus},
    error = ${attempt.error}, duration_ms = ${attempt.durationMs}, last_attempt_at = ${at}, next_attempt_at = ${nextAttemptAt}`
  const [row] = await rowsOf<{ goesOn: boolean }>(
    db,
    sql`
    with moved as (
      update subscriptions s set attempts = ${delivered ? 0 : attempt.attempts},
        position = case when ${delivered} and s.revision = ${subscription.revision}
          then coalesce(${attempt.readUpTo}::bigint, ${position}::bigint) else ${position}::bigint end,
        next_attempt_at = ${nextAttemptAt}, claimed_until = ${isOver ? sql`now()` : leaseEnd(leaseMs)},
        claimed_by = ${isOver ? null : subscription.claim}, status = case when ${pauseReason}::text is null then s.status else 'paused' end,
        pause_reason = coalesce(${pauseReason}, s.pause_reason),
        paused_at = case when ${pauseReason}::text is null then s.paused_at else ${at}::timestamptz end
      where s.id = ${subscription.id} and s.claimed_by = ${subscription.claim} and s.position = ${subscription.position}
        and (${delivered} or s.revision = ${subscription.revision})
      returning s.status = 'active' and s.revision = ${subscription.revision} as "goesOn"
    ), again as (
      update subscription_deliveries d set ${history}
      where d.subscription_id = ${subscription.id} and d.message_id = ${message.id} and d.status = 'retrying'
      returning d.id
    ), first as (
      insert into subscription_deliveries (id, subscription_id, message_id, type, position, status, attempts,
        response_status, error, duration_ms, first_attempt_at, last_attempt_at, next_attempt_at)
      select ${attempt.deliveryId}::uuid, s.id, ${message.id}::uuid, ${message.type}::text, ${message.position}::bigint,
        ${verdict.status}::text, ${attempt.attempts}::integer, ${attempt.responseStatus}::integer, ${attempt.error}::text,
        ${attempt.durationMs}::integer, ${at}::timestamptz, ${at}::timestamptz, ${nextAttemptAt}::timestamptz
      from subscriptions s where s.id = ${subscription.id} and not exists (select from again)
    ), sent as (
      delete from subscription_messages m
      where ${delivered} and m.subscription_id = ${subscription.id} and m.message_id = ${message.id}
    )
    select "goesOn" from moved`,
  )
  if (isOver && row !== undefined) subscription.isHeld = false
  return row?.goesOn === true
}

/**
 * Gives a subscription back, moved on to the position up to which there was nothing for it; null leaves it where it is.
 */
export async function releaseSubscription(
  db: Db,
  { id, claim, position, revision }: ClaimedSubscription,
  readUpTo: number | null,
): Promise<void> {
  await db.execute(sql`
    update subscriptions s set claimed_by = null, claimed_until = now(),
      position = case when s.position = ${position} and s.revision = ${revision} then greatest(s.position, ${readUpTo}::bigint) else s.position end
    where s.id = ${id} and s.claimed_by = ${claim}`)
}
