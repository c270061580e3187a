import type { Tx } from '../platform/db.ts'
import type { TakenCounts } from '../registry/service.ts'
import { mapAnnualReports } from './annual-reports/map.ts'
import { readAnnualReport } from './annual-reports/read.ts'
import type { Reader, Refused } from './read.ts'
import { mapSubjects } from './subjects/map.ts'
import { readSubject } from './subjects/read.ts'
import type { Collection } from './vocabulary.ts'

/** Takes read records into the registry; answers which of them name a business that nobody is registered as. */
export type MapToRegistry<Item> = (
  tx: Tx,
  records: readonly Item[],
  now: Date,
) => Promise<{ counts: TakenCounts; unknown: readonly Item[] }>

/** A raw record as it came, and why it was refused. */
export interface RefusedRecord extends Refused {
  raw: unknown
}

export interface Taken {
  counts: TakenCounts
  refused: RefusedRecord[]
  /** `sourceId` of every record that was taken. */
  takenIds: string[]
}

/** Reads and maps raw records of one collection inside the caller's transaction. */
type Take = (tx: Tx, raws: readonly unknown[], now: Date) => Promise<Taken>

function takeWith<Item extends { sourceId: string; uscc: string | null }>(
  read: Reader<Item>,
  map: MapToRegistry<Item>,
): Take {
  return async (tx, raws, now) => {
    const refused: RefusedRecord[] = []
    const rawOf = new Map<Item, unknown>()
    for (const raw of raws) {
      const result = read(raw)
      if (result.ok) rawOf.set(result.record, raw)
      else refused.push({ ...result, raw })
    }
    const { counts, unknown } = await map(tx, [...rawOf.keys()], now)
    for (const item of unknown) {
      const { sourceId, uscc } = item
      const detail = `/uscc: nobody is registered under ${uscc ?? 'this number'}`
      refused.push({ ok: false, reason: 'unknown-subject', detail, sourceId, uscc, raw: rawOf.get(item) })
      rawOf.delete(item)
    }
    return { counts, refused, takenIds: [...rawOf.keys()].map((item) => item.sourceId) }
  }
}

/** What is pulled or imported: to add a collection, write its folder and its line here. */
export const takers: Record<Collection, Take> = {
  subjects: takeWith(readSubject, mapSubjects),
  'annual-reports': takeWith(readAnnualReport, mapAnnualReports),
}
