import type { Logger } from 'pino'
import type { Config } from './config.ts'
import type { Database } from './platform/db.ts'
import type { Job } from './platform/jobs.ts'
import { openConfiguredDatabase } from './platform/open.ts'
import { openLog, startServer } from './server.ts'

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

/** After a signal, work under way has this long to end before the process ends all the same. */
const shutdownMs = 15_000

/**
 * Opens the configured database and serves, with the scheduled jobs as `JOBS` says, until SIGINT or SIGTERM.
 * @param ready called once when it listens
 */
export async function serveUntilStopped(
  config: Config,
  { jobs, startSchedule }: Jobs,
  ready: (listening: { address: string }) => void,
): Promise<void> {
  const log = openLog(config)
  const stopped = stopSignal()
  const database = await openConfiguredDatabase(config, (line) => log.info(line))
  const running: Running[] = []
  try {
    if (config.JOBS !== 'only') {
      const server = await startServer(database, config, log, jobs)
      running.push(server)
      ready(server)
    }
    if (config.JOBS !== 'off') running.unshift(startSchedule(database, config, log))
    await stopped
    log.info('stopping')
  } finally {
    await stopAll(running, database)
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
export async function stopAll(running: readonly Running[], database: Database): Promise<void> {
  setTimeout(() => process.exit(1), shutdownMs).unref()
  for (const part of running) await part.stop()
  await database.close()
}
