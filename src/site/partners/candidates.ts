import { parse } from 'csv-parse/sync'
import type { Text } from '../../platform/language.ts'
import { screenings as texts } from './texts.ts'

/** A seller as a row of a file tells it, in the fields of the API. */
export interface Candidate {
  ref: string
  uscc?: string
  name?: string
  url?: string
  regionCode?: string
}

export type ReadCandidates = { candidates: Candidate[]; fault?: undefined } | { candidates?: undefined; fault: Text }

/** The heads that columns may have, besides the API's own names. */
const heads: Readonly<Record<keyof Candidate, readonly string[]>> = {
  ref: ['ref', '编号', '商家编号', '卖家编号', '店铺编号', '店铺id', 'id'],
  uscc: ['uscc', '统一社会信用代码', '社会信用代码', '信用代码', '代码'],
  name: ['name', '名称', '企业名称', '主体名称', '商家名称', '经营者名称', '店铺名称', '网店名称', '网站或网店名称'],
  url: ['url', '网址', '链接', '店铺链接', '网店链接', '店铺网址', '网店网址'],
  regionCode: ['regioncode', '行政区划代码', '行政区划', '地区代码'],
}

/** Text of a file: UTF-8 where every byte fits it, else GB 18030, as Excel writes it in China; null in neither. */
export function decodeText(bytes: Buffer): string | null {
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes)
    } catch {
      // The next one is tried.
    }
  }
  return null
}

/**
 * The rows of a table with a head line, in Chinese or English, separated by commas or, as spreadsheets are pasted, tabs.
 * A row without a number of its own gets its number in the file. What the values are worth is for the screening to say.
 */
export function readCandidates(text: string, most: number): ReadCandidates {
  const body = text.replace(/^\ufeff/, '')
  const firstLine = /^[^\r\n]*/.exec(body.trimStart())?.[0] ?? ''
  let rows: string[][]
  try {
    rows = parse(body, {
      delimiter: firstLine.includes('\t') ? '\t' : ',',
      relax_column_count: true,
      // A quotation mark within a name is one; a cell that begins with one has to end with one.
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
      // One more than may be, and the head.
      to: most + 2,
    })
  } catch {
    return { fault: texts.faults.table }
  }
  const [head = [], ...body_] = rows
  const columns = columnsOf(head)
  if (!['uscc', 'name', 'url'].some((field) => columns.includes(field as keyof Candidate))) {
    return { fault: texts.faults.heads }
  }
  if (body_.length === 0) return { fault: texts.faults.rows }
  if (body_.length > most) return { fault: texts.tooMany(most) }
  return { candidates: body_.map((row, i) => candidateOf(columns, row, i + 2)) }
}

function columnsOf(head: readonly string[]): (keyof Candidate | null)[] {
  const known = Object.entries(heads) as [keyof Candidate, readonly string[]][]
  return head.map((text) => {
    const plain = text.normalize('NFKC').replaceAll(/\s/g, '').toLowerCase()
    return known.find(([, names]) => names.includes(plain))?.[0] ?? null
  })
}

function candidateOf(columns: readonly (keyof Candidate | null)[], row: readonly string[], line: number): Candidate {
  const candidate: Candidate = { ref: '' }
  columns.forEach((field, i) => {
    const value = row[i]
    if (field !== null && value !== undefined && value !== '') candidate[field] = value
  })
  if (candidate.ref === '') candidate.ref = String(line)
  return candidate
}
