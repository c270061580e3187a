/** A text of the law in both languages; same shape as the service's own texts. */
interface LegalText {
  zh: string
  en: string
}

export interface Ground {
  code: string
  list: 'abnormal' | 'serious-violator'
  label: LegalText
  article: LegalText
  /** How the fact is known: `text` read, `2nd` an excerpt read, `own` from knowledge (rulebook.md, head). */
  evidence: string
}

interface GroundVersion extends Ground {
  from: string
  to: string | null
  rulebook: string
}

const missingReport: LegalText = {
  zh: '未依照规定的期限公示年度报告',
  en: 'Did not publish its annual report within the time limit',
}

/** Grounds by period of force, closed intervals of Asia/Shanghai days (rulebook 2.2 to 2.4, 3.1). */
const groundVersions: readonly GroundVersion[] = [
  ...abnormal('ABN-68-4-1', missingReport, {
    'RV-ABN-2014': {
      zh: '《企业信息公示暂行条例》第十七条第一款第（一）项；《企业经营异常名录管理暂行办法》第四条第（一）项、第六条',
      en: 'Interim Regulation on Enterprise Information Publicity (2014) art 17(1)(i); Order 68 arts 4(1), 6',
    },
    'RV-ABN-2024': {
      zh: '《企业信息公示暂行条例》第十八条第一款；《企业经营异常名录管理暂行办法》第四条第（一）项、第六条',
      en: 'Interim Regulation on Enterprise Information Publicity (2024) art 18(1); Order 68 arts 4(1), 6',
    },
    'RV-ABN-2025': {
      zh: '《企业信息公示暂行条例》第十八条第一款；《企业经营异常名录管理办法》第四条第（一）项、第六条',
      en: 'Interim Regulation on Enterprise Information Publicity (2024) art 18(1); Order 68 as amended by Order 101, arts 4(1), 6',
    },
  }),
  ...abnormal('ABS-69-13', missingReport, {
    'RV-ABN-2014': inBoth('《个体工商户年度报告暂行办法》第十三条', 'Order 69 art 13'),
    'RV-ABN-2024': inBoth('《个体工商户年度报告暂行办法》第十三条', 'Order 69 art 13'),
    'RV-ABN-2025': inBoth('《个体工商户年度报告办法》第十三条', 'Order 69 as amended by Order 101, art 13'),
  }),
  ...abnormal('ABC-70-10', missingReport, {
    'RV-ABN-2014': inBoth('《农民专业合作社年度报告公示暂行办法》第十条', 'Order 70 art 10'),
    'RV-ABN-2024': inBoth('《农民专业合作社年度报告公示暂行办法》第十条', 'Order 70 art 10'),
    'RV-ABN-2025': inBoth('《农民专业合作社年度报告公示办法》第十条', 'Order 70 as amended by Order 101, art 10'),
  }),
]

function inBoth(zh: string, en: string): LegalText {
  return { zh, en }
}

function abnormal(
  code: string,
  label: LegalText,
  articles: Record<'RV-ABN-2014' | 'RV-ABN-2024' | 'RV-ABN-2025', LegalText>,
): GroundVersion[] {
  const ground = { code, list: 'abnormal' as const, label, evidence: '2nd' }
  return [
    { ...ground, rulebook: 'RV-ABN-2014', from: '2014-10-01', to: '2024-04-30', article: articles['RV-ABN-2014'] },
    { ...ground, rulebook: 'RV-ABN-2024', from: '2024-05-01', to: '2025-04-30', article: articles['RV-ABN-2024'] },
    { ...ground, rulebook: 'RV-ABN-2025', from: '2025-05-01', to: null, article: articles['RV-ABN-2025'] },
  ]
}

/** The ground as it is in force on `on`, with its rulebook version, or null when it is not in force then. */
export function groundInForce(code: string, on: string): (Ground & { rulebook: string }) | null {
  return (
    groundVersions.find(
      (ground) => ground.code === code && ground.from <= on && (ground.to === null || on <= ground.to),
    ) ?? null
  )
}

/**
 * The ground as the version `rulebook` words it: what an entry of that version shows for ever.
 * @throws Error for a ground that the version does not know, which a stored entry never has
 */
export function groundOfVersion(code: string, rulebook: string): Ground {
  const ground = groundVersions.find((version) => version.code === code && version.rulebook === rulebook)
  if (ground === undefined) throw new Error(`rulebook ${rulebook} has no ground ${code}`)
  return ground
}
