import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { amendFromFile, presentRulebook } from '../../src/law/service.ts'
import { addWorkingDays } from '../../src/rulebook/calendar.ts'
import { judgeCase } from '../../src/rulebook/case.ts'
import { groundInForce, groundOfVersion } from '../../src/rulebook/grounds.ts'
import { stepDue } from '../../src/rulebook/steps.ts'
import { startTestService, type TestService } from '../support/service.ts'

let service: TestService
let folder: string
const now = new Date('2026-11-25T04:00:00.000Z')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xinjian-law-'))
})
afterAll(() => rm(folder, { recursive: true }))
beforeEach(async () => {
  service = await startTestService()
  return () => service.close()
})

async function amend(content: object | string, kind: 'rows' | 'calendar' = 'rows') {
  const file = join(folder, 'amendment.json')
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return amendFromFile(service.db, file, kind, now)
}

const text = (zh: string) => ({ zh, en: `Order 200: ${zh.length}` })

/** The objection is to be accepted within 3 working days from 2027 on. */
const shorterAcceptance = {
  note: '假设的新规定',
  steps: [
    {
      code: 'OBJ-ACC',
      fromEvent: text('收到异议'),
      actor: text('作出列入决定的机关'),
      period: { unit: 'working-days', amount: 3 },
      article: text('令200第七条'),
      from: '2026-06-01',
      evidence: 'text',
    },
  ],
}

describe('a new row', () => {
  it('governs from its day on, and ends the one before', async () => {
    expect(await amend(shorterAcceptance)).toEqual({ revision: 1, years: [] })
    const rulebook = await presentRulebook(service.db)
    expect(rulebook.revision).toBe(1)
    expect(stepDue(rulebook, 'OBJ-ACC', '2026-05-29')).toMatchObject({ dueOn: '2026-06-05', repealed: false })
    expect(stepDue(rulebook, 'OBJ-ACC', '2026-06-01')).toMatchObject({ dueOn: '2026-06-04', repealed: false })
  })

  it('is answered by the API at once, by every process', async () => {
    const url = '/v1/rulebook/steps/OBJ-ACC/due?from=2026-06-01'
    const before = (await service.app.inject({ url })).json<{ dueOn: string }>()
    await amend(shorterAcceptance)
    const after = (await service.app.inject({ url })).json<{ dueOn: string; article: string }>()
    expect([before.dueOn, after.dueOn, after.article]).toEqual(['2026-06-08', '2026-06-04', '令200第七条'])
  })

  it('takes the place of one with the same first day: a correction', async () => {
    await amend(shorterAcceptance)
    const [row] = shorterAcceptance.steps
    await amend({ note: '更正', steps: [{ ...row, period: { unit: 'working-days', amount: 4 } }] })
    expect(stepDue(await presentRulebook(service.db), 'OBJ-ACC', '2026-06-01')?.dueOn).toBe('2026-06-05')
  })
})

it('lets what was decided keep its version when a new one begins', async () => {
  const facts = { list: 'abnormal', groundCode: 'ABN-68-4-1', on: '2026-11-25' } as const
  const entered = (on: string) => ({ ...facts, history: [{ action: 'enter', on } as const] })
  const old = judgeCase(await presentRulebook(service.db), entered('2026-07-08'))
  const ground = groundInForce(await presentRulebook(service.db), 'ABN-68-4-1', '2026-07-08')!
  const { rulebook: _, ...row } = ground
  await amend({
    note: '新办法',
    versions: [
      { code: 'RV-ABN-2026', subject: 'abnormal', governs: text('新办法'), from: '2026-10-01', evidence: 'text' },
    ],
    grounds: [{ ...row, article: text('新办法第三条'), from: '2026-10-01', to: null }],
  })
  const amended = await presentRulebook(service.db)
  expect(judgeCase(amended, entered('2026-07-08'))).toEqual(old)
  expect(judgeCase(amended, entered('2026-10-08')).rulebook).toBe('RV-ABN-2026')
  expect(groundOfVersion(amended, 'ABN-68-4-1', 'RV-ABN-2025').article).toEqual(ground.article)
  expect(groundOfVersion(amended, 'ABN-68-4-1', 'RV-ABN-2026').article.zh).toBe('新办法第三条')
  // A ground that the new version does not word anew goes on under it.
  expect(groundInForce(amended, 'ABN-68-4-4', '2026-10-08')?.rulebook).toBe('RV-ABN-2026')
})

describe('the calendar of a year', () => {
  const days2027 = {
    year: 2027,
    off: [
      '2027-01-01',
      '2027-01-02',
      '2027-01-03',
      ...Array.from({ length: 7 }, (_, i) => `2027-02-${String(5 + i).padStart(2, '0')}`),
      ...Array.from({ length: 7 }, (_, i) => `2027-10-0${i + 1}`),
    ],
    work: ['2027-02-20'],
  }

  it('makes provisional days certain', async () => {
    const before = await presentRulebook(service.db)
    expect(stepDue(before, 'PEN-PUB', '2026-12-15')).toMatchObject({ dueOn: null, provisional: true })
    expect(await amend(days2027, 'calendar')).toEqual({ revision: 1, years: [2027] })
    const after = await presentRulebook(service.db)
    expect(stepDue(after, 'PEN-PUB', '2026-12-15')).toMatchObject({ dueOn: '2027-01-13', provisional: false })
    expect(addWorkingDays(after.calendar, '2027-12-30', 5)).toEqual({ on: null, provisional: true })
  })

  it('is taken from the file of holiday-cn', async () => {
    const days = [
      ...days2027.off.map((date) => ({ name: '假日', date, isOffDay: true })),
      { name: '春节', date: '2027-02-20', isOffDay: false },
    ]
    await amend({ $id: 'x', year: 2027, papers: ['https://notice.example'], days }, 'calendar')
    expect(addWorkingDays((await presentRulebook(service.db)).calendar, '2027-02-19', 1).on).toBe('2027-02-20')
  })

  it.each([
    ['the file of a year whose notice is not out', { year: 2027, papers: [], days: [] }, /notice of 2027 is not in it/],
    ['days of another year', { ...days2027, off: [...days2027.off, '2028-05-01'] }, /2028-05-01 is not a day of 2027/],
    ['a weekday that needs no moving', { ...days2027, work: ['2027-02-22'] }, /2027-02-22 is a weekday/],
    ['a typo', { ...days2027, works: [] }, /amendment\.json/],
  ])('is refused: %s', async (_what, content, message) => {
    await expect(amend(content, 'calendar')).rejects.toThrow(message)
    expect((await presentRulebook(service.db)).revision).toBe(0)
  })
})

it.each([
  ['no JSON', '{', /is no JSON/],
  ['no rows', { note: 'x' }, /has no rows/],
  ['a typo in a field', { note: 'x', steps: [{ ...shorterAcceptance.steps[0], aricle: 1 }] }, /\/steps\/0/],
  [
    'a period that ends before it begins',
    { note: 'x', steps: [{ ...shorterAcceptance.steps[0], to: '2026-05-01' }] },
    /\/steps\/0\/to: is before/,
  ],
])('refuses a file with %s, and takes nothing of it', async (_what, content, message) => {
  await expect(amend(content)).rejects.toThrow(message)
  expect((await presentRulebook(service.db)).revision).toBe(0)
})

it('keeps amendments for ever', async () => {
  await amend(shorterAcceptance)
  await expect(service.db.execute(sql`update rulebook_amendments set note = 'x'`)).rejects.toMatchObject({
    cause: { message: expect.stringContaining('append-only') as string },
  })
})

it('numbers amendments of several processes without gaps', async () => {
  const file = join(folder, 'many.json')
  await writeFile(file, JSON.stringify(shorterAcceptance))
  const taken = await Promise.all(Array.from({ length: 5 }, () => amendFromFile(service.db, file, 'rows', now)))
  expect(taken.map(({ revision }) => revision).sort()).toEqual([1, 2, 3, 4, 5])
})
