import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { builtInRulebook as rulebook } from '../../src/rulebook/built-in.ts'
import { isWorkingDay } from '../../src/rulebook/calendar.ts'
import { addDays, addMonths, addYears } from '../../src/rulebook/plain-date.ts'
import { stepDue } from '../../src/rulebook/steps.ts'
import steps from './rulebook-steps.json' with { type: 'json' }

/** What a call answers, without the row that it comes from. */
function due(code: string, from: string) {
  const { dueOn, unrolledDueOn, window, provisional, repealed } = stepDue(rulebook, code, from)!
  return { dueOn, unrolledDueOn, window, provisional, repealed }
}

const plain = { window: null, provisional: false, repealed: false }

it('holds each of the 71 steps with its period of force and its evidence', () => {
  expect(steps).toHaveLength(71)
  expect(rulebook.steps.map((step) => step.code)).toEqual(steps.map((step) => step.code))
  for (const [i, step] of steps.entries()) {
    const { from, article, evidence } = rulebook.steps[i]!
    expect([step.code, from]).toEqual([step.code, step.from.slice(0, 10)])
    expect(article.zh).toMatch(/\p{Script=Han}/u)
    expect(article.en).not.toMatch(/\p{Script=Han}/u)
    expect(evidence).toMatch(/^(text|2nd|own-[HML])$/)
    expect(step.tag).toContain(evidence.slice(0, 3))
  }
})

describe('days that are off', () => {
  it.each([
    ['a deadline in days ends on the next working day', 'INF-ORD', '2017-09-22', '2017-10-09', '2017-10-02'],
    ['an objection whose last day is a Saturday', 'OBJ-FILE', '2026-07-09', '2026-08-10', '2026-08-08'],
    ['one whose last day is a working Saturday stays', 'OBJ-FILE', '2026-09-10', '2026-10-10', '2026-10-10'],
    ['a term in months does not move', 'REP21-PEN-6M', '2022-08-31', '2023-02-28', '2023-02-28'],
    ['a term in years does not move', 'PEN-TERM-3Y', '2021-11-30', '2024-11-30', '2024-11-30'],
  ])('%s', (_what, code, from, dueOn, unrolledDueOn) => {
    expect(due(code, from)).toEqual({ ...plain, dueOn, unrolledDueOn })
  })
})

describe('windows', () => {
  it.each([
    ['AR-WIN', '2026-01-01', '2026-06-30', ['2026-01-01', '2026-06-30']],
    ['AR-WIN', '2026-08-01', '2026-06-30', ['2026-01-01', '2026-06-30']],
    ['ABS-SHOW', '2026-07-08', '2027-06-30', ['2026-07-01', '2027-06-30']],
    ['ABS-SHOW', '2027-03-01', '2027-06-30', ['2026-07-01', '2027-06-30']],
    ['NET-RPT', '2026-01-15', '2026-01-31', ['2026-01-01', '2026-01-31']],
    ['NET-RPT', '2026-02-01', '2026-07-31', ['2026-07-01', '2026-07-31']],
    ['NET-RPT', '2026-08-01', '2027-01-31', ['2027-01-01', '2027-01-31']],
    ['ABN-MAIL-GAP', '2026-03-02', '2026-04-01', ['2026-03-17', '2026-04-01']],
    ['ABN-WARN-60', '2015-07-10', '2018-05-11', ['2018-05-11', '2018-07-09']],
    ['REV-DEREG', '2024-08-01', '2027-08-01', ['2027-08-01', '2027-09-30']],
  ])('%s from %s', (code, from, dueOn, window) => {
    expect(due(code, from)).toEqual({ ...plain, dueOn, unrolledDueOn: dueOn, window })
  })

  it('announces the end of business thirty days ahead', () => {
    expect(due('NET-STOP', '2026-12-31').dueOn).toBe('2026-12-01')
  })
})

describe('what was repealed by then is due never', () => {
  const repealed = { dueOn: null, unrolledDueOn: null, window: null, provisional: false, repealed: true }
  it.each([
    ['the last day of the promotion', 'ABN-3Y', '2021-04-30', '2024-04-30'],
    ['the day after', 'ABN-3Y', '2021-05-01', null],
    ['a five-year term that ends in time', 'SER83-TERM', '2019-04-30', '2024-04-30'],
    ['one that ends too late', 'SER83-TERM', '2019-05-01', null],
    ['an application accepted under the old repair measures', 'REP21-DEC-15', '2025-12-24', '2026-01-15'],
    ['one accepted a day later', 'REP21-DEC-15', '2025-12-25', null],
  ])('%s', (_what, code, from, dueOn) => {
    expect(due(code, from)).toEqual(dueOn === null ? repealed : { ...plain, dueOn, unrolledDueOn: dueOn })
  })

  it('tells a step that is not in force yet from one that was repealed', () => {
    expect(due('REP25-DEC-7', '2025-12-24')).toEqual({ ...repealed, repealed: false })
    expect(due('REP25-DEC-7', '2025-12-25')).toMatchObject({ dueOn: '2026-01-06', repealed: false })
  })
})

it('never guesses a year whose notice is not loaded', () => {
  expect(due('PEN-PUB', '2026-12-15')).toEqual({ ...plain, dueOn: null, unrolledDueOn: null, provisional: true })
  expect(due('OBJ-FILE', '2026-12-15')).toEqual({
    ...plain,
    dueOn: null,
    unrolledDueOn: '2027-01-14',
    provisional: true,
  })
  expect(due('SER44-TERM', '2026-12-15').dueOn).toBe('2029-12-15')
})

it('does not know a step that the rulebook has not', () => {
  expect(stepDue(rulebook, 'NO-SUCH', '2026-01-01')).toBeNull()
})

const day = fc
  .date({ min: new Date('2014-10-01T00:00:00Z'), max: new Date('2026-10-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))

it('puts no deadline that rolls or counts working days on a day off', () => {
  const counted = rulebook.steps.filter(({ period: { unit } }) => unit === 'days' || unit === 'working-days')
  expect(counted.length).toBeGreaterThan(30)
  fc.assert(
    fc.property(fc.constantFrom(...counted), day, ({ code }, from) => {
      const { dueOn, unrolledDueOn } = due(code, from)
      if (dueOn === null) return
      expect(isWorkingDay(rulebook.calendar, dueOn)).toBe(true)
      expect(dueOn >= unrolledDueOn! && dueOn > from).toBe(true)
    }),
    { numRuns: 3000 },
  )
})

it('ends a month or a year on its corresponding day, or on the last day of a shorter month', () => {
  expect(addMonths('2015-08-31', 6)).toBe('2016-02-29')
  expect(addMonths('2026-10-31', 4)).toBe('2027-02-28')
  expect(addYears('2016-02-29', 3)).toBe('2019-02-28')
  expect(addYears('2016-02-29', 4)).toBe('2020-02-29')
  fc.assert(
    fc.property(day, fc.integer({ min: 1, max: 120 }), (from, months) => {
      const to = addMonths(from, months)
      expect(to > from).toBe(true)
      expect(to.slice(8) === from.slice(8) || addDays(to, 1).endsWith('-01')).toBe(true)
    }),
  )
})
