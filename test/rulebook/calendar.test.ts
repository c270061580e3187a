import { SolarDay, type LegalHoliday } from 'tyme4ts'
import chineseDays from 'chinese-days/dist/chinese-days.json' with { type: 'json' }
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { builtInRulebook } from '../../src/rulebook/built-in.ts'
import { addWorkingDays, isWorkingDay } from '../../src/rulebook/calendar.ts'
import { addDays, weekdayOf } from '../../src/rulebook/plain-date.ts'

function everyDay(from: string, to: string): string[] {
  const days: string[] = []
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day)
  return days
}

it('says the same of every day from 2014 to 2026 as a second library does', () => {
  const days = everyDay('2014-01-01', '2026-12-31')
  expect(days).toHaveLength(4748)
  for (const day of days) {
    const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
    const legal: LegalHoliday | null = SolarDay.fromYmd(year, month, date).getLegalHoliday()
    const weekend = [0, 6].includes(weekdayOf(day))
    expect([day, isWorkingDay(builtInRulebook.calendar, day)]).toEqual([
      day,
      legal === null ? !weekend : legal.isWork(),
    ])
  }
})

it('holds every arrangement of the library it was taken from', () => {
  for (const day of Object.keys(chineseDays.holidays).filter((day) => day >= '2014')) {
    expect([day, isWorkingDay(builtInRulebook.calendar, day)]).toEqual([day, false])
  }
  for (const day of Object.keys(chineseDays.workdays).filter((day) => day >= '2014')) {
    expect([day, isWorkingDay(builtInRulebook.calendar, day)]).toEqual([day, true])
  }
})

it.each([
  // Worked cases of rulebook section 8.
  ['2015-06-30', 10, '2015-07-14'],
  ['2024-06-30', 10, '2024-07-12'],
  ['2026-06-30', 10, '2026-07-14'],
  ['2019-09-25', 10, '2019-10-14'],
  ['2026-02-11', 10, '2026-03-03'],
  ['2026-10-08', 10, '2026-10-21'],
  ['2022-09-29', 5, '2022-10-11'],
  ['2020-01-22', 5, '2020-02-06'],
  ['2025-12-25', 20, '2026-01-23'],
  ['2018-02-05', 20, '2018-03-08'],
])('counts from %s, which is not counted, %i working days to %s', (from, count, on) => {
  expect(addWorkingDays(builtInRulebook.calendar, from, count)).toEqual({ on, provisional: false })
})

it.each([
  ['2026-12-15', 20],
  ['2026-12-31', 1],
  ['2013-12-01', 1],
])('never guesses a year whose notice is not loaded: %s and %i working days', (from, count) => {
  expect(addWorkingDays(builtInRulebook.calendar, from, count)).toEqual({ on: null, provisional: true })
})

it('lands on a working day, with as many working days passed as were asked for', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4300 }).map((days) => addDays('2014-01-01', days)),
      fc.integer({ min: 1, max: 40 }),
      (from, count) => {
        const { on } = addWorkingDays(builtInRulebook.calendar, from, count)
        expect(on).not.toBeNull()
        expect(isWorkingDay(builtInRulebook.calendar, on!)).toBe(true)
        expect(
          everyDay(addDays(from, 1), on!).filter((day) => isWorkingDay(builtInRulebook.calendar, day)),
        ).toHaveLength(count)
      },
    ),
  )
})
