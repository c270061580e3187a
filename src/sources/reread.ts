import { v7 as uuidv7 } from 'uuid'
import type { Db } from '../platform/db.ts'
import { takers } from './collection.ts'
import { newestOf } from './domain.ts'
import { insertIntake, listIntakes, updateBytesStored, type Intake } from './raw-repository.ts'
import { addTaken, noRecords, settleTaken, type RecordCounts } from './take.ts'
import { rawRecordsOf } from './trace.ts'
import type { Collection } from './vocabulary.ts'

export interface RereadCounts extends RecordCounts {
  /** Pages and files. */
  intakes: number
}

const batch = 50

/**
 * Reads kept bytes of a collection again by the present parser, in the order in which they came. What reads as before
 * changes nothing; what was refused and can be read by now is taken; what reads otherwise changes what is held, as a
 * record of the same age does.
 * @param options.from first day, in Asia/Shanghai, on which the bytes came; `to` the last one
 */
export async function rereadCollection(options: {
  db: Db
  collection: Collection
  from?: string | undefined
  to?: string | undefined
  now: () => Date
  signal?: AbortSignal | undefined
  onProgress?: ((counts: RereadCounts) => void) | undefined
}): Promise<RereadCounts> {
  const { db, collection, from, to, signal } = options
  const counts: RereadCounts = { intakes: 0, ...noRecords() }
  const startOf = (day: string) => new Date(`${day}T00:00:00+08:00`)
  const range = {
    from: from === undefined ? null : startOf(from).toISOString(),
    until: to === undefined ? null : new Date(startOf(to).getTime() + 86_400_000).toISOString(),
  }
  let after: { receivedAt: string; id: string } | null = null
  for (;;) {
    const intakes = await listIntakes(db, { collection, ...range, after, limit: batch })
    for (const intake of intakes) {
      signal?.throwIfAborted()
      await rereadIntake(db, intake, options.now(), counts)
      counts.intakes += 1
      options.onProgress?.(counts)
      after = { receivedAt: intake.receivedAt, id: intake.id }
    }
    if (intakes.length < batch) return counts
  }
}

/** Reads a page in one transaction, a file in several; the records lead to the intake that the first one keeps. */
async function rereadIntake(db: Db, intake: Intake, now: Date, counts: RereadCounts): Promise<void> {
  const { collection, sha256 } = intake
  const taker = takers[collection]
  let isFirst = true
  for await (const raws of rawRecordsOf(db, intake)) {
    const read = taker.read(raws)
    const newestUpdatedAt = newestOf(...read.updatedAts)
    await db.transaction(async (tx) => {
      const taken = await read.take(tx, now)
      await settleTaken(tx, collection, taken, now)
      addTaken(counts, raws.length, taken)
      if (!isFirst) return
      await updateBytesStored(tx, sha256, now)
      const isWhole = raws.length === intake.records
      await insertIntake(tx, {
        ...intake,
        id: uuidv7(),
        origin: 'reread',
        runId: null,
        parserVersion: taker.parserVersion,
        receivedAt: now.toISOString(),
        refused: isWhole ? taken.refused.length : intake.refused,
        newestUpdatedAt,
        settled: isWhole && taken.refused.length === 0 && (newestUpdatedAt ?? '') <= now.toISOString(),
      })
    })
    isFirst = false
  }
}
