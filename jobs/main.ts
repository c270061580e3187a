import cron from 'node-cron'
import type { Config } from '../src/config.ts'
import { systemClock } from '../src/platform/clock.ts'
import type { Database } from '../src/platform/db.ts'
import { runJob } from '../src/platform/jobs.ts'
import { jobs } from './schedule.ts'

interface Log {
  info(context: object, message: string): void
  warn(context: object, message: string): void
  error(context: object, message: string): void
}

/** A slot that a busy process reaches this late is run all the same; node-cron would drop it after one second. */
const lateByMs = 10 * 60_000

/**
 * Starts the schedule in this process. Any number of processes may do so: a slot is run by the one that claims it first.
 * Jobs that cannot run with these settings are left out, and the log says why.
 * @returns how to stop it; runs under way are told to stop and are waited for
 */
export function startSchedule(database: Database, config: Config, log: Log): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const running = new Set<Promise<void>>()
  const tasks = jobs.flatMap((job) => {
    const reason = job.notReady?.(config) ?? null
    if (reason !== null) {
      log.warn({ job: job.name }, `not scheduled: ${reason}`)
      return []
    }
    const runSlot = async (slotAt: Date) => {
      try {
        const run = await runJob(job, { database, config, clock: systemClock, slotAt, signal: stopping.signal })
        if (run !== null) log.info({ job: job.name, counts: run.counts }, 'job succeeded')
      } catch (error) {
        if (stopping.signal.aborted) log.info({ job: job.name }, 'job interrupted')
        else log.error({ job: job.name, err: error }, 'job failed')
      }
    }
    return cron.schedule(
      job.cron,
      async ({ date }) => {
        const run = runSlot(date)
        running.add(run)
        await run.finally(() => running.delete(run))
      },
      { name: job.name, timezone: 'Asia/Shanghai', noOverlap: true, missedExecutionTolerance: lateByMs },
    )
  })
  return {
    stop: async () => {
      stopping.abort()
      for (const task of tasks) await task.destroy()
      await Promise.all(running)
    },
  }
}
