import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/platform/db.ts'
import { FileError } from '../../src/sources/file-record.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { cloneDatabase } from '../support/database.ts'
import { changesTold, forget, importAt, quarantined, revisionsOf, rows, type Item } from './pulling.ts'

let database: Database
let folder: string

beforeAll(async () => {
  database = await cloneDatabase()
  folder = await mkdtemp(join(tmpdir(), 'xinjian-import-'))
})
beforeEach(async () => {
  await forget(database.db)
  await database.db.execute(sql`delete from web_presences`)
  await database.db.execute(sql`delete from annual_reports`)
  await database.db.execute(sql`delete from subjects`)
})
afterAll(async () => {
  await rm(folder, { recursive: true })
  await database.close()
})

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

const heads = [
  'sourceId',
  'updatedAt',
  'uscc',
  'registrationNumber',
  'name',
  'formerNames',
  'entityType',
  'status',
].concat(['legalRepresentative', 'establishedOn', 'regionCode', 'address', 'province', 'city'])
const table = (items: Item[], separator: string, cell = (value: string) => value) =>
  [heads, ...items.map((item) => heads.map((head) => (item[head] as string | undefined) ?? ''))]
    .map((line) => `${line.map(cell).join(separator)}\n`)
    .join('')
const csv = (items: Item[]) => table(items, ',', (value) => `"${value.replaceAll('"', '""')}"`)
const tsv = (items: Item[]) => table(items, '\t')
const ndjson = (items: Item[]) => items.map((item) => `${JSON.stringify(item)}\n`).join('')

/** Characters of one, two and four bytes in GB 18030, and what a CSV has to quote. */
const sample = [
  subjectItem(1, { name: '虚构省"引号",逗号有限公司', legalRepresentative: '赵某某', formerNames: '旧名一;旧名二' }),
  subjectItem(2, { name: '𠮷野家㐂茶（云州）有限公司', address: '€ 大街 Nº 7', formerNames: '' }),
  subjectItem(3, { name: 'Ä Ltd. 示例', uscc: '', registrationNumber: '110108000000016', legalRepresentative: '' }),
]

const registry = () =>
  rows(
    database.db,
    sql`select uscc, registration_number, flags, name, former_names, entity_type, status, legal_representative,
          established_on::text, region_code, province, city, address, source_id, source_updated_at::text
        from subjects order by source_id`,
  )

const formats: [string, (items: Item[]) => string][] = [
  ['ndjson', ndjson],
  ['csv', csv],
  ['tsv', tsv],
]
const encodings: [string, (text: string) => Buffer][] = [
  ['UTF-8', (text) => Buffer.from(text)],
  ['UTF-8 with BOM', (text) => Buffer.from(`\ufeff${text}`)],
  ['GB 18030', (text) => iconv.encode(text, 'gb18030')],
]

test.each(
  formats.flatMap(([format, write]) => encodings.map(([name, encode]) => [format, name, write, encode] as const)),
)(
  'a file in %s and %s makes the registry that any other form of it makes',
  async (format, _encoding, write, encode) => {
    const counts = await importAt(database.db, 'subjects', await file(`sample.${format}`, encode(write(sample))))
    expect(counts).toEqual({ records: 3, new: 3, changed: 0, unchanged: 0, older: 0, quarantined: {} })
    const taken = await registry()
    expect(taken).toMatchObject([
      { name: sample[0]?.['name'], former_names: ['旧名一', '旧名二'], legal_representative: '赵某某' },
      { name: sample[1]?.['name'], former_names: [], address: '€ 大街 Nº 7', legal_representative: null },
      { name: sample[2]?.['name'], uscc: null, registration_number: '110108000000016', flags: [] },
    ])
  },
)

test('lines that end with CR LF, blank lines and upper-case endings are taken like any other', async () => {
  const text = tsv(sample).replaceAll('\n', '\r\n')
  const counts = await importAt(database.db, 'subjects', await file('WINDOWS.TSV', `${text}\r\n\r\n`))
  expect(counts).toMatchObject({ records: 3, new: 3 })
  expect((await registry()).map((row) => row['city'])).toEqual(['云州市', '云州市', '云州市'])
})

test('a character that two blocks of the file share is read as one, in both encodings', async () => {
  // Blocks are read by 256 KiB: one of the two files has a character across that border at any shift.
  const items = Array.from({ length: 2500 }, (_, i) =>
    subjectItem(i + 1, { address: '𠮷长'.repeat(25), name: `名${i}` }),
  )
  const expected = items.map((item) => item['address'])
  for (const shift of ['', 'x', 'xx']) {
    const text = ndjson([...items.slice(0, -1), { ...items.at(-1), city: shift || '市' }]).replace(
      '{',
      `{"shift": "${shift}",`,
    )
    for (const encoding of ['utf8', 'gb18030']) {
      const path = await file('blocks.ndjson', iconv.encode(text, encoding))
      await importAt(database.db, 'subjects', path)
      const found = await rows<{ address: string }>(database.db, sql`select address from subjects`)
      expect(found.map((row) => row.address)).toEqual(expected)
      await database.db.execute(sql`delete from subjects`)
    }
  }
})

test.each<[string, string, string | Buffer | null, RegExp]>([
  [
    'in neither encoding',
    'bytes.csv',
    Buffer.from([0x73, 0xff, 0xff, 0x0a]),
    /bytes\.csv: is neither UTF-8 nor GB 18030$/,
  ],
  ['that is missing', 'none.csv', null, /none\.csv: ENOENT: no such file/],
  ['of an unknown ending', 'book.ods', 'PK', /book\.ods: a file ends in \.ndjson, \.jsonl, \.csv, \.tsv, \.xlsx$/],
  ['that is no workbook', 'text.xlsx', 'sourceId', /text\.xlsx: is no \.xlsx workbook$/],
  [
    'that is half a workbook',
    'half.xlsx',
    'PK\u0003\u0004',
    /half\.xlsx: is no whole workbook: End of central directory/,
  ],
  [
    'that is an old workbook',
    'old.xlsx',
    Buffer.from('d0cf11e0a1b11ae1', 'hex'),
    /old\.xlsx: is an old \.xls or has a password/,
  ],
  ['without an ending', 'book', 'PK', /book: a file ends in/],
  [
    'without necessary columns',
    'heads.tsv',
    'id\tname\n1\tx\n',
    /heads\.tsv: the head line has no column uscc \(统一社会信用代码\) or registrationNumber \(注册号\), entityType \(主体类型\), status \(登记状态\), regionCode \(行政区划代码\); line 1 has id, name$/,
  ],
  ['without necessary columns and whose rows are all bad', 'rows.csv', 'id,name\n1,2,3\n', /no column uscc/],
  ['with a head line alone, without necessary columns', 'head.csv', 'id,name\n', /no column uscc/],
  ['of a table that is empty', 'empty.csv', '', /empty\.csv: is empty/],
])('a file %s is refused with its name and the cause, and nothing is taken', async (_what, name, content, said) => {
  if (content !== null) await file(name, content)
  const refused = importAt(database.db, 'subjects', join(folder, name))
  await expect(refused).rejects.toBeInstanceOf(FileError)
  await expect(refused).rejects.toThrow(said)
  expect(await registry()).toEqual([])
  expect(await quarantined(database.db, 'subjects')).toEqual([])
})

test.each([
  ['csv', ','],
  ['tsv', '\t'],
])(
  'rows of a %s with too many or too few cells wait in quarantine with their line, and the others are taken',
  async (format, separator) => {
    const lines = (format === 'csv' ? csv(sample) : tsv(sample)).trimEnd().split('\n')
    lines.splice(2, 0, ['长', ...heads].join(separator), '少')
    const counts = await importAt(database.db, 'subjects', await file(`cells.${format}`, lines.join('\n')))
    expect(counts).toMatchObject({ records: 5, new: 3, quarantined: { unreadable: 2 } })
    const kept = await quarantined(database.db, 'subjects')
    expect(kept.map(({ detail }) => /on line (\d+)/.exec(detail)?.[1])).toEqual(['3', '4'])
    expect(kept[0]?.raw).toContain('长')
  },
)

test('lines that are no JSON wait in quarantine with their line, and the others are taken', async () => {
  const path = await file('lines.jsonl', `${ndjson(sample)}{"name": \n\n赵某某\n[1]\n`)
  const counts = await importAt(database.db, 'subjects', path)
  expect(counts).toMatchObject({ records: 6, new: 3, quarantined: { unreadable: 2, 'invalid-record': 1 } })
  expect(await quarantined(database.db, 'subjects')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ raw: '"{\\"name\\": "', detail: 'line 4 is no JSON', reason: 'unreadable' }),
      expect.objectContaining({ raw: '"赵某某"', detail: 'line 6 is no JSON' }),
      expect.objectContaining({ raw: '[1]', reason: 'invalid-record' }),
    ]),
  )
})

test('a quote that is never closed, and so swallows what follows, is told with its line', async () => {
  const path = await file('unclosed.csv', 'sourceId,name\n1,one\n2,"never closed\n3,three\n')
  await expect(importAt(database.db, 'subjects', path)).rejects.toThrow(
    /unclosed\.csv: .*quote.* line \d+; the rows from there on/i,
  )
})

test('importing a file again changes nothing and tells nothing', async () => {
  const path = await file('again.csv', csv([...sample, subjectItem(4, { uscc: '91999900MA00000000' })]))
  await importAt(database.db, 'subjects', path)
  const [before, events] = [await registry(), await changesTold(database.db)]
  expect(events).toHaveLength(2)
  const counts = await importAt(database.db, 'subjects', path, '2026-07-02T00:00:00.000Z')
  expect(counts).toEqual({ records: 4, new: 0, changed: 0, unchanged: 3, older: 0, quarantined: { 'invalid-uscc': 1 } })
  expect(await registry()).toEqual(before)
  expect(await changesTold(database.db)).toEqual(events)
  expect(await quarantined(database.db, 'subjects')).toMatchObject([{ timesSeen: 2 }])
})

test('an empty cell states nothing: it takes away nothing that is known', async () => {
  await importAt(database.db, 'subjects', await file('full.csv', csv(sample)))
  const later = { ...sample[0], updatedAt: '2026-02-01T00:00:00.000Z', legalRepresentative: '', formerNames: ' ' }
  await importAt(database.db, 'subjects', await file('later.csv', csv([later])))
  expect((await registry())[0]).toMatchObject({ legal_representative: '赵某某', former_names: ['旧名一', '旧名二'] })
})

test('annual reports are imported from a file, with their sites', async () => {
  await importAt(database.db, 'subjects', await file('one.ndjson', ndjson([subjectItem(71)])))
  const report = reportItem(71, { webPresences: [{ kind: 'shop', name: '店', url: 'shop71.example' }] })
  const counts = await importAt(database.db, 'annual-reports', await file('reports.ndjson', ndjson([report])))
  expect(counts).toMatchObject({ records: 1, new: 1 })
  expect(await rows(database.db, sql`select uscc, host from web_presences`)).toEqual([
    { uscc: madeUpUscc(71), host: 'shop71.example' },
  ])
})

test('a report that waits for its business is taken once the business is imported, without a pull', async () => {
  await importAt(database.db, 'annual-reports', await file('early.ndjson', ndjson([reportItem(72)])))
  expect(await quarantined(database.db)).toMatchObject([{ reason: 'unknown-subject', status: 'open' }])
  await importAt(database.db, 'subjects', await file('late.ndjson', ndjson([subjectItem(72)])))
  expect(await quarantined(database.db)).toMatchObject([{ status: 'resolved' }])
  expect(await revisionsOf(database.db, madeUpUscc(72))).toHaveLength(1)
})
