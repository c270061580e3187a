import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import type { Db } from '../../platform/db.ts'
import type { Signing } from '../../platform/signing.ts'
import { findHead } from '../repository.ts'
import { copies } from '../state.ts'
import { digestOfFiles, digestOfReplay, syncFolder, writeCopy, type WrittenFile } from './files.ts'
import {
  deleteSnapshot,
  insertSnapshot,
  listOldSnapshots,
  listUnpublishedSnapshots,
  updateSnapshotPublished,
} from './repository.ts'
import type { Manifest, Statement } from './schemas.ts'

/**
 * How many published snapshots stay: a download that began on one goes on for as many days. What is being read when it is
 * deleted is read to its end all the same, since an open file outlives its name.
 */
const kept = 7

export interface SnapshotWork {
  db: Db
  /** Of the same database, for connections of one's own. */
  url: string
  /** Where snapshots lie, a folder each. */
  folder: string
  signing: Signing
  now: () => Date
  signal: AbortSignal
  onProgress?: ((counts: object) => void | Promise<void>) | undefined
}

/**
 * Writes a full copy of the published lists as of the head of the log, checks that it equals a replay of the log up to the
 * same position, and publishes it. It reads the log alone, which never changes up to a position, so writers go on. Files
 * are written aside and appear at once; a run that fails or is killed shows nothing, and the next run clears what is left.
 * Never run twice at once on one database.
 * @throws Error when the disk is full, the database is lost, or the copy differs from the replay
 */
export async function writeSnapshot(work: SnapshotWork): Promise<Manifest> {
  const { db, url, folder, signing, signal } = work
  await clearUnpublished(work)
  const head = await findHead(db)
  const id = uuidv7()
  const createdAt = work.now().toISOString()
  await insertSnapshot(db, { id, position: head.position, createdAt })
  const aside = asideOf(folder, id)
  try {
    await mkdir(aside, { recursive: true })
    const log = { url, position: head.position, signal }
    const files: WrittenFile[] = []
    for (const copy of copies) {
      files.push(await writeCopy(aside, copy, log))
      await work.onProgress?.({ position: head.position, rows: rowsOfFiles(files) })
    }
    const stateDigest = await digestOfFiles(aside, signal)
    if (stateDigest !== (await digestOfReplay(log))) {
      throw new Error(`the snapshot differs from a replay of the log up to position ${head.position}: not published`)
    }
    const stated: Statement = {
      id,
      ...head,
      createdAt,
      files: files.map((file) => ({ ...file, url: `/v1/feed/snapshots/${id}/${file.name}` })),
      stateDigest,
    }
    const manifest: Manifest = { ...stated, signature: await signing.sign(stated, { typ: 'snapshot+jws' }) }
    await syncFolder(aside)
    await rename(aside, folderOf(folder, id))
    await syncFolder(folder)
    await updateSnapshotPublished(db, manifest)
    await clearOld(work)
    return manifest
  } catch (error) {
    // The disk may be full: its space is given back even when the database cannot be told.
    await rm(aside, { recursive: true, force: true })
    await clearUnpublished(work).catch(() => undefined)
    signal.throwIfAborted()
    throw error
  }
}

/** How many lines each file has, by its name. */
export function rowsOfFiles(files: readonly Pick<WrittenFile, 'name' | 'rows'>[]): Record<string, number> {
  return Object.fromEntries(files.map(({ name, rows }) => [name.replace('.ndjson.gz', ''), rows]))
}

/** The folder of a published snapshot. */
export function folderOf(folder: string, id: string): string {
  return join(folder, id)
}

const asideOf = (folder: string, id: string) => join(folder, `.${id}`)

/** Removes what runs left behind that were killed or failed. */
async function clearUnpublished({ db, folder }: SnapshotWork): Promise<void> {
  for (const id of await listUnpublishedSnapshots(db)) await remove(db, folder, id)
}

async function clearOld({ db, folder }: SnapshotWork): Promise<void> {
  for (const id of await listOldSnapshots(db, kept)) await remove(db, folder, id)
}

/** Files first: a row whose files are gone is cleared by the next run, files without a row by nobody. */
async function remove(db: Db, folder: string, id: string): Promise<void> {
  await rm(asideOf(folder, id), { recursive: true, force: true })
  await rm(folderOf(folder, id), { recursive: true, force: true })
  await deleteSnapshot(db, id)
}
