import { rowsOfFiles, writeSnapshot } from '../src/feed/snapshots/service.ts'
import type { JobContext } from '../src/platform/jobs.ts'
import { snapshotDirOf } from '../src/platform/open.ts'
import { openSigning } from '../src/platform/signing.ts'

/** Writes, checks, signs and publishes a full copy of the lists. */
export async function writeSnapshotJob({ db, databaseUrl, config, now, signal, progress }: JobContext) {
  const { id, position, files, stateDigest } = await writeSnapshot({
    db,
    url: databaseUrl,
    folder: snapshotDirOf(config),
    signing: await openSigning(config),
    now,
    signal,
    onProgress: progress,
  })
  return { id, position, rows: rowsOfFiles(files), stateDigest }
}
