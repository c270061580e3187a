import { describe, expect, it } from 'vitest'
import { builtInRulebook } from '../../src/rulebook/built-in.ts'
import { kindsOf } from '../../src/penalties/domain.ts'
import { gradeOf, penaltyRepairFrom, penaltyTerm, type PenaltyFacts } from '../../src/rulebook/penalties.ts'

const fine: PenaltyFacts = {
  ...{ kinds: ['fine'], grade: 'general', safetyRelated: false, restartedOn: null },
  ...{ decidedOn: '2019-05-06', publishedOn: '2019-05-20' },
}
const term = (facts: Partial<PenaltyFacts>, on: string) => penaltyTerm(builtInRulebook, { ...fine, ...facts }, on)
const repair = (facts: Partial<PenaltyFacts>, on: string) =>
  penaltyRepairFrom(builtInRulebook, { ...fine, ...facts }, on)

describe('how long a penalty is shown', () => {
  it.each([
    ['five years of publication under Order 71', {}, '2020-01-01', 'RV-PEN-2014', '2024-05-20'],
    ['three years under Order 45, also when it was published before', {}, '2021-09-01', 'RV-PEN-2021', '2022-05-20'],
    ['three months under Order 45 for a minor one', { grade: 'minor' }, '2021-09-01', 'RV-PEN-2021', '2019-08-20'],
    ['three months from the document', { grade: 'minor' }, '2025-12-25', 'RV-PEN-2025', '2019-08-06'],
    ['a year from the document', {}, '2025-12-25', 'RV-PEN-2025', '2020-05-06'],
    ['three years from the document', { grade: 'serious' }, '2025-12-25', 'RV-PEN-2025', '2022-05-06'],
    ['from the day of a restart', { restartedOn: '2026-02-03' }, '2026-03-01', 'RV-PEN-2025', '2027-02-03'],
  ] as const)('%s', (_what, facts, on, rulebook, publishedUntil) => {
    expect(term(facts, on)).toMatchObject({ rulebook, publishedUntil })
  })

  it('is public to its last day and not after, nor before it was published, and never for a warning alone', () => {
    const facts = { decidedOn: '2026-01-31', publishedOn: '2026-02-10', grade: 'minor' } as const
    expect(term(facts, '2026-02-09')?.isPublic).toBe(false)
    expect(term(facts, '2026-04-30')?.isPublic).toBe(true)
    expect(term(facts, '2026-05-01')?.isPublic).toBe(false)
    expect(term({ kinds: ['warning'] }, '2026-03-01')).toMatchObject({ isPublic: false, publishedUntil: null })
    expect(term({}, '2014-09-30')).toBeNull()
  })
})

describe('from when on an early end may be asked for', () => {
  it.each([
    ['never before 2021', {}, '2020-01-01', null],
    ['six months after publication', {}, '2022-01-01', '2019-11-20'],
    ['a year for food, drugs and special equipment', { safetyRelated: true }, '2022-01-01', '2020-05-20'],
    ['never for the suspension of business', { kinds: ['suspension-of-business'] }, '2022-01-01', null],
    ['three months after the document', {}, '2026-01-01', '2019-08-06'],
    ['a year after the document', { grade: 'serious' }, '2026-01-01', '2020-05-06'],
    ['at once for a minor one', { grade: 'minor' }, '2026-01-01', '2019-05-20'],
  ] as const)('%s', (_what, facts, on, from) => {
    expect(repair(facts, on).from).toBe(from)
  })
})

it.each([
  ['警告', ['warning'], 'minor'],
  ['罚款、没收违法所得', ['fine', 'confiscation'], 'general'],
  ['责令停产停业并处罚款', ['fine', 'suspension-of-business'], 'serious'],
  ['其他处理', ['other'], 'general'],
] as const)('%s is %j and %s', (kind, kinds, grade) => {
  expect(kindsOf(kind)).toEqual(kinds)
  expect(gradeOf(kinds)).toBe(grade)
})
