import type { JobContext } from '../src/platform/jobs.ts'
import { importDropped } from '../src/sources/dropped-files.ts'

/** Takes the files that lie whole in the folder of IMPORT_DIR. */
export async function importFiles({ db, config, runId, now, signal, dryRun, progress, log }: JobContext) {
  return importDropped({ db, folder: config.IMPORT_DIR ?? '', runId, now, signal, dryRun, onProgress: progress, log })
}
