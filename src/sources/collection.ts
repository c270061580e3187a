import type { Tx } from '../platform/db.ts'
import type { TakenCounts } from '../registry/service.ts'
import { mapAnnualReports } from './annual-reports/map.ts'
import { readAnnualReport } from './annual-reports/read.ts'
import { mapIcpFilings } from './icp-filings/map.ts'
import { readIcpFiling } from './icp-filings/read.ts'
import { mapPenalties } from './penalties/map.ts'
import { readPenalty } from './penalties/read.ts'
import { mapPlatformSellers } from './platform-sellers/map.ts'
import { readPlatformSeller } from './platform-sellers/read.ts'
import type { MapToRegistry, Reader, RefusedRecord } from './read.ts'
import { mapSubjects } from './subjects/map.ts'
import { readSubject } from './subjects/read.ts'
import type { Collection } from './vocabulary.ts'

export interface Taken {
  counts: TakenCounts
  refused: RefusedRecord[]
  /** `sourceId` of every record that was taken and not followed by a refused one with the same id. */
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
    const lastGood = new Map<string, Item>()
    for (const raw of raws) {
      const result = read(raw)
      if (result.ok) {
        rawOf.set(result.record, raw)
        lastGood.set(result.record.sourceId, result.record)
      } else {
        refused.push({ ...result, raw })
        lastGood.delete(result.sourceId ?? '')
      }
    }
    const { counts, unknown, unlawful = [] } = await map(tx, [...rawOf.keys()], now)
    for (const { item, detail } of unlawful) {
      const { sourceId, uscc } = item
      refused.push({ ok: false, reason: 'invalid-record', detail, sourceId, uscc, raw: rawOf.get(item) })
      rawOf.delete(item)
    }
    for (const item of unknown) {
      const { sourceId, uscc } = item
      const detail = `/uscc: nobody is registered under ${uscc ?? 'this number'}`
      refused.push({ ok: false, reason: 'unknown-subject', detail, sourceId, uscc, raw: rawOf.get(item) })
      rawOf.delete(item)
    }
    return { counts, refused, takenIds: [...lastGood].flatMap(([id, item]) => (rawOf.has(item) ? id : [])) }
  }
}

/** What is pulled or imported: to add a collection, write its folder and its line here. */
export const takers: Record<Collection, Take> = {
  subjects: takeWith(readSubject, mapSubjects),
  'annual-reports': takeWith(readAnnualReport, mapAnnualReports),
  'icp-filings': takeWith(readIcpFiling, mapIcpFilings),
  penalties: takeWith(readPenalty, mapPenalties),
  'platform-sellers': takeWith(readPlatformSeller, mapPlatformSellers),
}
