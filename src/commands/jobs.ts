import { InvalidArgumentError, type Command } from 'commander'
import { z } from 'zod'
import { systemClock } from '../platform/clock.ts'
import { findRun, listLog, listRuns } from '../platform/job-runs.ts'
import { nextSlot, scheduleZone } from '../platform/job-slots.ts'
import { JobError, runJob, type Job, type JobRun } from '../platform/jobs.ts'
import {
  abortedBySignal,
  answer,
  command,
  describeCounts,
  endProgress,
  showProgress,
  tell,
  UsageError,
  withDatabase,
} from './terminal.ts'

/** Runs a job now in this process, with its progress on the terminal. */
export async function runByHand(
  jobs: readonly Job[],
  name: string,
  options: { on?: string; dryRun?: boolean } = {},
): Promise<JobRun> {
  const job = jobNamed(jobs, name)
  return withDatabase(async (database, config) => {
    const run = await runJob(job, {
      signal: abortedBySignal(),
      database,
      config,
      clock: systemClock,
      ...options,
      onProgress: showProgress,
      onLog: (text, level) => {
        endProgress()
        tell(level === 'info' ? text : `${level}: ${text}`)
      },
    })
    endProgress()
    // Only a slot of the schedule is left out.
    if (run === null) throw new JobError(`${name} did not run`)
    return run
  })
}

function jobNamed(jobs: readonly Job[], name: string): Job {
  const job = jobs.find((candidate) => candidate.name === name)
  if (job === undefined) throw new UsageError(`there is no job ${name}; xinjian job list names all`)
  return job
}

/** `job run`, `job list`, `job runs` and `job log`. */
export function addJobCommands(program: Command, jobs: readonly Job[]): void {
  const group = program.command('job').description('Run and list the jobs')
  command(group, 'run <name>', `Run a job now: ${jobs.map(({ name }) => name).join(', ')}`)
    .option('--on <date>', 'act as if this day (YYYY-MM-DD, in Asia/Shanghai) were today', parseDay)
    .option('--dry-run', 'do everything and commit nothing; not every job can')
    .action(async (name: string, options: { on?: string; dryRun?: boolean }, self: Command) => {
      const run = await runByHand(jobs, name, options)
      const dry = run.dryRun ? ', and nothing was committed (dry run)' : ''
      answer(self, run, () => `${name} succeeded for ${run.on}${dry}\n${describeCounts(run.counts)}`)
    })
  command(group, 'list', 'List the jobs with their schedules').action((_options, self: Command) => {
    const list = jobs.map(({ name, description, cron, catchUp = 'latest', canDryRun = false }) => ({
      ...{ name, description, cron, timeZone: scheduleZone, catchUp, canDryRun },
      nextSlotAt: nextSlot(cron, systemClock.now()).toISOString(),
    }))
    answer(self, list, () =>
      list
        .map(
          (item) => `${item.name}  (${item.cron}, ${scheduleZone}; next ${item.nextSlotAt})\n    ${item.description}`,
        )
        .join('\n'),
    )
  })
  command(group, 'runs', 'List the newest runs')
    .option('--job <name>', 'of this job alone')
    .option('--limit <number>', 'at most so many', parseLimit, 20)
    .action(async (options: { job?: string; limit: number }, self: Command) => {
      const job = options.job === undefined ? undefined : jobNamed(jobs, options.job).name
      await withDatabase(async ({ db }) => {
        const runs = await listRuns(db, { job, after: null, limit: options.limit })
        answer(self, runs, () => (runs.length === 0 ? 'Nothing has run.' : runs.map(describeRun).join('\n')))
      })
    })
  command(group, 'log <run>', 'Show a run and what it has told; job runs has the ids').action(
    async (id: string, _options, self: Command) => {
      if (!z.uuid().safeParse(id).success) throw new UsageError(`${id} is no id of a run; xinjian job runs has them`)
      await withDatabase(async ({ db }) => {
        const run = await findRun(db, id)
        if (run === null) throw new UsageError(`there is no run ${id}; xinjian job runs names the newest`)
        const log = await listLog(db, id)
        answer(self, { ...run, log }, () =>
          [describeRun(run), describeCounts(run.counts), ...log.map(({ at, level, text }) => `${at} ${level} ${text}`)]
            .filter((line) => line !== '')
            .join('\n'),
        )
      })
    },
  )
}

function describeRun({ id, job, on, status, dryRun, startedAt, queuedAt, error }: JobRun): string {
  const parts = [id, startedAt ?? queuedAt, job, `for ${on}`, dryRun ? `${status} (dry run)` : status]
  return parts.join('  ') + (error === null ? '' : `\n    ${error}`)
}

function parseDay(text: string): string {
  if (!z.iso.date().safeParse(text).success) throw new InvalidArgumentError('It must be a day such as 2026-07-01.')
  return text
}

function parseLimit(text: string): number {
  const parsed = z.coerce.number().int().min(1).max(1000).safeParse(text)
  if (!parsed.success) throw new InvalidArgumentError('It must be a number from 1 to 1000.')
  return parsed.data
}
