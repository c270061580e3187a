import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import yazl from 'yazl'

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
const relation = (id: string, type: string, target: string) =>
  `<Relationship Id="${id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${target}"/>`
const relations = (...all: string[]) =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${all.join('')}</Relationships>`

/** A cell as XML: text with strings of its own, a number, or XML as it stands. */
export type Cell = string | number | { xml: string }

/** The rows of a sheet as XML, row by row. */
export function* sheetXml(rows: Iterable<readonly Cell[]>): Generator<string> {
  yield '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
  for (const row of rows) {
    const cells = row.map((cell) =>
      typeof cell === 'object'
        ? cell.xml
        : typeof cell === 'number'
          ? `<c><v>${cell}</v></c>`
          : `<c t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`,
    )
    yield `<row>${cells.join('')}</row>`
  }
  yield '</sheetData></worksheet>'
}

/** Writes a workbook part by part, of any size: what Excel would not write can be written too. */
export async function writeWorkbook(
  path: string,
  sheets: Record<string, Iterable<string>>,
  parts: { styles?: string; strings?: Iterable<string>; workbookPr?: string } = {},
): Promise<string> {
  const zip = new yazl.ZipFile()
  const text = (name: string, content: string) => zip.addBuffer(Buffer.from(content), name)
  const names = Object.keys(sheets)
  text('_rels/.rels', relations(relation('rId1', 'officeDocument', 'xl/workbook.xml')))
  text(
    'xl/_rels/workbook.xml.rels',
    relations(
      ...names.map((_, i) => relation(`rId${i + 1}`, 'worksheet', `worksheets/sheet${i + 1}.xml`)),
      ...(parts.styles === undefined ? [] : [relation('rStyles', 'styles', 'styles.xml')]),
      ...(parts.strings === undefined ? [] : [relation('rStrings', 'sharedStrings', '/xl/sharedStrings.xml')]),
    ),
  )
  text(
    'xl/workbook.xml',
    `<workbook xmlns:r="r">${parts.workbookPr ?? ''}<sheets>${names.map((name, i) => `<sheet name="${escaped(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`).join('')}</sheets></workbook>`,
  )
  if (parts.styles !== undefined) text('xl/styles.xml', parts.styles)
  if (parts.strings !== undefined) zip.addReadStream(Readable.from(parts.strings), 'xl/sharedStrings.xml')
  Object.values(sheets).forEach((xml, i) => {
    zip.addReadStream(Readable.from(xml, { objectMode: true }).map(String), `xl/worksheets/sheet${i + 1}.xml`)
  })
  const ended = once(zip, 'error').then(([error]) => Promise.reject(error as Error))
  zip.end()
  await Promise.race([pipeline(zip.outputStream, createWriteStream(path)), ended])
  return path
}
