import { openConnection } from '../platform/db.ts'
import { makeWakings, type Wakings } from './wakings.ts'

/** Wakes whoever waits in this process when the log grows. */
export interface FeedListener extends Omit<Wakings, 'wakeAll'> {
  /** True once it was stopped: nobody is woken any more, and whoever waits should answer. */
  readonly closed: boolean
  stop(): Promise<void>
}

/** Listens on a connection of its own, which postgres.js opens again when it is lost. Connects at the first wait. */
export function startFeedListener(url: string): FeedListener {
  const client = openConnection(url)
  const wakings = makeWakings()
  let closed = false
  let listening: Promise<unknown> | undefined
  return {
    get closed() {
      return closed
    },
    get count() {
      return wakings.count
    },
    wait: (ms, signal, since) => {
      // A failure to listen only makes waiting longer: the timer ends it. Listening (again) wakes too, since the log may
      // have grown unheard.
      listening ??= client.listen('feed', wakings.wakeAll, wakings.wakeAll).catch(() => (listening = undefined))
      return wakings.wait(ms, signal, since)
    },
    stop: async () => {
      closed = true
      wakings.wakeAll()
      await client.end({ timeout: 2 })
    },
  }
}
