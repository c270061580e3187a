import { createHash } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { lstat, mkdir, open, readdir, rename, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Db } from '../platform/db.ts'
import type { Share } from '../platform/jobs.ts'
import {
  deleteDropped,
  findTaken,
  listPresent,
  updateFinished,
  updateMoved,
  updateReached,
  updateStarted,
  upsertSeen,
  type DroppedFile,
} from './dropped-repository.ts'
import { FileError } from './file-record.ts'
import { importFile } from './import.ts'
import { noRecords, type RecordCounts } from './take.ts'
import { collections, type Collection, type DroppedFileStatus } from './vocabulary.ts'

export interface DroppedCounts extends RecordCounts {
  taken: number
  repeated: number
  refused: number
  /** Files that have not been unchanged for long enough. */
  waiting: number
}

export interface DroppedOptions {
  db: Db
  /** `IMPORT_DIR`, with a folder in it for each collection. */
  folder: string
  runId: string
  now: () => Date
  signal: AbortSignal
  /** Nothing outside the database is touched. */
  dryRun: boolean
  onProgress: (counts: DroppedCounts, share?: Share) => void | Promise<void>
  log: (text: string, level?: 'info' | 'warn') => Promise<void>
}

/** A file that was not written to for so long is whole. */
const quietMs = 60_000
/** How programs call what they have not finished, and what they put beside a file that is open. */
const unfinished = /^(\.|~\$)|(\.(part|partial|tmp|temp|crdownload|filepart|download|swp|lock)|~)$/i
/** So many of the records that could not be taken are named in the receipt; all are in quarantine. */
const maxNamed = 1000

/**
 * Takes the files in the folders of the collections that are whole. What is taken is moved to `taken/` with a receipt beside it, what cannot be
 * read to `refused/`, with one that says why. Killed at any moment it goes on, and neither takes a record twice nor counts it twice.
 */
export async function importDropped(options: DroppedOptions): Promise<DroppedCounts> {
  const counts: DroppedCounts = { taken: 0, repeated: 0, refused: 0, waiting: 0, ...noRecords() }
  for (const collection of collections) {
    const folder = await openFolder(options, collection)
    if (folder === null) continue
    const names = await listNames(folder, options)
    await forgetVanished(options, collection, folder, names)
    for (const name of names) {
      options.signal.throwIfAborted()
      await lookAt(options, collection, folder, name, counts)
      await options.onProgress(counts)
    }
  }
  return counts
}

const outcomes = ['taken', 'refused'] as const

/** The folder of a collection, with those that it puts files away in; null when it is not to be used. */
async function openFolder({ folder, dryRun, log }: DroppedOptions, collection: Collection): Promise<string | null> {
  const path = join(folder, collection)
  // One after the other, since making a folder in a link would make it elsewhere.
  for (const each of [path, ...outcomes.map((outcome) => join(path, outcome))]) {
    if (!dryRun && (await lstat(each).catch(() => null)) === null) await mkdir(each, { recursive: each === path })
    const stats = await lstat(each).catch(() => null)
    if (stats === null && dryRun) continue
    if (stats?.isDirectory() !== true) {
      // A link could lead out of the folder.
      await log(`${each} is no folder and is left alone`, 'warn')
      return null
    }
  }
  return (await lstat(path).catch(() => null)) === null ? null : path
}

async function listNames(folder: string, { log }: DroppedOptions): Promise<string[]> {
  const names: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory() || unfinished.test(entry.name)) continue
    const odd = !entry.isFile() || /[\p{Cc}\p{Cs}\ufffd/\\]/u.test(entry.name) || Buffer.byteLength(entry.name) > 200
    if (odd) await log(`${JSON.stringify(entry.name)} is no plain file with a plain name and is left alone`, 'warn')
    else names.push(entry.name)
  }
  return names.sort()
}

/** A name, and what changes when the file is written to or replaced. */
const versionOf = ({ size, mtimeMs, ino }: Stats) => `${size} ${mtimeMs} ${ino}`

/** The file as it is, unless it is gone or something else has taken its name. */
async function statOf(path: string): Promise<Stats | null> {
  const stats = await lstat(path).catch(() => null)
  return stats?.isFile() === true ? stats : null
}

async function lookAt(
  options: DroppedOptions,
  collection: Collection,
  folder: string,
  name: string,
  counts: DroppedCounts,
): Promise<void> {
  const { db, now, log } = options
  const path = join(folder, name)
  const stats = await statOf(path)
  if (stats === null) return
  const file = await upsertSeen(db, { collection, name, version: versionOf(stats), at: now() })
  if (file.status !== 'waiting') return putAway(options, folder, file)
  if (now().getTime() - Date.parse(file.unchangedSince) < quietMs) {
    counts.waiting += 1
    return
  }
  const digest = await digestOf(path, options.signal)
  if (digest === null || digest.version !== file.version) {
    counts.waiting += 1
    return
  }
  const end = await take(options, path, { ...file, ...digest }, stats.mtime, counts)
  // Written to while it was read: what was taken stays taken, and it is read anew when it is whole.
  const after = await statOf(path)
  if (end === null || after === null || versionOf(after) !== file.version) {
    await log(`${collection}/${name} was changed while it was read; it is read again`, 'warn')
    counts.waiting += 1
    return
  }
  const movedTo = await freeName(join(folder, folderOf(end.status)), name, file.id)
  const receipt = { ...end, finishedAt: now().toISOString() }
  await updateFinished(db, file.id, { status: end.status, receipt, movedTo, at: now() })
  await log(`${collection}/${name}: ${end.status}${end.reason === undefined ? '' : `: ${end.reason}`}`)
  counts[end.status] += 1
  await putAway(options, folder, { ...file, status: end.status, receipt, movedTo })
}

interface Receipt {
  file: string
  collection: Collection
  status: Exclude<DroppedFileStatus, 'waiting'>
  reason?: string
  sha256: string
  bytes: number
  counts: RecordCounts
  /** The first records that could not be taken; `counts.quarantined` has their number. */
  quarantined: object[]
  notices: string[]
  run: string
  foundAt: string
  startedAt: string
}

/** Imports a file, from where an import of the same bytes was broken off; null when it changed under the reader's hands. */
async function take(
  options: DroppedOptions,
  path: string,
  file: DroppedFile & { digest: string; size: number },
  modifiedAt: Date,
  counts: DroppedCounts,
): Promise<Receipt | null> {
  const { db, now } = options
  const { id, collection, name, digest: sha256, size: bytes, foundAt } = file
  const resumed = file.sha256 === sha256 && file.startedAt !== null
  const startedAt = (resumed ? file.startedAt : null) ?? now().toISOString()
  const named: object[] = resumed ? [...file.refused] : []
  const notices: string[] = []
  const base = { file: name, collection, sha256, bytes, notices, run: options.runId, foundAt, startedAt }
  const earlier = await findTaken(db, collection, sha256)
  if (earlier !== null) {
    const reason = `the same bytes were taken as ${earlier.name} at ${earlier.finishedAt}`
    return { ...base, status: 'repeated', reason, counts: noRecords(), quarantined: [] }
  }
  if (!resumed) await updateStarted(db, id, { sha256, bytes, at: new Date(startedAt) })
  let reached = resumed && file.counts !== null ? (file.counts as RecordCounts) : noRecords()
  try {
    const before = reached
    reached = await importFile(db, collection, path, {
      now,
      // A table says how things stood when it was saved; a clock that is ahead says nothing.
      asOf: modifiedAt < now() ? modifiedAt : now(),
      signal: options.signal,
      runId: options.runId,
      receivedAt: new Date(startedAt),
      resume: { records: resumed ? file.recordsDone : 0, counts: before },
      onNotice: (notice) => void notices.push(notice.replaceAll(path, name)),
      onProgress: (_, share) => options.onProgress(counts, share),
      onBatch: async (tx, batch, refused) => {
        for (const { sourceId, reason, detail } of refused.slice(0, maxNamed - named.length)) {
          named.push({ sourceId, reason, detail })
        }
        reached = structuredClone(batch.counts)
        await updateReached(tx, id, { records: batch.records, counts: batch.counts, refused: named })
      },
    })
    addCounts(counts, reached)
    return { ...base, status: 'taken', counts: reached, quarantined: named }
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    const { code } = (error.cause ?? {}) as { code?: unknown }
    // Of the disk, not of the file; what is gone or was replaced is looked at again.
    if (typeof code === 'string' && /^(ENOENT|EIO|EMFILE|ENFILE|ESTALE|ETIMEDOUT)$/.test(code)) return null
    addCounts(counts, reached)
    const reason = error.message.replaceAll(path, name)
    return { ...base, status: 'refused', reason, counts: reached, quarantined: named }
  }
}

function addCounts(sum: RecordCounts, counts: RecordCounts): void {
  for (const outcome of ['records', 'new', 'changed', 'unchanged', 'older'] as const) sum[outcome] += counts[outcome]
  for (const [reason, count] of Object.entries(counts.quarantined)) {
    const key = reason as keyof RecordCounts['quarantined']
    sum.quarantined[key] = (sum.quarantined[key] ?? 0) + count
  }
}

const folderOf = (status: DroppedFileStatus) => (status === 'refused' ? 'refused' : 'taken')

/** The file's own name where it is free, else with a part of the row's id. */
async function freeName(folder: string, name: string, id: string): Promise<string> {
  if ((await lstat(join(folder, name)).catch(() => null)) === null) return name
  const ending = extname(name)
  return `${name.slice(0, name.length - ending.length)}-${id.slice(-8)}${ending}`
}

/** Writes the receipt and moves the file. The database knows the outcome already, so a kill in between is made good later. */
async function putAway({ db, dryRun, now }: DroppedOptions, folder: string, file: DroppedFile): Promise<void> {
  if (dryRun || file.movedTo === null) return
  const target = join(folder, folderOf(file.status), file.movedTo)
  const receipt = `${target}.receipt.json`
  await writeFile(`${receipt}.tmp`, `${JSON.stringify(file.receipt, null, 2)}\n`)
  await rename(`${receipt}.tmp`, receipt)
  await rename(join(folder, file.name), target).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  })
  await updateMoved(db, file.id, now())
}

/** Files that were noted and are no longer there: put away before a kill could be noted, or taken away by somebody. */
async function forgetVanished(
  options: DroppedOptions,
  collection: Collection,
  folder: string,
  names: readonly string[],
): Promise<void> {
  const present = new Set(names)
  for (const file of await listPresent(options.db, collection)) {
    if (present.has(file.name)) continue
    if (file.status === 'waiting') await deleteDropped(options.db, file.id)
    else await putAway(options, folder, file)
  }
}

/** SHA-256 of a file that is no link; null when it is gone. */
async function digestOf(
  path: string,
  signal: AbortSignal,
): Promise<{ digest: string; size: number; version: string } | null> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ELOOP') return null
    throw error
  })
  if (handle === null) return null
  try {
    const hash = createHash('sha256')
    let size = 0
    for await (const chunk of handle.createReadStream({ autoClose: false, signal, highWaterMark: 1024 * 1024 })) {
      hash.update(chunk as Buffer)
      size += (chunk as Buffer).length
    }
    return { digest: hash.digest('hex'), size, version: versionOf(await handle.stat()) }
  } finally {
    await handle.close()
  }
}
