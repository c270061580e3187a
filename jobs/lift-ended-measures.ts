import { presentRulebook } from '../src/law/service.ts'
import type { JobContext } from '../src/platform/jobs.ts'
import { liftEndedTerms } from '../src/sanctions/service.ts'

/** Requests the lift of measures whose own term is over, such as the bar on a person that outlived the entry. */
export async function liftEndedMeasuresJob({ db, on, now, signal }: JobContext) {
  return liftEndedTerms({ db, law: await presentRulebook(db), on, now, signal })
}
