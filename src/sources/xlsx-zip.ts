import { open as openFile } from 'node:fs/promises'
import yauzl, { type Entry, type ZipFile } from 'yauzl'
import { FileError } from './file-record.ts'
import { xmlReader, type XmlHandlers } from './xlsx-xml.ts'

/** What a workbook of a million rows comes to, with room to spare: a zip bomb ends here, and costs time but no memory. */
const maxInflatedBytes = 4 * 1024 ** 3
/** Parts that are read whole: the list of sheets, the styles. */
const maxPartBytes = 32 * 1024 ** 2
const maxEntries = 20_000

/** The parts of a workbook: XML in a zip archive. */
export interface Archive {
  has(part: string): boolean
  /** Inflated bytes that the archive says a part has. */
  bytesOf(part: string): number
  /** Reads a small part through. */
  read(part: string, handlers: XmlHandlers): Promise<void>
  /** Reads a part piece by piece; `piece` is called between pieces, when the handlers have had all of it. */
  stream(part: string, handlers: XmlHandlers): AsyncGenerator<number>
  close(): void
}

/** @throws FileError for what is no zip archive, with what it probably is */
export async function openArchive(path: string): Promise<Archive> {
  await assertZip(path)
  const zip = await new Promise<ZipFile>((resolve, reject) =>
    yauzl.open(path, { lazyEntries: true, autoClose: false }, (error, opened) =>
      error ? reject(error) : resolve(opened),
    ),
  ).catch((error: unknown) => {
    throw new FileError(`${path}: is no whole workbook: ${(error as Error).message}`, { cause: error })
  })
  const close = () => zip.close()
  try {
    const entries = await entriesOf(zip)
    return { ...partsOf(path, zip, entries), close }
  } catch (error) {
    close()
    throw error instanceof FileError
      ? error
      : new FileError(`${path}: is no whole workbook: ${(error as Error).message}`, { cause: error })
  }
}

async function assertZip(path: string): Promise<void> {
  const start = Buffer.alloc(8)
  try {
    const file = await openFile(path)
    await file.read(start, 0, 8, 0).finally(() => file.close())
  } catch (error) {
    throw new FileError(`${path}: ${(error as Error).message}`, { cause: error })
  }
  if (start.subarray(0, 4).equals(Buffer.from('d0cf11e0', 'hex'))) {
    throw new FileError(`${path}: is an old .xls or has a password: save it as .xlsx without one`)
  }
  if (start.subarray(0, 2).toString('latin1') !== 'PK') throw new FileError(`${path}: is no .xlsx workbook`)
}

async function entriesOf(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>()
  await new Promise<void>((resolve, reject) => {
    zip.on('entry', (entry: Entry) => {
      if (entries.size >= maxEntries) {
        reject(new Error(`it has more than ${maxEntries} parts`))
        return
      }
      // Names of parts are not told apart by case (ECMA-376 part 2).
      entries.set(entry.fileName.toLowerCase(), entry)
      zip.readEntry()
    })
    zip.once('end', resolve)
    zip.once('error', reject)
    zip.readEntry()
  })
  return entries
}

function partsOf(path: string, zip: ZipFile, entries: Map<string, Entry>): Omit<Archive, 'close'> {
  let inflated = 0
  const find = (part: string): Entry | undefined => entries.get(part.replace(/^\//, '').toLowerCase())
  async function* stream(part: string, handlers: XmlHandlers): AsyncGenerator<number> {
    const entry = find(part)
    if (entry === undefined) throw new FileError(`${path}: the workbook has no part ${part}`)
    try {
      const take = xmlReader(handlers)
      const bytes = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
        zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened))),
      )
      for await (const piece of bytes) {
        inflated += (piece as Buffer).length
        if (inflated > maxInflatedBytes) throw new Error('it inflates to more than 4 GiB')
        take(piece as Buffer)
        yield (piece as Buffer).length
      }
      take()
    } catch (error) {
      if (error instanceof FileError) throw error
      throw new FileError(`${path}: the part ${part} cannot be read: ${(error as Error).message}`, { cause: error })
    }
  }
  return {
    has: (part) => find(part) !== undefined,
    bytesOf: (part) => find(part)?.uncompressedSize ?? 0,
    stream,
    read: async (part, handlers) => {
      if ((find(part)?.uncompressedSize ?? 0) > maxPartBytes) {
        throw new FileError(`${path}: the part ${part} is larger than 32 MiB`)
      }
      for await (const _ of stream(part, handlers)) {
        // The handlers have it.
      }
    },
  }
}
