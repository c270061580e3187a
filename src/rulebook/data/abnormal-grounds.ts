import type { Ground, LegalText } from '../rulebook.ts'

/**
 * Grounds of the abnormal-operation list and of the mark of individual businesses (rulebook 2.2 to 2.4). Each stands in
 * three wordings: until 2024-04-30 the 2014 Regulation with Orders 68 to 70, then the 2024 Regulation, and from 2025-05-01
 * the orders as amended by Order 101, whose own text has not been read: articles are those of 2014.
 */
interface Family {
  zh: (interim: string) => string
  order: string
  entityTypes: readonly string[]
  objectionStep: string | null
  /** Article of objection and correction. */
  correction: number
}

const enterprises: Family = {
  zh: (interim) => `《企业经营异常名录管理${interim}办法》`,
  order: 'Order 68',
  entityTypes: ['enterprise', 'branch'],
  objectionStep: 'OBJ-FILE',
  correction: 16,
}
const individuals: Family = {
  zh: (interim) => `《个体工商户年度报告${interim}办法》`,
  order: 'Order 69',
  entityTypes: ['individual-business'],
  objectionStep: 'OBJ-FILE',
  correction: 19,
}
const cooperatives: Family = {
  zh: (interim) => `《农民专业合作社年度报告公示${interim}办法》`,
  order: 'Order 70',
  entityTypes: ['farmer-cooperative'],
  // Order 70 names a correction (art 16) and no time limit for asking for it.
  objectionStep: null,
  correction: 16,
}

const wordings = [
  { from: '2014-10-01', to: '2024-04-30', interim: '暂行', amended: '', regulation: 2014 },
  { from: '2024-05-01', to: '2025-04-30', interim: '暂行', amended: '', regulation: 2024 },
  { from: '2025-05-01', to: null, interim: '', amended: ' as amended by Order 101', regulation: 2024 },
] as const

const labels = {
  'missing-report': { zh: '未依照规定的期限公示年度报告', en: 'Did not publish its annual report within the time limit' },
  'expired-order': {
    zh: '未在责令的期限内公示有关企业信息',
    en: 'Did not publish information within the time limit of an order',
  },
  falsity: {
    zh: '公示信息隐瞒真实情况、弄虚作假',
    en: 'Published information conceals the truth or is false',
  },
  unreachable: {
    zh: '通过登记的住所或者经营场所无法联系',
    en: 'Cannot be reached at its registered address',
  },
} as const satisfies Partial<Record<Ground['trigger'], LegalText>>

/** Where the Regulation itself names a ground: art 17(1) of 2014, art 18(1) of 2024 (falsity is fined since, not listed). */
const regulationArticles: Readonly<Record<string, Readonly<Record<number, LegalText>>>> = {
  'missing-report': {
    2014: { zh: '第十七条第一款第（一）项', en: 'art 17(1)(i)' },
    2024: { zh: '第十八条第一款', en: 'art 18(1)' },
  },
  'expired-order': {
    2014: { zh: '第十条第二款、第十七条第一款第（一）项', en: 'arts 10(2), 17(1)(i)' },
    2024: { zh: '第十条第二款、第十八条第一款', en: 'arts 10(2), 18(1)' },
  },
  falsity: { 2014: { zh: '第十七条第一款第（二）项', en: 'art 17(1)(ii)' } },
}

const numerals = ['', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十']
const numeral = (n: number) => (n <= 10 ? (numerals[n] ?? '') : `十${numerals[n - 10] ?? ''}`)

interface Row {
  code: string
  family: Family
  trigger: keyof typeof labels
  /** Articles of the ground in its order, e.g. `4(1), 6`. */
  ground: LegalText
  listStep: string
  exitArticle: number
  exitStep: string | null
  evidence: string
}

const articles = (zh: string, en: string): LegalText => ({ zh, en })

// prettier-ignore
const rows: readonly Row[] = [
  { code: 'ABN-68-4-1', family: enterprises, trigger: 'missing-report', ground: articles('第四条第（一）项、第六条', 'arts 4(1), 6'), listStep: 'ABN-LIST-AR', exitArticle: 11, exitStep: 'ABN-RM-AR', evidence: '2nd' },
  { code: 'ABN-68-4-2', family: enterprises, trigger: 'expired-order', ground: articles('第四条第（二）项、第七条', 'arts 4(2), 7'), listStep: 'ABN-LIST-ORD', exitArticle: 12, exitStep: 'ABN-RM-INF', evidence: '2nd' },
  { code: 'ABN-68-4-3', family: enterprises, trigger: 'falsity', ground: articles('第四条第（三）项、第八条', 'arts 4(3), 8'), listStep: 'ABN-LIST-FALSE', exitArticle: 13, exitStep: 'ABN-RM-FALSE', evidence: '2nd' },
  { code: 'ABN-68-4-4', family: enterprises, trigger: 'unreachable', ground: articles('第四条第（四）项、第九条', 'arts 4(4), 9'), listStep: 'ABN-LIST-ADDR', exitArticle: 14, exitStep: 'ABN-RM-ADDR', evidence: '2nd' },
  { code: 'ABS-69-13', family: individuals, trigger: 'missing-report', ground: articles('第十三条', 'art 13'), listStep: 'ABS-MARK-AR', exitArticle: 16, exitStep: 'ABS-RST-AR', evidence: '2nd' },
  { code: 'ABS-69-14', family: individuals, trigger: 'falsity', ground: articles('第十四条', 'art 14'), listStep: 'ABS-MARK-X', exitArticle: 17, exitStep: 'ABS-RST-X', evidence: '2nd' },
  { code: 'ABS-69-15', family: individuals, trigger: 'unreachable', ground: articles('第十五条', 'art 15'), listStep: 'ABS-MARK-X', exitArticle: 18, exitStep: 'ABS-RST-X', evidence: '2nd' },
  { code: 'ABC-70-10', family: cooperatives, trigger: 'missing-report', ground: articles('第十条', 'art 10'), listStep: 'ABC-LIST', exitArticle: 13, exitStep: null, evidence: '2nd' },
  { code: 'ABC-70-11', family: cooperatives, trigger: 'falsity', ground: articles('第十一条', 'art 11'), listStep: 'ABC-LIST', exitArticle: 14, exitStep: null, evidence: '2nd' },
  { code: 'ABC-70-12', family: cooperatives, trigger: 'unreachable', ground: articles('第十二条', 'art 12'), listStep: 'ABC-LIST', exitArticle: 15, exitStep: null, evidence: '2nd' },
]

export const abnormalGrounds: readonly Ground[] = rows.flatMap((row) =>
  wordings.map((wording): Ground => {
    const { family } = row
    const title = family.zh(wording.interim)
    const order = `${family.order}${wording.amended}`
    const regulation = family === enterprises ? regulationArticles[row.trigger]?.[wording.regulation] : undefined
    const ofOrder = (article: number): LegalText => ({
      zh: `${title}第${numeral(article)}条`,
      en: `${order} art ${article}`,
    })
    return {
      code: row.code,
      list: 'abnormal',
      entityTypes: family.entityTypes,
      label: labels[row.trigger],
      article: {
        zh: `${regulation ? `《企业信息公示暂行条例》${regulation.zh}；` : ''}${title}${row.ground.zh}`,
        en: `${regulation ? `Interim Regulation on Enterprise Information Publicity (${wording.regulation}) ${regulation.en}; ` : ''}${order}${wording.amended ? ',' : ''} ${row.ground.en}`,
      },
      trigger: row.trigger,
      listStep: row.listStep,
      exit: {
        article: ofOrder(row.exitArticle),
        step: row.exitStep,
        verified: row.trigger === 'falsity' || row.trigger === 'unreachable',
      },
      objectionStep: family.objectionStep,
      correction: ofOrder(family.correction),
      from: wording.from,
      to: wording.to,
      evidence: row.evidence,
    }
  }),
)
