import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { v7 as uuidv7 } from 'uuid'
import type { LogSource } from '../feed/reader.ts'
import type { FeedTail } from '../feed/tail.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import type { Outbound } from '../platform/outbound.ts'
import {
  claimSubscriptions,
  listMessages,
  recordAttempt,
  releaseSubscription,
  type ClaimedSubscription,
} from './delivery-queries.ts'
import { retryDelaysMs, verdictOf, type Message } from './domain.ts'
import { headOf, readerOf, readMessages } from './log.ts'
import { sendMessage } from './sender.ts'

/** How patient deliveries are. All times in milliseconds. */
export interface Patience {
  /** For one attempt: Standard Webhooks recommends 15 to 30 s. */
  timeoutMs: number
  /** The waits after failed attempts of a message. */
  delaysMs: readonly number[]
  /** After this time without a word from the process that delivers a subscription, another takes it. */
  leaseMs: number
  /** How soon a due retry is noticed; what is new in the log is told by notifications. */
  pollMs: number
  /** A subscription with much to deliver lets others have their turn after this time. */
  turnMs: number
  /** When the process stops, an attempt under way has this long to end. */
  graceMs: number
}

const defaultPatience: Patience = {
  timeoutMs: 15_000,
  delaysMs: retryDelaysMs,
  // An attempt and the queries around it; each attempt renews it.
  leaseMs: 25_000,
  pollMs: 1000,
  turnMs: 10_000,
  graceMs: 5000,
}

/** Subscriptions that one process delivers at the same time: so many receivers may hang and the next is still served. */
const maxTurns = 256
/** Messages read for one turn. */
const pageSize = 100
/** Rest after a failure, such as a database that restarts. */
const restMs = 500

export interface DeliveryOptions {
  db: Db
  outbound: Outbound
  clock: Clock
  log: { warn(context: object, message: string): void }
  patience?: Partial<Patience>
  /** Reads the log; by a query of its own each time when it is not given. */
  read?: LogSource['read']
}

export interface Courier {
  /** Delivers what is due now, once each subscription; answers how many had something. */
  deliverDue(): Promise<number>
  /** Begins the turns of all that are due, and tells each that ends. */
  begin(ended: () => void): Promise<number>
  stop(): Promise<void>
}

/**
 * Delivers webhooks, in order within a subscription and at least once. A subscription is delivered by one process at a
 * time, which holds it by a lease; it moves on when the receiver has answered 2xx, in the same statement that keeps the
 * attempt. Whatever happens between is sent again.
 */
export function openCourier({
  db,
  outbound,
  clock,
  log,
  patience: given,
  read = readerOf(db),
}: DeliveryOptions): Courier {
  const patience = { ...defaultPatience, ...given }
  const turns = new Set<Promise<void>>()
  /** No new attempt is made. */
  let stopping = false
  /** Attempts under way are given up. */
  const givingUp = new AbortController()
  setMaxListeners(0, givingUp.signal)

  /** Sends one message; answers whether the next one may follow. `readUpTo` is null unless it is the last. */
  const deliver = async (
    subscription: ClaimedSubscription,
    message: Message,
    readUpTo: number | null,
  ): Promise<boolean> => {
    const sent = await sendMessage(message, subscription, {
      outbound,
      clock,
      timeoutMs: patience.timeoutMs,
      signal: givingUp.signal,
    })
    const attempts = subscription.attempts + 1
    const verdict = verdictOf(sent, { attempts, at: sent.at, chance: Math.random(), delaysMs: patience.delaysMs })
    const attempt = { deliveryId: uuidv7(), message, verdict, attempts, readUpTo, ...sent }
    const goesOn = await recordAttempt(db, subscription, { leaseMs: patience.leaseMs, attempt })
    if (verdict.status !== 'delivered') return false
    subscription.attempts = 0
    subscription.position = message.position ?? subscription.position
    return goesOn
  }

  /** Answers the position up to which nothing is left; null when something may be. */
  const deliverPage = async (subscription: ClaimedSubscription): Promise<number | null> => {
    const until = performance.now() + patience.turnMs
    const goOn = async (messages: readonly Message[], readUpTo: number | null) => {
      for (const [i, message] of messages.entries()) {
        const isLast = i === messages.length - 1
        if (stopping || performance.now() > until) return false
        if (!(await deliver(subscription, message, isLast ? readUpTo : null))) return false
      }
      return true
    }
    if (subscription.hasMessages && !(await goOn(await listMessages(db, subscription.id, pageSize), null))) return null
    const { messages, readUpTo } = await readMessages(read, subscription, pageSize)
    return (await goOn(messages, readUpTo)) ? readUpTo : null
  }

  const takeTurn = async (subscription: ClaimedSubscription): Promise<void> => {
    let readUpTo: number | null = null
    try {
      readUpTo = await deliverPage(subscription)
    } catch (error) {
      if (!givingUp.signal.aborted) {
        // Not given back: until its lease ends nobody sends again what could not be recorded.
        log.warn({ err: error, subscription: subscription.id }, 'a delivery broke off')
        return
      }
    }
    if (!subscription.isHeld) return
    await releaseSubscription(db, subscription, readUpTo).catch((error: unknown) =>
      log.warn({ err: error, subscription: subscription.id }, 'a subscription could not be given back'),
    )
  }

  const begin = async (ended: () => void): Promise<number> => {
    const limit = stopping ? 0 : maxTurns - turns.size
    if (limit === 0) return 0
    const head = await headOf(read)
    const due = await claimSubscriptions(db, {
      claim: uuidv7(),
      head,
      now: clock.now(),
      leaseMs: patience.leaseMs,
      limit,
    })
    for (const subscription of due) {
      const turn = takeTurn(subscription).finally(() => {
        turns.delete(turn)
        ended()
      })
      turns.add(turn)
    }
    return due.length
  }

  return {
    begin,
    deliverDue: async () => {
      const begun = await begin(() => undefined)
      await Promise.all(turns)
      return begun
    },
    stop: async () => {
      stopping = true
      const timer = setTimeout(() => givingUp.abort(), patience.graceMs)
      await Promise.all(turns)
      clearTimeout(timer)
    },
  }
}

export interface Delivery {
  stop(): Promise<void>
}

/**
 * Delivers for ever, through lost connections; every `serve` process runs one. Woken like every reader of the log, of
 * which it reads the end once for all subscriptions that have caught up.
 */
export function startDelivery(options: DeliveryOptions & { tail: FeedTail }): Delivery {
  const { tail, log } = options
  const pollMs = options.patience?.pollMs ?? defaultPatience.pollMs
  const leave = tail.join()
  const courier = openCourier({ ...options, read: tail.read })
  const stopping = new AbortController()
  let wake: () => void = () => undefined
  stopping.signal.addEventListener('abort', () => wake())

  const run = async () => {
    while (!stopping.signal.aborted) {
      const awake = new AbortController()
      wake = () => awake.abort()
      const since = tail.count
      try {
        // The end of a turn wakes too: more may wait.
        await courier.begin(() => wake())
        await tail.wait(pollMs, awake.signal, since)
      } catch (error) {
        log.warn({ err: error }, 'webhooks could not be read from the database; trying again')
        await sleep(restMs, undefined, { signal: stopping.signal }).catch(() => undefined)
      }
    }
  }
  const running = run()
  return {
    stop: async () => {
      stopping.abort()
      await running
      await courier.stop()
      leave()
    },
  }
}
