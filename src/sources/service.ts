import type { Config } from '../config.ts'
import type { Db, DbOrTx } from '../platform/db.ts'
import type { Guards } from './domain.ts'
import { FileError, isTable, readFileRecords } from './files.ts'
import { findCheckpoint, insertQuarantined, listUsccsInQuarantine } from './repository.ts'
import { noRecords, retryUnknownSubjects, takeRecords, type RecordCounts } from './take.ts'
import { collections, type Collection } from './vocabulary.ts'

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

const importBatch = 1000

/**
 * Imports the records of a file: NDJSON, CSV or TSV, in UTF-8 or GB 18030. Batches commit one by one; importing the
 * same file again changes nothing. Reports that waited for an imported business are taken too, without a source to pull.
 * @throws FileError when the file cannot be read, or not to its end; the batches before the fault stay taken
 */
export async function importFile(
  db: Db,
  collection: Collection,
  path: string,
  options: { now: () => Date; onProgress?: (counts: RecordCounts) => void },
): Promise<RecordCounts> {
  // The sites of a report are a list, which a row of a table does not hold: they would be lost without a word.
  if (collection === 'annual-reports' && isTable(path)) {
    throw new FileError(`${path}: annual reports are imported from NDJSON, since a table has no place for their sites`)
  }
  const counts = noRecords()
  let batch: unknown[] = []
  const unreadable: { raw: string; detail: string }[] = []
  const flush = async () => {
    await db.transaction(async (tx) => {
      const now = options.now()
      await takeRecords(tx, collection, batch, now, counts)
      const refused = unreadable.map(({ raw, detail }) => ({
        ok: false as const,
        reason: 'unreadable' as const,
        detail,
        sourceId: null,
        uscc: null,
        raw,
      }))
      await insertQuarantined(tx, collection, refused, now)
    })
    counts.records += unreadable.length
    if (unreadable.length > 0) {
      counts.quarantined.unreadable = (counts.quarantined.unreadable ?? 0) + unreadable.length
    }
    batch = []
    unreadable.length = 0
    options.onProgress?.(counts)
  }
  for await (const line of readFileRecords(path)) {
    if (line.ok) batch.push(line.record)
    else unreadable.push(line)
    if (batch.length + unreadable.length >= importBatch) await flush()
  }
  await flush()
  if (collection === 'subjects') {
    for (const waiting of collections)
      if (waiting !== 'subjects') await retryUnknownSubjects(db, waiting, options.now())
  }
  return counts
}
