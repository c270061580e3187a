import type { JobContext } from '../src/platform/jobs.ts'
import { endUnreported } from '../src/sources/platform-sellers/service.ts'
import { pull } from './pull-collection.ts'

/**
 * Pulls what platforms report of their sellers, to the end, and then ends the claims on shops that the newest report of
 * their platform no longer names.
 */
export async function pullPlatformSellers(context: JobContext) {
  const counts = await pull('platform-sellers', context)
  return { ...counts, shops: await endUnreported(context.db, context.now()) }
}
