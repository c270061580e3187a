import { sql } from 'drizzle-orm'
import type postgres from 'postgres'
import type { Config } from '../config.ts'
import { dayOf, type Clock } from './clock.ts'
import { asJson, isoInstant, openConnection, rowsOf, type Database, type Db, type DbOrTx } from './db.ts'
import { appendLog, findNextQueued, insertQueuedRun, listJobsWithWork, skipOlderSlots } from './job-runs.ts'
import { slotsBetween } from './job-slots.ts'
import { anyOf, executeRun, processName, settleAbandonedRuns, withJobLock, type Job } from './jobs.ts'

export interface ScheduleLog {
  info(context: object, message: string): void
  warn(context: object, message: string): void
  error(context: object, message: string): void
}

/** One process's part in running the jobs. Any number of processes have one. */
export interface Schedule {
  /**
   * Decides the slots that are due, where this process leads, and begins to run what waits. Resolves when that is begun; `idle`
   * waits for the runs.
   */
  tick(): Promise<void>
  idle(): Promise<void>
  leads(): boolean
  /** Tells runs under way to stop, waits for them, and lets another process lead. */
  stop(): Promise<void>
}

/** Of slots that were missed for longer than this none is run. */
const catchUpMs = 35 * 86_400_000
/** Of a job that catches up each slot at most so many are run, the newest ones. */
const maxSlots = 500
/** A two-part advisory lock, held by the process that decides slots. */
const leaderLock = 7_311

/**
 * Makes this process take part. Which slots are due is decided in the database by one process, the leader, from the last slot
 * that was decided to now: a slot that nobody was there for is found later. Who runs them is whoever takes the job's lock.
 */
export function createSchedule(options: {
  database: Database
  config: Config
  clock: Clock
  /** Those that this process can run. */
  jobs: readonly Job[]
  log: ScheduleLog
}): Schedule {
  const { database, clock, jobs, log } = options
  const stopping = new AbortController()
  const running = new Map<string, Promise<void>>()
  const startedAt = clock.now()
  let connection: postgres.Sql | null = null
  let leading = false
  let since = startedAt
  let ticking: Promise<void> | null = null
  let asked = 0

  const tryToLead = async () => {
    if (leading) return
    connection ??= openConnection(database.url, () => {
      if (leading && !stopping.signal.aborted) log.warn({}, 'lost the lead of the scheduled jobs')
      leading = false
    })
    const [row] = await connection<{ free: boolean }[]>`select pg_try_advisory_lock(${leaderLock}, 0) as free`
    if (!row?.free) return
    leading = true
    since = clock.now()
    log.info({ process: processName }, 'leads the scheduled jobs')
  }

  const drain = async (job: Job) => {
    const ended = await withJobLock(job, database, async (lockSignal) => {
      const runOptions = { ...options, signal: anyOf(lockSignal, stopping.signal) }
      await settleAbandonedRuns(job, runOptions)
      for (;;) {
        if (runOptions.signal.aborted) return
        if (job.catchUp !== 'each') await skipOlderSlots(database.db, job.name, clock.now())
        const next = await findNextQueued(database.db, job.name)
        if (next === null) return
        try {
          const run = await executeRun(job, next, runOptions)
          if (run !== null) log.info({ job: job.name, run: run.id, counts: run.counts }, 'job succeeded')
        } catch (error) {
          if (stopping.signal.aborted) log.info({ job: job.name, run: next }, 'job interrupted')
          else log.error({ job: job.name, run: next, err: error }, 'job failed')
        }
      }
    })
    // Another process was quicker.
    if (ended === 'busy') return
  }

  const work = async () => {
    const waiting = new Set(await listJobsWithWork(database.db))
    for (const job of jobs) {
      if (!waiting.has(job.name) || running.has(job.name) || stopping.signal.aborted) continue
      const run = drain(job)
        .catch((error: unknown) => log.error({ job: job.name, err: error }, 'job could not be run'))
        .finally(() => running.delete(job.name))
      running.set(job.name, run)
    }
  }

  const tickOnce = async () => {
    try {
      await tryToLead()
      if (leading) {
        await upsertLeader(database.db, since, clock.now())
        await decideSlots(database.db, jobs, { since: startedAt, now: clock.now() })
      }
      await work()
    } catch (error) {
      if (!stopping.signal.aborted) log.warn({ err: error }, 'the schedule could not be looked at; it is tried again')
    }
  }

  const tick = async (): Promise<void> => {
    if (stopping.signal.aborted) return
    if (ticking !== null) {
      // What is due since the one under way began is looked at after it.
      asked += 1
      return ticking
    }
    ticking = (async () => {
      let looked: number
      do {
        looked = asked
        await tickOnce()
      } while (looked !== asked && !stopping.signal.aborted)
    })().finally(() => (ticking = null))
    return ticking
  }

  return {
    tick,
    leads: () => leading,
    idle: async () => {
      while (running.size > 0) await Promise.all(running.values())
    },
    stop: async () => {
      stopping.abort()
      await ticking
      await Promise.all(running.values())
      leading = false
      await connection?.end({ timeout: 2 })
    },
  }
}

/** Queues the slots since those that were decided before. A job that is seen for the first time has missed nothing. */
async function decideSlots(db: Db, jobs: readonly Job[], { since, now }: { since: Date; now: Date }): Promise<void> {
  const names = jobs.map((job) => job.name)
  await db.execute(sql`
    insert into job_slots (job, decided_until)
    select name.job, coalesce((select max(r.slot_at) from job_runs r where r.job = name.job), ${since.toISOString()}::timestamptz)
    from json_array_elements_text(${asJson(names)}) as name (job)
    on conflict (job) do nothing`)
  const decided = new Map((await listDecided(db)).map((row) => [row.job, new Date(row.decidedUntil)]))
  for (const job of jobs) {
    const until = decided.get(job.name)
    if (until === undefined || slotsBetween(job.cron, until, now, 1).length === 0) continue
    await db.transaction(async (tx) => {
      const [row] = await listDecided(tx, job.name)
      if (row !== undefined) await decideSlotsOf(tx, job, new Date(row.decidedUntil), now)
    })
  }
}

async function decideSlotsOf(tx: DbOrTx, job: Job, after: Date, now: Date): Promise<void> {
  const oldest = new Date(Math.max(after.getTime(), now.getTime() - catchUpMs))
  const due = slotsBetween(job.cron, oldest, now, maxSlots)
  const taken = job.catchUp === 'each' ? due : due.slice(-1)
  for (const slotAt of taken) {
    const id = await insertQueuedRun(tx, {
      ...{ job: job.name, origin: 'schedule', slotAt, on: dayOf(slotAt), dryRun: false, queuedAt: now },
    })
    const [first] = due
    const missed = due.length - taken.length
    if (id !== null && missed > 0 && first !== undefined) {
      const text = `${missed} earlier slots since ${first.toISOString()} were missed; this run does what they would have done`
      await appendLog(tx, id, now, 'warn', text)
    }
  }
  const [last] = slotsBetween(job.cron, after, now, 1)
  if (last === undefined) return
  await tx.execute(sql`update job_slots set decided_until = ${last.toISOString()} where job = ${job.name}`)
}

/** Up to when slots have been decided; of one job, its row is locked. */
async function listDecided(db: DbOrTx, job?: string): Promise<{ job: string; decidedUntil: string }[]> {
  return rowsOf(
    db,
    job === undefined
      ? sql`select s.job, ${isoInstant('s.decided_until')} as "decidedUntil" from job_slots s`
      : sql`select s.job, ${isoInstant('s.decided_until')} as "decidedUntil" from job_slots s where s.job = ${job} for update`,
  )
}

async function upsertLeader(db: DbOrTx, since: Date, now: Date): Promise<void> {
  await db.execute(sql`
    insert into job_leader (name, process, since, seen_at)
    values ('schedule', ${processName}, ${since.toISOString()}, ${now.toISOString()})
    on conflict (name) do update set process = excluded.process, since = excluded.since, seen_at = excluded.seen_at`)
}

export interface Leader {
  process: string
  since: string
  seenAt: string
}

/** Who decides the slots at this moment: the holder of the lock, as it has told of itself; null when nobody does. */
export async function findLeader(db: DbOrTx): Promise<Leader | null> {
  const [leader] = await rowsOf<Leader>(
    db,
    sql`select l.process, ${isoInstant('l.since')} as since, ${isoInstant('l.seen_at')} as "seenAt" from job_leader l
        where l.name = 'schedule' and exists (
          select 1 from pg_locks k where k.locktype = 'advisory' and k.granted and k.classid = ${leaderLock}
            and k.database = (select d.oid from pg_database d where d.datname = current_database()))`,
  )
  return leader ?? null
}
