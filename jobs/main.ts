import cron from 'node-cron'
import type { Config } from '../src/config.ts'
import { systemClock } from '../src/platform/clock.ts'
import type { Database } from '../src/platform/db.ts'
import { createSchedule, type ScheduleLog } from '../src/platform/job-schedule.ts'
import { scheduleZone } from '../src/platform/job-slots.ts'
import { jobs } from './schedule.ts'

/** A run that was asked for over the API, or left by a process that died, waits no longer than this. */
const lookEveryMs = 2000

/**
 * Starts the schedule in this process. Any number of processes may do so: one of them decides which slots are due, and whoever
 * comes first runs them. node-cron wakes it at each slot; slots that nobody was awake for are found when it looks next, which it
 * does at once and every two seconds. Jobs that cannot run with these settings are left out, and the log says why.
 * @returns how to stop it; runs under way are told to stop and are waited for
 */
export function startSchedule(database: Database, config: Config, log: ScheduleLog): { stop(): Promise<void> } {
  const ready = jobs.filter((job) => {
    const reason = job.notReady?.(config) ?? null
    if (reason !== null) log.warn({ job: job.name }, `not scheduled: ${reason}`)
    return reason === null
  })
  const schedule = createSchedule({ database, config, clock: systemClock, jobs: ready, log })
  log.info({ jobs: ready.map((job) => job.name) }, 'this process runs the scheduled jobs')
  const tasks = ready.map((job) =>
    cron.schedule(job.cron, () => schedule.tick(), {
      name: job.name,
      timezone: scheduleZone,
      suppressMissedWarning: true,
    }),
  )
  const timer = setInterval(() => void schedule.tick(), lookEveryMs)
  void schedule.tick()
  return {
    stop: async () => {
      clearInterval(timer)
      for (const task of tasks) await task.destroy()
      await schedule.stop()
    },
  }
}
