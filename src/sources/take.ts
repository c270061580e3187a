import type { Db, Tx } from '../platform/db.ts'
import type { TakenCounts } from '../registry/service.ts'
import { takers, type Taken } from './collection.ts'
import type { RefusedRecord } from './read.ts'
import { insertQuarantined, listWaiting, resolveById, resolveQuarantined } from './repository.ts'
import type { Collection, QuarantineReason } from './vocabulary.ts'

/** What became of the records of a pull or an import. */
export interface RecordCounts extends TakenCounts {
  records: number
  quarantined: Partial<Record<QuarantineReason, number>>
}

export const noRecords = (): RecordCounts => ({
  records: 0,
  new: 0,
  changed: 0,
  unchanged: 0,
  older: 0,
  quarantined: {},
})

/**
 * Takes raw records inside the caller's transaction: the good ones into the registry, the others into quarantine with
 * the reason. Adds to `counts`, and answers the records that were refused.
 */
export async function takeRecords(
  tx: Tx,
  collection: Collection,
  raws: readonly unknown[],
  now: Date,
  counts: RecordCounts,
): Promise<readonly RefusedRecord[]> {
  const taken = await takers[collection](tx, raws, now)
  await settleTaken(tx, collection, taken, now)
  addTaken(counts, raws.length, taken)
  return taken.refused
}

/** Puts into quarantine what was refused, and settles there what was taken. */
export async function settleTaken(tx: Tx, collection: Collection, taken: Taken, now: Date): Promise<void> {
  await insertQuarantined(tx, collection, taken.refused, now)
  await resolveQuarantined(tx, collection, taken.takenIds)
}

/** Adds what became of `records` records. */
export function addTaken(counts: RecordCounts, records: number, taken: Taken): void {
  counts.records += records
  for (const outcome of ['new', 'changed', 'unchanged', 'older'] as const) counts[outcome] += taken.counts[outcome]
  for (const { reason } of taken.refused) counts.quarantined[reason] = (counts.quarantined[reason] ?? 0) + 1
}

const retryBatch = 1000

/**
 * Tries again what waited for its business to be registered, of the businesses that are by now. Answers how many records
 * were taken.
 */
export async function retryUnknownSubjects(db: Db, collection: Collection, now: Date): Promise<number> {
  let taken = 0
  let after: string | null = null
  for (;;) {
    const waiting = await listWaiting(db, collection, after, retryBatch)
    const last = waiting.at(-1)
    if (last === undefined) return taken
    after = last.id
    const raws = waiting.map((record) => JSON.parse(record.raw) as unknown)
    taken += await db.transaction(async (tx) => {
      const { refused } = await takers[collection](tx, raws, now)
      const stillRefused = new Set(refused.map((record) => record.raw))
      const settled = waiting.filter((_, i) => !stillRefused.has(raws[i])).map((record) => record.id)
      // Refused for another reason than before, perhaps, which is then what waits for a person.
      await insertQuarantined(tx, collection, refused, now)
      await resolveById(tx, settled, now)
      return settled.length
    })
  }
}
