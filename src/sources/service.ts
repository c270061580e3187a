import type { Config } from '../config.ts'
import type { DbOrTx } from '../platform/db.ts'
import type { Guards } from './domain.ts'
import { findCheckpoint, listUsccsInQuarantine } from './repository.ts'
import type { Collection } from './vocabulary.ts'

export { pullCollection, type PullCounts, type PullOptions } from './pull.ts'
export { forgetOldRawBytes } from './raw-bytes.ts'
export { type RecordCounts } from './take.ts'

/** When the sources are stopped, by the settings. */
export function guardsOf(config: Config): Partial<Guards> {
  return { refusedShare: config.SOURCE_REFUSED_SHARE, shrunkShare: config.SOURCE_SHRUNK_SHARE }
}

/** Which of these businesses have a record of the collection in quarantine, and so must not be judged by its absence. */
export async function usccsInQuarantine(
  db: DbOrTx,
  collection: Collection,
  usccs: readonly string[],
): Promise<Set<string>> {
  return new Set(await listUsccsInQuarantine(db, collection, usccs))
}

/** When the last complete pull of a collection began; null when there was none. */
export async function lastCompletePull(db: DbOrTx, collection: Collection): Promise<Date | null> {
  const checkpoint = await findCheckpoint(db, collection)
  return checkpoint?.completedAt == null ? null : new Date(checkpoint.completedAt)
}
