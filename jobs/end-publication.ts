import { endPublication } from '../src/listings/terms/service.ts'
import { endPenaltyPublications } from '../src/penalties/service.ts'
import type { JobContext } from '../src/platform/jobs.ts'

/** Withdraws entries and penalties whose publication period is over. */
export async function endPublicationJob({ db, on, now, signal, progress }: JobContext) {
  const entries = await endPublication({ db, on, now, signal, onProgress: progress })
  const penalties = await endPenaltyPublications(db, { on, now, signal })
  return { entries: entries.ended, penalties }
}
