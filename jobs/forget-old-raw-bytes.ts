import type { JobContext } from '../src/platform/jobs.ts'
import { forgetOldRawBytes } from '../src/sources/service.ts'

/** Deletes the bytes of sources that are older than they are kept. */
export async function forgetOldRawBytesJob({ db, config, now, signal }: JobContext) {
  return { forgotten: await forgetOldRawBytes(db, { days: config.RAW_RETENTION_DAYS, now: now(), signal }) }
}
