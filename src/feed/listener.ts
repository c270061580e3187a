import { randomUUID } from 'node:crypto'
import { openConnection } from '../platform/db.ts'
import { makeWakings, type Wakings } from './wakings.ts'

/** Wakes whoever waits in this process when the log grows. */
export interface FeedListener extends Omit<Wakings, 'wakeAll'> {
  /** True once it was stopped: nobody is woken any more, and whoever waits should answer. */
  readonly closed: boolean
  stop(): Promise<void>
}

/** So often it is tried whether notifications still come. */
const usualCheckMs = 10_000

/**
 * Listens on a connection of its own, which postgres.js opens again when it is lost. One that a network swallows is not
 * lost to anybody: it is as silent as one on which nothing happens. So the listener notifies itself now and then, and
 * listens anew when it does not hear that. Connects at the first wait.
 */
export function startFeedListener(url: string, checkMs = usualCheckMs): FeedListener {
  const wakings = makeWakings()
  const ownCheck = `check ${randomUUID()}`
  let client = openConnection(url)
  let closed = false
  let listening: Promise<unknown> | undefined
  let isAwaited = false

  const hear = (payload: string) => {
    if (payload === ownCheck) isAwaited = false
    // Those of others wake nobody.
    else if (!payload.startsWith('check ')) wakings.wakeAll()
  }
  const listen = () => {
    const own = client
    // A failure to listen only makes waiting longer: the timer ends it. Listening (again) wakes too, since the log may
    // have grown unheard. One channel alone: of two, postgres.js loses one when it connects again.
    listening ??= own.listen('feed', hear, wakings.wakeAll).catch(() => {
      if (own === client) listening = undefined
    })
  }
  const check = () => {
    if (listening === undefined) return
    if (isAwaited) {
      void client.end({ timeout: 0 })
      client = openConnection(url)
      listening = undefined
      listen()
    }
    isAwaited = true
    client.notify('feed', ownCheck).catch(() => undefined)
  }
  const timer = setInterval(check, checkMs).unref()

  return {
    get closed() {
      return closed
    },
    get count() {
      return wakings.count
    },
    wait: (ms, signal, since) => {
      listen()
      return wakings.wait(ms, signal, since)
    },
    stop: async () => {
      closed = true
      clearInterval(timer)
      wakings.wakeAll()
      await client.end({ timeout: 2 })
    },
  }
}
