import { columnOf, forms, missingFields, type Column, type Form, type FormName } from './file-heads.ts'
import { valueOf } from './file-cells.ts'
import { FileError, type FileRecord } from './file-record.ts'

/** A row with its cells, or one that cannot be read. `line` is where it stands, as a person would look it up. */
export type TableRow = { line: number; raw: string } & ({ cells: readonly string[] } | { fault: string })

export interface Table {
  /** How messages call it: the file, or the sheet in it. */
  title: string
  rows: AsyncIterable<TableRow>
  /** Whether a row has a cell for every head, as in CSV; a sheet leaves out empty ones. */
  hasEveryCell: boolean
  /** Whether plain numbers that mean days count from 1904. */
  from1904?: boolean
}

/** What is told of the file besides its records. */
export type OnNotice = (notice: string) => void

/** A row as a record, with what its fields were filled from. */
export type RowRecord = { line: number } & ({ fields: Record<string, unknown> } | { fault: string; raw: string })

/** Titles and explanations may stand above the heads. */
const rowsAboveHeads = 20

/**
 * The rows of a table as records of the form, whose heads are looked for in its first rows. An empty cell is an absent field.
 * @returns records, or null when no row has the necessary heads, with what the nearest one lacks
 */
export async function* readTable(
  formName: FormName,
  table: Table,
  asOf: string,
  onNotice: OnNotice,
): AsyncGenerator<RowRecord, NoHeads | null> {
  const form: Form = forms[formName]
  let columns: (Column | null)[] | null = null
  let nearest: NoHeads | null = null
  const above: TableRow[] = []
  for await (const row of table.rows) {
    if (columns === null) {
      const found = 'cells' in row ? headsOf(form, row.cells) : null
      if (found !== null && found.missing.length === 0) {
        columns = found.columns
        tellOfHeads(form, found, table.title, row.line, onNotice)
        continue
      }
      if (found !== null && found.known > (nearest?.known ?? -1)) {
        nearest = { title: table.title, line: row.line, ...found }
      }
      above.push(row)
      if (above.length >= rowsAboveHeads) return nearest
      continue
    }
    const record = recordOf(form, columns, row, table)
    if (record !== null) yield 'fields' in record ? withDerived(form, record, asOf) : record
  }
  return columns === null ? (nearest ?? { title: table.title, line: 0, known: 0, heads: [], missing: [] }) : null
}

export interface NoHeads {
  title: string
  line: number
  known: number
  heads: string[]
  missing: string[]
}

/** The error of a file in which no table has the necessary heads. */
export function noHeadsError(path: string, formName: FormName, nearest: NoHeads): FileError {
  const lacking = nearest.missing.length > 0 ? nearest.missing : missingFields(forms[formName], [])
  const where = nearest.title === path ? '' : ` of ${nearest.title.slice(path.length + 2)}`
  const heads = nearest.heads.filter((head) => head !== '').slice(0, 20)
  return new FileError(
    heads.length === 0
      ? `${path}: is empty, without even a head line; needed are ${lacking.join(', ')}`
      : `${path}: the head line has no column ${lacking.join(', ')}; line ${nearest.line}${where} has ${heads.join(', ')}`,
  )
}

interface Heads {
  columns: (Column | null)[]
  heads: string[]
  known: number
  missing: string[]
}

function headsOf(form: Form, cells: readonly string[]): Heads {
  const heads = Array.from(cells, (cell) => cell.trim().slice(0, 100))
  const columns = heads.map((head) => columnOf(form, head))
  return { columns, heads, known: columns.filter(Boolean).length, missing: missingFields(form, columns) }
}

/** @throws FileError when two columns hold the same field: which one is meant is not ours to guess */
function tellOfHeads(form: Form, { columns, heads }: Heads, title: string, line: number, onNotice: OnNotice): void {
  const seen = new Map<string, string>()
  columns.forEach((column, i) => {
    if (column === null) return
    const before = seen.get(column.field)
    if (before !== undefined) {
      throw new FileError(
        `${title}: the columns ${before} and ${heads[i] ?? ''} both hold ${column.field} (line ${line})`,
      )
    }
    seen.set(column.field, heads[i] ?? '')
  })
  const unknown = heads.filter((head, i) => head !== '' && columns[i] === null)
  if (unknown.length > 0) {
    onNotice(`${title}: columns that are not known were left out: ${unknown.slice(0, 50).join(', ')}`)
  }
}

function recordOf(form: Form, columns: readonly (Column | null)[], row: TableRow, table: Table): RowRecord | null {
  const { line, raw } = row
  if ('fault' in row) return { line, raw, fault: row.fault }
  if (table.hasEveryCell && row.cells.length !== columns.length) {
    const fault = `has ${row.cells.length} cells where the head line has ${columns.length}, on line ${line}`
    return { line, raw, fault }
  }
  const fields: Record<string, unknown> = {}
  columns.forEach((column, i) => {
    const cell = row.cells[i]?.trim() ?? ''
    if (cell === '' || column === null) return
    fields[column.field] = valueOf(column.kind, cell, { from1904: table.from1904 === true })
  })
  // Excel keeps rows that were emptied.
  return Object.keys(fields).length === 0 ? null : { line, fields }
}

/** Gives a record an id and a time where the table has none: its own codes, and the time as of which the file speaks. */
function withDerived(form: Form, record: RowRecord & { fields: Record<string, unknown> }, asOf: string): RowRecord {
  const { sourceId, updatedAt, ...rest } = record.fields
  const parts = form.sourceId.map((fields) => {
    const field = fields.find((candidate) => rest[candidate] !== undefined)
    return field === undefined ? null : partOfId(field, String(rest[field]))
  })
  const id = sourceId ?? (parts.includes(null) ? undefined : parts.join('/'))
  return {
    line: record.line,
    fields: { ...(id !== undefined && { sourceId: id }), updatedAt: updatedAt ?? asOf, ...rest },
  }
}

/** The same code or host written in another way gives the same id; ids of shops tell cases apart. */
function partOfId(field: string, value: string): string {
  const part = value.normalize('NFKC').replace(/\s/g, '')
  if (field === 'uscc' || field === 'registrationNumber') return part.toUpperCase()
  return field === 'host' ? part.toLowerCase() : part
}

/** A row as a record of the collection, for all but those of which several rows make one. */
export function fileRecordOf(row: RowRecord): FileRecord {
  return 'fields' in row ? { ok: true, record: row.fields } : { ok: false, raw: row.raw, detail: row.fault }
}
