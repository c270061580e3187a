import type { RuleVersion } from '../rulebook.ts'

/** Versions of the rules (rulebook 3.1): closed intervals of days in Asia/Shanghai. */
// prettier-ignore
const rows: readonly [code: string, subject: RuleVersion['subject'], from: string, to: string | null, zh: string, en: string, evidence: string][] = [
  ['RV-ABN-2014', 'abnormal', '2014-10-01', '2024-04-30', '2014年条例第十七条、令68至70：满三年转入严重违法名单', '2014 Regulation art 17 and Orders 68 to 70: promotion after three years', 'text'],
  ['RV-ABN-2024', 'abnormal', '2024-05-01', '2025-04-30', '2024年条例第十八条至第二十条，令68至70不相抵触的部分：不再转入', '2024 Regulation arts 18 to 20, Orders 68 to 70 where not in conflict: no promotion', 'text'],
  ['RV-ABN-2025', 'abnormal', '2025-05-01', null, '令68至70经令101修改', 'Orders 68 to 70 as amended by Order 101', 'own-M'],
  ['RV-SER-2014', 'serious-violator', '2014-10-01', '2016-03-31', '2014年条例第十七条第二、三款', '2014 Regulation art 17(2) and (3) only', 'text'],
  ['RV-SER-2016', 'serious-violator', '2016-04-01', '2021-08-31', '令83：十项事由，五年', 'Order 83: ten grounds, five years', '2nd'],
  ['RV-SER-2021', 'serious-violator', '2021-09-01', '2024-04-30', '令44，以及2014年条例第十七条第二款的三年事由', 'Order 44, and the three-year ground of the 2014 Regulation art 17(2)', '2nd'],
  ['RV-SER-2024', 'serious-violator', '2024-05-01', null, '令44和2024年条例第十八条第二款', 'Order 44 and the 2024 Regulation art 18(2)', '2nd'],
  ['RV-PEN-2014', 'penalties', '2014-10-01', '2021-08-31', '令71', 'Order 71', 'own-M'],
  ['RV-PEN-2021', 'penalties', '2021-09-01', '2025-12-24', '令45', 'Order 45', 'text'],
  ['RV-PEN-2025', 'penalties', '2025-12-25', null, '令45，期限依2025年信用修复办法', 'Order 45 with the periods of the 2025 repair measures', '2nd'],
  ['RV-REP-0', 'repair', '2014-10-01', '2021-08-31', '仅依令68至70、令83移出', 'exits only by Orders 68 to 70 and 83', '2nd'],
  ['RV-REP-2021', 'repair', '2021-09-01', '2025-12-24', '国市监信规〔2021〕3号', 'Measures of 2021 (3号文)', '2nd'],
  ['RV-REP-2025', 'repair', '2025-12-25', null, '2025年市场监督管理信用修复管理办法', 'Measures of 2025', '2nd'],
  ['RV-XC-2023', 'credit-china', '2023-05-01', '2026-03-31', '国家发展改革委令第58号', 'NDRC Order 58', '2nd'],
  ['RV-XC-2026', 'credit-china', '2026-04-01', null, '国家发展改革委令第36号', 'NDRC Order 36', '2nd'],
  ['RV-JS-2015', 'joint-sanctions', '2015-09-01', '2021-11-30', '备忘录时期', 'the era of memoranda', '2nd'],
  ['RV-JS-2021', 'joint-sanctions', '2021-12-01', null, '基础清单时期：只实施清单内的措施', 'the era of the basic list: only listed measures', 'own-M'],
  ['RV-NET-2014', 'online-trade', '2014-03-15', '2018-12-31', '令60', 'Order 60', 'text'],
  ['RV-NET-2019', 'online-trade', '2019-01-01', '2021-04-30', '令60和电子商务法', 'Order 60 and the E-commerce Law', 'text'],
  ['RV-NET-2021', 'online-trade', '2021-05-01', '2025-04-30', '令37', 'Order 37', 'text'],
  ['RV-NET-2025', 'online-trade', '2025-05-01', null, '令37经令101修改', 'Order 37 as amended', 'own-M'],
]

export const versions: readonly RuleVersion[] = rows.map(([code, subject, from, to, zh, en, evidence]) => ({
  code,
  subject,
  governs: { zh, en },
  from,
  to,
  evidence,
}))
