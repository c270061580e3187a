import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CreditFile } from '../../src/credit-files/schemas.ts'
import { takers } from '../../src/sources/collection.ts'
import { endUnreported } from '../../src/sources/platform-sellers/service.ts'
import type { Collection } from '../../src/sources/vocabulary.ts'
import { filingItem, madeUpUscc, reportItem, sellerItem, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'
import { pull, rows, startHonestSource, type Item } from './pulling.ts'

let service: TestService
let number = 0

beforeAll(async () => {
  service = await startTestService('2026-12-01T04:00:00.000Z')
})
afterAll(() => service.close())
beforeEach(async () => {
  number += 1
  await take(service.db, 'subjects', [subjectItem(number)], '2026-01-02T00:00:00.000Z')
})

const sites = async (query = '', of = number) => {
  const file = (await service.app.inject(`/v1/credit-files/${madeUpUscc(of)}${query}`)).json<CreditFile>()
  return file.webPresences.map(({ url, status, icpNumber, platform, sources }) => {
    return { url, status, icpNumber, platform, sources }
  })
}
const gives = async (collection: Collection, items: Item[], now?: string) => {
  await take(service.db, collection, items, now)
  service.files.wrote()
}
const own = () => ({ kind: 'website', name: '示例商城', url: `https://www.brand${number}.example/index.html` })

describe('ICP filings', () => {
  it('give a reported site its number, whichever comes first', async () => {
    const withNumber = [
      { icpNumber: filingItem(number)['icpNumber'], sources: ['annual-report', 'icp-filing'], status: 'active' },
    ]
    await gives('annual-reports', [reportItem(number, { webPresences: [own()] })])
    await gives('icp-filings', [filingItem(number)])
    expect(await sites()).toMatchObject(withNumber)
    number += 1
    await take(service.db, 'subjects', [subjectItem(number)], '2026-01-02T00:00:00.000Z')
    await gives('icp-filings', [filingItem(number)])
    await gives('annual-reports', [reportItem(number, { webPresences: [own()] })])
    expect(await sites()).toMatchObject([{ ...withNumber[0], icpNumber: filingItem(number)['icpNumber'] }])
  })

  it('show a site that no report names, until they are cancelled', async () => {
    await gives('icp-filings', [filingItem(number)])
    expect(await sites()).toMatchObject([
      { url: `https://brand${number}.example/`, status: 'active', sources: ['icp-filing'] },
    ])
    await gives('icp-filings', [filingItem(number, { status: 'cancelled', updatedAt: '2026-04-01T00:00:00.000Z' })])
    expect(await sites()).toMatchObject([{ status: 'retired' }])
  })

  it('without a code give the number to who reports the site under that name, and are nobody’s site alone', async () => {
    await gives('icp-filings', [filingItem(number, { ownerUscc: null })])
    expect(await sites()).toEqual([])
    await gives('annual-reports', [reportItem(number, { webPresences: [own()] })])
    expect(await sites()).toMatchObject([{ sources: ['annual-report', 'icp-filing'] }])
  })

  it('leave the site to the report when they are cancelled, and take their number with them', async () => {
    await gives('annual-reports', [reportItem(number, { webPresences: [own()] })])
    await gives('icp-filings', [filingItem(number)])
    await gives('icp-filings', [filingItem(number, { status: 'cancelled', updatedAt: '2026-04-01T00:00:00.000Z' })])
    expect(await sites()).toMatchObject([{ status: 'active', icpNumber: null, sources: ['annual-report'] }])
  })
})

describe('platform sellers', () => {
  it('show shops with their platform, and a report that leaves them out does not retire them', async () => {
    await gives('platform-sellers', [sellerItem(number)])
    await gives('annual-reports', [reportItem(number, { webPresences: [own()] })])
    expect(await sites()).toMatchObject([
      { platform: null, sources: ['annual-report'], status: 'active' },
      { platform: '示例商城', sources: ['platform-sellers'], status: 'active' },
    ])
  })

  it('know a platform by its code and its names', async () => {
    const urls = ['https://shop12345.taobao.com/', 'https://shop.m.taobao.com/?shop_id=12346']
    await gives('platform-sellers', [
      sellerItem(number, { platform: '淘宝', shopId: `a${number}`, shopUrl: urls[0] }),
      sellerItem(number, { platform: 'taobao', shopId: `b${number}`, shopUrl: urls[1] }),
    ])
    expect((await sites()).map(({ platform }) => platform)).toEqual(['taobao', 'taobao'])
  })

  it('end when the next half year’s report of the platform does not name them, once the pull is complete', async () => {
    const platform = `平台${number}`
    const shops = [0, 1, 2].map((i) =>
      sellerItem(number, {
        ...{ platform, shopId: `${number}-${i}`, sourceId: `${number}-${i}` },
        shopUrl: `https://p${number}.example/shop/${i}`,
      }),
    )
    await gives('platform-sellers', shops)
    const july = { reportedOn: '2026-07-10', updatedAt: '2026-07-12T00:00:00.000Z' }
    const again = shops.slice(0, 2).map((shop) => ({ ...shop, ...july }))
    await gives('platform-sellers', again, '2026-07-13T00:00:00.000Z')
    expect((await sites()).map(({ status }) => status)).toEqual(['active', 'active', 'active'])
    expect(await endUnreported(service.db, new Date('2026-07-14T00:00:00.000Z'))).toMatchObject({ ended: 1 })
    expect((await sites()).map(({ status }) => status)).toEqual(['active', 'active', 'retired'])
    // Asked again, and sent again, it is the same.
    expect(await endUnreported(service.db, new Date('2026-07-15T00:00:00.000Z'))).toMatchObject({ ended: 0 })
    await gives('platform-sellers', shops, '2026-07-16T00:00:00.000Z')
    expect((await sites()).map(({ status }) => status)).toEqual(['active', 'active', 'retired'])
    // As of the days between, it was in use; by what was known then, too.
    expect((await sites('?asOf=2026-07-09')).map(({ status }) => status)).toEqual(['active', 'active', 'active'])
    expect((await sites('?knownAt=2026-07-13T12:00:00Z')).map(({ status }) => status)).toHaveLength(3)
    expect((await sites('?knownAt=2026-07-13T12:00:00Z')).every(({ status }) => status === 'active')).toBe(true)
  })

  it('do not end by a report so short that it cannot be whole', async () => {
    const platform = `大平台${number}`
    const shops = Array.from({ length: 30 }, (_, i) =>
      sellerItem(number, {
        ...{ platform, shopId: `${number}-${i}`, sourceId: `${number}-${i}` },
        shopUrl: `https://big${number}.example/shop/${i}`,
      }),
    )
    await gives('platform-sellers', shops)
    await gives('platform-sellers', [{ ...shops[0], reportedOn: '2026-07-10', updatedAt: '2026-07-12T00:00:00.000Z' }])
    expect(await endUnreported(service.db, new Date('2026-07-14T00:00:00.000Z'))).toEqual({ ended: 0, withheld: 29 })
    expect((await sites()).filter(({ status }) => status === 'active')).toHaveLength(30)
  })

  it('without a code are kept, and name no business', async () => {
    await gives('platform-sellers', [sellerItem(number, { uscc: '' })])
    expect(await sites()).toEqual([])
    const kept = await rows(
      service.db,
      sql`select uscc from web_presence_claims where source_id = ${`seller-${number}`}`,
    )
    expect(kept).toEqual([{ uscc: null }])
  })

  it('at a new owner leave the old one', async () => {
    await gives('platform-sellers', [sellerItem(number)])
    await take(service.db, 'subjects', [subjectItem(5000 + number)])
    await gives('platform-sellers', [
      sellerItem(number, { uscc: madeUpUscc(5000 + number), updatedAt: '2026-06-01T00:00:00.000Z' }),
    ])
    expect(await sites()).toMatchObject([{ status: 'retired' }])
    expect(await sites('', 5000 + number)).toMatchObject([{ status: 'active' }])
  })
})

describe('the past', () => {
  it('has the claims of all sources as they were, by day and by what was known', async () => {
    await gives('icp-filings', [filingItem(number)], '2026-03-02T00:00:00.000Z')
    await gives('annual-reports', [reportItem(number, { webPresences: [own()] })], '2026-05-02T00:00:00.000Z')
    const cancelled = filingItem(number, { status: 'cancelled', updatedAt: '2026-06-01T00:00:00.000Z' })
    await gives('icp-filings', [cancelled], '2026-06-02T00:00:00.000Z')
    const known = async (query: string) => (await sites(query)).map(({ sources, icpNumber }) => [sources, icpNumber])
    const icpNumber = filingItem(number)['icpNumber']
    expect(await known('?asOf=2026-02-19')).toEqual([])
    expect(await known('?asOf=2026-03-10')).toEqual([[['icp-filing'], icpNumber]])
    expect(await known('?asOf=2026-05-10')).toEqual([[['annual-report', 'icp-filing'], icpNumber]])
    expect(await known('?asOf=2026-06-10')).toEqual([[['annual-report'], null]])
    expect(await known('?knownAt=2026-06-01T12:00:00Z')).toEqual([[['annual-report', 'icp-filing'], icpNumber]])
    expect(await known('?knownAt=2026-03-01T12:00:00Z')).toEqual([])
  })
})

it('what is known of a visit to a site is kept when its claims change', async () => {
  await gives('annual-reports', [reportItem(number, { webPresences: [own()] })])
  await service.db.execute(
    sql`update web_presences set status = 'unreachable', licence_display = 'displayed' where uscc = ${madeUpUscc(number)}`,
  )
  await gives('icp-filings', [filingItem(number)])
  const [row] = await rows(
    service.db,
    sql`select status, licence_display as "licenceDisplay" from web_presences where uscc = ${madeUpUscc(number)}`,
  )
  expect(row).toEqual({ status: 'unreachable', licenceDisplay: 'displayed' })
})

it('each collection is pulled by the protocol, and a seller that waited is taken once its business is registered', async () => {
  const source = await startHonestSource()
  source.items.push(sellerItem(7000), sellerItem(number))
  const options = { collection: 'platform-sellers' as const }
  expect(await pull(service.db, source, options)).toMatchObject({ new: 1, quarantined: { 'unknown-subject': 1 } })
  await take(service.db, 'subjects', [subjectItem(7000)])
  expect(await sites('', 7000)).toHaveLength(1)
  expect(await pull(service.db, source, options)).toMatchObject({ retried: 1, quarantined: {} })
  expect(await rows(service.db, sql`select from quarantine where status = 'open'`)).toEqual([])
  await source.close()
})

describe('refused', () => {
  it.each([
    ['icp-filings', filingItem(1, { host: 'nothing' }), 'invalid-record'],
    ['icp-filings', filingItem(1, { status: 'lost' }), 'invalid-record'],
    ['icp-filings', filingItem(1, { ownerUscc: '91999900MA00000000' }), 'invalid-uscc'],
    ['icp-filings', filingItem(1, { icpNumber: undefined }), 'invalid-record'],
    ['platform-sellers', sellerItem(1, { shopUrl: 'https://www.taobao.com/' }), 'invalid-record'],
    ['platform-sellers', sellerItem(1, { uscc: '91999900MA00000000' }), 'invalid-uscc'],
    ['platform-sellers', sellerItem(1, { reportedOn: '2026-02-30' }), 'invalid-record'],
    ['platform-sellers', sellerItem(9999), 'unknown-subject'],
  ] as const)('%s: %o as %s', async (collection, item, reason) => {
    const { refused } = await service.db.transaction((tx) => takers[collection](tx, [item], new Date()))
    expect(refused.map((record) => record.reason)).toEqual([reason])
  })
})
