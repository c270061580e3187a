import { openConnection } from '../platform/db.ts'

/** Wakes whoever waits in this process when the log grows. */
export interface FeedListener {
  /** True once it was stopped: nobody is woken any more, and whoever waits should answer. */
  readonly closed: boolean
  /**
   * Resolves when the log grows, after `ms`, or when `signal` aborts. Waking tells nothing: the caller reads. Who calls
   * this before reading, and awaits it after, misses no event.
   */
  wait(ms: number, signal: AbortSignal): Promise<void>
  stop(): Promise<void>
}

/** Listens on a connection of its own, which postgres.js opens again when it is lost. Connects at the first wait. */
export function startFeedListener(url: string): FeedListener {
  const client = openConnection(url)
  const waiting = new Set<() => void>()
  let closed = false
  const wakeAll = () => {
    for (const wake of waiting) wake()
  }
  let listening: Promise<unknown> | undefined

  const wait = (ms: number, signal: AbortSignal) => {
    // A failure to listen only makes waiting longer: the timer ends it. Listening (again) wakes too, since the log may
    // have grown unheard.
    listening ??= client.listen('feed', wakeAll, wakeAll).catch(() => (listening = undefined))
    return new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', wake)
        waiting.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, ms)
      signal.addEventListener('abort', wake)
      waiting.add(wake)
    })
  }
  return {
    get closed() {
      return closed
    },
    wait,
    stop: async () => {
      closed = true
      wakeAll()
      await client.end({ timeout: 2 })
    },
  }
}
