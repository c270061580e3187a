import type { JobContext } from '../src/platform/jobs.ts'
import { guardsOf, pullCollection } from '../src/sources/service.ts'

/** Pulls annual reports and their web information from the configured source. */
export async function pullAnnualReports({ db, config, runId, now, signal, progress }: JobContext) {
  return pullCollection({
    db,
    collection: 'annual-reports',
    source: { baseUrl: config.SOURCE_ANNUAL_REPORTS_URL ?? '', token: config.SOURCE_ANNUAL_REPORTS_TOKEN },
    now,
    runId,
    guards: guardsOf(config),
    signal,
    onProgress: progress,
  })
}
