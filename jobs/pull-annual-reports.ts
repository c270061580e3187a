import type { JobContext } from '../src/platform/jobs.ts'
import { pull } from './pull-collection.ts'

/** Pulls annual reports and their web information from the configured source. */
export async function pullAnnualReports(context: JobContext) {
  return pull('annual-reports', context)
}
