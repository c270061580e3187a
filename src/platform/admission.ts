/** How much is taken on at once. */
export interface AdmissionLimits {
  /** Requests that are worked on at the same time. */
  running: number
  /** Requests that wait for their turn while there is no overload. */
  waiting: number
  /** A queue that was never empty for so many milliseconds is no burst, it is more than can be done. */
  burstMs: number
}

export interface AdmissionState {
  readonly running: number
  readonly waiting: number
  readonly refused: number
  readonly overloaded: boolean
}

/** Takes requests on as long as they can be answered in time, and refuses the rest before any work is done for them. */
export interface Admission {
  readonly state: AdmissionState
  /** Whether one that comes now would be refused, so that nothing need be done for it. */
  refusesNow(): boolean
  /** What ends this one, as `enter` tells it, where a place is free now; else null, and nothing was done. */
  enterAtOnce(): (() => void) | null
  /**
   * What ends this one (once, however often it is called), or null when it is refused: at once, or, where there is a wait,
   * when it is its turn.
   * @param gone is asked for a signal that aborts when nobody waits for the answer any more; only if there is a wait
   */
  enter(gone?: () => AbortSignal): (() => void) | null | Promise<(() => void) | null>
}

/** In an overload a wait is for nothing: who waited longer is better told at once, and asks elsewhere. */
const overloadPatienceMs = 20

interface Waiter {
  since: number
  settle: (admitted: boolean) => void
}

/**
 * A limit of concurrency with a queue that is long in a burst and short in an overload ("controlled delay", after Maurer,
 * Fail at Scale, ACM Queue 13.8, 2015; the idea is CoDel's, RFC 8289): a full queue that never empties adds its whole
 * length to each answer and serves nobody more. So those that are taken on keep their time whatever else comes.
 */
export function makeAdmission(limits: AdmissionLimits, now: () => number = () => performance.now()): Admission {
  const queue: Waiter[] = []
  const { burstMs } = limits
  /** In a burst one waits this long at most. */
  const patienceMs = 2 * burstMs
  const waitingInOverload = Math.max(1, Math.floor(limits.running / 4))
  let running = 0
  let refused = 0
  /** When the queue was last empty. */
  let emptyAt = now()

  const isOverloaded = () => queue.length > 0 && now() - emptyAt > burstMs
  const room = () => (isOverloaded() ? waitingInOverload : limits.waiting)

  const dropLate = () => {
    const patience = isOverloaded() ? overloadPatienceMs : patienceMs
    while (queue[0] !== undefined && now() - queue[0].since > patience) {
      refused += 1
      queue.shift()?.settle(false)
    }
  }

  const leaver = () => {
    let left = false
    return () => {
      if (left) return
      left = true
      running -= 1
      dropLate()
      const next = queue.shift()
      if (queue.length === 0) emptyAt = now()
      next?.settle(true)
    }
  }

  const enterAtOnce = () => {
    if (running >= limits.running) return null
    running += 1
    return leaver()
  }

  return {
    state: {
      get running() {
        return running
      },
      get waiting() {
        return queue.length
      },
      get refused() {
        return refused
      },
      get overloaded() {
        return isOverloaded()
      },
    },
    refusesNow: () => {
      if (running < limits.running) return false
      dropLate()
      if (queue.length < room()) return false
      refused += 1
      return true
    },
    enterAtOnce,
    enter: (gone) => {
      const leave = enterAtOnce()
      if (leave !== null) return leave
      dropLate()
      if (queue.length >= room()) {
        refused += 1
        return null
      }
      const signal = gone?.()
      if (signal?.aborted) return null
      if (queue.length === 0) emptyAt = now()
      return new Promise((resolve) => {
        // Also while nothing ends, nobody waits for longer than his patience.
        const timer = setTimeout(() => leave(true), patienceMs)
        const abort = () => leave(false)
        const waiter: Waiter = {
          since: now(),
          settle: (isAdmitted) => {
            clearTimeout(timer)
            signal?.removeEventListener('abort', abort)
            if (isAdmitted) running += 1
            resolve(isAdmitted ? leaver() : null)
          },
        }
        const leave = (isRefused: boolean) => {
          const place = queue.indexOf(waiter)
          if (place < 0) return
          queue.splice(place, 1)
          if (queue.length === 0) emptyAt = now()
          if (isRefused) refused += 1
          waiter.settle(false)
        }
        signal?.addEventListener('abort', abort)
        queue.push(waiter)
      })
    },
  }
}
