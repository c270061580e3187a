import type { JobContext } from '../src/platform/jobs.ts'
import { pull } from './pull-collection.ts'

/** Pulls the registry of businesses (经济户口) from the configured source. */
export async function pullSubjects(context: JobContext) {
  return pull('subjects', context)
}
