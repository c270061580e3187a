import { organisationCheckCharacter, usccCheckCharacter } from '../../src/registry/identifiers.ts'

/** A made-up code in the unassigned region 999900 with right check characters (contract section 1). */
export function madeUpUscc(number: number, prefix = '91'): string {
  const organisation = `MA${String(number).padStart(6, '0')}`
  const code = `${prefix}999900${organisation}${organisationCheckCharacter(organisation)}`
  return code + usccCheckCharacter(code)
}

/** A record of the `subjects` collection as a source sends it. */
export function subjectItem(number: number, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    sourceId: `subject-${number}`,
    updatedAt: '2026-01-01T00:00:00.000Z',
    uscc: madeUpUscc(number),
    name: `虚构省示例${number}号贸易有限公司`,
    entityType: 'enterprise',
    status: 'active',
    establishedOn: '2020-03-01',
    regionCode: '999900',
    province: '虚构省',
    city: '云州市',
    ...fields,
  }
}

/** A record of the `annual-reports` collection as a source sends it. */
export function reportItem(number: number, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    sourceId: `report-${number}`,
    updatedAt: '2026-05-01T00:00:00.000Z',
    uscc: madeUpUscc(number),
    name: `虚构省示例${number}号贸易有限公司`,
    year: 2025,
    publishedOn: '2026-04-30',
    webPresences: [],
    ...fields,
  }
}

/** A record of the `icp-filings` collection as a source sends it. */
export function filingItem(number: number, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    sourceId: `filing-${number}`,
    updatedAt: '2026-03-01T00:00:00.000Z',
    icpNumber: `虚ICP备2026${String(number).padStart(6, '0')}号-1`,
    host: `www.brand${number}.example`,
    siteName: `示例${number}号商城`,
    ownerName: `虚构省示例${number}号贸易有限公司`,
    ownerUscc: madeUpUscc(number),
    filedOn: '2026-02-20',
    status: 'active',
    ...fields,
  }
}

/** A record of the `platform-sellers` collection as a source sends it. */
export function sellerItem(number: number, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    sourceId: `seller-${number}`,
    updatedAt: '2026-01-20T00:00:00.000Z',
    platform: '示例商城',
    shopId: String(10_000 + number),
    shopName: `示例${number}号旗舰店`,
    shopUrl: `https://mall.example/shop/${10_000 + number}`,
    uscc: madeUpUscc(number),
    name: `虚构省示例${number}号贸易有限公司`,
    reportedOn: '2026-01-15',
    ...fields,
  }
}

/** A record of the `penalties` collection as a source sends it. */
export function penaltyItem(number: number, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    sourceId: `penalty-${number}`,
    updatedAt: '2026-06-01T00:00:00.000Z',
    uscc: madeUpUscc(number),
    decisionNumber: `虚市监罚〔2026〕${number}号`,
    authority: '云州市市场监督管理局',
    ground: '发布虚假广告',
    kind: '罚款',
    amountFen: 500_000,
    decidedOn: '2026-05-20',
    severe: false,
    ...fields,
  }
}
