import { promoteToSerious } from '../src/listings/terms/service.ts'
import type { JobContext } from '../src/platform/jobs.ts'

/** Enters on the serious-violator list who stayed on the abnormal list for three years, while that rule existed. */
export async function promoteToSeriousJob({ db, on, now, signal, progress }: JobContext) {
  return promoteToSerious({ db, on, now, signal, onProgress: progress })
}
