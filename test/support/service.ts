import type { AppOptions } from '../../src/app.ts'
import type { Config } from '../../src/config.ts'
import type { Job } from '../../src/platform/jobs.ts'
import { cloneDatabase } from './database.ts'
import { startServiceOn, type TestService } from './service-on.ts'

export type { TestService } from './service-on.ts'

/** The whole service on a database of its own, without a port, at a time that stands still. */
export async function startTestService(
  instant = '2026-11-25T04:00:00.000Z',
  settings: Partial<Config> = {},
  jobs: readonly Job[] = [],
  more: Partial<AppOptions> = {},
): Promise<TestService> {
  return startServiceOn(await cloneDatabase(), instant, settings, { jobs, ...more })
}
