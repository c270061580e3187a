import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { rowsOf, type Database } from '../../src/platform/db.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { cloneDatabase } from '../support/database.ts'
import { take } from '../support/take.ts'

let database: Database

beforeEach(async () => {
  database = await cloneDatabase()
})
afterEach(() => database.close())

const number = '110108000000016'
const byCode = subjectItem(1)
const byNumber = subjectItem(2, { uscc: undefined, registrationNumber: number })
const byBoth = subjectItem(3, {
  uscc: madeUpUscc(1),
  registrationNumber: number,
  updatedAt: '2026-02-01T00:00:00.000Z',
})
const byNumberAgain = subjectItem(4, {
  uscc: undefined,
  registrationNumber: number,
  name: '虚构新名有限公司',
  updatedAt: '2026-03-01T00:00:00.000Z',
})

async function subjects() {
  return rowsOf(database.db, sql`select uscc, registration_number as number, name from subjects order by uscc`)
}

describe('one business is kept once', () => {
  it.each([
    ['one after the other', [[byCode], [byNumber], [byBoth], [byNumberAgain]]],
    ['all at once', [[byCode, byNumber, byBoth, byNumberAgain]]],
    ['its number first', [[byNumber], [byBoth], [byCode], [byNumberAgain]]],
    ['its code and number first', [[byBoth], [byNumber], [byNumberAgain]]],
  ])('when its code, its old number and both come %s', async (_order, batches) => {
    for (const batch of batches) await take(database.db, 'subjects', batch)
    expect(await subjects()).toEqual([{ uscc: madeUpUscc(1), number, name: '虚构新名有限公司' }])
  })

  it('but a number under two codes makes no one of two businesses', async () => {
    await take(database.db, 'subjects', [byBoth, subjectItem(9, { registrationNumber: number })])
    expect(await subjects()).toHaveLength(2)
  })
})

async function namesAfterEach(items: object[], times: number): Promise<unknown[]> {
  const names: unknown[] = []
  for (let i = 0; i < times; i += 1) {
    await take(database.db, 'annual-reports', items, '2026-07-01T02:00:00.000Z')
    const [row] = await rowsOf<{ name: string }>(
      database.db,
      sql`select name from annual_report_revisions order by revision desc limit 1`,
    )
    names.push(row?.name)
  }
  return names
}

describe('records that contradict each other come to rest, however often they are pulled', () => {
  beforeEach(async () => {
    await take(database.db, 'subjects', [subjectItem(1)])
    await database.db.execute(sql`delete from feed_outbox`)
  })

  it('with one stamp and two ids: the greater id counts', async () => {
    const items = [reportItem(1, { sourceId: 'a', name: '甲' }), reportItem(1, { sourceId: 'b', name: '乙' })]
    expect(await namesAfterEach(items, 4)).toEqual(['乙', '乙', '乙', '乙'])
    expect(await namesAfterEach([...items].reverse(), 2)).toEqual(['乙', '乙'])
    expect(await rowsOf(database.db, sql`select from annual_report_revisions`)).toHaveLength(2)
    expect(await rowsOf(database.db, sql`select from feed_outbox`)).toHaveLength(1)
  })

  it('with one stamp and one id: each is taken once', async () => {
    const items = [reportItem(1, { name: '甲' }), reportItem(1, { name: '乙' })]
    expect(await namesAfterEach(items, 3)).toEqual(['乙', '乙', '乙'])
    expect(await rowsOf(database.db, sql`select from annual_report_revisions`)).toHaveLength(2)
  })

  it('with a stamp from the future that stays at the source: the true record stands', async () => {
    const future = reportItem(1, { sourceId: 'f', name: '未来', updatedAt: '2099-01-01T00:00:00.000Z' })
    expect(await namesAfterEach([future], 1)).toEqual(['未来'])
    const items = [reportItem(1, { sourceId: 't', name: '真实', updatedAt: '2026-07-02T00:00:00.000Z' }), future]
    await take(database.db, 'annual-reports', items, '2026-07-03T02:00:00.000Z')
    expect(await namesAfterEach(items, 3)).toEqual(['真实', '真实', '真实'])
  })
})
