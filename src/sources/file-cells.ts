import type { CellKind, Words } from './file-heads.ts'

/** What the cells of a table say, in the form of the contract. What is not understood stays as it is, for the schema to refuse. */
export function valueOf(kind: CellKind, cell: string, calendar: { from1904?: boolean } = {}): unknown {
  if (typeof kind !== 'string') return wordOf(kind, cell)
  switch (kind) {
    case 'text':
      return cell
    case 'day':
      return dayOfCell(cell, calendar) ?? cell
    case 'instant':
      return instantOfCell(cell, calendar) ?? cell
    case 'year':
      return Number(/^(\d{4})(?:年|年度)?$/.exec(halfWidth(cell))?.[1] ?? NaN) || cell
    case 'flag':
      return flagOf(halfWidth(cell).toLowerCase()) ?? cell
    case 'integer':
      return fenOf(cell, 0) ?? cell
    case 'yuan':
      return fenOf(cell, 2) ?? cell
    case 'ten-thousand-yuan':
      return fenOf(cell, 6) ?? cell
  }
}

const halfWidth = (cell: string) => cell.normalize('NFKC').trim()

function wordOf(words: Words, cell: string): string {
  const whole = halfWidth(cell).replace(/\s/g, '')
  const bare = whole.replace(/\([^()]*\)/g, '').replace(/[,,;、-]/g, '')
  const found = words.find(([word]) => (typeof word === 'string' ? word === bare : word.test(bare)))
  return found?.[1] ?? cell
}

function flagOf(text: string): boolean | null {
  if (['是', 'true', '1', 'y', 'yes', '有', '√'].includes(text)) return true
  if (['否', 'false', '0', 'n', 'no', '无', '×'].includes(text)) return false
  return null
}

/** A sum with up to so many decimal places, in its smallest unit; exact, since it is reckoned in decimals. */
function fenOf(cell: string, places: number): number | null {
  const [, whole, fraction = ''] =
    /^(\d{1,15})(?:\.(\d*))?(?:元|万元)?$/.exec(halfWidth(cell).replaceAll(',', '')) ?? []
  if (whole === undefined || /[1-9]/.test(fraction.slice(places))) return null
  const fen = Number(`${whole}${fraction.slice(0, places).padEnd(places, '0')}`)
  return Number.isSafeInteger(fen) ? fen : null
}

const dayForm = /^(\d{4})\s*(?:年|[-/.])\s*(\d{1,2})\s*(?:月|[-/.])\s*(\d{1,2})\s*(?:日|号)?/
const timeForm = /^[\sT]*(\d{1,2})(?::|时|点)(\d{1,2})(?:(?::|分)(\d{1,2})(?:\.\d+)?秒?)?分?$/
/** Days since 1899-12-30, as Excel counts them; in the years in which a plain number is meant as a day. */
const serialForm = /^([1-9]\d{4})(\.\d+)?$/

const isoDay = (year: string, month: string, date: string) =>
  `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`

/** The day that a cell names, as `YYYY-MM-DD`; whether there is such a day is for the schema. */
function dayOfCell(cell: string, calendar: { from1904?: boolean }): string | null {
  const text = halfWidth(cell)
  const compact = /^(\d{4})(\d{2})(\d{2})$/.exec(text)
  const [whole, year, month, date] = compact ?? dayForm.exec(text) ?? []
  if (year !== undefined && month !== undefined && date !== undefined) {
    const rest = text.slice(whole?.length)
    // Of another zone it may be another day in Shanghai: that is for the schema to refuse.
    return rest === '' || timeForm.test(rest.replace(/\+08:00$/, '')) ? isoDay(year, month, date) : null
  }
  const serial = serialForm.exec(text)
  return serial === null ? null : localTimeOfSerial(Number(text), calendar.from1904 === true).slice(0, 10)
}

/** A moment; what has no zone is Shanghai's time, and a day alone its beginning there. */
function instantOfCell(cell: string, calendar: { from1904?: boolean }): string | null {
  const text = halfWidth(cell)
  const serial = serialForm.exec(text)
  if (serial !== null) return `${localTimeOfSerial(Number(text), calendar.from1904 === true)}+08:00`
  const day = dayOfCell(cell, calendar)
  if (day === null) return null
  const rest = text.slice((/^\d{8}$/.exec(text) ?? dayForm.exec(text))?.[0].length)
  const [, hour = '0', minute = '0', second = '0'] = timeForm.exec(rest.replace(/\+08:00$/, '')) ?? []
  return `${day}T${[hour, minute, second].map((part) => part.padStart(2, '0')).join(':')}+08:00`
}

/** What an Excel serial number shows, as `YYYY-MM-DDTHH:MM:SS`; Excel knows no zone. */
export function localTimeOfSerial(serial: number, from1904: boolean): string {
  // Days before March 1900 are counted one off, for the sake of Lotus 1-2-3; no register has one.
  const days = from1904 ? serial + 1462 : serial
  return new Date(Math.round(days * 86_400) * 1000 - 25_569 * 86_400_000).toISOString().slice(0, 19)
}
