import { madeUpCode, region, type Item } from './made-up.ts'

/** What is known of a made-up business when other sources tell of it. */
export interface KnownBusiness {
  number: number
  uscc: string
  name: string
  sites: readonly { kind: string; name: string; url: string }[]
}

export interface OtherSources {
  icpFilings: Item[]
  penalties: Item[]
  platformSellers: Item[]
}

const platformOf = new Map([
  ['mall.example', '示例商城'],
  ['bazaar.example', '示例集市'],
])

const offences = [
  { ground: '发布虚假广告', kind: '罚款', amountFen: 3_000_000 },
  { ground: '未在网站首页显著位置公示营业执照信息', kind: '罚款', amountFen: 200_000 },
  { ground: '销售不符合标准的产品', kind: '罚款、没收违法所得', amountFen: 1_250_000 },
  { ground: '虚构交易和用户评价', kind: '罚款', amountFen: 20_000_000, severe: true },
  { ground: '未明码标价', kind: '警告' },
] as const

/**
 * What the filings of sites, the platforms and the penalty decisions tell of the businesses of the sample. As in real
 * life, a few do not go together: they become leads.
 */
export function makeOtherSources(businesses: readonly KnownBusiness[], reportYear: number): OtherSources {
  const sources: OtherSources = { icpFilings: [], penalties: [], platformSellers: [] }
  const year = reportYear + 1
  for (const [i, business] of businesses.entries()) {
    const { number, uscc, name } = business
    const next = businesses[(i + 1) % businesses.length] ?? business
    for (const [place, site] of business.sites.entries()) {
      const { host, pathname, searchParams } = new URL(site.url)
      const platform = platformOf.get(host)
      if (platform === undefined) {
        if (number % 10 === 0) continue
        // One in a hundred filings names somebody else.
        const owner = number % 100 === 7 ? next : business
        sources.icpFilings.push({
          sourceId: `sample-filing-${number}-${place}`,
          updatedAt: `${year}-02-0${1 + (number % 9)}T01:00:00.000Z`,
          icpNumber: `虚ICP备${year}${String(number).padStart(6, '0')}号-1`,
          host,
          siteName: site.name,
          ownerName: owner.name,
          ownerUscc: owner.uscc,
          filedOn: `${reportYear}-0${1 + (number % 9)}-15`,
          status: 'active',
        })
        continue
      }
      const seller = number % 200 === 3 ? next : business
      const sellersBefore = sources.platformSellers.length
      sources.platformSellers.push({
        sourceId: `sample-seller-${number}-${place}`,
        updatedAt: `${year}-01-2${number % 9}T02:00:00.000Z`,
        platform,
        shopId: searchParams.get('id') ?? pathname.split('/').at(-1) ?? '',
        shopName: site.name,
        shopUrl: site.url,
        uscc: sellersBefore === 4 ? madeUpCode('91', 999_998) : seller.uscc,
        name: sellersBefore === 5 ? `${name.slice(0, 3)}某某商行` : seller.name,
        reportedOn: `${year}-01-15`,
      })
    }
    if (number % 60 !== 1) continue
    const offence = offences[Math.floor(number / 60) % offences.length] ?? offences[0]
    sources.penalties.push({
      severe: false,
      ...offence,
      sourceId: `sample-penalty-${number}`,
      updatedAt: `${year}-05-${String(10 + (number % 15))}T03:00:00.000Z`,
      uscc,
      decisionNumber: `虚市监罚〔${year}〕${number}号`,
      authority: `${name.slice(0, name.indexOf('市') + 1)}市场监督管理局`,
      decidedOn: `${year}-0${1 + (number % 4)}-18`,
    })
  }
  // Sources send bad records too: it ends in quarantine.
  sources.icpFilings.push({ sourceId: 'sample-bad-filing', updatedAt: `${year}-03-01T00:00:00.000Z`, host: region })
  for (const items of Object.values(sources) as Item[][]) items.sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : 1))
  return sources
}
