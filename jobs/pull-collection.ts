import type { Config } from '../src/config.ts'
import type { Job, JobContext } from '../src/platform/jobs.ts'
import { guardsOf, pullCollection } from '../src/sources/service.ts'

/** Where each collection is pulled from, by its settings. */
const sourceOf = {
  subjects: (config: Config) => ({ baseUrl: config.SOURCE_SUBJECTS_URL, token: config.SOURCE_SUBJECTS_TOKEN }),
  'annual-reports': (config: Config) => ({
    baseUrl: config.SOURCE_ANNUAL_REPORTS_URL,
    token: config.SOURCE_ANNUAL_REPORTS_TOKEN,
  }),
  'icp-filings': (config: Config) => ({
    baseUrl: config.SOURCE_ICP_FILINGS_URL,
    token: config.SOURCE_ICP_FILINGS_TOKEN,
  }),
  penalties: (config: Config) => ({ baseUrl: config.SOURCE_PENALTIES_URL, token: config.SOURCE_PENALTIES_TOKEN }),
  'platform-sellers': (config: Config) => ({
    baseUrl: config.SOURCE_PLATFORM_SELLERS_URL,
    token: config.SOURCE_PLATFORM_SELLERS_TOKEN,
  }),
}

type Pulled = keyof typeof sourceOf

/** Pulls a collection from its configured source. */
export async function pull(collection: Pulled, { db, config, runId, now, signal, progress }: JobContext) {
  const { baseUrl = '', token } = sourceOf[collection](config)
  const source = { baseUrl, token }
  const guards = guardsOf(config)
  return pullCollection({ db, collection, source, now, runId, guards, signal, onProgress: progress })
}

/** The reason why a collection cannot be pulled with these settings. */
export function needsSource(collection: Pulled): NonNullable<Job['notReady']> {
  const setting = `SOURCE_${collection.replace('-', '_').toUpperCase()}_URL`
  return (config) =>
    sourceOf[collection](config).baseUrl === undefined ? `set ${setting} to the base URL of the source` : null
}
