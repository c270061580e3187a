import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { dayOf, systemClock } from './platform/clock.ts'
import { openDatabase, type Database } from './platform/db.ts'
import { collectSeldom } from './platform/garbage-collection.ts'
import type { SlowQuery } from './platform/queries.ts'
import { openConfiguredDatabase, requestPool, workPool } from './platform/open.ts'
import { makePartitionsAtStart } from './platform/partitions.ts'
import { openLog } from './platform/request-log.ts'
import { startServer } from './server.ts'
import type { Job } from './platform/jobs.ts'

/** The jobs, which `src` does not import, and how they are started. */
export interface Jobs {
  jobs: readonly Job[]
  startSchedule: StartSchedule
}

export type StartSchedule = (database: Database, config: Config, log: Logger) => { stop(): Promise<void> }

/** What one process keeps running until it is told to stop; stopped in the order given. */
interface Running {
  stop(): Promise<void>
}

/** After a signal, work under way has this long to end, beside SHUTDOWN_DELAY_MS, before the process ends all the same. */
export const shutdownMs = 25_000

/**
 * Opens the configured database and serves, with the scheduled jobs as `JOBS` says, until SIGINT or SIGTERM.
 * @param ready called once when it listens
 */
export async function serveUntilStopped(
  config: Config,
  { jobs, startSchedule }: Jobs,
  ready: (listening: { address: string }) => void,
): Promise<void> {
  collectSeldom()
  const log = openLog(config)
  const stopped = stopSignal()
  const onSlow = (query: SlowQuery) => log.warn({ ...query, ms: Math.round(query.ms) }, 'slow query')
  const onSilence = (silent: boolean) =>
    silent
      ? log.error('the database does not answer at all; it is tried again')
      : log.info('the database answers again')
  const pool = { ...requestPool(config), onSlow, onSilence }
  const database = await openConfiguredDatabase(config, (line) => log.info(line), pool)
  const work = config.JOBS === 'off' ? null : openDatabase(database.url, { ...workPool(config), onSlow, onSilence })
  const running: Running[] = []
  await makePartitionsAtStart(database.db, dayOf(systemClock.now()), log)
  try {
    if (config.JOBS !== 'only') {
      const server = await startServer(database, config, log, jobs)
      running.push(server)
      ready(server)
    }
    // Jobs have connections of their own: long statements, and never those that requests wait for.
    if (work !== null) running.unshift(startSchedule(work, config, log))
    await stopped
    log.info('stopping')
  } finally {
    await stopAll(running, database, config.SHUTDOWN_DELAY_MS)
    await work?.close()
  }
}

/**
 * Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. Called before anything is started, so
 * that a signal in the middle of it stops what was started too.
 */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1))
        resolve()
      })
    }
  })
}

/** Stops one after the other, and the database last. */
export async function stopAll(running: readonly Running[], database: Database, delayMs = 0): Promise<void> {
  setTimeout(() => process.exit(1), delayMs + shutdownMs).unref()
  for (const part of running) await part.stop()
  await database.close()
}
