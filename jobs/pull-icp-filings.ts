import type { JobContext } from '../src/platform/jobs.ts'
import { pull } from './pull-collection.ts'

/** Pulls the filings of sites (ICP备案) from the configured source. */
export async function pullIcpFilings(context: JobContext) {
  return pull('icp-filings', context)
}
