import type { AfterExit, ExitPolicy, LegalText, ReportWindow } from '../rulebook.ts'

const text = (zh: string, en: string): LegalText => ({ zh, en })

// prettier-ignore
const orders68to70 = text('令68第十条至第十四条；令69第十六条至第十八条；令70第十三条至第十五条', 'Order 68 arts 10 to 14; Order 69 arts 16 to 18; Order 70 arts 13 to 15')
const repair2021 = text('国市监信规〔2021〕3号第五条', 'Repair Measures (2021) art 5')
const repair2025 = text('《市场监督管理信用修复管理办法》（2025）', 'Repair Measures (2025)')
const regulation17 = text('《企业信息公示暂行条例》（2014）第十七条第三款', 'Publicity Regulation (2014) art 17(3)')
const order83 = text('令83第九条、第十条', 'Order 83 arts 9, 10')
const order44 = text('令44第十六条至第二十一条', 'Order 44 arts 16 to 21')
const open = text('条例2024年修改后未作规定，由机关个案决定', 'Left open since the 2024 Regulation: the authority decides case by case')

const noTerm = { termYears: null, earlyExitAfterYears: null, applyWithinYears: null }

/**
 * How an entry ends, by its ground and the day on which it is looked at: the table `exit_policy(record, as_of)` of rulebook
 * 3.7. `manual` needs two people and a look, since the law does not say which rule applies.
 */
// prettier-ignore
export const exitPolicies: readonly ExitPolicy[] = [
  // Order 68 art 10: within three years of listing; the repair measures of 2021 know no such limit.
  { grounds: ['ABN-*'], policy: 'apply', ...noTerm, applyWithinYears: 3, article: orders68to70, from: '2014-10-01', to: '2021-08-31', evidence: '2nd' },
  { grounds: ['ABS-*', 'ABC-*'], policy: 'apply', ...noTerm, article: orders68to70, from: '2014-10-01', to: '2021-08-31', evidence: '2nd' },
  { grounds: ['ABN-*', 'ABS-*', 'ABC-*'], policy: 'apply', ...noTerm, article: repair2021, from: '2021-09-01', to: '2025-12-24', evidence: '2nd' },
  { grounds: ['ABN-*', 'ABS-*', 'ABC-*'], policy: 'apply', ...noTerm, article: repair2025, from: '2025-12-25', to: null, evidence: '2nd' },

  { grounds: ['SER-TL14-17-2'], policy: 'apply', ...noTerm, termYears: 5, article: regulation17, from: '2014-10-01', to: '2024-04-30', evidence: 'text' },
  { grounds: ['SER-83-5-1'], policy: 'apply', ...noTerm, termYears: 5, article: order83, from: '2016-04-01', to: '2021-08-31', evidence: 'text' },
  // Order 83 is repealed, art 17(3) of the 2014 Regulation stands until 2024-04-30.
  { grounds: ['SER-83-5-1'], policy: 'apply', ...noTerm, termYears: 5, article: regulation17, from: '2021-09-01', to: '2024-04-30', evidence: 'text' },
  { grounds: ['SER-TL14-17-2', 'SER-83-5-1'], policy: 'manual', ...noTerm, article: open, from: '2024-05-01', to: null, evidence: 'own-L' },

  { grounds: ['SER-83-5-*'], policy: 'auto', ...noTerm, termYears: 5, article: order83, from: '2016-04-01', to: '2021-08-31', evidence: '2nd' },
  // The earlier of the printed day and the early exit of Order 44, with approval.
  { grounds: ['SER-83-5-*'], policy: 'manual', ...noTerm, termYears: 5, earlyExitAfterYears: 1, article: order44, from: '2021-09-01', to: null, evidence: 'own-L' },

  { grounds: ['SER-44-*', 'SER-TL24-18-2'], policy: 'auto', ...noTerm, termYears: 3, earlyExitAfterYears: 1, article: order44, from: '2021-09-01', to: null, evidence: '2nd' },
]

const order36 = text('国家发展改革委令第36号第三条', 'NDRC Order 36 art 3')

/** Whether an entry that has ended stays in view with its exit (rulebook 2.8 "effect", 3.6; scope of Order 36: section 9, question 16). */
// prettier-ignore
export const afterExit: readonly AfterExit[] = [
  { list: 'abnormal', stays: true, article: orders68to70, from: '2014-10-01', to: '2026-03-31', evidence: '2nd' },
  { list: 'abnormal', stays: false, article: order36, from: '2026-04-01', to: null, evidence: '2nd' },
  { list: 'serious-violator', stays: false, article: order44, from: '2014-10-01', to: null, evidence: 'own-H' },
]

/** Windows that closed on another day than 30 June. */
export const reportWindows: readonly ReportWindow[] = [
  // 国市监注〔2020〕38号: the reports of individual businesses for 2019 were due by the end of 2020.
  { reportYear: 2019, entityType: 'individual-business', regionPrefix: null, closesOn: '2020-12-31', evidence: 'own-M' },
]
