import { sql } from 'drizzle-orm'
import { v7 as uuidv7 } from 'uuid'
import { actorOfCommand, aJob, recordAudit, type Actor } from './audit.ts'
import { dayOf, type Clock } from './clock.ts'
import { faultOf, openConnection, rowsOf, type Database, type Db } from './db.ts'
import type { Config } from '../config.ts'

/** What a job is given to work with. Its day is handed in: it never asks what today is (design rule 6). */
export interface JobContext {
  db: Db
  /** Of the same database, for connections of one's own. */
  databaseUrl: string
  config: Config
  /** Of this run, to be named by what it writes. */
  runId: string
  on: string
  /** Started by the schedule, with nobody watching. */
  scheduled: boolean
  /** The moment at which something is recorded, which `on` does not move. */
  now: () => Date
  /** Aborts when the process stops or another run could begin: the job ends after the chunk at hand. */
  signal: AbortSignal
  /** Tells how far it has come; also kept with the run. */
  progress: (counts: object) => Promise<void>
}

export interface Job {
  name: string
  /** What it does, for `xinjian job list`. */
  description: string
  /** Five fields, in Asia/Shanghai. Day of month and day of week are never used together (style.md trap 9). */
  cron: string
  /** Why it cannot run with these settings, or null when it can. */
  notReady?: (config: Config) => string | null
  run: (context: JobContext) => Promise<object>
}

export interface JobRun {
  id: string
  job: string
  on: string
  status: 'succeeded'
  startedAt: string
  finishedAt: string
  counts: object
}

/** A run that did not happen, or did not end well. */
export class JobError extends Error {
  override name = 'JobError'
}

/** First half of a two-part advisory lock; the second half is the job's name hashed. */
const jobLock = 7_310

/**
 * Runs a job now, as if `on` were today, unless it is already running anywhere. The run and how far it came are kept,
 * also when it fails.
 * @param slotAt the slot of the schedule that this run is for; a slot that another process took is not run again
 * @returns the run, or null when the slot was taken or the job is still running for an earlier one
 * @throws JobError when it is already running (by hand), cannot run with these settings, or fails
 */
export async function runJob(
  job: Job,
  options: {
    database: Database
    config: Config
    clock: Clock
    on?: string | undefined
    slotAt?: Date | undefined
    signal?: AbortSignal | undefined
    onProgress?: ((counts: object) => void) | undefined
    /** Who started it; the schedule, or whoever typed the command, without it. */
    actor?: Actor
  },
): Promise<JobRun | null> {
  const { database, config, clock } = options
  const { db } = database
  const actor = options.actor ?? (options.slotAt === undefined ? actorOfCommand() : aJob)
  const reason = job.notReady?.(config) ?? null
  if (reason !== null) throw new JobError(`${job.name} cannot run: ${reason}`)
  const on = options.on ?? dayOf(options.slotAt ?? clock.now())

  // The lock lives as long as its connection, so a killed run never blocks the next, and a run that loses it ends.
  const lost = new AbortController()
  const lock = openConnection(database.url, () =>
    lost.abort(new JobError('the connection that held its lock was lost')),
  )
  const signal = AbortSignal.any([lost.signal, ...(options.signal ? [options.signal] : [])])
  try {
    const [locked] = await lock<{ free: boolean }[]>`
      select pg_try_advisory_lock(${jobLock}, hashtext(${job.name})) as free`
    if (!locked?.free) {
      // Of the processes that reach a slot together, one runs it; a slot during an earlier run is left out.
      if (options.slotAt !== undefined) return null
      throw new JobError(`${job.name} is already running`)
    }
    await markInterruptedRuns(db, job.name, clock.now())
    const id = uuidv7()
    const startedAt = clock.now().toISOString()
    if (!(await claimRun(db, { id, job: job.name, on, startedAt, slotAt: options.slotAt }))) return null
    const progress = async (counts: object) => {
      options.onProgress?.(counts)
      await db.execute(sql`update job_runs set counts = ${JSON.stringify(counts)}::jsonb where id = ${id}`)
    }
    try {
      const counts = await job.run({
        db,
        databaseUrl: database.url,
        config,
        runId: id,
        on,
        scheduled: options.slotAt !== undefined,
        now: () => clock.now(),
        progress,
        signal,
      })
      const finishedAt = clock.now().toISOString()
      await finishRun(db, { id, job: job.name, on, actor }, { status: 'succeeded', finishedAt, counts })
      return { id, job: job.name, on, status: 'succeeded', startedAt, finishedAt, counts }
    } catch (error) {
      const { message } = faultOf(error)
      const status = signal.aborted ? 'interrupted' : 'failed'
      await finishRun(
        db,
        { id, job: job.name, on, actor },
        { status, finishedAt: clock.now().toISOString(), error: message },
      )
      throw new JobError(`${job.name} failed: ${message}`, { cause: error })
    }
  } finally {
    await lock.end({ timeout: 2 })
  }
}

async function markInterruptedRuns(db: Db, job: string, now: Date): Promise<void> {
  await db.execute(sql`
    update job_runs set status = 'interrupted', finished_at = ${now.toISOString()},
      error = 'the process that ran it ended'
    where job = ${job} and status = 'running'`)
}

async function claimRun(
  db: Db,
  run: { id: string; job: string; on: string; startedAt: string; slotAt: Date | undefined },
): Promise<boolean> {
  const rows = await rowsOf(
    db,
    sql`insert into job_runs (id, job, slot_at, on_day, status, started_at, counts)
        values (${run.id}, ${run.job}, ${run.slotAt?.toISOString() ?? null}, ${run.on}, 'running', ${run.startedAt}, '{}')
        on conflict (job, slot_at) do nothing returning id`,
  )
  return rows.length > 0
}

async function finishRun(
  db: Db,
  { id, job, on, actor }: { id: string; job: string; on: string; actor: Actor },
  end: { status: 'succeeded' | 'failed' | 'interrupted'; finishedAt: string; counts?: object; error?: string },
): Promise<void> {
  const { status, finishedAt, counts, error } = end
  await db.transaction(async (tx) => {
    await tx.execute(sql`
      update job_runs set status = ${status}, finished_at = ${finishedAt}, error = ${error ?? null},
        counts = coalesce(${counts === undefined ? null : JSON.stringify(counts)}::jsonb, counts)
      where id = ${id}`)
    const outcome = status === 'succeeded' ? 'done' : 'failed'
    const details = { job, on, status }
    await recordAudit(tx, { actor, action: 'job-run.ended', objectId: id, outcome, details, at: new Date(finishedAt) })
  })
}
