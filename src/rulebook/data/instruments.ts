import type { Instrument } from '../rulebook.ts'

/** Laws, regulations, orders and policy documents (rulebook section 1): code, title, number, period of force, evidence. */
// prettier-ignore
const rows: readonly [code: string, zh: string, en: string, number: string, from: string, to: string | null, evidence: string][] = [
  ['I-TL14', '企业信息公示暂行条例', 'Interim Regulation on Enterprise Information Publicity (2014)', '国务院令第654号', '2014-10-01', '2024-04-30', 'text'],
  ['I-TL24', '企业信息公示暂行条例（2024年修改）', 'Interim Regulation on Enterprise Information Publicity (2024)', '国务院令第777号', '2024-05-01', null, 'text'],
  ['I-67', '企业公示信息抽查暂行办法', 'Interim Measures on Spot Checks of Published Enterprise Information', '工商总局令第67号', '2014-10-01', '2025-04-30', '2nd'],
  ['I-68', '企业经营异常名录管理暂行办法', 'Interim Measures on the Abnormal-Operation List of Enterprises', '工商总局令第68号', '2014-10-01', '2025-04-30', '2nd'],
  ['I-69', '个体工商户年度报告暂行办法', 'Interim Measures on Annual Reports of Individual Businesses', '工商总局令第69号', '2014-10-01', '2025-04-30', 'text'],
  ['I-70', '农民专业合作社年度报告公示暂行办法', 'Interim Measures on Annual Reports of Farmer Cooperatives', '工商总局令第70号', '2014-10-01', '2025-04-30', 'text'],
  ['I-71', '工商行政管理行政处罚信息公示暂行规定', 'Interim Provisions on Publicity of Administrative Penalties', '工商总局令第71号', '2014-10-01', '2021-08-31', 'own-M'],
  ['I-101', '市场监督管理总局令第101号（修改部分规章）', 'SAMR Order 101 amending several rules, Orders 67 to 70 and 37 among them', '市场监管总局令第101号', '2025-05-01', null, 'own-M'],
  ['I-83', '严重违法失信企业名单管理暂行办法', 'Interim Measures on the List of Enterprises in Serious Violation', '工商总局令第83号', '2016-04-01', '2021-08-31', '2nd'],
  ['I-44', '市场监督管理严重违法失信名单管理办法', 'Measures on the List of Serious Violators in Market Regulation', '市场监管总局令第44号', '2021-09-01', null, '2nd'],
  ['I-45', '市场监督管理行政处罚信息公示规定', 'Provisions on Publicity of Administrative Penalties in Market Regulation', '市场监管总局令第45号', '2021-09-01', null, 'text'],
  ['I-REP21', '市场监督管理信用修复管理办法（规范性文件）', 'Measures on Credit Repair in Market Regulation (2021)', '国市监信规〔2021〕3号', '2021-09-01', '2025-12-24', '2nd'],
  ['I-REPP23', '严重违法失信名单和行政处罚公示信息信用修复管理程序规定（试行）', 'Procedure of Credit Repair for decisions of SAMR itself (trial)', '市场监管总局 2023', '2023-01-01', null, '2nd'],
  ['I-REP25', '市场监督管理信用修复管理办法（部门规章）', 'Measures on Credit Repair in Market Regulation (2025)', '市场监管总局令', '2025-12-25', null, '2nd'],
  ['I-N58', '失信行为纠正后的信用信息修复管理办法（试行）', 'NDRC Measures on Repair of Credit Information (trial)', '国家发展改革委令第58号', '2023-05-01', '2026-03-31', '2nd'],
  ['I-N36', '信用修复管理办法', 'NDRC Measures on Credit Repair', '国家发展改革委令第36号', '2026-04-01', null, '2nd'],
  ['I-GB22', '关于进一步完善信用修复制度的实施方案', 'Plan for Improving Credit Repair', '国办发〔2025〕22号', '2025-06-22', null, '2nd'],
  ['I-YJ25', '关于健全社会信用体系的意见', 'Opinions on Improving the Social Credit System', '中办国办 2025年3月', '2025-03-01', null, '2nd'],
  ['I-33', '关于建立完善守信联合激励和失信联合惩戒制度加快推进社会诚信建设的指导意见', 'Guiding Opinions on Joint Incentives and Joint Sanctions', '国发〔2016〕33号', '2016-05-30', null, '2nd'],
  ['I-49', '关于进一步完善失信约束制度构建诚信建设长效机制的指导意见', 'Guiding Opinions on Improving Constraints on Dishonesty', '国办发〔2020〕49号', '2020-12-07', null, '2nd'],
  ['I-2045', '失信企业协同监管和联合惩戒合作备忘录', 'Memorandum on Joint Supervision and Joint Sanctions of Dishonest Enterprises', '发改财金〔2015〕2045号', '2015-09-01', null, '2nd'],
  ['I-LIST', '全国失信惩戒措施基础清单', 'National Basic List of Measures against Dishonesty', '发改财金规〔2021〕1827号及后续各版', '2021-12-01', null, '2nd'],
  ['I-NET14', '网络交易管理办法', 'Measures on Online Trading', '工商总局令第60号', '2014-03-15', '2021-04-30', 'text'],
  ['I-ECL', '电子商务法', 'E-commerce Law', '全国人大常委会 2018-08-31', '2019-01-01', null, 'text'],
  ['I-37', '网络交易监督管理办法', 'Measures on Supervision of Online Trading', '市场监管总局令第37号', '2021-05-01', null, 'text'],
  ['I-REG', '市场主体登记管理条例及其实施细则', 'Regulation on Registration of Market Entities, with its Rules', '国务院令第746号；市场监管总局令第52号', '2022-03-01', null, 'text'],
  ['I-GT', '促进个体工商户发展条例', 'Regulation on Promoting Individual Businesses', '国务院令第755号', '2022-11-01', null, 'text'],
  ['I-CL', '公司法（2023年修订）', 'Company Law (2023)', '全国人大常委会 2023-12-29', '2024-07-01', null, 'text'],
  ['I-APL', '行政处罚法（2021年修订）', 'Administrative Penalty Law (2021)', '全国人大常委会', '2021-07-15', null, 'text'],
  ['I-LIVE', '直播电商监督管理办法', 'Measures on Supervision of Live-stream Commerce', '市场监管总局、国家网信办 2026-01-07', '2026-02-01', null, 'own-M'],
  ['I-RPT', '网络交易合规数据报送管理暂行办法', 'Interim Measures on Reporting of Online Trading Compliance Data', '市场监管总局 2025年4月', '2025-04-01', null, '2nd'],
  ['I-NAT', '自然人网店管理规范', 'Standard for Online Shops of Natural Persons', '市场监管行业标准 2025年4月', '2025-04-01', null, '2nd'],
]

export const instruments: readonly Instrument[] = rows.map(([code, zh, en, number, from, to, evidence]) => ({
  code,
  title: { zh, en },
  number,
  from,
  to,
  evidence,
}))
