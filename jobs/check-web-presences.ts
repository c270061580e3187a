import type { JobContext } from '../src/platform/jobs.ts'
import { checkWebPresences } from '../src/web-checks/service.ts'

/** Visits filed sites and shops: whether they answer, and whether they display their licence. */
export async function checkWebPresencesJob({ db, databaseUrl, config, on, now, signal, progress }: JobContext) {
  return checkWebPresences({
    ...{ db, databaseUrl, on, now, signal, onProgress: progress },
    publicUrl: config.PUBLIC_URL ?? '',
    allowedHosts: config.WEB_CHECK_ALLOWED_HOSTS,
    delayMs: 60_000 / config.WEB_CHECK_RATE,
    parallelSites: config.WEB_CHECK_PARALLEL_SITES,
    keepPagesDays: config.WEB_CHECK_KEEP_PAGES_DAYS,
  })
}
