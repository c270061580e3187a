import { expireTerms } from '../src/listings/terms/service.ts'
import type { JobContext } from '../src/platform/jobs.ts'

/** Removes entries whose term is over and which end by themselves. */
export async function expireTermsJob({ db, on, now, signal, progress }: JobContext) {
  return expireTerms({ db, on, now, signal, onProgress: progress })
}
