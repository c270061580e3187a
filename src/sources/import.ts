import type { Db, Tx } from '../platform/db.ts'
import { codeIn } from './file-record.ts'
import { formatOf, readFileRecords } from './files.ts'
import type { RefusedRecord } from './read.ts'
import { insertQuarantined } from './repository.ts'
import { keepFileBytes } from './raw-bytes.ts'
import { noRecords, retryUnknownSubjects, takeRecords, type RecordCounts } from './take.ts'
import { collections, type Collection } from './vocabulary.ts'

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
  /** When the file came: the same for all its records, also when a broken-off import goes on. Now, where it is left out. */
  receivedAt?: Date | undefined
  /** The run that imports it. */
  runId?: string | undefined
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
 * nothing. Its bytes are kept, so that each record leads back to them. Records that waited for an imported business are taken
 * too, without a source to pull.
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
  formatOf(path)
  const receivedAt = options.receivedAt ?? options.now()
  const asOf = (options.asOf ?? options.now()).toISOString()
  const file = { collection, path, location: path, receivedAt, asOf, runId: options.runId }
  const kept = await keepFileBytes(db, file)
  let read = 0
  let share = { done: 0, total: 0 }
  let batch: unknown[] = []
  let unreadable: { raw: string; detail: string }[] = []
  const flush = async (isLast = false) => {
    await db.transaction(async (tx) => {
      const refused = await takeRecords(tx, collection, batch, receivedAt, counts)
      const unread = unreadable.map(({ raw, detail }) => ({
        ok: false as const,
        reason: 'unreadable' as const,
        detail,
        sourceId: null,
        uscc: codeIn(raw),
        raw,
      }))
      await insertQuarantined(tx, collection, unread, receivedAt)
      counts.records += unreadable.length
      if (unreadable.length > 0) {
        counts.quarantined.unreadable = (counts.quarantined.unreadable ?? 0) + unreadable.length
      }
      if (isLast) {
        const refusedInAll = Object.values(counts.quarantined).reduce((sum, some) => sum + some, 0)
        await kept.finish(tx, { records: counts.records, refused: refusedInAll })
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
  await flush(true)
  if (collection === 'subjects') {
    for (const waiting of collections)
      if (waiting !== 'subjects') await retryUnknownSubjects(db, waiting, options.now())
  }
  return counts
}
