import { sendSixtyDayNotices } from '../src/listings/terms/service.ts'
import type { JobContext } from '../src/platform/jobs.ts'

/** Gives the notice of the coming promotion in the 60 days before the third anniversary of an entry. */
export async function sendSixtyDayNoticesJob({ db, on, now, signal, progress }: JobContext) {
  return sendSixtyDayNotices({ db, on, now, signal, onProgress: progress })
}
