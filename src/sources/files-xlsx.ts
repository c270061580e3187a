import { posix } from 'node:path'
import { localTimeOfSerial } from './file-cells.ts'
import { FileError, type OnBytes } from './file-record.ts'
import type { Table, TableRow } from './files-table.ts'
import { StringStore } from './xlsx-strings.ts'
import { attribute } from './xlsx-xml.ts'
import { openArchive, type Archive } from './xlsx-zip.ts'

/** A workbook that is open: its visible sheets in their order. */
export interface Workbook {
  sheets: Table[]
  /** Inflated bytes of all its sheets. */
  bytes: number
  close(): void
}

/** Excel's own limit of rows, and a limit of columns that no form comes near. */
const maxRows = 1_048_576
const maxColumns = 1000
/** Excel's own limit of a cell. */
const maxCellCharacters = 32_767

/**
 * Opens an Office Open XML workbook (ECMA-376) to be read in bounded memory, whatever its number of rows. Cells come as
 * text: dates as `YYYY-MM-DD`, with a time as Shanghai's, numbers without formatting, truth values as `true` and `false`.
 * @throws FileError when it is no workbook; also while it is read, where its XML breaks off
 */
export async function openWorkbook(path: string, onBytes?: OnBytes): Promise<Workbook> {
  const archive = await openArchive(path)
  const strings = new StringStore()
  const close = () => {
    archive.close()
    strings.close()
  }
  try {
    const { parts, sheets, from1904 } = await readContents(path, archive)
    const dateStyles = parts.styles === undefined ? [] : await readDateStyles(archive, parts.styles)
    if (parts.strings !== undefined) await readStrings(archive, parts.strings, strings)
    let before = 0
    const visible = sheets.filter((sheet) => sheet.visible)
    return {
      sheets: visible.map(({ name, part }) => ({
        title: `${path}: sheet ${name}`,
        rows: readRows(path, name, archive.stream.bind(archive), part, { strings, dateStyles, from1904 }, (bytes) => {
          before += bytes
          onBytes?.(before)
        }),
        hasEveryCell: false,
        from1904,
      })),
      bytes: visible.reduce((sum, { part }) => sum + archive.bytesOf(part), 0),
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}

interface Contents {
  parts: { styles?: string; strings?: string }
  sheets: { name: string; part: string; visible: boolean }[]
  from1904: boolean
}

async function readContents(path: string, archive: Archive): Promise<Contents> {
  const [book] = (await readRelations(archive, '')).filter(({ type }) => type === 'officeDocument')
  if (book === undefined || !archive.has(book.part)) throw new FileError(`${path}: is no .xlsx workbook`)
  const relations = await readRelations(archive, book.part)
  const sheets: Contents['sheets'] = []
  let from1904 = false
  await archive.read(book.part, {
    open: (name, attributes) => {
      if (name === 'workbookPr') from1904 = ['1', 'true'].includes(attribute(attributes, 'date1904') ?? '')
      if (name !== 'sheet') return
      const relation = relations.find(({ id }) => id === attributes['r:id'] || id === attribute(attributes, 'id'))
      // A chart is a sheet too, and has no rows.
      if (relation?.type !== 'worksheet') return
      sheets.push({
        name: attribute(attributes, 'name') ?? '',
        part: relation.part,
        visible: (attribute(attributes, 'state') ?? 'visible') === 'visible',
      })
    },
    text: () => undefined,
    close: () => undefined,
  })
  const partOf = (type: string) => relations.find((relation) => relation.type === type)?.part
  const [styles, strings] = [partOf('styles'), partOf('sharedStrings')]
  return {
    parts: { ...(styles !== undefined && { styles }), ...(strings !== undefined && { strings }) },
    sheets,
    from1904,
  }
}

interface Relation {
  id: string
  type: string
  part: string
}

/** What a part refers to, by the file beside it in `_rels`. */
async function readRelations(archive: Archive, part: string): Promise<Relation[]> {
  const folder = posix.dirname(part)
  const file = posix.join(folder, '_rels', `${posix.basename(part)}.rels`)
  const relations: Relation[] = []
  if (!archive.has(file)) return relations
  await archive.read(file, {
    open: (name, attributes) => {
      if (name !== 'Relationship' || attributes['TargetMode'] === 'External') return
      const target = attributes['Target'] ?? ''
      relations.push({
        id: attributes['Id'] ?? '',
        // The strict form of the standard has another address before the same last word.
        type: (attributes['Type'] ?? '').split('/').at(-1) ?? '',
        part: target.startsWith('/') ? target.slice(1) : posix.join(folder, target),
      })
    },
    text: () => undefined,
    close: () => undefined,
  })
  return relations
}

/** For each style of a cell, whether it shows a number as a day, as a moment, or neither. */
type DateStyle = 'day' | 'moment' | null

/** Built-in formats that show a day: of all languages 14 to 17, of Chinese ones 27 to 31 and 50 to 58 (ECMA-376 18.8.30). */
const dayFormats = new Set([14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58])
const momentFormats = new Set([22])

async function readDateStyles(archive: Archive, part: string): Promise<DateStyle[]> {
  const custom = new Map<number, DateStyle>()
  const styles: DateStyle[] = []
  let inCellFormats = false
  await archive.read(part, {
    open: (name, attributes) => {
      if (name === 'numFmt') custom.set(Number(attributes['numFmtId']), styleOf(attributes['formatCode'] ?? ''))
      if (name === 'cellXfs') inCellFormats = true
      if (name !== 'xf' || !inCellFormats) return
      const id = Number(attributes['numFmtId'] ?? 0)
      styles.push(
        custom.has(id)
          ? (custom.get(id) ?? null)
          : dayFormats.has(id)
            ? 'day'
            : momentFormats.has(id)
              ? 'moment'
              : null,
      )
    },
    text: () => undefined,
    close: (name) => {
      if (name === 'cellXfs') inCellFormats = false
    },
  })
  return styles
}

function styleOf(format: string): DateStyle {
  // Quoted text, escaped characters, colours and languages are no part of what is shown of the number.
  const codes = format.replace(/"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]?/g, '').toLowerCase()
  if (!/[yd]|mmm/.test(codes)) return null
  return /[hs]/.test(codes) ? 'moment' : 'day'
}

async function readStrings(archive: Archive, part: string, strings: StringStore): Promise<void> {
  let text = ''
  let wanted = false
  let phonetic = false
  const stream = archive.stream(part, {
    open: (name) => {
      if (name === 'si') text = ''
      if (name === 'rPh') phonetic = true
      wanted = name === 't' && !phonetic
    },
    text: (piece) => {
      if (wanted) text += piece
    },
    close: (name) => {
      wanted = false
      if (name === 'rPh') phonetic = false
      if (name === 'si') strings.add(unescaped(text).slice(0, maxCellCharacters))
    },
  })
  for await (const _ of stream) {
    // The store has it.
  }
}

/** `_x000D_` stands for a character that XML does not take. */
function unescaped(text: string): string {
  if (!text.includes('_x')) return text
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
}

interface Surroundings {
  strings: StringStore
  dateStyles: readonly DateStyle[]
  from1904: boolean
}

async function* readRows(
  path: string,
  sheet: string,
  stream: Archive['stream'],
  part: string,
  { strings, dateStyles, from1904 }: Surroundings,
  onBytes: OnBytes,
): AsyncGenerator<TableRow> {
  const ready: TableRow[] = []
  let line = 0
  let cells: string[] = []
  let fault: string | null = null
  let column = -1
  let type = 'n'
  let style: DateStyle = null
  let text = ''
  let wanted = false
  let phonetic = false

  const endCell = () => {
    const value = cellOf(type, unescaped(text), style)
    if (typeof value !== 'string') {
      fault ??= `has ${value.fault} in cell ${columnName(column)}${line}`
    } else if (value !== '') {
      if (column >= maxColumns) throw new FileError(`${path}: sheet ${sheet} has more than ${maxColumns} columns`)
      while (cells.length < column) cells.push('')
      cells[column] = value
    }
  }
  const cellOf = (kind: string, value: string, shownAs: DateStyle): string | { fault: string } => {
    if (value.length > maxCellCharacters) return { fault: 'more characters than Excel allows' }
    if (value === '') return ''
    switch (kind) {
      case 's':
        return strings.get(Number(value)) ?? { fault: 'a string that the workbook does not have' }
      case 'b':
        return value === '1' || value === 'true' ? 'true' : 'false'
      case 'e':
        return { fault: `the error ${value.slice(0, 20)}` }
      case 'n':
        return numberOf(value, shownAs, from1904) ?? { fault: 'a number that cannot be read' }
      default:
        // `str` and `inlineStr` are text; `d` is a day or moment as ISO 8601 writes it.
        return value
    }
  }

  const pieces = stream(part, {
    open: (name, attributes) => {
      if (name === 'row') {
        line = Number(attributes['r'] ?? line + 1)
        if (!Number.isInteger(line) || line > maxRows)
          throw new FileError(`${path}: sheet ${sheet} has more rows than Excel allows`)
        cells = []
        fault = null
        column = -1
      } else if (name === 'c') {
        column = attributes['r'] === undefined ? column + 1 : columnIndex(attributes['r'])
        type = attributes['t'] ?? 'n'
        style = dateStyles[Number(attributes['s'] ?? 0)] ?? null
        text = ''
      } else if (name === 'rPh') phonetic = true
      wanted = name === 'v' || (name === 't' && !phonetic)
    },
    text: (piece) => {
      if (wanted) text += piece
    },
    close: (name) => {
      wanted = false
      if (name === 'rPh') phonetic = false
      if (name === 'c') endCell()
      if (name === 'row' && (cells.length > 0 || fault !== null)) {
        const raw = cells.join('\t')
        ready.push(
          fault === null ? { line, cells, raw } : { line, raw, fault: `${fault}, on line ${line} of sheet ${sheet}` },
        )
      }
    },
  })
  for await (const bytes of pieces) {
    yield* ready.splice(0)
    onBytes(bytes)
  }
  yield* ready.splice(0)
}

/** Column 0 is A, 26 is AA. */
function columnIndex(reference: string): number {
  let index = 0
  for (const letter of reference) {
    const value = letter.charCodeAt(0) - 64
    if (value < 1 || value > 26) break
    index = index * 26 + value
  }
  return Math.min(index, 100_000) - 1
}

function columnName(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : columnName(Math.floor(index / 26) - 1) + columnName(index % 26)
}

/** Seconds of a day below which a fraction is what is left of reckoning in binary. */
const noTime = 'T00:00:00'

function numberOf(written: string, shownAs: DateStyle, from1904: boolean): string | null {
  const number = Number(written)
  if (!Number.isFinite(number)) return null
  if (shownAs !== null && number >= 1 && number < 2_958_466) {
    const local = localTimeOfSerial(number, from1904)
    return shownAs === 'day' || local.endsWith(noTime) ? local.slice(0, 10) : `${local}+08:00`
  }
  // Excel keeps 15 digits; 0.1 + 0.2 is stored with 17.
  const rounded = Number(number.toPrecision(15))
  return Number.isInteger(rounded) && Math.abs(rounded) < 1e21 ? BigInt(rounded).toString() : String(rounded)
}
