import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import writeXlsxFile from 'write-excel-file/node'
import type { Database } from '../../src/platform/db.ts'
import { cloneDatabase } from '../support/database.ts'
import { importAt, rows } from './pulling.ts'

/** Real codes and names, for identity alone: beside the checkout where it was lent, never copied into the project. */
const path = join(import.meta.dirname, '../../../shared/data/companies-20k.tsv')
const given = existsSync(path)

type Row = Record<'sourceId' | 'uscc' | 'registrationNumber' | 'name' | 'regionCode', string>

function readRows(): Row[] {
  const [heads = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n')
  const names = heads.split('\t')
  return lines.map((line) => Object.fromEntries(line.split('\t').map((cell, i) => [names[i], cell])) as Row)
}

// The checks of rulebook section 6, written once more from its text, so that the count owes nothing to the code it tests.
const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const sumOf = (text: string, weights: number[], valueOf: (c: string) => number) =>
  weights.reduce((sum, weight, i) => sum + weight * valueOf(text.charAt(i)), 0)

function isUscc(code: string): boolean {
  if (!/^[0-9A-HJ-NPQRTUWXY]{18}$/.test(code)) return false
  const weights = Array.from({ length: 17 }, (_, i) => Number(3n ** BigInt(i) % 31n))
  const last = alphabet.charAt((31 - (sumOf(code, weights, (c) => alphabet.indexOf(c)) % 31)) % 31)
  const rest = 11 - (sumOf(code.slice(8), [3, 7, 9, 10, 5, 8, 4, 2], (c) => parseInt(c, 36)) % 11)
  return code.charAt(17) === last && code.charAt(16) === (rest === 10 ? 'X' : String(rest % 11))
}

function isCheckedNumber(number: string): boolean {
  let p = 10
  for (const digit of number.slice(0, 14)) p = (((p + Number(digit)) % 10 || 10) * 2) % 11
  return /^\d{15}$/.test(number) && Number(number.charAt(14)) === (11 - p) % 10
}

/** What ought to become of a row. */
function fateOf({ uscc, registrationNumber, regionCode }: Row): string {
  const code = uscc.toUpperCase().replace(/[\s-]/g, '')
  const number = code === '' ? registrationNumber : code
  if (code.length === 18) {
    if (!isUscc(code)) return 'invalid-uscc'
    if (!/^\d{6}$/.test(regionCode)) return 'invalid-record'
    return code === uscc ? 'code as it is' : 'code normalised'
  }
  if (!/^(\d{15}|\d{13}|\d{6}NA\d{6}[\dX]|\d{8}A\d{6}|企[合独外].*\d)$/.test(number)) return 'no-code'
  if (!/^\d{6}$/.test(regionCode)) return 'invalid-record'
  return isCheckedNumber(number) ? 'number checked' : 'number flagged'
}

const count = (fates: Iterable<string>) => {
  const counts: Record<string, number> = {}
  for (const fate of fates) counts[fate] = (counts[fate] ?? 0) + 1
  return counts
}

/** What each row became, by its id at the source, as the database tells. */
async function fatesIn(database: Database, given: Row[]): Promise<Map<string, string>> {
  const taken = await rows<{ sourceId: string; uscc: string | null; flags: string[] }>(
    database.db,
    sql`select source_id as "sourceId", uscc, flags from subjects`,
  )
  const refused = await rows<{ sourceId: string; reason: string }>(
    database.db,
    sql`select source_id as "sourceId", reason from quarantine`,
  )
  const written = new Map(given.map((row) => [row.sourceId, row.uscc]))
  const kindOf = (row: (typeof taken)[number]) => {
    if (row.uscc === null) return row.flags.includes('REGNO_CHECK') ? 'number flagged' : 'number checked'
    return row.uscc === written.get(row.sourceId) ? 'code as it is' : 'code normalised'
  }
  return new Map([
    ...refused.map((row) => [row.sourceId, row.reason] as const),
    ...taken.map((row) => [row.sourceId, kindOf(row)] as const),
  ])
}

if (!given) test.skip('skipped: the real file ../shared/data/companies-20k.tsv is not beside this checkout')

describe.runIf(given)('the 20,935 real businesses', () => {
  const companies = given ? readRows() : []
  const expected = new Map(companies.map((row) => [row.sourceId, fateOf(row)]))
  let folder: string
  let database: Database

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'xinjian-real-'))
    database = await cloneDatabase()
  })
  afterAll(async () => {
    await rm(folder, { recursive: true })
    await database.close()
  })

  test('each ends in the registry or in quarantine for the reason that rulebook section 6 gives', async () => {
    const counts = await importAt(database.db, 'subjects', path)
    expect(await fatesIn(database, companies)).toEqual(expected)
    expect(count(expected.values())).toEqual({
      'code as it is': 20_083,
      'code normalised': 78,
      'number checked': 436,
      'number flagged': 248,
      'invalid-uscc': 83,
      'invalid-record': 5,
      'no-code': 2,
    })
    expect(counts).toEqual({
      records: 20_935,
      new: 20_845,
      changed: 0,
      unchanged: 0,
      older: 0,
      quarantined: { 'invalid-uscc': 83, 'invalid-record': 5, 'no-code': 2 },
    })
  })

  const filled = companies.map((row) => Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== '')))
  const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`
  const csv = () =>
    [Object.keys(companies[0] ?? {}), ...companies.map((row) => Object.values(row))]
      .map((cells) => `${cells.map(quoted).join(',')}\n`)
      .join('')
  const ndjson = () => filled.map((row) => `${JSON.stringify(row)}\n`).join('')
  const inGb18030 = (text: string) => iconv.encode(text, 'gb18030')
  const workbook = async () => {
    const heads = Object.keys(companies[0] ?? {})
    const table = [heads, ...companies.map((row) => heads.map((head) => row[head as keyof Row] || null))]
    return writeXlsxFile(
      table.map((cells) => cells.map((value) => (value === null ? null : { value, type: String }))),
    ).toBuffer()
  }
  /** All that is held of them, and of those that wait in quarantine, but for how they were written. */
  const stateOf = async ({ db }: Database) => [
    await rows(
      db,
      sql`select md5(string_agg(concat_ws('|', source_id, source_updated_at, uscc, registration_number, flags, name, former_names,
            entity_type, status, established_on, region_code, province, city), ',' order by source_id)) as state from subjects`,
    ),
    await rows(db, sql`select source_id, uscc, reason, detail from quarantine order by source_id`),
  ]

  test.each<[string, () => string | Buffer | Promise<Buffer>]>([
    ['gb18030.tsv', () => inGb18030(readFileSync(path, 'utf8'))],
    ['utf8.csv', csv],
    ['gb18030.csv', () => inGb18030(csv())],
    ['utf8.ndjson', ndjson],
    ['gb18030.ndjson', () => inGb18030(ndjson())],
    ['book.xlsx', workbook],
  ])('as %s they come to the same state', { timeout: 120_000 }, async (name, content) => {
    const converted = join(folder, name)
    await writeFile(converted, await content())
    const other = await cloneDatabase()
    try {
      const counts = await importAt(other.db, 'subjects', converted)
      expect(counts.records).toBe(companies.length)
      expect(await fatesIn(other, companies)).toEqual(expected)
      expect(await stateOf(other)).toEqual(await stateOf(database))
    } finally {
      await other.close()
    }
  })

  test('importing it again changes nothing and tells nothing', async () => {
    const events = sql`select count(*)::int as count from feed_outbox`
    const before = await rows(database.db, events)
    const counts = await importAt(database.db, 'subjects', path)
    expect(counts).toMatchObject({ new: 0, changed: 0, older: 0 })
    expect(await rows(database.db, events)).toEqual(before)
  })

  test('none of them is on a list', async () => {
    expect(await rows(database.db, sql`select from decisions union all select from listing_entries`)).toEqual([])
    expect(await rows(database.db, sql`select from feed_outbox where type <> 'subject.changed'`)).toEqual([])
  })
})
