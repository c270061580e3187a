import type { Config } from '../config.ts'
import { dayOf } from '../platform/clock.ts'
import type { Tx } from '../platform/db.ts'
import {
  existsQueuedRun,
  findRun,
  insertQueuedRun,
  isRunning,
  lockStarting,
  type JobRun,
} from '../platform/job-runs.ts'
import type { Job } from '../platform/jobs.ts'
import { Problem, problems } from '../platform/problem.ts'

/**
 * Lets a run of a job wait for a process that runs jobs, which takes it within seconds.
 * @throws Problem unknown-job, job-not-ready, dry-run-not-possible, or job-already-running when it runs or waits already
 */
export async function requestRun(
  tx: Tx,
  jobs: readonly Job[],
  config: Config,
  asked: { job: string; on?: string | undefined; dryRun: boolean; by: string; now: Date },
): Promise<JobRun> {
  const job = jobs.find(({ name }) => name === asked.job)
  if (job === undefined) throw new Problem('unknown-job', problems['unknown-job'].meaning)
  const reason = job.notReady?.(config) ?? null
  if (reason !== null) {
    throw new Problem('job-not-ready', { zh: `此任务缺少设置：${reason}`, en: `The job cannot run: ${reason}.` })
  }
  if (asked.dryRun && job.canDryRun !== true) {
    throw new Problem('dry-run-not-possible', problems['dry-run-not-possible'].meaning)
  }
  await lockStarting(tx, job.name)
  if ((await isRunning(tx, job.name)) || (await existsQueuedRun(tx, job.name))) {
    throw new Problem('job-already-running', problems['job-already-running'].meaning)
  }
  const id = await insertQueuedRun(tx, {
    job: job.name,
    origin: 'api',
    requestedBy: asked.by,
    slotAt: null,
    on: asked.on ?? dayOf(asked.now),
    dryRun: asked.dryRun,
    queuedAt: asked.now,
  })
  const run = id === null ? null : await findRun(tx, id)
  if (run === null) throw new Error('a run that was kept is not there')
  return run
}
