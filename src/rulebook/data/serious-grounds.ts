import type { Ground, LegalText } from '../rulebook.ts'

/** Grounds of the serious-violator list (rulebook 2.5 and 2.6). Codes are instrument, article and item. */

const everybody = ['enterprise', 'individual-business', 'farmer-cooperative', 'branch']
const enterprises = ['enterprise', 'branch']

const text = (zh: string, en: string): LegalText => ({ zh, en })

const order83 = (zh: string, en: string) =>
  text(`《严重违法失信企业名单管理暂行办法》${zh}`, `Order 83 ${en}`)
const order44 = (zh: string, en: string) =>
  text(`《市场监督管理严重违法失信名单管理办法》${zh}`, `Order 44 ${en}`)
const remedies44 = order44('第十九条、第二十三条', 'arts 19, 23')

const threeYears = text(
  '被列入经营异常名录届满三年仍未履行相关义务',
  'Three years on the abnormal list without doing its duties',
)

// prettier-ignore
const items83: readonly [item: string, zh: string, en: string, evidence: string][] = [
  ['2', '提交虚假材料或者采取其他欺诈手段隐瞒重要事实，取得公司变更或者注销登记，被撤销登记', 'Got a change or deregistration by false material or fraud, and the registration was revoked', 'text'],
  ['3', '组织策划传销，或者因为传销行为提供便利条件两年内受到三次以上行政处罚', 'Organised pyramid selling, or was penalised three times in two years for making it possible', '2nd'],
  ['4', '因直销违法行为两年内受到三次以上行政处罚', 'Penalised three times in two years for unlawful direct selling', '2nd'],
  ['5', '因不正当竞争行为两年内受到三次以上行政处罚', 'Penalised three times in two years for unfair competition', '2nd'],
  ['6', '因提供的商品或者服务不符合保障人身、财产安全要求，造成人身伤害等严重侵害消费者权益的违法行为，两年内受到三次以上行政处罚', 'Penalised three times in two years for unsafe goods or services that gravely harmed consumers', '2nd'],
  ['7', '因发布虚假广告两年内受到三次以上行政处罚，或者发布关系消费者生命健康的商品或者服务的虚假广告，造成人身伤害的或者其他严重社会不良影响', 'False advertising: three penalties in two years, or on life and health with grave effects', '2nd'],
  ['8', '因商标侵权行为五年内受到两次以上行政处罚', 'Penalised twice in five years for trade-mark infringement', '2nd'],
  ['9', '被决定停止受理商标代理业务', 'Barred from acting as trade-mark agent', '2nd'],
  ['10', '国家工商行政管理总局规定的其他违反工商行政管理法律、行政法规且情节严重', 'Other grave violations set by the State Administration', '2nd'],
]

const numerals = ['', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '十一']

// prettier-ignore
const items44: readonly [article: number, item: number, zh: string, en: string, evidence: string][] = [
  [5, 1, '未依法取得食品生产经营许可从事食品生产经营活动', 'Food without a licence', '2nd'],
  [5, 2, '用非食品原料生产食品、添加有毒有害物质、经营病死毒死或者未经检疫检验的肉类等', 'Non-food material, banned additives, dead or unquarantined meat', '2nd'],
  [5, 3, '污染物质超限量、使用超过保质期的食品原料、未经注册的保健和特殊医学用途食品、虚假标注疾病预防治疗功能等', 'Contaminants over the limit, expired material, unregistered special food, false health claims', '2nd'],
  [5, 4, '其他严重违反食品安全法律法规的违法行为', 'Other grave food-safety violations', 'own-H'],
  [6, 1, '生产销售假药、劣药，违法生产销售国家有特殊管理要求的药品，未取得批准证明文件生产进口药品', 'Fake or inferior drugs, drugs under special control, unapproved drugs', 'own-H'],
  [6, 2, '生产销售未经注册的第二、三类医疗器械', 'Unregistered medical devices of class II or III', 'own-H'],
  [6, 3, '生产销售非法添加可能危害人体健康物质的化妆品', 'Cosmetics with harmful additives', 'own-H'],
  [6, 4, '其他严重违反药品、医疗器械、化妆品法律法规的违法行为', 'Other grave violations on drugs, devices or cosmetics', 'own-H'],
  [7, 1, '特种设备安全严重违法行为', 'Special equipment', 'own-H'],
  [7, 2, '生产销售不符合保障人体健康和人身、财产安全标准的产品，或者掺杂掺假、以假充真', 'Goods against safety standards, or adulterated', 'own-H'],
  [7, 3, '产品质量监督抽查不合格，受到通报后经复查仍不合格', 'Failed a spot check and, after public notice, the re-check', 'own-H'],
  [7, 4, '出具虚假或者严重失实的检验检测、认证报告', 'False test or certification reports', 'own-H'],
  [7, 5, '伪造、冒用、买卖强制性产品认证证书或者标志', 'Fraud with compulsory product certification', 'own-H'],
  [7, 6, '其他严重违反质量安全法律法规的违法行为', 'Other grave violations on quality and safety', 'own-H'],
  [8, 1, '侵害消费者人格尊严、个人信息依法得到保护等权利', 'Consumers’ dignity or personal information', 'own-H'],
  [8, 2, '预收费用后为逃避或者拒绝履行义务，关门停业或者迁移服务场所，且经查实无法取得联系', 'Took prepayments, then closed or moved and cannot be reached', '2nd'],
  [8, 3, '制造、销售、使用以欺骗消费者为目的的计量器具，伪造计量检定、校准证书', 'Cheating measuring instruments, false calibration', 'own-H'],
  [8, 4, '经责令召回仍拒绝或者拖延实施召回', 'Refused or delayed an ordered recall', 'own-H'],
  [8, 5, '其他严重侵害消费者权益的违法行为', 'Other grave harm to consumers', 'own-M'],
  [9, 1, '侵犯商业秘密、商业诋毁、组织虚假交易等严重破坏公平竞争秩序的不正当竞争行为', 'Trade secrets, disparagement, organised fake transactions', '2nd'],
  [9, 2, '故意侵犯知识产权，提交非正常专利申请，恶意商标注册申请，从事严重违法专利、商标代理行为', 'Wilful infringement, abnormal patent filings, bad-faith marks', 'own-H'],
  [9, 3, '价格串通、低价倾销、哄抬价格', 'Price offences', 'own-H'],
  [9, 4, '组织、策划传销或者为传销提供便利条件', 'Pyramid selling', 'own-H'],
  [9, 5, '发布关系消费者生命健康的商品或者服务的虚假广告', 'False advertising on life and health', '2nd'],
  [9, 6, '其他严重破坏公平竞争秩序和扰乱市场秩序的违法行为', 'Other grave harm to fair competition', 'own-H'],
  [10, 1, '未依法取得其他许可从事经营活动', 'Other operation without a licence', 'own-H'],
  [10, 2, '提交虚假材料或者采取其他欺诈手段取得许可或者登记，伪造、涂改、倒卖、出租、出借许可证件、营业执照', 'Fraud for a licence or registration; selling or lending licences', 'own-H'],
  [10, 3, '拒绝、阻碍、干扰市场监督管理部门监督检查和事故调查', 'Obstructed inspection or accident inquiry', 'own-H'],
  [11, 1, '有履行能力但拒不履行、逃避执行市场监督管理部门作出的行政处罚决定等，严重影响市场监督管理部门公信力', 'Able but refuses to perform a penalty or decision', 'own-H'],
  [11, 2, '法律、行政法规和党中央、国务院政策文件对严重违法失信名单列入的其他规定', 'Other listing rules of laws, regulations or central policy', 'own-H'],
]

function entry83(item: string, label: LegalText, from: string, to: string, evidence: string): Ground {
  const isPromotion = item === '1'
  const isParagraph2 = item === 'P2'
  return {
    code: `SER-83-5-${item}`,
    list: 'serious-violator',
    entityTypes: enterprises,
    label,
    article: isParagraph2
      ? order83('第五条第二款', 'art 5(2)')
      : order83(`第五条第一款第（${numerals[Number(item)] ?? item}）项`, `art 5(1)(${item})`),
    trigger: isPromotion ? 'long-abnormal' : 'violation',
    listStep: isPromotion ? 'SER83-LIST-1' : 'SER83-LIST-2',
    exit: {
      article: isPromotion ? order83('第九条、第十条第一款', 'arts 9, 10(1)') : order83('第九条', 'art 9'),
      step: isPromotion ? 'SER83-RM-1' : null,
      verified: false,
    },
    objectionStep: 'SER83-OBJ',
    correction: order83('关于异议的规定', 'on objections'),
    from,
    to,
    evidence,
  }
}

const regulation2014: LegalText = text(
  '《企业信息公示暂行条例》（2014）第十七条第二款',
  'Interim Regulation on Enterprise Information Publicity (2014) art 17(2)',
)

/** The three-year ground by the Regulation alone: before Order 83, and between its repeal and 2024-04-30 (art 11(2) of Order 44). */
const byRegulationAlone = (from: string, to: string): Ground => ({
  code: 'SER-TL14-17-2',
  list: 'serious-violator',
  entityTypes: enterprises,
  label: threeYears,
  article: regulation2014,
  trigger: 'long-abnormal',
  listStep: 'SER83-LIST-1',
  exit: {
    article: text(
      '《企业信息公示暂行条例》（2014）第十七条第三款',
      'Interim Regulation on Enterprise Information Publicity (2014) art 17(3)',
    ),
    step: 'SER83-RM-1',
    verified: false,
  },
  objectionStep: null,
  correction: text('《行政复议法》、《行政诉讼法》', 'Administrative Reconsideration Law, Administrative Litigation Law'),
  from,
  to,
  evidence: from < '2016' ? 'text' : 'own-H',
})

export const seriousGrounds: readonly Ground[] = [
  byRegulationAlone('2014-10-01', '2016-03-31'),
  byRegulationAlone('2021-09-01', '2024-04-30'),
  entry83('1', threeYears, '2016-04-01', '2021-08-31', 'text'),
  ...items83.map(([item, zh, en, evidence]) => entry83(item, { zh, en }, '2016-04-01', '2021-08-31', evidence)),
  entry83(
    'P2',
    text('第（三）项至第（八）项行为两年内累计受到三次以上行政处罚', 'Acts of (3) to (8), penalised three times in two years in all'),
    '2016-04-01',
    '2021-08-31',
    '2nd',
  ),
  ...items44.map(
    ([article, item, zh, en, evidence]): Ground => ({
      code: `SER-44-${article}-${item}`,
      list: 'serious-violator',
      entityTypes: everybody,
      label: { zh, en },
      article: order44(`第${numerals[article] ?? ''}条第（${numerals[item] ?? ''}）项`, `art ${article}(${item})`),
      trigger: 'violation',
      listStep: null,
      exit: { article: order44('第十六条至第十八条', 'arts 16 to 18'), step: null, verified: false },
      objectionStep: null,
      correction: remedies44,
      from: '2021-09-01',
      to: null,
      evidence,
    }),
  ),
  {
    code: 'SER-TL24-18-2',
    list: 'serious-violator',
    entityTypes: enterprises,
    label: text('公示信息隐瞒真实情况、弄虚作假，情节严重', 'Falsified publication, grave'),
    article: text(
      '《企业信息公示暂行条例》第十八条第二款',
      'Interim Regulation on Enterprise Information Publicity (2024) art 18(2)',
    ),
    trigger: 'violation',
    listStep: null,
    exit: { article: order44('第十六条至第十八条', 'arts 16 to 18'), step: null, verified: false },
    objectionStep: null,
    correction: remedies44,
    from: '2024-05-01',
    to: null,
    evidence: 'text',
  },
]
