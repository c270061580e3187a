import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { pipeline, Readable } from 'node:stream'
import { parse, type Info } from 'csv-parse'
import { FileError, type FileRecord, type OnBytes } from './file-record.ts'
import type { TableRow } from './files-table.ts'

export type Encoding = 'utf-8' | 'gb18030'

/**
 * UTF-8 where every byte fits it, else GB 18030, which fits some bytes of nearly every file and so comes second.
 * @throws FileError for a file that is missing or in neither
 */
export async function encodingOf(path: string): Promise<Encoding> {
  for (const encoding of ['utf-8', 'gb18030'] as const) {
    try {
      for await (const _ of decode(path, encoding)) {
        // Reading it through is the test.
      }
      return encoding
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') {
        throw new FileError(`${path}: ${(error as Error).message}`, { cause: error })
      }
    }
  }
  throw new FileError(`${path}: is neither UTF-8 nor GB 18030`)
}

/** The text of a file; `onBytes` is told how many bytes of it were read. */
export async function* decode(path: string, encoding: Encoding, onBytes?: OnBytes): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  let bytes = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
    bytes += (chunk as Buffer).length
    const text = decoder.decode(chunk as Buffer, { stream: true })
    if (text !== '') yield text
    onBytes?.(bytes)
  }
  yield decoder.decode()
}

/** The records of NDJSON. */
export async function* readLines(text: AsyncIterable<string>): AsyncGenerator<FileRecord> {
  let number = 0
  for await (const line of createInterface({ input: Readable.from(text), crlfDelay: Infinity })) {
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

export const csvForm = { delimiter: ',', quote: '"' }
export const tsvForm = { delimiter: '\t', quote: null }

/**
 * The rows of CSV or TSV, the head line among them. A row that cannot be read is told with its raw form.
 * @throws FileError at the end, for a quote that is never closed
 */
export async function* readDelimited(
  path: string,
  text: AsyncIterable<string>,
  form: typeof csvForm | typeof tsvForm,
): AsyncGenerator<TableRow> {
  const skipped: TableRow[] = []
  const unclosed: string[] = []
  const rows = parse({
    ...form,
    bom: true,
    info: true,
    raw: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error, raw) => {
      if (error?.code === 'CSV_QUOTE_NOT_CLOSED') unclosed.push(error.message)
      else {
        const line = error?.['lines'] as number | undefined
        skipped.push({
          line: line ?? 0,
          raw: typeof raw === 'string' ? raw : '',
          fault: error?.message ?? 'unreadable',
        })
      }
    },
  })
  // A fault of either stream ends both, and is thrown by the loop.
  pipeline(Readable.from(text), rows, () => undefined)
  for await (const row of rows) {
    const { record, raw, info } = row as { record: string[]; raw: string; info: Info }
    yield* skipped.splice(0)
    yield { line: info.lines, cells: record, raw }
  }
  yield* skipped.splice(0)
  // The quote has swallowed all rows to the end of the file: they are no record to keep, but a file to mend.
  if (unclosed.length > 0) throw new FileError(`${path}: ${unclosed.join()}; the rows from there on were not read`)
}
