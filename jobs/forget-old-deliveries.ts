import type { JobContext } from '../src/platform/jobs.ts'
import { forgetOldDeliveries } from '../src/subscriptions/service.ts'

/** Deletes the history of webhooks that is older than it is kept. */
export async function forgetOldDeliveriesJob({ db, now, signal }: JobContext) {
  return { forgotten: await forgetOldDeliveries(db, now(), signal) }
}
