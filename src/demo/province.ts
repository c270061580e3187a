import { madeUpCode, region, type Item } from './made-up.ts'
import { makeOtherSources, type KnownBusiness, type OtherSources } from './other-sources.ts'

export interface Province extends OtherSources {
  subjects: Item[]
  /** Ordered by `updatedAt`, as a source sends them; a few are bad, as real ones are. */
  annualReports: Item[]
  /** Codes of enterprises with a site that filed nothing for the newest year. */
  lateEnterprises: string[]
}

const cities = ['云州', '清河', '望海', '松原岭', '南屏'] as const
const brandFirst = Array.from('云青星瑞禾锦澜朗嘉鸿泽安卓和远景盛晨凌翠')
const brandSecond = Array.from('帆禾桥川岭舟野泉屿棠麓潮枫蓝澄谷歌途芽石')
const trades = [
  '电子商务',
  '贸易',
  '网络科技',
  '服饰',
  '食品',
  '家居用品',
  '文化传播',
  '农产品',
  '母婴用品',
  '数码',
] as const
const kinds = [
  { entityType: 'enterprise', prefix: '91', share: 0.78, form: '有限公司' },
  { entityType: 'individual-business', prefix: '92', share: 0.14, form: '商行' },
  { entityType: 'farmer-cooperative', prefix: '93', share: 0.05, form: '专业合作社' },
  { entityType: 'branch', prefix: '91', share: 0.03, form: '有限公司分公司' },
] as const

/** The same numbers from the same seed, so that every start makes the same province (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Makes a province of made-up businesses with sites and shops, and their annual reports for `reportYear` and the two
 * years before. Of those that had to report for `reportYear`, about 3 in 100 filed nothing and 1 in 100 filed late.
 */
export function makeProvince(reportYear: number, size = 2000): Province {
  const next = random(20260701)
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(next() * values.length)] as Value
  const usedNames = new Set<string>()
  const province: Omit<Province, keyof OtherSources> = { subjects: [], annualReports: [], lateEnterprises: [] }
  const known: KnownBusiness[] = []

  for (let i = 1; i <= size; i += 1) {
    let share = next()
    const kind = kinds.find((candidate) => (share -= candidate.share) < 0) ?? kinds[0]
    const uscc = madeUpCode(kind.prefix, i)
    const city = pick(cities)
    let name: string
    do name = `${city}市${pick(brandFirst)}${pick(brandSecond)}${pick(trades)}${kind.form}`
    while (usedNames.has(name))
    usedNames.add(name)
    const establishedYear = reportYear - 12 + Math.floor(next() * 13)
    const establishedOn = `${establishedYear}-${two(1 + Math.floor(next() * 12))}-${two(1 + Math.floor(next() * 28))}`
    province.subjects.push({
      sourceId: `sample-${i}`,
      updatedAt: `${reportYear}-12-31T16:00:00.000Z`,
      uscc,
      name,
      entityType: kind.entityType,
      // Two are revoked, and their shops go on.
      status: next() < 0.97 ? (i % 1000 === 500 ? 'revoked' : 'active') : 'suspended',
      legalRepresentative: `${pick(Array.from('赵钱孙李周吴郑王'))}某${pick(['', '某'])}`,
      establishedOn,
      regionCode: region,
      province: '虚构省',
      city: `${city}市`,
      address: `虚构省${city}市示例路${i}号`,
      registrationAuthority: `${city}市市场监督管理局`,
    })
    const webPresences = madeUpSites(name.slice(city.length + 1, city.length + 3), i, next)
    known.push({ number: i, uscc, name, sites: webPresences })
    const fate = next()
    for (let year = Math.max(establishedYear, reportYear - 2); year <= reportYear; year += 1) {
      if (year === reportYear && fate < 0.03) {
        if (kind.entityType === 'enterprise' && webPresences.length > 0) province.lateEnterprises.push(uscc)
        continue
      }
      const isLate = year === reportYear && fate < 0.04
      const month = isLate ? 7 : 1 + Math.floor(next() * 6)
      const publishedOn = `${year + 1}-${two(month)}-${two(1 + Math.floor(next() * (isLate ? 5 : 28)))}`
      province.annualReports.push({
        sourceId: `sample-report-${i}-${year}`,
        updatedAt: `${publishedOn}T0${Math.floor(next() * 10)}:${two(Math.floor(next() * 60))}:00.000Z`,
        uscc,
        name,
        year,
        publishedOn,
        webPresences: year === reportYear ? webPresences : webPresences.slice(0, 1),
      })
    }
  }
  province.annualReports.push(...badReports(reportYear))
  province.annualReports.sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : 1))
  return { ...province, ...makeOtherSources(known, reportYear) }
}

/** Records as sources really send them: they end in quarantine, each for another reason. */
function badReports(reportYear: number): Item[] {
  const report = {
    updatedAt: `${reportYear + 1}-06-01T00:00:00.000Z`,
    name: '云州市某某贸易有限公司',
    year: reportYear,
    publishedOn: `${reportYear + 1}-05-31`,
    webPresences: [],
  }
  return [
    { ...report, sourceId: 'sample-bad-code', uscc: '91999900MA00000000' },
    { ...report, sourceId: 'sample-bad-day', uscc: madeUpCode('91', 1), publishedOn: `${reportYear + 1}-02-30` },
    { ...report, sourceId: 'sample-unknown', uscc: madeUpCode('91', 999_999) },
  ]
}

/** Sites under `.example`, which nobody can register (RFC 2606). */
function madeUpSites(brand: string, i: number, next: () => number) {
  const sites: { kind: string; name: string; url: string }[] = []
  if (next() < 0.6)
    sites.push({ kind: 'shop', name: `${brand}官方旗舰店`, url: `https://mall.example/shop/${10_000 + i}` })
  if (next() < 0.4) sites.push({ kind: 'website', name: `${brand}商城`, url: `https://www.brand${i}.example/` })
  if (next() < 0.1)
    sites.push({ kind: 'shop', name: `${brand}优选店`, url: `https://bazaar.example/s?id=${70_000 + i}` })
  return sites
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
