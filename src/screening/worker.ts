import type { FeedListener } from '../feed/listener.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import type { QueueAlerts } from './monitor-alerts.ts'
import { runMonitors } from './monitor-worker.ts'
import type { Screener } from './screener.ts'

/** Without a word from the log, how soon new members of monitors are noticed. */
const pollMs = 250
/** Rest after a failure, such as a database that restarts. */
const restMs = 1000

/**
 * Keeps the lists of this process warm and the monitors of all partners watched, for ever, woken when the log grows.
 * Every `serve` process runs one; of several one at a time does the monitors.
 */
export function startScreening(
  options: { db: Db; listener: FeedListener; clock: Clock; screener: Screener; queueAlerts?: QueueAlerts },
  log: { warn(context: object, message: string): void },
): { stop(): Promise<void> } {
  const { db, listener, screener } = options
  const stopping = new AbortController()
  const run = async () => {
    while (!stopping.signal.aborted && !listener.closed) {
      const since = listener.count
      let restsFor = pollMs
      try {
        await screener.refresh(db)
        await runMonitors(options)
      } catch (error) {
        log.warn({ err: error }, 'screening could not read the log and tries again')
        restsFor = restMs
      }
      await listener.wait(restsFor, stopping.signal, since)
    }
  }
  const running = run()
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
