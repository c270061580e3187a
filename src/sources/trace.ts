import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { DbOrTx } from '../platform/db.ts'
import { parsePage } from './download.ts'
import { readFileRecords } from './files.ts'
import { readBytes, readWhole } from './raw-bytes.ts'
import { listIntakesAt, type Intake } from './raw-repository.ts'
import { listHeld, listSettledAt, type HeldRecord } from './repository.ts'
import type { TracedRecord } from './schemas.ts'
import type { Collection } from './vocabulary.ts'

/** Raw records that stand in kept bytes, a batch at a time: those of a page at once, those of a file as they are read. */
export async function* rawRecordsOf(db: DbOrTx, intake: Intake, batch = 1000): AsyncGenerator<unknown[]> {
  // The address of a page, and not the name of a file.
  if (/^https?:\/\//.test(intake.location)) {
    yield parsePage(await readWhole(db, intake), intake.location).items
    return
  }
  const folder = await mkdtemp(join(tmpdir(), 'xinjian-kept-'))
  try {
    // The name tells the format, as it did when the file was imported.
    const path = join(folder, basename(intake.location))
    await writeFile(path, readBytes(db, intake.sha256))
    let raws: unknown[] = []
    for await (const line of readFileRecords(path, intake.collection, {
      asOf: intake.updatedSince ?? intake.receivedAt,
    })) {
      if (line.ok) raws.push(line.record)
      if (raws.length < batch) continue
      yield raws
      raws = []
    }
    if (raws.length > 0) yield raws
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Leads records that are held back to the bytes they came from: all of a business, or the one with an id at its source and
 * the moment at which it was received. What is forgotten by now is told without its raw form.
 */
export async function traceRecords(
  db: DbOrTx,
  query: {
    collection: Collection
    uscc?: string | undefined
    sourceId?: string | undefined
    receivedAt?: string | undefined
  },
): Promise<TracedRecord[]> {
  const { collection, uscc, sourceId, receivedAt } = query
  const held =
    uscc === undefined
      ? [{ sourceId: sourceId ?? '', receivedAt: new Date(receivedAt ?? '').toISOString(), updatedAt: null }]
      : (await listHeld(db, collection, uscc)).filter(
          (record) => sourceId === undefined || record.sourceId === sourceId,
        )
  const moments = [...new Set(held.map((record) => record.receivedAt))]
  const intakes = await listIntakesAt(db, collection, moments)
  const settled = await listSettledAt(db, collection, moments)
  const traced: TracedRecord[] = []
  for (const record of held) {
    const rescued = settled.find(
      (item) => item.settledAt === record.receivedAt && isOf(item.correction ?? item.raw, record),
    )
    const from = rescued ?? (await findInIntakes(db, intakes, record))
    traced.push({
      sourceId: record.sourceId,
      receivedAt: record.receivedAt,
      raw: null,
      quarantineId: null,
      intake: null,
      ...(from !== null && ('intake' in from ? from : { raw: from.correction ?? from.raw, quarantineId: from.id })),
    })
  }
  return traced
}

async function findInIntakes(
  db: DbOrTx,
  intakes: readonly Intake[],
  record: HeldRecord,
): Promise<{ raw: unknown; intake: TracedRecord['intake'] } | null> {
  for (const intake of intakes) {
    if (intake.receivedAt !== record.receivedAt) continue
    for await (const raws of rawRecordsOf(db, intake)) {
      // Of several with one id the last one counts.
      const raw = raws.findLast((item) => isOf(item, record))
      if (raw === undefined) continue
      const { id, origin, sha256, location, updatedSince, cursor, runId, parserVersion, records } = intake
      return {
        raw,
        intake: { id, origin, sha256, location, updatedSince, cursor, runId, parserVersion, records },
      }
    }
  }
  return null
}

/** Whether a raw record is the one that is held. One page may hold it as it was before a change, and after. */
function isOf(raw: unknown, { sourceId, updatedAt }: HeldRecord): boolean {
  const { sourceId: id, updatedAt: at } = (raw ?? {}) as { sourceId?: unknown; updatedAt?: unknown }
  if (typeof id !== 'string' || id.normalize('NFC').trim() !== sourceId) return false
  return updatedAt === null || (typeof at === 'string' && Date.parse(at) === Date.parse(updatedAt))
}
