import { listLateReporters } from '../src/listings/service.ts'
import { dayOf } from '../src/platform/clock.ts'
import { JobError, type JobContext } from '../src/platform/jobs.ts'
import { lastCompletePull } from '../src/sources/service.ts'

/**
 * Enters on the abnormal list who filed no annual report in time. With nobody watching it refuses to judge by reports
 * that were pulled before the window closed: whoever filed in the last days would be entered wrongly.
 */
export async function listLateReportersJob({ db, on, now, scheduled, signal, progress }: JobContext) {
  return listLateReporters({
    db,
    on,
    now,
    signal,
    onProgress: progress,
    beforeEntering: async (window) => {
      const pulledAt = await lastCompletePull(db, 'annual-reports')
      const isFresh = pulledAt !== null && dayOf(pulledAt) > window.closesOn
      if (scheduled && !isFresh) {
        throw new JobError(
          `annual reports have not been pulled completely since the window closed on ${window.closesOn}: run pull-annual-reports first`,
        )
      }
    },
  })
}
