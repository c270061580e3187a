import { reportOverdueSteps } from '../src/overdue/service.ts'
import type { JobContext } from '../src/platform/jobs.ts'

/** Counts and keeps the steps whose legal deadline has passed. */
export async function reportOverdueStepsJob({ db, on, signal }: JobContext) {
  return reportOverdueSteps({ db, on, signal })
}
