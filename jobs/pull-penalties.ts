import type { JobContext } from '../src/platform/jobs.ts'
import { pull } from './pull-collection.ts'

/** Pulls penalty decisions from the configured source, and publishes them. */
export async function pullPenalties(context: JobContext) {
  return pull('penalties', context)
}
