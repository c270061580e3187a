import { createReadStream } from 'node:fs'
import { extname } from 'node:path'
import { createInterface } from 'node:readline'
import { pipeline, Readable } from 'node:stream'
import { parse } from 'csv-parse'

/** A file that cannot be read as a whole. `message` names the file and what is wrong. */
export class FileError extends Error {
  override name = 'FileError'
}

const formats = ['.ndjson', '.jsonl', '.csv', '.tsv']

export type FileRecord = { ok: true; record: unknown } | { ok: false; raw: string; detail: string }

/** Whether the file is a table of rows, by its name. */
export function isTable(path: string): boolean {
  return ['.csv', '.tsv'].includes(extname(path).toLowerCase())
}

/**
 * The records of a file, streamed: NDJSON (`.ndjson`, `.jsonl`), CSV (`.csv`) or TSV (`.tsv`), the latter two with a head
 * line, in UTF-8 or GB 18030. A line that is no record is told with its raw form and number; it stops nothing.
 * @throws FileError for a file that is missing, of another kind, or in neither encoding, before the first record
 */
export async function* readFileRecords(path: string): AsyncGenerator<FileRecord> {
  const format = extname(path).toLowerCase()
  if (!formats.includes(format)) throw new FileError(`${path}: a file ends in ${formats.join(', ')}`)
  const encoding = await encodingOf(path)
  const text = Readable.from(decode(path, encoding))
  if (format === '.ndjson' || format === '.jsonl') yield* readLines(text)
  else if (format === '.tsv') yield* readTable(path, text, { delimiter: '\t', quote: null })
  else yield* readTable(path, text, { delimiter: ',', quote: '"' })
}

/** UTF-8 where every byte fits it, else GB 18030, which fits some bytes of nearly every file and so comes second. */
async function encodingOf(path: string): Promise<'utf-8' | 'gb18030'> {
  for (const encoding of ['utf-8', 'gb18030'] as const) {
    try {
      for await (const _ of decode(path, encoding)) {
        // Reading it through is the test.
      }
      return encoding
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') {
        throw new FileError(`${path}: ${(error as Error).message}`)
      }
    }
  }
  throw new FileError(`${path}: is neither UTF-8 nor GB 18030`)
}

async function* decode(path: string, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
    const text = decoder.decode(chunk as Buffer, { stream: true })
    if (text !== '') yield text
  }
  yield decoder.decode()
}

async function* readLines(text: Readable): AsyncGenerator<FileRecord> {
  let number = 0
  for await (const line of createInterface({ input: text, crlfDelay: Infinity })) {
    number += 1
    if (line.trim() === '') continue
    yield parseLine(line, number)
  }
}

function parseLine(line: string, number: number): FileRecord {
  try {
    return { ok: true, record: JSON.parse(line) as unknown }
  } catch {
    return { ok: false, raw: line, detail: `line ${number} is no JSON` }
  }
}

async function* readTable(
  path: string,
  text: Readable,
  form: { delimiter: string; quote: string | null },
): AsyncGenerator<FileRecord> {
  const skipped: FileRecord[] = []
  const heads: string[] = []
  const unclosed: string[] = []
  const rows = parse({
    ...form,
    bom: true,
    columns: (line: string[]) => {
      heads.push(...line.map((head) => head.trim()))
      if (heads.includes('sourceId')) return heads
      throw new FileError(`${path}: the head line has no column sourceId; it has ${heads.slice(0, 20).join(', ')}`)
    },
    raw: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error, raw) => {
      if (error?.code === 'CSV_QUOTE_NOT_CLOSED') {
        unclosed.push(error.message)
        return
      }
      skipped.push({
        ok: false,
        raw: typeof raw === 'string' ? raw : '',
        detail: error?.message ?? 'cannot be read',
      })
    },
  })
  // A fault of either stream ends both, and is thrown by the loop.
  pipeline(text, rows, () => undefined)
  for await (const row of rows) {
    yield* skipped.splice(0)
    yield { ok: true, record: (row as { record: unknown }).record }
  }
  yield* skipped.splice(0)
  // The quote has swallowed all rows to the end of the file: they are no record to keep, but a file to mend.
  if (unclosed.length > 0) throw new FileError(`${path}: ${unclosed.join()}; the rows from there on were not read`)
  if (heads.length === 0) throw new FileError(`${path}: is empty, without even a head line`)
}
