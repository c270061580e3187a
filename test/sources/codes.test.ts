import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/platform/db.ts'
import { usccCheckCharacter } from '../../src/registry/identifiers.ts'
import { madeUpUscc, subjectItem } from '../support/businesses.ts'
import { cloneDatabase } from '../support/database.ts'
import { startSource } from '../support/source.ts'
import { changesTold, forget, pull, quarantined, rows, type Item } from './pulling.ts'

let database: Database
let day = 1

beforeAll(async () => {
  database = await cloneDatabase()
})
beforeEach(async () => {
  await forget(database.db)
  await database.db.execute(sql`delete from subjects`)
})
afterAll(() => database.close())

/** Pulls subjects that say this; each pull's records are newer than those of the pull before. */
async function told(...items: Item[]) {
  const updatedAt = new Date(Date.UTC(2026, 0, (day += 1))).toISOString()
  const source = await startSource((_url, response) => {
    response.end(JSON.stringify({ items: items.map((item) => ({ updatedAt, ...item })), next: null }))
  })
  try {
    return await pull(database.db, source, { collection: 'subjects' })
  } finally {
    await source.close()
  }
}
const subject = (number: number, fields: Item) => {
  const { updatedAt: _, ...item } = subjectItem(number, fields)
  return item
}
const registered = () =>
  rows(
    database.db,
    sql`select uscc, registration_number as number, flags, name from subjects order by received_at, source_id`,
  )

test.each([
  ['a number whose check digit fits', '110108000000016', [], '110108000000016'],
  ['a number whose check digit fails', '110108000000017', ['REGNO_CHECK'], '110108000000017'],
  ['a number in full-width characters with spaces', ' １１０１０８ ０００００００１６', [], '110108000000016'],
  ['a number of 13 digits', '1101082000351', ['REGNO_CHECK'], '1101082000351'],
  ["a co-operative's number", '110108NA000016X', ['REGNO_CHECK'], '110108NA000016X'],
  ['a number of Shanxi', '14082500A000118', ['REGNO_CHECK'], '14082500A000118'],
  ['a number of a foreign-invested enterprise', '企合苏总字第000113', ['REGNO_CHECK'], '企合苏总字第000113'],
])('%s is taken as a registration number, in the code field and in its own', async (_what, written, flags, number) => {
  for (const fields of [{ uscc: written }, { uscc: null, registrationNumber: written }]) {
    await told(subject(1, fields))
    expect(await registered()).toMatchObject([{ uscc: null, number, flags }])
    expect(await quarantined(database.db, 'subjects')).toEqual([])
  }
})

test.each([
  ['lower case', (code: string) => code.toLowerCase()],
  ['full-width characters', (code: string) => code.replace(/./g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))],
  ['spaces', (code: string) => ` ${code.slice(0, 8)} ${code.slice(8)}\u3000`],
  ['hyphens', (code: string) => `${code.slice(0, 8)}-${code.slice(8, 16)}-${code.slice(16)}`],
  ['characters of no width', (code: string) => `\ufeff${code.slice(0, 8)}\u200b${code.slice(8)}`],
])('a code in %s is the code', async (_what, write) => {
  await told(subject(2, {}))
  const counts = await told(subject(2, { uscc: write(madeUpUscc(2)), name: '新名' }))
  expect(counts).toMatchObject({ changed: 1, quarantined: {} })
  expect(await registered()).toMatchObject([{ uscc: madeUpUscc(2), name: '新名' }])
})

const withCharacter = (code: string, at: number, character: string) =>
  code.slice(0, at) + character + code.slice(at + 1)

test.each([
  ['a failing 18th character', '91310000607328588U'],
  ['a failing 18th character, of a library', '91320621MA1MRHG207'],
  // The 18th is made for the wrong 17th: only the check of the organisation code finds it.
  ['a failing 17th character alone', `91330100799655055${usccCheckCharacter('91330100799655055')}`],
  ['a letter that codes do not have', withCharacter(madeUpUscc(3), 9, 'O')],
  ["a citizen's number", '11010119900307001X'],
])('a code with %s waits in quarantine as invalid-uscc', async (_what, code) => {
  expect(await told(subject(3, { uscc: code }))).toMatchObject({ new: 0, quarantined: { 'invalid-uscc': 1 } })
  expect(await registered()).toEqual([])
})

test.each([
  ['nothing', {}],
  ['blanks', { uscc: ' ', registrationNumber: '\t' }],
  ['an organisation code', { uscc: '95028570-8' }],
  ['another text', { registrationNumber: '无' }],
])('a business with %s for a code waits in quarantine as no-code', async (_what, fields) => {
  const item: Item = { ...subject(4, { uscc: undefined }), ...fields }
  expect(await told(item)).toMatchObject({ quarantined: { 'no-code': 1 } })
  expect(await registered()).toEqual([])
})

test('a code that comes with the old number counts, and the number is kept beside it', async () => {
  await told(subject(5, { registrationNumber: '110108000000016' }))
  expect(await registered()).toEqual([
    expect.objectContaining({ uscc: madeUpUscc(5), number: '110108000000016', flags: [] }),
  ])
})

test('a business known by its old number gets its unified code later without becoming two', async () => {
  await told(subject(6, { uscc: null, registrationNumber: '110108000000016' }))
  expect(await changesTold(database.db)).toEqual([])
  const counts = await told(subject(6, { registrationNumber: '110108000000016' }))
  expect(counts).toMatchObject({ new: 0, changed: 1 })
  expect(await registered()).toMatchObject([{ uscc: madeUpUscc(6), number: '110108000000016' }])
  expect(await changesTold(database.db)).toEqual([{ type: 'subject.changed', uscc: madeUpUscc(6), changed: ['uscc'] }])
  await told(subject(6, { uscc: null, registrationNumber: '110108000000016', name: '新名' }))
  expect(await registered()).toMatchObject([{ uscc: madeUpUscc(6), name: '新名' }])
})

test('a business gets its code within one page too', async () => {
  const number = { registrationNumber: '110108000000016' }
  expect(await told(subject(7, { uscc: null, ...number }), subject(7, number))).toMatchObject({ new: 1, changed: 1 })
  expect(await registered()).toMatchObject([{ uscc: madeUpUscc(7), number: '110108000000016' }])
})

test('two businesses with codes that once had the same number stay two', async () => {
  const number = { registrationNumber: '110108000000016' }
  await told(subject(8, number), subject(9, number))
  expect((await registered()).map((row) => row['uscc']).sort()).toEqual([madeUpUscc(8), madeUpUscc(9)].sort())
})
