import type { Db, Tx } from '../platform/db.ts'
import { codeIn } from './file-record.ts'
import { readFileRecords } from './files.ts'
import type { RefusedRecord } from './read.ts'
import { insertQuarantined } from './repository.ts'
import { noRecords, retryUnknownSubjects, takeRecords, type RecordCounts } from './service.ts'
import type { Collection } from './vocabulary.ts'

const importBatch = 1000

/** How far a file has come: so many of its records, lines that are none included, have become these counts. */
export interface ImportReached {
  records: number
  counts: RecordCounts
}

export interface ImportOptions {
  now: () => Date
  /** The time as of which a table speaks whose rows have none of their own; now, where it is left out. */
  asOf?: Date | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((counts: RecordCounts, share: { done: number; total: number }) => void | Promise<void>) | undefined
  /** Told what is noteworthy of the file as a whole, such as columns that were left out. */
  onNotice?: ((notice: string) => void) | undefined
  /** Where an import of the same bytes was broken off. */
  resume?: ImportReached | undefined
  /** Called in the transaction of each batch with what it comes to, and the records of it that were refused. */
  onBatch?: ((tx: Tx, reached: ImportReached, refused: readonly RefusedRecord[]) => Promise<void>) | undefined
}

/**
 * Imports the records of a file: NDJSON, CSV, TSV or XLSX. Batches commit one by one; importing the same file again changes
 * nothing. Records that waited for an imported business are taken too, without a source to pull.
 * @throws FileError when the file cannot be read, or not to its end; the batches before the fault stay taken
 */
export async function importFile(
  db: Db,
  collection: Collection,
  path: string,
  options: ImportOptions,
): Promise<RecordCounts> {
  const { resume, onBatch, signal } = options
  const counts = resume === undefined ? noRecords() : structuredClone(resume.counts)
  const asOf = (options.asOf ?? options.now()).toISOString()
  let read = 0
  let share = { done: 0, total: 0 }
  let batch: unknown[] = []
  let unreadable: { raw: string; detail: string }[] = []
  const flush = async () => {
    await db.transaction(async (tx) => {
      const now = options.now()
      const refused = await takeRecords(tx, collection, batch, now, counts)
      const unread = unreadable.map(({ raw, detail }) => ({
        ok: false as const,
        reason: 'unreadable' as const,
        detail,
        sourceId: null,
        uscc: codeIn(raw),
        raw,
      }))
      await insertQuarantined(tx, collection, unread, now)
      counts.records += unreadable.length
      if (unreadable.length > 0) {
        counts.quarantined.unreadable = (counts.quarantined.unreadable ?? 0) + unreadable.length
      }
      await onBatch?.(tx, { records: read, counts }, [...refused, ...unread])
    })
    batch = []
    unreadable = []
    await options.onProgress?.(counts, share)
    signal?.throwIfAborted()
  }
  const records = readFileRecords(path, collection, {
    asOf,
    onNotice: options.onNotice,
    onShare: (reached) => (share = reached),
  })
  for await (const line of records) {
    read += 1
    if (read <= (resume?.records ?? 0)) continue
    if (line.ok) batch.push(line.record)
    else unreadable.push(line)
    if (batch.length + unreadable.length >= importBatch) await flush()
  }
  await flush()
  if (collection === 'subjects') await retryUnknownSubjects(db, 'annual-reports', options.now())
  return counts
}
