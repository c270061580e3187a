import { sql, type SQL } from 'drizzle-orm'
import { v7 as uuidv7 } from 'uuid'
import { asJson, isoInstant, rowsOf, type Db, type DbOrTx } from './db.ts'
import type { JobLogLevel, JobRunOrigin, JobRunStatus } from './vocabulary.ts'

/** First half of a two-part advisory lock; the second half is the job's name hashed. */
export const jobLock = 7_310

/** How far a run has come, in whatever the job counts by. */
export interface Share {
  done: number
  total: number
}

export interface JobRun {
  id: string
  job: string
  origin: JobRunOrigin
  requestedBy: string | null
  slotAt: string | null
  on: string
  dryRun: boolean
  status: JobRunStatus
  queuedAt: string
  startedAt: string | null
  finishedAt: string | null
  attempts: number
  process: string | null
  counts: Record<string, unknown>
  share: Share | null
  error: string | null
}

const columns = sql`r.id, r.job, r.origin, r.requested_by as "requestedBy", ${isoInstant('r.slot_at')} as "slotAt",
  r.on_day::text as "on", r.dry_run as "dryRun", r.status, ${isoInstant('r.queued_at')} as "queuedAt",
  ${isoInstant('r.started_at')} as "startedAt", ${isoInstant('r.finished_at')} as "finishedAt", r.attempts, r.process,
  r.counts, r.share, r.error`

const textOf = (instant: Date | null) => instant?.toISOString() ?? null

export async function findRun(db: DbOrTx, id: string): Promise<JobRun | null> {
  const [run] = await rowsOf<JobRun>(db, sql`select ${columns} from job_runs r where r.id = ${id}`)
  return run ?? null
}

/** Runs, newest first, those before `after` by id. */
export async function listRuns(
  db: DbOrTx,
  query: { job?: string | undefined; status?: JobRunStatus | undefined; after: string | null; limit: number },
): Promise<JobRun[]> {
  const { job = null, status = null, after, limit } = query
  return rowsOf(
    db,
    sql`select ${columns} from job_runs r
        where (${job}::text is null or r.job = ${job}) and (${status}::text is null or r.status = ${status})
          and (${after}::uuid is null or r.id < ${after}::uuid)
        order by r.id desc limit ${limit}`,
  )
}

/** The newest run of each of these jobs. */
export async function listLastRuns(db: DbOrTx, jobs: readonly string[]): Promise<JobRun[]> {
  return rowsOf(
    db,
    sql`select ${columns} from json_array_elements_text(${asJson(jobs)}) as name (job)
        cross join lateral (select * from job_runs l where l.job = name.job order by l.id desc limit 1) r`,
  )
}

export interface LogLine {
  at: string
  level: JobLogLevel
  text: string
}

/** What a run has told, in order; at most `maxLogLines`. */
export async function listLog(db: DbOrTx, runId: string): Promise<LogLine[]> {
  return rowsOf(
    db,
    sql`select ${isoInstant('l.at')} as at, l.level, l.text from job_run_log l where l.run_id = ${runId} order by l.line`,
  )
}

const maxLogLines = 1000
const maxLineCharacters = 2000

/** Adds a line to the log of a run, up to a bound; the last one says that there were more. */
export async function appendLog(db: DbOrTx, runId: string, at: Date, level: JobLogLevel, text: string): Promise<void> {
  const line = text.replace(/[\p{Cc}\p{Cs}]+/gu, ' ').slice(0, maxLineCharacters)
  await db.execute(sql`
    insert into job_run_log (run_id, line, at, level, text)
    select ${runId}::uuid, last.line + 1, ${at.toISOString()}::timestamptz, ${level},
      case when last.line + 1 = ${maxLogLines} then 'further lines are left out' else ${line} end
    from (select coalesce(max(l.line), 0) as line from job_run_log l where l.run_id = ${runId}::uuid) last
    where last.line < ${maxLogLines}
    on conflict do nothing`)
}

export interface NewRun {
  job: string
  origin: JobRunOrigin
  requestedBy?: string | null
  slotAt: Date | null
  on: string
  dryRun: boolean
  queuedAt: Date
}

/** Lets a run wait until a process takes it. Answers its id, or null when the slot has a run already. */
export async function insertQueuedRun(db: DbOrTx, run: NewRun): Promise<string | null> {
  const [row] = await rowsOf<{ id: string }>(
    db,
    sql`insert into job_runs (id, job, origin, requested_by, slot_at, on_day, dry_run, status, queued_at, attempts, counts)
        values (${uuidv7()}, ${run.job}, ${run.origin}, ${run.requestedBy ?? null}, ${textOf(run.slotAt)}, ${run.on},
          ${run.dryRun}, 'queued', ${run.queuedAt.toISOString()}, 0, '{}')
        on conflict (job, slot_at) do nothing returning id`,
  )
  return row?.id ?? null
}

/** Begins a waiting run, unless another process has; the caller holds the job's lock. */
export async function startRun(db: DbOrTx, id: string, begin: { process: string; at: Date }): Promise<JobRun | null> {
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`update job_runs set status = 'running', started_at = ${begin.at.toISOString()}, finished_at = null, error = null,
          process = ${begin.process}, attempts = attempts + 1
        where id = ${id} and status = 'queued' returning id`,
  )
  return rows.length === 0 ? null : findRun(db, id)
}

export async function updateProgress(db: DbOrTx, id: string, counts: object, share: Share | undefined): Promise<void> {
  await db.execute(sql`
    update job_runs set counts = ${JSON.stringify(counts)}::jsonb,
      share = coalesce(${share === undefined ? null : JSON.stringify(share)}::jsonb, share)
    where id = ${id}`)
}

export async function finishRun(
  db: DbOrTx,
  id: string,
  end: { status: 'succeeded' | 'failed' | 'interrupted'; at: Date; counts?: object; error?: string },
): Promise<void> {
  await db.execute(sql`
    update job_runs set status = ${end.status}, finished_at = ${end.at.toISOString()}, error = ${end.error ?? null},
      counts = coalesce(${end.counts === undefined ? null : JSON.stringify(end.counts)}::jsonb, counts)
    where id = ${id}`)
}

/** Lets a run that was broken off wait again; it goes on from what it has committed. */
export async function requeueRun(db: DbOrTx, id: string, countsAsAttempt: boolean): Promise<void> {
  await db.execute(sql`
    update job_runs set status = 'queued', attempts = attempts - ${countsAsAttempt ? 0 : 1}
    where id = ${id} and status in ('running', 'interrupted')`)
}

/** Runs of a job that no process can be running: the caller holds the job's lock. */
export async function listAbandonedRuns(db: DbOrTx, job: string): Promise<JobRun[]> {
  return rowsOf(db, sql`select ${columns} from job_runs r where r.job = ${job} and r.status = 'running' order by r.id`)
}

/** The waiting run of a job that comes first: by its slot, or by when it was asked for. */
export async function findNextQueued(db: DbOrTx, job: string): Promise<string | null> {
  const [row] = await rowsOf<{ id: string }>(
    db,
    sql`select r.id from job_runs r where r.job = ${job} and r.status = 'queued'
        order by coalesce(r.slot_at, r.queued_at), r.id limit 1`,
  )
  return row?.id ?? null
}

/** Of the waiting slots of a job leaves out all but the newest. */
export async function skipOlderSlots(db: DbOrTx, job: string, now: Date): Promise<void> {
  await db.execute(sql`
    update job_runs set status = 'skipped', finished_at = ${now.toISOString()}, error = 'a later slot is run instead'
    where job = ${job} and status = 'queued' and slot_at < (
      select max(n.slot_at) from job_runs n where n.job = ${job} and n.status = 'queued')`)
}

const lockOfJob = (name: SQL) => sql`exists (
  select 1 from pg_locks l where l.locktype = 'advisory' and l.granted and l.classid = ${jobLock} and l.objsubid = 2
    and l.objid::bigint = (hashtext(${name})::bigint & 4294967295)
    and l.database = (select d.oid from pg_database d where d.datname = current_database()))`

/** Jobs with runs that wait, or that were broken off, and that no process is running. */
export async function listJobsWithWork(db: DbOrTx): Promise<string[]> {
  const rows = await rowsOf<{ job: string }>(
    db,
    sql`select distinct r.job from job_runs r
        where r.status in ('queued', 'running') and not ${lockOfJob(sql`r.job`)}`,
  )
  return rows.map((row) => row.job)
}

/** Whether a process is running the job at this moment. */
export async function isRunning(db: DbOrTx, job: string): Promise<boolean> {
  const [row] = await rowsOf<{ running: boolean }>(db, sql`select ${lockOfJob(sql`${job}`)} as running`)
  return row?.running === true
}

/** Makes those who would start the same job wait for each other, to the end of the transaction. */
export async function lockStarting(db: DbOrTx, job: string): Promise<void> {
  await db.execute(sql`select pg_advisory_xact_lock(${jobLock + 2}, hashtext(${job}))`)
}

export async function existsQueuedRun(db: DbOrTx, job: string): Promise<boolean> {
  const rows = await rowsOf(db, sql`select from job_runs r where r.job = ${job} and r.status = 'queued' limit 1`)
  return rows.length > 0
}

/** Deletes runs that ended before a moment, with their logs, some at a time. Answers how many. */
export async function deleteRunsBefore(db: Db, before: Date, limit: number): Promise<number> {
  const rows = await rowsOf(
    db,
    sql`delete from job_runs where id in (
          select r.id from job_runs r where r.finished_at < ${before.toISOString()} order by r.id limit ${limit})
        returning id`,
  )
  return rows.length
}
