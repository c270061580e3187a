import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../src/platform/db.ts'
import type { Collection } from '../../src/sources/vocabulary.ts'
import { reportItem, subjectItem } from '../support/businesses.ts'
import { cloneDatabase } from '../support/database.ts'
import { startSource, type TestSource } from '../support/source.ts'
import { forget, patience, pull, quarantined, register, rows, type Item } from './pulling.ts'

let database: Database
let source: TestSource
/** JSON text of the page that the source answers with. */
let page = ''

const prepared = 6000
let used = 0

beforeAll(async () => {
  database = await cloneDatabase()
  source = await startSource((_url, response) => void response.end(page))
  await register(database.db, ...Array.from({ length: prepared }, (_, i) => subjectItem(i + 1)))
})
afterAll(async () => {
  await source.close()
  await database.close()
})

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
const text = (value: unknown) => JSON.stringify(value)
/** Characters that PostgreSQL cannot compress. */
const unlike = Array.from({ length: 1900 }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7919) % 20_000))).join('')

/** JSON texts that have broken readers before: no value of JavaScript could stand for some of them. */
const awkward = [
  ...['1e999', '-1e999', '-0', '12345678901234567890123', '2025.5', 'true', 'null', '""', '[2025]', '{}', '[]'],
  ...['{"__proto__": {"name": 1}}', '{"__proto__": null}', '{"toString": 1, "valueOf": 1}', '{"then": {}}'],
  ...['"0000-01-01"', '"2026-02-30"', '"2026-13-01"', '"+275760-09-13"', '"-000001-01-01"', '"1799-12-31"'],
  ...['"0000-01-01T00:00:00Z"', '"2026-02-30T00:00:00Z"', '"9999-12-31T23:59:59.999Z"', '"2026-01-01T24:00:00Z"'],
  ...['"1800-01-01T00:00:00+14:00"', '"2199-12-31T23:59:59.999-12:00"', '"2026-01-01T00:00:60Z"', '"now"'],
  ...['"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udc00\\ud800"', '"a;\\u0000;b"', '"\\ufffe\\uffff"', '"\\u2028"'],
  ...['"https://a.example/?x=%00"', '"a.example/%00"', '"https://a.example/?%ff=%d8%00"', '"http://[::1]/"', '"//"'],
  ...['"https://xn--.example/"', '"https://a.example:99999/"', '"javascript:alert(1)"'],
  text('店'.repeat(10_000)),
  text('😀'.repeat(1001)),
  text(`https://a.example/${unlike}`),
  text(`https://a.example/?q=${unlike}`),
  text(`https://${'a.'.repeat(900)}example/`),
  text('\ufdfa'.repeat(50)),
  text('𠮷'.repeat(18)),
  nested(20_000),
  `{"a": ${nested(3000)}}`,
]
const junk = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...awkward) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' }).map(text) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }).map(text) },
)

type Sent = { kind: 'good' } | { kind: 'junk'; junk: string } | { kind: 'spoilt'; field: string; junk: string }

const sentItems = (fields: readonly string[]) =>
  fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('good' as const) }),
      fc.record({ kind: fc.constant('junk' as const), junk }),
      {
        weight: 3,
        arbitrary: fc.record({ kind: fc.constant('spoilt' as const), field: fc.constantFrom(...fields), junk }),
      },
    ),
    { minLength: 1, maxLength: 30 },
  )

/** Each field with each awkward value, and a good record at the end. */
const everyFieldSpoilt = (fields: readonly string[]): Sent[] => [
  ...fields.flatMap((field) => awkward.map((junk) => ({ kind: 'spoilt' as const, field, junk }))),
  ...awkward.map((junk) => ({ kind: 'junk' as const, junk })),
  { kind: 'good' },
]

/** An object as JSON text, in which one field, or one of its first site, stands as it is written in `junk`. */
function spoil(item: Item, path: string, junk: string): string {
  const [field = '', inner] = path.split('.')
  const fieldText = (name: string, value: unknown) => `${text(name)}: ${name === field && !inner ? junk : text(value)}`
  const site = (value: unknown) => spoil((value as Item[])[0] ?? {}, inner ?? '', junk)
  const entries = Object.entries(item).filter(([name]) => name !== field)
  const last = inner ? `${text(field)}: [${site(item[field])}]` : fieldText(field, item[field])
  return `{${[...entries.map(([name, value]) => fieldText(name, value)), last].join(', ')}}`
}

/** Sends the items as one page, pulls it, and tells of each whether the registry and the quarantine have it. */
async function pulled(
  collection: Collection,
  items: Sent[],
  make: (number: number) => Item,
  held: (codes: string[]) => Promise<Set<string>>,
) {
  await forget(database.db)
  const sent = items.map((item) => {
    const number = (used = (used % prepared) + 1)
    const good = make(number)
    const raw =
      item.kind === 'junk' ? item.junk : item.kind === 'good' ? text(good) : spoil(good, item.field, item.junk)
    return { ...item, code: String(good['code'] ?? good['uscc']), raw }
  })
  page = `{"items": [${sent.map((item) => item.raw).join(', ')}], "next": null}`
  const counts = await pull(database.db, source, {
    collection,
    patience: { ...patience, maxBytes: 1e8, retries: 0 },
    // A source that sends so much of it is stopped otherwise.
    guards: { refusedShare: 1 },
  })
  const inRegistry = await held(sent.map((item) => item.code))
  const inQuarantine = new Set((await quarantined(database.db, collection)).map((record) => record.raw))
  return {
    counts,
    sent: sent.map((item) => ({ ...item, isHeld: inRegistry.has(item.code), isKept: isKept(item.raw, inQuarantine) })),
  }
}

function isKept(raw: string, kept: Set<string>): boolean {
  const value: unknown = JSON.parse(raw)
  try {
    return kept.has(JSON.stringify(value))
  } catch {
    return [...kept].some((record) => record.includes('…'))
  }
}

function expectNothingLost({ counts, sent }: Awaited<ReturnType<typeof pulled>>): void {
  const { records, quarantined: refused, ...taken } = counts
  expect(records).toBe(sent.length)
  const refusals = Object.values(refused).reduce((a, b) => a + b, 0)
  expect(taken.new + taken.changed + taken.unchanged + taken.older + refusals).toBe(records)
  for (const item of sent) {
    if (item.kind === 'good') expect(item).toMatchObject({ isHeld: true })
    else expect(item.isHeld || item.isKept, `${item.raw.slice(0, 300)} is lost`).toBe(true)
  }
}

const reportFields = [
  'sourceId',
  'updatedAt',
  'uscc',
  'name',
  'year',
  'publishedOn',
  'webPresences',
  'extra',
  '__proto__',
]
const siteFields = ['webPresences.kind', 'webPresences.name', 'webPresences.url', 'webPresences.extra']
const subjectFields = [
  ...['sourceId', 'updatedAt', 'uscc', 'registrationNumber', 'name', 'formerNames', 'entityType', 'status'],
  ...['legalRepresentative', 'establishedOn', 'regionCode', 'address', 'industryCode', 'registrationAuthority'],
  ...['province', 'city', 'extra', '__proto__'],
]

test('whatever the items of a page are, each report is in the registry or in quarantine, and the good ones are taken', async () => {
  const make = (number: number) =>
    reportItem(number, { webPresences: [{ kind: 'shop', name: '店', url: `https://s.example/${number}` }] })
  const held = async (codes: string[]) => {
    const found = await rows<{ uscc: string }>(
      database.db,
      sql`select uscc from annual_reports where uscc in (select json_array_elements_text(${text(codes)}::json))`,
    )
    return new Set(found.map((row) => row.uscc))
  }
  expectNothingLost(await pulled('annual-reports', everyFieldSpoilt([...reportFields, ...siteFields]), make, held))
  await fc.assert(
    fc.asyncProperty(sentItems([...reportFields, ...siteFields]), async (items) => {
      expectNothingLost(await pulled('annual-reports', items, make, held))
    }),
    { numRuns: 80 },
  )
})

test('whatever the items of a page are, each subject is in the registry or in quarantine, and the good ones are taken', async () => {
  const make = (number: number) => subjectItem(100_000 + number, { formerNames: ['旧名'] })
  const held = async (codes: string[]) => {
    const found = await rows<{ uscc: string }>(
      database.db,
      sql`select uscc from subjects where uscc in (select json_array_elements_text(${text(codes)}::json))`,
    )
    return new Set(found.map((row) => row.uscc))
  }
  used = 0
  expectNothingLost(await pulled('subjects', everyFieldSpoilt(subjectFields), make, held))
  await fc.assert(
    fc.asyncProperty(sentItems(subjectFields), async (items) => {
      expectNothingLost(await pulled('subjects', items, make, held))
    }),
    { numRuns: 80 },
  )
})
