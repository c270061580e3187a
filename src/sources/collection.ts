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
import { instant, type MapToRegistry, type Reader, type RefusedRecord } from './read.ts'
import { mapSubjects } from './subjects/map.ts'
import { readSubject } from './subjects/read.ts'
import type { Collection } from './vocabulary.ts'

export interface Taken {
  counts: TakenCounts
  refused: RefusedRecord[]
  /** `sourceId` of every record that was taken and not followed by a refused one with the same id. */
  takenIds: string[]
}

/** Raw records that were read (the second step) and can be taken into the registry (the third). */
export interface ReadRecords {
  /** All of them, readable or not. */
  records: number
  /** Those that the schema refuses. */
  unreadable: number
  /** When each says it was changed, where it can be read. */
  updatedAts: string[]
  /** Tells these records from others: how many there are, the first and the last id. Null when none can be read. */
  mark: string | null
  /** Takes them inside the caller's transaction. */
  take: (tx: Tx, now: Date) => Promise<Taken>
}

/** Reads and maps raw records of one collection inside the caller's transaction. */
interface Take {
  (tx: Tx, raws: readonly unknown[], now: Date): Promise<Taken>
  /** Reads them without a database, to be taken later. */
  read: (raws: readonly unknown[]) => ReadRecords
  parserVersion: number
}

function takeWith<Item extends { sourceId: string; uscc: string | null; updatedAt?: string }>(
  reader: Reader<Item>,
  map: MapToRegistry<Item>,
): Take {
  const read = (raws: readonly unknown[]): ReadRecords => {
    const refused: RefusedRecord[] = []
    const rawOf = new Map<Item, unknown>()
    const lastGood = new Map<string, Item>()
    const updatedAts: string[] = []
    for (const raw of raws) {
      const result = reader(raw)
      if (result.ok) {
        rawOf.set(result.record, raw)
        lastGood.set(result.record.sourceId, result.record)
      } else {
        refused.push({ ...result, raw })
        lastGood.delete(result.sourceId ?? '')
      }
      const updatedAt = (result.ok && result.record.updatedAt) || updatedAtOf(raw)
      if (updatedAt !== null) updatedAts.push(updatedAt)
    }
    const take = async (tx: Tx, now: Date): Promise<Taken> => {
      const { counts, unknown, unlawful = [] } = await map(tx, [...rawOf.keys()], now)
      const untaken = new Set([...unknown, ...unlawful.map(({ item }) => item)])
      const notLawful = unlawful.map(({ item, detail }): RefusedRecord => {
        const { sourceId, uscc } = item
        return { ok: false, reason: 'invalid-record', detail, sourceId, uscc, raw: rawOf.get(item) }
      })
      const withoutBusiness = unknown.map((item): RefusedRecord => {
        const { sourceId, uscc } = item
        const detail = `/uscc: nobody is registered under ${uscc ?? 'this number'}`
        return { ok: false, reason: 'unknown-subject', detail, sourceId, uscc, raw: rawOf.get(item) }
      })
      return {
        counts,
        refused: [...refused, ...notLawful, ...withoutBusiness],
        takenIds: [...lastGood].flatMap(([id, item]) => (untaken.has(item) ? [] : id)),
      }
    }
    const ids = [...lastGood.keys()]
    const mark = ids.length === 0 ? null : `${raws.length} ${ids[0]} ${ids.at(-1)}`
    return { records: raws.length, unreadable: refused.length, updatedAts, mark, take }
  }
  return Object.assign((tx: Tx, raws: readonly unknown[], now: Date) => read(raws).take(tx, now), {
    read,
    parserVersion: reader.version,
  })
}

function updatedAtOf(item: unknown): string | null {
  return instant.safeParse((item as { updatedAt?: unknown } | null)?.updatedAt).data ?? null
}

/** What is pulled or imported: to add a collection, write its folder and its line here. */
export const takers: Record<Collection, Take> = {
  subjects: takeWith(readSubject, mapSubjects),
  'annual-reports': takeWith(readAnnualReport, mapAnnualReports),
  'icp-filings': takeWith(readIcpFiling, mapIcpFilings),
  penalties: takeWith(readPenalty, mapPenalties),
  'platform-sellers': takeWith(readPlatformSeller, mapPlatformSellers),
}
