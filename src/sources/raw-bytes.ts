import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { promisify } from 'node:util'
import { gunzip as gunzipCallback, gzip as gzipCallback } from 'node:zlib'
import { v7 as uuidv7 } from 'uuid'
import type { Db, DbOrTx, Tx } from '../platform/db.ts'
import { FileError } from './file-record.ts'
import {
  deleteOldIntakes,
  deleteOrphanedBytes,
  findPart,
  insertIntake,
  insertPart,
  updateBytesStored,
  upsertBytes,
  type Intake,
} from './raw-repository.ts'
import { takers } from './collection.ts'
import type { Collection } from './vocabulary.ts'

const gzip = promisify(gzipCallback)
const gunzip = promisify(gunzipCallback)

/** Records repeat their field names, so the fastest level packs them to a tenth already. */
const level = 1
/** Bytes of a part before packing: what one row and one parameter carry without strain. */
const partBytes = 4 * 1024 * 1024

/** Packs the bytes of a page, away from the event loop and before its transaction begins. */
export async function packParts(body: Buffer): Promise<Buffer[]> {
  const parts: Buffer[] = []
  for (let from = 0; from < body.length || from === 0; from += partBytes) {
    parts.push(await gzip(body.subarray(from, from + partBytes), { level }))
  }
  return parts
}

/** Keeps bytes in the caller's transaction, once however often they come. */
export async function keepBytes(
  tx: Tx,
  bytes: { sha256: string; body: Buffer; packed: Buffer[] | null; now: Date },
): Promise<void> {
  const { sha256, body, now } = bytes
  if (!(await upsertBytes(tx, { sha256, size: body.length, now }))) return
  const parts = bytes.packed ?? (await packParts(body))
  for (const [part, packed] of parts.entries()) await insertPart(tx, { sha256, part, packed })
}

/** The bytes of a file in parts. A fault of the disk is one of the file, with its cause; a database's is not. */
async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: partBytes })) yield chunk as Buffer
  } catch (error) {
    throw new FileError(`${path}: ${(error as Error).message}`, { cause: error })
  }
}

/**
 * Keeps the bytes of an imported file, in parts, so that a file of hundreds of megabytes takes no more memory than one.
 * Every record of the file must be taken with this one `receivedAt`: by it a record leads to its file.
 * @param path is read twice: what it is called by its hash is known before it is kept
 * @throws FileError when the file cannot be read, or is changed meanwhile
 * @returns the hash, and `finish`, which tells in the transaction of the last batch what became of its records
 */
export async function keepFileBytes(
  db: Db,
  file: {
    collection: Collection
    path: string
    location: string
    receivedAt: Date
    asOf: string
    runId?: string | undefined
  },
): Promise<{ sha256: string; finish: (tx: Tx, counts: { records: number; refused: number }) => Promise<void> }> {
  const { collection, path, location, receivedAt, asOf, runId = null } = file
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of chunksOf(path)) {
    hash.update(chunk)
    size += chunk.length
  }
  const sha256 = hash.digest('hex')
  await db.transaction(async (tx) => {
    if (!(await upsertBytes(tx, { sha256, size, now: receivedAt }))) return
    const again = createHash('sha256')
    let part = 0
    for await (const chunk of chunksOf(path)) {
      again.update(chunk)
      await insertPart(tx, { sha256, part, packed: await gzip(chunk, { level }) })
      part += 1
    }
    // Written to in between, it would be kept under the name of other bytes.
    if (again.digest('hex') !== sha256) throw new FileError(`${path}: was changed while it was read`)
  })
  const finish = async (tx: Tx, counts: { records: number; refused: number }) => {
    await updateBytesStored(tx, sha256, receivedAt)
    await insertIntake(tx, {
      id: uuidv7(),
      collection,
      origin: 'import',
      sha256,
      location,
      // The time as of which rows speak that have none of their own, so that they say the same when they are read again.
      updatedSince: asOf,
      cursor: null,
      next: null,
      runId,
      parserVersion: takers[collection].parserVersion,
      receivedAt: receivedAt.toISOString(),
      ...counts,
      newestUpdatedAt: null,
      settled: false,
    })
  }
  return { sha256, finish }
}

/** Kept bytes as they came, part by part. */
export async function* readBytes(db: DbOrTx, sha256: string): AsyncGenerator<Buffer> {
  for (let part = 0; ; part += 1) {
    const packed = await findPart(db, sha256, part)
    if (packed === null) return
    yield await gunzip(packed)
  }
}

/** The whole of a page, which was held in memory when it came too. */
export async function readWhole(db: DbOrTx, { sha256 }: Pick<Intake, 'sha256'>): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of readBytes(db, sha256)) parts.push(part)
  return Buffer.concat(parts)
}

/**
 * Deletes what came more than `days` ago: first which page or file each record came from, then the bytes that none names
 * any more. Bytes that came again since stay.
 */
export async function forgetOldRawBytes(
  db: Db,
  { days, now, signal }: { days: number; now: Date; signal?: AbortSignal | undefined },
): Promise<{ intakes: number; bytes: number }> {
  const before = new Date(now.getTime() - days * 86_400_000)
  const forgotten = { intakes: 0, bytes: 0 }
  const inChunks = async (kind: keyof typeof forgotten, chunk: number, run: typeof deleteOldIntakes) => {
    for (;;) {
      signal?.throwIfAborted()
      const rows = await run(db, before, chunk)
      forgotten[kind] += rows
      if (rows < chunk) return
    }
  }
  await inChunks('intakes', 1000, deleteOldIntakes)
  await inChunks('bytes', 100, deleteOrphanedBytes)
  return forgotten
}
