import { setMaxListeners } from 'node:events'

/** Wakes whoever waits, all at once. Waking tells nothing: the woken one reads. */
export interface Wakings {
  /** How often anybody was woken so far. */
  readonly count: number
  wakeAll: () => void
  /**
   * Resolves at the next waking, after `ms`, or when `signal` aborts; at once when there was a waking after `since`. Who
   * takes `count` before reading, and hands it in afterwards as `since`, misses nothing.
   */
  wait: (ms: number, signal: AbortSignal, since?: number) => Promise<void>
}

export function makeWakings(): Wakings {
  const waiting = new Set<() => void>()
  let count = 0
  return {
    get count() {
      return count
    },
    wakeAll: () => {
      count += 1
      for (const wake of waiting) wake()
    },
    wait: (ms, signal, since = count) =>
      new Promise((resolve) => {
        if (signal.aborted || since !== count) {
          resolve()
          return
        }
        const wake = () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', wake)
          waiting.delete(wake)
          resolve()
        }
        const timer = setTimeout(wake, ms)
        // Any number may wait under one signal.
        setMaxListeners(0, signal)
        signal.addEventListener('abort', wake)
        waiting.add(wake)
      }),
  }
}
