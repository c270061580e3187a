import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { FileError, type FileRecord } from './file-record.ts'
import { groupReports } from './files-reports.ts'
import {
  fileRecordOf,
  noHeadsError,
  readTable,
  type NoHeads,
  type OnNotice,
  type RowRecord,
  type Table,
} from './files-table.ts'
import { csvForm, decode, encodingOf, readDelimited, readLines, tsvForm } from './files-text.ts'
import { openWorkbook } from './files-xlsx.ts'
import type { Collection } from './vocabulary.ts'

/** Endings of the files that are read. */
const fileFormats = ['.ndjson', '.jsonl', '.csv', '.tsv', '.xlsx'] as const

export interface ReadOptions {
  /** The time as of which a table speaks whose rows have none of their own, as an instant. */
  asOf: string
  /** Told what is noteworthy of the file as a whole, such as columns that are left out. */
  onNotice?: OnNotice | undefined
  /** Told how far the reading has come. */
  onShare?: ((share: { done: number; total: number }) => void) | undefined
}

/**
 * What a file is, by the end of its name.
 * @throws FileError for one of another kind
 */
export function formatOf(path: string): (typeof fileFormats)[number] {
  const end = extname(path).toLowerCase()
  const format = fileFormats.find((known) => known === end)
  if (format === undefined) throw new FileError(`${path}: a file ends in ${fileFormats.join(', ')}`)
  return format
}

/**
 * The records of a file, streamed: NDJSON (`.ndjson`, `.jsonl`), CSV (`.csv`), TSV (`.tsv`), in UTF-8 or GB 18030, or an
 * Excel workbook (`.xlsx`), of which every visible sheet with the form's heads is read. Tables have field names or the heads of
 * the official forms. A line that is no record is told with its raw form and number; it stops nothing.
 * @throws FileError for a file that is missing, of another kind, in neither encoding or without the necessary heads,
 * before the first record
 */
export async function* readFileRecords(
  path: string,
  collection: Collection,
  { asOf, onNotice = () => undefined, onShare }: ReadOptions,
): AsyncGenerator<FileRecord> {
  const format = formatOf(path)
  if (format === '.xlsx') {
    const onBytes = (done: number) => onShare?.({ done, total: book.bytes })
    const book = await openWorkbook(path, onBytes)
    try {
      yield* recordsOf(path, collection, book.sheets, asOf, onNotice)
    } finally {
      book.close()
    }
    return
  }
  const encoding = await encodingOf(path)
  const { size } = await stat(path)
  const text = decode(path, encoding, (done) => onShare?.({ done, total: size }))
  if (format === '.ndjson' || format === '.jsonl') {
    yield* readLines(text)
    return
  }
  const rows = readDelimited(path, text, format === '.tsv' ? tsvForm : csvForm)
  yield* recordsOf(path, collection, [{ title: path, rows, hasEveryCell: true }], asOf, onNotice)
}

async function* recordsOf(
  path: string,
  collection: Collection,
  tables: readonly Table[],
  asOf: string,
  onNotice: OnNotice,
): AsyncGenerator<FileRecord> {
  const rows = rowsOf(path, collection, tables, asOf, onNotice)
  if (collection === 'annual-reports') yield* groupReports(rows)
  else for await (const row of rows) yield fileRecordOf(row)
}

/** The rows of all tables that have the heads; the others are told of, unless none has. */
async function* rowsOf(
  path: string,
  collection: Collection,
  tables: readonly Table[],
  asOf: string,
  onNotice: OnNotice,
): AsyncGenerator<RowRecord> {
  const without: NoHeads[] = []
  for (const table of tables) {
    const noHeads = yield* readTable(collection, table, asOf, onNotice)
    if (noHeads !== null) without.push(noHeads)
  }
  const [nearest] = without.toSorted((a, b) => b.known - a.known)
  if (without.length === tables.length) {
    throw noHeadsError(path, collection, nearest ?? { title: path, line: 0, known: 0, heads: [], missing: [] })
  }
  for (const { title } of without) onNotice(`${title}: has no head line of ${collection} and was not read`)
}
