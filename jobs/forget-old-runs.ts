import { deleteRunsBefore } from '../src/platform/job-runs.ts'
import type { JobContext } from '../src/platform/jobs.ts'

/** Longer than a year, so that this year's run of a yearly job can be held against last year's. */
const keptDays = 400
const perStatement = 1000

/** Deletes the runs of jobs, with their logs, that are older than they are kept. */
export async function forgetOldRunsJob({ db, now, signal }: JobContext) {
  const before = new Date(now().getTime() - keptDays * 86_400_000)
  let forgotten = 0
  for (;;) {
    signal.throwIfAborted()
    const deleted = await deleteRunsBefore(db, before, perStatement)
    forgotten += deleted
    if (deleted < perStatement) return { forgotten }
  }
}
