import { hostname } from 'node:os'
import type { Config } from '../config.ts'
import { actorOfCommand, aJob, recordAudit, type Actor } from './audit.ts'
import { dayOf, type Clock } from './clock.ts'
import { faultOf, openConnection, type Database, type Db } from './db.ts'
import {
  appendLog,
  finishRun,
  findRun,
  insertQueuedRun,
  jobLock,
  listAbandonedRuns,
  requeueRun,
  startRun,
  updateProgress,
  type JobRun,
  type Share,
} from './job-runs.ts'
import type { JobLogLevel } from './vocabulary.ts'

/** What a job is given to work with. Its day is handed in: it never asks what today is (design rule 6). */
export interface JobContext {
  /** In a dry run all that is written through it is rolled back. */
  db: Db
  /** Of the same database, for connections of one's own. A job that needs them has no dry run. */
  databaseUrl: string
  config: Config
  on: string
  /** The run in `job_runs`. */
  runId: string
  /** Nothing may be left behind: what is not done through `db`, such as moving a file, is left out. */
  dryRun: boolean
  /** Started by the schedule, with nobody watching. */
  scheduled: boolean
  /** The moment at which something is recorded, which `on` does not move. */
  now: () => Date
  /** Aborts when the process stops or another run could begin: the job ends after the chunk at hand. */
  signal: AbortSignal
  /** Tells how far it has come; also kept with the run. */
  progress: (counts: object, share?: Share) => Promise<void>
  /** Keeps a line with the run. No personal data belongs in it. */
  log: (text: string, level?: JobLogLevel) => Promise<void>
}

export interface Job {
  name: string
  /** What it does, for `xinjian job list`. */
  description: string
  /** Five fields, in Asia/Shanghai. Day of month and day of week are never used together (style.md trap 9). */
  cron: string
  /**
   * What becomes of slots that were missed, or that fell while it was still running: `latest` runs the newest of them, which is
   * right for a job that does all that is due by its day; `each` runs them one after the other. `latest` where it is left out.
   */
  catchUp?: 'latest' | 'each'
  /** Whether all it does is written through `context.db`, or left out when `context.dryRun`, so that a dry run leaves nothing. */
  canDryRun?: boolean
  /** Why it cannot run with these settings, or null when it can. */
  notReady?: (config: Config) => string | null
  run: (context: JobContext) => Promise<object>
}

export type { JobRun, Share } from './job-runs.ts'

/** A run that did not happen, or did not end well. */
export class JobError extends Error {
  override name = 'JobError'
}

/** Host and process, as runs and the leader are known by. */
export const processName = `${hostname()}:${process.pid}`

/** A run that ends its process is begun so often; the next end of a process leaves it interrupted. */
const maxAttempts = 3

export interface RunOptions {
  /** Who started it; the schedule, or whoever typed the command, without it. */
  actor?: Actor | undefined
  database: Database
  config: Config
  clock: Clock
  signal?: AbortSignal | undefined
  onProgress?: ((counts: object, share?: Share) => void) | undefined
  onLog?: ((text: string, level: JobLogLevel) => void) | undefined
}

/**
 * Runs a job now in this process, as if `on` were today, unless it is already running anywhere. The run and how far it came are
 * kept, also when it fails.
 * @param slotAt the slot of the schedule that this run is for; a slot that another process took is not run again
 * @returns the run, or null when the slot was taken, or waits because the job is still running
 * @throws JobError when it is already running (by hand), cannot run with these settings, has no dry run, or fails
 */
export async function runJob(
  job: Job,
  options: RunOptions & { on?: string | undefined; slotAt?: Date | undefined; dryRun?: boolean | undefined },
): Promise<JobRun | null> {
  const { database, config, clock, slotAt = null, dryRun = false } = options
  const reason = whyNot(job, config, dryRun)
  if (reason !== null) throw new JobError(reason)
  const on = options.on ?? dayOf(slotAt ?? clock.now())
  const origin = slotAt === null ? 'command' : 'schedule'
  const queue = () => insertQueuedRun(database.db, { job: job.name, origin, slotAt, on, dryRun, queuedAt: clock.now() })
  // A slot is kept also while an earlier run goes on: who runs that one takes it up afterwards.
  const slotRun = slotAt === null ? null : await queue()
  if (slotAt !== null && slotRun === null) return null
  const run = await withJobLock(job, database, async (signal) => {
    await settleAbandonedRuns(job, options)
    const id = slotRun ?? (await queue())
    return id === null ? null : executeRun(job, id, { ...options, signal: anyOf(signal, options.signal) })
  })
  if (run !== 'busy') return run
  if (slotAt !== null) return null
  throw new JobError(`${job.name} is already running`)
}

/** Why a job cannot be run with these settings, or so; null when it can. */
function whyNot(job: Job, config: Config, dryRun: boolean): string | null {
  const reason = job.notReady?.(config) ?? null
  if (reason !== null) return `${job.name} cannot run: ${reason}`
  if (dryRun && job.canDryRun !== true)
    return `${job.name}: dry-run not possible, since it does more than write to the database`
  return null
}

export const anyOf = (...signals: (AbortSignal | undefined)[]) =>
  AbortSignal.any(signals.filter((signal) => signal !== undefined))

/**
 * Does something while no other process can run the job. The lock lives as long as its connection, so a killed run never blocks
 * the next, and one that loses it is told to end.
 */
export async function withJobLock<Result>(
  job: Job,
  database: Database,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result | 'busy'> {
  const lost = new AbortController()
  const lock = openConnection(database.url, () =>
    lost.abort(new JobError('the connection that held its lock was lost')),
  )
  try {
    const [locked] = await lock<{ free: boolean }[]>`
      select pg_try_advisory_lock(${jobLock}, hashtext(${job.name})) as free`
    return locked?.free ? await work(lost.signal) : 'busy'
  } finally {
    await lock.end({ timeout: 2 })
  }
}

/**
 * What becomes of runs whose process ended: those that were scheduled or asked for over the API wait again, and go on from what
 * was committed; the caller holds the job's lock.
 */
export async function settleAbandonedRuns(job: Job, { database: { db }, clock }: RunOptions): Promise<void> {
  for (const run of await listAbandonedRuns(db, job.name)) {
    const error = 'the process that ran it ended'
    await endRun(db, run, { status: 'interrupted', at: clock.now(), error })
    if (!mayGoOn(run) || run.attempts >= maxAttempts) continue
    await appendLog(db, run.id, clock.now(), 'warn', `${error} (${run.process ?? 'unknown'}); it is run again`)
    await requeueRun(db, run.id, true)
  }
}

/** Ends a run, and tells the audit log, where it was more than a trial. */
async function endRun(
  db: Db,
  run: JobRun,
  end: Parameters<typeof finishRun>[2],
  actor: Actor = run.origin === 'command' ? actorOfCommand() : aJob,
): Promise<void> {
  await db.transaction(async (tx) => {
    await finishRun(tx, run.id, end)
    if (run.dryRun) return
    const outcome = end.status === 'succeeded' ? 'done' : 'failed'
    const details = { job: run.job, on: run.on, status: end.status }
    await recordAudit(tx, { actor, action: 'job-run.ended', objectId: run.id, outcome, details, at: end.at })
  })
}

/** Who ran a command sees that it ended, and a dry run has nothing to complete. */
const mayGoOn = (run: JobRun) => run.origin !== 'command' && !run.dryRun

/** A transaction has all that a job may use of a database: its own transactions become savepoints. */
const asDb = (tx: unknown) => tx as Db

/** What ends the transaction of a dry run. */
class RolledBack extends Error {}

/**
 * Runs a waiting run to its end; the caller holds the job's lock.
 * @returns the run, or null when it waits no more
 * @throws JobError when it fails or is interrupted, which is kept with the run
 */
export async function executeRun(
  job: Job,
  id: string,
  options: RunOptions & { signal: AbortSignal },
): Promise<JobRun | null> {
  const { database, config, clock, signal } = options
  const { db } = database
  const run = await startRun(db, id, { process: processName, at: clock.now() })
  if (run === null) return null
  const log = async (text: string, level: JobLogLevel = 'info') => {
    options.onLog?.(text, level)
    await appendLog(db, id, clock.now(), level, text)
  }
  const context: Omit<JobContext, 'db' | 'databaseUrl'> = {
    config,
    on: run.on,
    runId: id,
    dryRun: run.dryRun,
    scheduled: run.slotAt !== null,
    now: () => clock.now(),
    signal,
    log,
    progress: async (counts, share) => {
      options.onProgress?.(counts, share)
      await updateProgress(db, id, counts, share)
    },
  }
  try {
    const counts = run.dryRun
      ? await runDry(job, db, context)
      : await job.run({ ...context, db, databaseUrl: database.url })
    await endRun(db, run, { status: 'succeeded', at: clock.now(), counts }, options.actor)
    return await findRun(db, id)
  } catch (error) {
    const { message } = faultOf(error)
    const interrupted = signal.aborted
    await endRun(
      db,
      run,
      { status: interrupted ? 'interrupted' : 'failed', at: clock.now(), error: message },
      options.actor,
    )
    await appendLog(db, id, clock.now(), 'error', message)
    // A process that is stopped to be renewed has done nothing wrong: another goes on.
    if (interrupted && mayGoOn(run)) await requeueRun(db, id, false)
    throw new JobError(`${job.name} failed: ${message}`, { cause: error })
  }
}

/**
 * Runs a job in one transaction that is rolled back: what its services call transactions are savepoints in it, so nothing of it can
 * commit, whatever happens to this process. Events and what follows from them go with it.
 */
async function runDry(job: Job, db: Db, context: Omit<JobContext, 'db' | 'databaseUrl'>): Promise<object> {
  let counts: object = {}
  await db
    .transaction(async (tx) => {
      counts = await job.run({
        ...context,
        db: asDb(tx),
        get databaseUrl(): string {
          throw new JobError('dry-run not possible: it opens a connection of its own')
        },
      })
      throw new RolledBack()
    })
    .catch((error: unknown) => {
      if (!(error instanceof RolledBack)) throw error
    })
  return counts
}
