import type { JobContext } from '../src/platform/jobs.ts'
import { makePartitions } from '../src/platform/partitions.ts'

/** Makes the next ranges of positions of the log, and the next years of the annual reports. */
export async function makePartitionsJob({ db, on }: JobContext) {
  const made = await makePartitions(db, on)
  return { log: made.feed_events, reports: made.annual_report_revisions }
}
