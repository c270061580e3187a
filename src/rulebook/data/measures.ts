import type { LegalText, MeasureRule, SanctionDeadline } from '../rulebook.ts'

type Version = [
  basisKind: MeasureRule['basisKind'],
  basis: string,
  basisInEnglish: string,
  from: string,
  to: string | null,
  evidence: string,
]

type Cause = Pick<MeasureRule, 'lists' | 'grounds' | 'follows'>

/**
 * An entry on either list. The abnormal mark of individual businesses (ABS) is a mark and no list (rulebook 2.3): 条例
 * arts 18 and 19 and the memorandum speak of enterprises, so nothing follows from it.
 */
const bothLists: Cause = { lists: ['abnormal', 'serious-violator'], grounds: ['ABN-*', 'ABC-*', 'SER-*'] }
const seriousList: Cause = { lists: ['serious-violator'] }
const noList = (zh: string, en: string): Cause => ({ lists: [], follows: { zh, en } })
const licenceRevoked: LegalText = { zh: '吊销营业执照', en: 'The business licence is revoked' }

function measure(
  code: string,
  measureClass: MeasureRule['measureClass'],
  [zh, en]: [string, string],
  agencies: readonly string[],
  cause: Cause & Pick<MeasureRule, 'ownTermYears'>,
  ...versions: Version[]
): MeasureRule[] {
  return versions.map(([basisKind, basis, basisInEnglish, from, to, evidence]) => ({
    code,
    label: { zh, en },
    agencies,
    ...cause,
    basisKind,
    basis: { zh: basis, en: basisInEnglish },
    measureClass,
    from,
    to,
    evidence,
  }))
}

/** 条例 art 18, then 19: the restrictions that follow from an entry on either list. */
const regulation: Version[] = [
  [
    'LAW',
    '《企业信息公示暂行条例》（2014）第十八条',
    'Publicity Regulation (2014) art 18',
    '2014-10-01',
    '2024-04-30',
    'text',
  ],
  ['LAW', '《企业信息公示暂行条例》（2024）第十九条', 'Publicity Regulation (2024) art 19', '2024-05-01', null, 'text'],
]
const procurement = (versions: Version[]): Version[] =>
  versions.map(([kind, zh, en, ...period]) => [
    kind,
    `${zh}；《政府采购法》第二十二条第一款`,
    `${en}; Government Procurement Law art 22(1)`,
    ...period,
  ])
const memorandumSince2015 = (zh: string, en: string, evidence: string): Version => [
  'MEMO',
  zh,
  en,
  '2015-09-01',
  null,
  evidence,
]
const sisterMemoranda = (evidence = '2nd') =>
  memorandumSince2015('有关部门联合惩戒合作备忘录', 'Memoranda on joint sanctions', evidence)
const order44 = (article: string, articleInEnglish: string): Version => [
  'LAW',
  `《市场监督管理严重违法失信名单管理办法》${article}`,
  `Order 44 ${articleInEnglish}`,
  '2021-09-01',
  null,
  '2nd',
]

/**
 * The measures of rulebook section 5, JS-01 to JS-32, by period of force. Agencies are those of today, which took over
 * what the bodies of 2015 had to do. Where the table says "all" or "licensers" without naming them, those it names get
 * orders and the others are told by the feed.
 */
// prettier-ignore
export const measures: readonly MeasureRule[] = [
  ...measure('JS-01', 'A', ['限制或者禁止参加政府采购', 'Limited or barred from government procurement'], ['mof'], bothLists, ...procurement(regulation)),
  ...measure('JS-02', 'A', ['限制或者禁止参加工程招投标', 'Limited or barred from tenders for works'], ['ndrc', 'mohurd', 'mot', 'mwr'], bothLists, ...regulation),
  ...measure('JS-03', 'A', ['限制或者禁止取得国有土地使用权', 'Limited or barred from grants of state land'], ['mnr'], bothLists, ...regulation),
  ...measure('JS-04', 'B', ['不予授予荣誉称号，不予评先评优', 'No honorary titles, no awards'], ['civilization-office', 'acftu', 'samr'], bothLists, ...regulation),
  ...measure('JS-05', 'A', ['法定代表人、负责人三年内不得担任其他企业的法定代表人、负责人', 'Its legal representative or person in charge may not hold the post in another enterprise for three years'], ['samr'],
    { ...seriousList, grounds: ['SER-TL14-*', 'SER-83-5-1', 'SER-44-11-2'], ownTermYears: 3 },
    ['LAW', '《企业信息公示暂行条例》（2014）第十七条第二款', 'Publicity Regulation (2014) art 17(2)', '2014-10-01', '2024-04-30', 'text']),
  ...measure('JS-05', 'A', ['法定代表人、负责人三年内不得担任其他企业的法定代表人、负责人', 'Its legal representative or person in charge may not hold the post in another enterprise for three years'], ['samr'],
    { ...seriousList, ownTermYears: 3 },
    ['LAW', '《企业信息公示暂行条例》（2024）第十八条第二款', 'Publicity Regulation (2024) art 18(2)', '2024-05-01', null, 'text']),
  ...measure('JS-06', 'A', ['负有个人责任的法定代表人三年内不得任职', 'A legal representative with personal fault may hold no post for three years'], ['samr'],
    noList('被吊销营业执照、责令关闭且负有个人责任', 'The licence is revoked or closure ordered, with personal fault'),
    ['LAW', '《市场主体登记管理条例》第十二条第（四）项；《公司法》第一百七十八条第一款第（四）项', 'Registration Regulation art 12(4); Company Law art 178(4)', '2022-03-01', null, 'text']),
  ...measure('JS-07', 'A', ['不适用简易注销登记', 'No simplified deregistration'], ['samr'], { ...bothLists, follows: licenceRevoked },
    ['LAW', '《市场主体登记管理条例》第三十三条；实施细则第四十八条', 'Registration Regulation art 33; Registration Rules art 48', '2022-03-01', null, 'text']),
  ...measure('JS-08', 'A', ['申请其他变更登记时须一并变更住所', 'A change of address must go with any other change'], ['samr'],
    { lists: ['abnormal'], grounds: ['ABN-68-4-4'] },
    ['LAW', '《市场主体登记管理条例实施细则》第二十条第二款', 'Registration Rules art 20(2)', '2022-03-01', null, 'text']),
  ...measure('JS-09', 'B', ['列为重点监督管理对象，提高检查频次', 'Key supervision, more frequent inspections'], ['samr'], seriousList,
    ['LAW', '《严重违法失信企业名单管理暂行办法》第十三条第（一）项', 'Order 83 art 13(1)', '2016-04-01', '2021-08-31', '2nd'],
    order44('第十五条第（二）项', 'art 15(2)')),
  ...measure('JS-10', 'B', ['不适用告知承诺制', 'No licensing upon mere declaration (告知承诺)'], ['samr'], seriousList, order44('第十五条第（三）项', 'art 15(3)')),
  ...measure('JS-11', 'B', ['审查行政许可、资质、资格时作为重要考量因素', 'Weighs in decisions on licences and qualifications'], ['samr'], seriousList, order44('第十五条第（一）项', 'art 15(1)')),
  ...measure('JS-12', 'B', ['行政处罚信息不得提前停止公示', 'No early end to the publicity of penalties'], ['samr'], bothLists,
    ['LAW', '《市场监督管理行政处罚信息公示规定》第十四条第（四）项', 'Order 45 art 14(4)', '2021-09-01', null, 'text']),
  ...measure('JS-13', 'A', ['直接责任人三年内不得再次申请市场主体登记', 'Those responsible may not apply for registration for three years'], ['samr'],
    noList('虚假登记被撤销', 'A false registration is revoked'),
    ['LAW', '《市场主体登记管理条例》第四十条；实施细则第七十一条', 'Registration Regulation art 40; Registration Rules art 71', '2022-03-01', null, 'text']),
  ...measure('JS-14', 'A', ['食品生产经营者及责任人员五年内（被判刑的终身）禁业', 'Food operators and those responsible barred for five years, for life after a crime'], ['samr'],
    noList('食品经营许可被吊销', 'The food licence is revoked'),
    ['LAW', '《食品安全法》第一百三十五条', 'Food Safety Law art 135', '2015-10-01', null, 'text']),
  ...measure('JS-15', 'B', ['公开食品安全信用档案，增加检查频次，可以通报投资、证券、金融机构', 'Food credit file made public, more inspections, financial bodies may be told'], ['samr'],
    noList('食品安全违法行为记录', 'Offences against food safety on record'),
    ['LAW', '《食品安全法》第一百一十三条', 'Food Safety Law art 113', '2015-10-01', null, 'text']),
  ...measure('JS-16', 'A', ['强制注销', 'Forced deregistration'], ['samr'],
    noList('公司被吊销营业执照满三年未清算完毕', 'Three years after the licence of a company was revoked'),
    ['LAW', '《公司法》第二百四十一条', 'Company Law art 241', '2024-07-01', null, 'text']),
  ...measure('JS-17', 'A', ['事故单位主要负责人五年内不得担任生产经营单位主要负责人', 'The head of a unit that caused an accident barred for five years'], ['mem', 'samr'],
    noList('发生生产安全事故并负有责任', 'Responsible for a work-safety accident'),
    ['LAW', '《生产安全事故报告和调查处理条例》第四十条第一款', 'Regulation on Work-Safety Accidents art 40(1)', '2007-06-01', null, '2nd']),
  ...measure('JS-18', 'A', ['旅行社领域市场准入和任职限制', 'Limits on entry and posts in the travel-agency field'], ['mct', 'samr'],
    noList('旅行社业务经营许可证被吊销', 'The licence of the travel agency is revoked'),
    ['LAW', '《旅游法》第一百零三条；备忘录第二部分', 'Tourism Law art 103; memorandum part 2', '2013-10-01', null, 'own-M']),
  ...measure('JS-19', 'A', ['限制从事互联网信息服务', 'Limits on internet information services'], ['miit', 'cac'], { ...seriousList, follows: licenceRevoked },
    memorandumSince2015('备忘录第四部分', 'Memorandum part 4', '2nd')),
  ...measure('JS-20', 'C', ['信用信息作为融资授信的参考', 'Credit information as a reference in lending'], ['pbc', 'nfra'], bothLists,
    memorandumSince2015('备忘录第四部分；《征信业管理条例》', 'Memorandum part 4; Credit Reporting Regulation', '2nd')),
  ...measure('JS-21', 'B', ['作为发行上市、新三板、公司债、并购、股权激励审核的参考', 'A reference in reviews of listings, bonds, mergers and incentive plans'], ['csrc'], seriousList, sisterMemoranda()),
  ...measure('JS-22', 'B', ['从严审核企业债券', 'Stricter review of enterprise bonds'], ['ndrc'], seriousList,
    ['MEMO', '有关部门联合惩戒合作备忘录', 'Memoranda on joint sanctions', '2015-09-01', '2023-10-20', 'own-M']),
  ...measure('JS-22', 'B', ['从严审核企业债券', 'Stricter review of enterprise bonds'], ['csrc'], seriousList,
    ['MEMO', '有关部门联合惩戒合作备忘录', 'Memoranda on joint sanctions', '2023-10-21', null, 'own-M']),
  ...measure('JS-23', 'C', ['作为保险费率厘定的参考，限制在保险机构任职', 'A reference in insurance premiums; limits on posts in insurers'], ['nfra'], seriousList, sisterMemoranda('own-M')),
  ...measure('JS-24', 'B', ['不予认证企业资格或者下调，加强单证审核和查验', 'No certified-enterprise status at customs, or downgraded; closer checks'], ['gacc'], seriousList, sisterMemoranda()),
  ...measure('JS-25', 'B', ['作为纳税信用评价的参考，加强税务监管', 'A reference in tax credit ratings; closer tax supervision'], ['sta'], bothLists, sisterMemoranda()),
  ...measure('JS-26', 'A', ['限制取得认证机构资质、认证证书和生产许可', 'Limits on certification bodies, certificates and production licences'], ['samr'], seriousList, sisterMemoranda()),
  // By memoranda alone until the basic list of 2021 took it up.
  ...measure('JS-27', 'B', ['限制申请财政补贴和政府性资金支持', 'Limits on subsidies and government funds'], ['mof', 'ndrc'], seriousList,
    ['MEMO', '有关部门联合惩戒合作备忘录', 'Memoranda on joint sanctions', '2015-09-01', '2021-11-30', '2nd'],
    ['POLICY', '《全国失信惩戒措施基础清单》（相关管理措施）', 'National Basic List of Measures, class B', '2021-12-01', null, 'own-M']),
  ...measure('JS-28', 'A', ['限制取得寄递、货运经营许可', 'Limits on permits for delivery and freight'], ['spb', 'mot'], seriousList, sisterMemoranda()),
  ...measure('JS-29', 'A', ['限制参与基础设施和公用事业特许经营', 'Limits on concessions in infrastructure and utilities'], ['ndrc', 'mohurd'], seriousList, sisterMemoranda()),
  ...measure('JS-30', 'A', ['限制高消费，限制出境', 'Limits on luxury spending and on leaving the country'], ['spc'],
    noList('被法院纳入失信被执行人名单', 'On the courts’ own list of judgment defaulters'),
    ['LAW', '法释〔2010〕8号、法释〔2015〕17号；《民事诉讼法》', 'Judicial interpretations 2010-8 and 2015-17; Civil Procedure Law', '2010-10-01', null, '2nd']),
  ...measure('JS-31', 'B', ['违法行为记入电子商务信用档案并公示', 'Offences recorded in the e-commerce credit file and published'], ['mofcom'],
    noList('电子商务经营者的违法行为', 'Offences of e-commerce operators'),
    ['LAW', '《电子商务法》第八十六条', 'E-commerce Law art 86', '2019-01-01', null, 'text']),
  ...measure('JS-32', 'B', ['公示名单信息，依统一社会信用代码共享', 'List information published, and shared by credit code'], ['ndrc', 'samr'], seriousList,
    ['POLICY', '国发〔2016〕33号第（十一）项', 'State Council Opinions 2016-33, item 11', '2016-05-30', '2021-08-31', '2nd'],
    order44('第四条、第十四条', 'arts 4, 14')),
]

/** No text sets the first two: they are the operator's to change. The third is that of an exit (step SER44-STOP). */
export const sanctionDeadlines: readonly SanctionDeadline[] = [
  {
    step: 'receive',
    workingDays: 5,
    article: { zh: '运营方设定', en: 'Set by the operator' },
    from: '2014-10-01',
    to: null,
    evidence: 'own-L',
  },
  {
    step: 'execute',
    workingDays: 20,
    article: { zh: '运营方设定（备忘录为按季度反馈）', en: 'Set by the operator (the memorandum asks for quarterly feedback)' },
    from: '2014-10-01',
    to: null,
    evidence: 'own-L',
  },
  {
    step: 'lift',
    workingDays: 3,
    article: {
      zh: '令44第十八条、第十九条；国市监信规〔2021〕3号第十二条、第十三条',
      en: 'Order 44 arts 18, 19; Repair Measures (2021) arts 12, 13',
    },
    from: '2014-10-01',
    to: null,
    evidence: 'own-H',
  },
]
