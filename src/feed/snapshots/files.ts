import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { copyRows } from '../../platform/copy.ts'
import type { FeedEvent } from '../domain.ts'
import { applyEvent, copies, keyOf, stateDigester, type Copy, type State, type StateEvent } from '../state.ts'
import { linesQuery, replayQuery } from './repository.ts'

/** The log that a snapshot is made from, up to one position. */
export interface LogUpTo {
  url: string
  position: number
  signal: AbortSignal
}

export interface WrittenFile {
  name: `${Copy['name']}.ndjson.gz`
  bytes: number
  /** Of the file as it lies there, in lower-case hexadecimal. */
  sha256: string
  rows: number
}

/** Downloads are small and fast to make at once between 3 and 6 (speed.md). */
const gzipLevel = 4
const newline = '\n'.charCodeAt(0)

const fileNameOf = ({ name }: Copy) => `${name}.ndjson.gz` as const

/**
 * Writes one file of a snapshot, streamed from PostgreSQL through gzip to the disk, and waits until it lies there. Memory
 * does not grow with the number of lines.
 * @throws Error when the disk is full or cannot be written, when the connection is lost, or when the signal aborts
 */
export async function writeCopy(folder: string, copy: Copy, { url, position, signal }: LogUpTo): Promise<WrittenFile> {
  const name = fileNameOf(copy)
  const written = await writePacked(join(folder, name), copyRows(url, linesQuery(copy, position), signal), signal)
  return { name, ...written }
}

/** Packs lines that come in chunks into a new file, and counts and sums up on the way. */
export async function writePacked(
  file: string,
  lines: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<Omit<WrittenFile, 'name'>> {
  const hash = createHash('sha256')
  let [rows, bytes] = [0, 0]
  await pipeline(
    lines,
    async function* counted(chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, at + 1)) rows += 1
        yield chunk
      }
    },
    createGzip({ level: gzipLevel, chunkSize: 256 * 1024 }),
    async function* hashed(chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk)
        bytes += chunk.length
        yield chunk
      }
    },
    createWriteStream(file, { flags: 'wx', flush: true }),
    { signal },
  )
  return { bytes, sha256: hash.digest('hex'), rows }
}

/**
 * The digest of the state that the files of a snapshot hold, read back from the disk.
 * @throws Error when they cannot be read, or their lines are not in the order of their keys
 */
export async function digestOfFiles(folder: string, signal: AbortSignal): Promise<string> {
  const digester = stateDigester()
  for (const copy of copies) {
    await pipeline(
      createReadStream(join(folder, fileNameOf(copy))),
      createGunzip(),
      async (chunks: AsyncIterable<Buffer>) => {
        for await (const line of linesOf(chunks)) digester.add(JSON.parse(line) as StateEvent)
      },
      { signal },
    )
  }
  return digester.digest()
}

/**
 * The digest of the state that the log makes up to the position: each event taken in order (`applyEvent`), key by key,
 * so that no more than one key is held at a time.
 * @throws Error when the events of a key do not lie together, since one was recorded under another key
 */
export async function digestOfReplay({ url, position, signal }: LogUpTo): Promise<string> {
  const digester = stateDigester()
  const ofOneKey: State = new Map()
  let key = ''
  const take = () => {
    for (const line of ofOneKey.values()) digester.add(line)
    ofOneKey.clear()
  }
  for await (const line of linesOf(copyRows(url, replayQuery(position), signal))) {
    const event = JSON.parse(line) as FeedEvent
    if (keyOf(event) !== key) take()
    key = keyOf(event)
    applyEvent(ofOneKey, event)
  }
  take()
  return digester.digest()
}

/** The lines of text that comes in chunks; every line ends with a newline. */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    const text = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let from = 0
    for (let at = text.indexOf(newline); at !== -1; at = text.indexOf(newline, from)) {
      yield text.toString('utf8', from, at)
      from = at + 1
    }
    rest = text.subarray(from)
  }
}

/** Waits until the names in a folder lie on the disk too. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
