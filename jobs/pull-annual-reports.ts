import type { JobContext } from '../src/platform/jobs.ts'
import { pullCollection } from '../src/sources/service.ts'

/** Pulls annual reports and their web information from the configured source. */
export async function pullAnnualReports({ db, config, now, signal, progress }: JobContext) {
  return pullCollection({
    db,
    collection: 'annual-reports',
    source: { baseUrl: config.SOURCE_ANNUAL_REPORTS_URL ?? '', token: config.SOURCE_ANNUAL_REPORTS_TOKEN },
    now,
    signal,
    onProgress: progress,
  })
}
