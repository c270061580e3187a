import { expect, it } from 'vitest'
import { builtInRulebook } from '../../src/rulebook/built-in.ts'
import { closedWindow, isOnTime, reportingObligation, reportingWindow } from '../../src/rulebook/annual-report.ts'
import { groundInForce, groundOfVersion } from '../../src/rulebook/grounds.ts'

const enterprise = { entityType: 'enterprise', status: 'active', establishedOn: '2020-01-01', regionCode: '999900' }

it.each([
  // The window for 2013 closed before there was a ground.
  ['2014-12-31', null],
  ['2015-07-01', 2014],
  ['2026-01-01', null],
  ['2026-06-29', null],
  // The window is open to the end of its last day.
  ['2026-06-30', null],
  ['2026-07-01', 2025],
  ['2026-07-14', 2025],
  ['2026-12-31', 2025],
  ['2027-01-01', null],
  ['2027-07-01', 2026],
])('on %s the window that has closed this year is that of the report for %s', (on, reportYear) => {
  expect(closedWindow(builtInRulebook, on)?.reportYear ?? null).toBe(reportYear)
})

it('gives the authority 10 working days after 30 June, and no day where the calendar is not loaded', () => {
  expect(reportingWindow(builtInRulebook, 2025)).toEqual({
    reportYear: 2025,
    closesOn: '2026-06-30',
    listBy: { on: '2026-07-14', provisional: false },
  })
  expect(reportingWindow(builtInRulebook, 2026).listBy).toEqual({ on: null, provisional: true })
})

it.each([
  ['2026-01-01', true],
  ['2026-06-30', true],
  ['2026-07-01', false],
])('calls a report for 2025 that was published on %s on time: %s', (publishedOn, onTime) => {
  expect(isOnTime(builtInRulebook, { year: 2025, publishedOn }, enterprise)).toBe(onTime)
})

it.each([
  ['enterprise', 'ABN-68-4-1'],
  ['branch', 'ABN-68-4-1'],
  ['individual-business', 'ABS-69-13'],
  ['farmer-cooperative', 'ABC-70-10'],
])('enters a %s that filed nothing on ground %s', (entityType, groundCode) => {
  expect(reportingObligation({ ...enterprise, entityType }, 2025)).toEqual({ obliged: true, groundCode })
})

it.each([
  ['2024-12-31', true],
  ['2025-12-31', true],
  ['2026-01-01', false],
  ['2026-06-30', false],
])('asks a business established on %s for the report for 2025: %s', (establishedOn, obliged) => {
  expect(reportingObligation({ ...enterprise, establishedOn }, 2025).obliged).toBe(obliged)
})

it.each([
  ['active', true],
  ['suspended', true],
  ['revoked', false],
  ['cancelled', false],
  ['moved-out', false],
])('asks a business that is %s for a report: %s', (status, obliged) => {
  expect(reportingObligation({ ...enterprise, status }, 2025).obliged).toBe(obliged)
})

it('judges nobody whose day of establishment is not known', () => {
  expect(reportingObligation({ ...enterprise, establishedOn: null }, 2025)).toEqual({
    obliged: null,
    reason: 'establishment-unknown',
  })
})

it.each([
  ['2014-09-30', null],
  ['2014-10-01', 'RV-ABN-2014'],
  ['2024-04-30', 'RV-ABN-2014'],
  ['2024-05-01', 'RV-ABN-2024'],
  ['2025-04-30', 'RV-ABN-2024'],
  ['2025-05-01', 'RV-ABN-2025'],
  ['2026-07-01', 'RV-ABN-2025'],
])('takes the ground on %s from the version %s', (on, rulebook) => {
  for (const code of ['ABN-68-4-1', 'ABS-69-13', 'ABC-70-10']) {
    expect(groundInForce(builtInRulebook, code, on)?.rulebook ?? null).toBe(rulebook)
  }
})

it('keeps the article of the version that an entry was made under', () => {
  expect(groundOfVersion(builtInRulebook, 'ABN-68-4-1', 'RV-ABN-2014').article.zh).toContain('第十七条')
  expect(groundOfVersion(builtInRulebook, 'ABN-68-4-1', 'RV-ABN-2025').article.zh).toContain('第十八条')
  expect(() => groundOfVersion(builtInRulebook, 'ABN-68-4-1', 'RV-NONE')).toThrow('RV-NONE')
})
