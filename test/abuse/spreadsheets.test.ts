import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { expect, it } from 'vitest'
import { entriesCsv } from '../../src/site/lists/exports.ts'
import { readCandidates } from '../../src/site/partners/candidates.ts'
import { resultsCsv } from '../../src/site/partners/results-csv.ts'
import type { ListedEntry } from '../../src/credit-files/schemas.ts'
import type { KeptScreening } from '../../src/screening/schemas.ts'

/** What spreadsheets run, or once ran (OWASP, CSV injection), also behind a separator and quotation marks. */
const formulas = [
  '=1+1',
  '+1+1',
  '-1+1',
  '@SUM(1)',
  '\t=1+1',
  '\r=1+1',
  "=cmd|' /C calc'!A0",
  '=HYPERLINK("https://evil.example","x")',
  '＝1+1',
  '＋1',
  '－1',
  '＠SUM(1)',
  '",=1+1',
  ';=1+1\n=2+2',
]
/** A cell that a spreadsheet would take for a formula. */
const runs = /^[=+\-@\t\r＝＋－＠]/

const cellsOf = (csv: string): string[] =>
  parse(csv, { bom: true, relax_column_count: true, record_delimiter: '\r\n' }).flat()

it.each(formulas)('hands out the name %j as a text, in lists and in results of screenings', (text) => {
  const entry = {
    ...{
      id: text,
      uscc: text,
      name: text,
      authority: text,
      decisionNumber: text,
      status: 'in-force',
      regionCode: text,
    },
    ...{ ground: { label: text, code: text, article: text }, listedOn: text, removedOn: text, reportYear: null },
  } as unknown as ListedEntry
  const match = { uscc: text, name: text, groundCode: text }
  const screening = {
    request: { candidates: [{ uscc: text, name: text, url: text }] },
    results: [{ ref: text, decision: 'block', reasons: [], matches: [match] }],
  } as unknown as KeptScreening
  for (const csv of [entriesCsv([entry], 'zh'), resultsCsv(screening, 'zh')]) {
    const cells = cellsOf(csv)
    expect(cells.length).toBeGreaterThan(10)
    expect(cells.filter((cell) => runs.test(cell))).toEqual([])
  }
})

it('takes a formula in an uploaded table for what it says, and computes nothing', () => {
  const { candidates } = readCandidates('name,url\n=1+1,=HYPERLINK(1)\n', 10)
  expect(candidates).toEqual([{ ref: '2', name: '=1+1', url: '=HYPERLINK(1)' }])
})

it('writes tables for spreadsheets in these two places alone, both with formulas defused', () => {
  const folder = join(import.meta.dirname, '../../src')
  const writing = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }))
    .filter(({ text }) => /csv-stringify|text\/tab-separated-values|type: 'text\/csv|'text\/csv'\)/.test(text))
  expect(writing.map(({ file }) => file).sort()).toEqual([
    ...['site/lists/exports.ts', 'site/lists/routes.ts', 'site/partners/results-csv.ts', 'site/partners/screenings.ts'],
  ])
  for (const { file, text } of writing) {
    if (text.includes('csv-stringify')) expect(text, file).toContain('escape_formulas: true')
  }
})
