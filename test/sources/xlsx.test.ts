import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readFileRecords } from '../../src/sources/files.ts'
import type { Collection } from '../../src/sources/vocabulary.ts'
import { madeUpUscc } from '../support/businesses.ts'
import { sheetXml, writeWorkbook, type Cell } from './workbooks.ts'

let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'xinjian-xlsx-test-'))))
afterAll(() => rm(folder, { recursive: true }))

const asOf = '2026-07-01T00:00:00.000Z'

async function read(path: string, collection: Collection = 'subjects') {
  const notices: string[] = []
  const records: unknown[] = []
  for await (const record of readFileRecords(path, collection, { asOf, onNotice: (text) => notices.push(text) })) {
    records.push(record.ok ? record.record : record.detail)
  }
  return { records, notices }
}

const heads = ['统一社会信用代码', '企业名称', '主体类型', '登记状态', '行政区划代码', '成立日期']
const rowOf = (day: Cell): Cell[] => [
  madeUpUscc(1),
  '虚构一号店',
  '个体工商户',
  '存续（在营、开业、在册）',
  999900,
  day,
]
const styles =
  '<styleSheet><numFmts><numFmt numFmtId="180" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>' +
  '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="180"/></cellXfs></styleSheet>'
const record = {
  sourceId: madeUpUscc(1),
  updatedAt: asOf,
  uscc: madeUpUscc(1),
  name: '虚构一号店',
  entityType: 'individual-business',
  status: 'active',
  regionCode: '999900',
  establishedOn: '2026-03-01',
}

test.each<[string, Cell, string?]>([
  ['a cell that Excel shows as a day', { xml: '<c s="1"><v>46082</v></c>' }],
  ['a cell with a format of its own', { xml: '<c s="2"><v>46082</v></c>' }],
  ['a plain number of days', 46082],
  ['a day of ISO 8601', { xml: '<c t="d"><v>2026-03-01</v></c>' }],
  ['the text of a formula', { xml: '<c t="str"><f>A1</f><v>2026年3月1日</v></c>' }],
  ['text with slashes', '2026/3/1'],
  [
    'text in parts, with its reading beside it',
    { xml: '<c t="inlineStr"><is><r><t>2026年</t></r><r><t>3月1日</t></r><rPh><t>x</t></rPh></is></c>' },
  ],
  ['a day since 1904', { xml: '<c s="1"><v>44620</v></c>' }, '<workbookPr date1904="1"/>'],
])('a day is read from %s', async (_what, day, workbookPr = '') => {
  const path = join(folder, 'days.xlsx')
  await writeWorkbook(
    path,
    { 表: sheetXml([['企业登记信息表'], heads, rowOf(day), ['', '', '']]) },
    { styles, workbookPr },
  )
  expect(await read(path)).toEqual({ records: [record], notices: [] })
})

test('shared strings are found, every sheet with the heads is read, and what is left out is told', async () => {
  const strings = ['<sst>', ...['虚构一号店', '别的'].map((text) => `<si><t>${text}</t></si>`), '</sst>']
  const row = rowOf('2026-03-01')
  row[1] = { xml: '<c t="s"><v>0</v></c>' }
  const path = await writeWorkbook(
    join(folder, 'sheets.xlsx'),
    {
      说明: sheetXml([['请按要求填写']]),
      一: sheetXml([
        [...heads, '备注'],
        [...row, '无'],
      ]),
      二: sheetXml([heads, [{ xml: '<c t="e"><v>#N/A</v></c>' }, ...row.slice(1)], [{ xml: '<c t="s"><v>9</v></c>' }]]),
    },
    { strings },
  )
  const { records, notices } = await read(path)
  expect(records).toEqual([
    record,
    'has the error #N/A in cell A2, on line 2 of sheet 二',
    'has a string that the workbook does not have in cell A3, on line 3 of sheet 二',
  ])
  expect(notices).toEqual([
    `${path}: sheet 一: columns that are not known were left out: 备注`,
    `${path}: sheet 说明: has no head line of subjects and was not read`,
  ])
})

test.each<[string, string, RegExp]>([
  ['a document type with entities', '<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>', /has a document type/],
  ['a value without an end', `<worksheet><a b="${'x'.repeat(3_000_000)}"/></worksheet>`, /longer than any cell/],
  ['XML that breaks off', '<worksheet><sheetData><row>', /cannot be read/],
  ['elements too deep', '<a>'.repeat(1000), /too deep/],
  [
    'more columns than any form',
    '<worksheet><row><c r="XFD1" t="str"><v>x</v></c></row></worksheet>',
    /more than 1000 columns/,
  ],
])('a sheet with %s is refused', async (_what, xml, said) => {
  const path = await writeWorkbook(join(folder, 'harm.xlsx'), { 表: [xml] })
  await expect(read(path)).rejects.toThrow(said)
})

test('rows of one code and year are one report with several sites, wherever they stand', async () => {
  const columns = ['统一社会信用代码*', '企业名称', '年度', '公示日期', '类型', '网站（网店）名称', '网址']
  const [one, two, three] = [madeUpUscc(1), madeUpUscc(2), madeUpUscc(3)]
  const path = await writeWorkbook(join(folder, 'reports.xlsx'), {
    表: sheetXml([
      columns,
      [one, '甲', '2025年度', '2026年4月30日', '网站', '甲站', 'a.example'],
      [two, '乙', 2025, '2026-05-01', '', '', ''],
      [three, '丙', 2025, '2026-05-01', '网店', '丙店', 'c.example'],
      [one, '甲', '2025', '2026-04-30', '网店', '甲店', 'b.example'],
      [three, '丙丁', 2025, '2026-05-01', '网店', '丁店', 'd.example'],
    ]),
  })
  const { records } = await read(path, 'annual-reports')
  const common = { updatedAt: asOf, year: 2025 }
  expect(records).toEqual([
    {
      ...{ ...common, sourceId: `${one}/2025`, uscc: one, name: '甲', publishedOn: '2026-04-30' },
      webPresences: [
        { kind: 'website', name: '甲站', url: 'a.example' },
        { kind: 'shop', name: '甲店', url: 'b.example' },
      ],
    },
    { ...common, sourceId: `${two}/2025`, uscc: two, name: '乙', publishedOn: '2026-05-01', webPresences: [] },
    'rows of one report differ in name on line 6 (lines 4, 6)',
  ])
})

/** Rows enough that an XLSX in memory, or its strings, would not fit; 500,000 with `XLSX_ROWS=500000`. */
const rows = Number(process.env['XLSX_ROWS'] ?? 100_000)

test('many rows are read in bounded memory, with their strings beside them', { timeout: 300_000 }, async () => {
  const strings = function* () {
    yield '<sst>'
    for (let i = 0; i < rows; i += 1) yield `<si><t>虚构省第${i}号很长的名称贸易有限公司${'分'.repeat(50)}</t></si>`
    yield '</sst>'
  }
  const table = function* (): Generator<Cell[]> {
    yield heads
    for (let i = 0; i < rows; i += 1) {
      const name = { xml: `<c t="s"><v>${i}</v></c>` }
      yield [`91999900MA${i}`, name, '企业', '存续', 999900, '2026-03-01']
    }
  }
  const path = await writeWorkbook(join(folder, 'large.xlsx'), { 表: sheetXml(table()) }, { strings: strings() })
  const script = `
    const { readFileRecords } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/sources/files.ts'))})
    let count = 0, peak = 0
    for await (const { record } of readFileRecords(${JSON.stringify(path)}, 'subjects', { asOf: '${asOf}' })) {
      if (!record.name.startsWith('虚构省第' + count + '号')) throw new Error('row ' + count)
      count += 1
      if (count % 1000 === 0) peak = Math.max(peak, process.memoryUsage().rss)
    }
    console.log(JSON.stringify({ count, peakMiB: Math.round(peak / 2 ** 20) }))`
  const child = spawn(
    process.execPath,
    ['--max-old-space-size=96', '--import', 'tsx', '--input-type=module', '-e', script],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, TMPDIR: folder } },
  )
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number]
  expect(code).toBe(0)
  if (process.env['XLSX_ROWS'] !== undefined) process.stderr.write(out)
  expect(JSON.parse(out)).toMatchObject({ count: rows })
  const left = (await readdir(folder)).filter((name) => name.startsWith('xinjian-xlsx-'))
  expect(left).toEqual([])
})
