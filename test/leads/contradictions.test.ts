import { sql } from 'drizzle-orm'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { closeLead } from '../../src/leads/service.ts'
import type { Database } from '../../src/platform/db.ts'
import { takers } from '../../src/sources/collection.ts'
import { filingItem, madeUpUscc, reportItem, sellerItem, subjectItem } from '../support/businesses.ts'
import { cloneDatabase } from '../support/database.ts'
import { take } from '../support/take.ts'
import { leadsOf, openLeads } from './taking.ts'

let database: Database

beforeEach(async () => {
  database = await cloneDatabase()
  await take(database.db, 'subjects', [subjectItem(1), subjectItem(2), subjectItem(3)])
})
afterEach(() => database.close())

const [one, two, three] = [madeUpUscc(1), madeUpUscc(2), madeUpUscc(3)]
const shop = { kind: 'shop', name: '示例店', url: 'https://mall.example/shop/10001' }
const key = 'mall.example/shop/10001'
const site = { kind: 'website', name: '示例商城', url: 'https://brand1.example/' }
const may = (day: number) => `2026-05-${String(day).padStart(2, '0')}T00:00:00.000Z`
const claims = (number: number, webPresences: object[], day = 1, fields: object = {}) =>
  reportItem(number, { webPresences, updatedAt: may(day), ...fields })

const close = (id: string) =>
  database.db.transaction((tx) =>
    closeLead(tx, id, { reason: '已核实', by: uuidv7(), now: new Date('2026-07-02T00:00:00.000Z') }),
  )

describe('one site claimed by two', () => {
  it('is one lead with the records of both, however often the records come again', async () => {
    for (let i = 0; i < 3; i += 1) {
      await take(database.db, 'annual-reports', [claims(1, [shop])])
      await take(database.db, 'platform-sellers', [sellerItem(1, { uscc: two, name: '虚构省示例2号贸易有限公司' })])
    }
    const [lead, ...others] = await leadsOf(database.db)
    expect(others).toEqual([])
    expect(lead).toMatchObject({ kind: 'claimed-by-two', about: key, status: 'open', usccs: [one, two].sort() })
    expect(lead?.claims.map(({ source, sourceId }) => `${source} ${sourceId}`)).toEqual([
      'annual-report report-1',
      'platform-sellers seller-1',
    ])
  })

  it('is one lead also when both come in one page, and when a third joins', async () => {
    await take(database.db, 'annual-reports', [claims(1, [shop]), claims(2, [shop])])
    await take(database.db, 'annual-reports', [claims(3, [shop])])
    expect(await leadsOf(database.db)).toMatchObject([{ status: 'open', usccs: [one, two, three].sort() }])
  })

  it('closes by itself when one of them drops it, and is opened anew when it claims it again', async () => {
    await take(database.db, 'annual-reports', [claims(1, [shop]), claims(2, [shop])])
    await take(database.db, 'annual-reports', [claims(2, [], 2)])
    expect(await leadsOf(database.db)).toMatchObject([{ status: 'closed', closeReason: null }])
    await take(database.db, 'annual-reports', [claims(2, [shop], 3)])
    expect((await leadsOf(database.db)).map(({ status }) => status)).toEqual(['closed', 'open'])
  })

  it('that a person has closed stays closed while nothing new comes to it', async () => {
    await take(database.db, 'annual-reports', [claims(1, [shop]), claims(2, [shop])])
    await close((await leadsOf(database.db))[0]?.id ?? '')
    await take(database.db, 'annual-reports', [claims(2, [shop, site], 2)])
    expect((await leadsOf(database.db)).map(({ status }) => status)).toEqual(['closed'])
    await take(database.db, 'annual-reports', [claims(3, [shop])])
    expect((await leadsOf(database.db)).map(({ status, fact }) => [status, fact.length])).toEqual([
      ['closed', 2],
      ['open', 3],
    ])
  })

  it('is none where both write the address of their platform', async () => {
    const platform = { kind: 'shop', name: '网店', url: 'https://www.taobao.com/' }
    await take(database.db, 'annual-reports', [claims(1, [platform]), claims(2, [platform])])
    expect(await leadsOf(database.db)).toEqual([])
  })
})

describe('a site whose filing names another owner than who reports it', () => {
  it('is a lead, by code, and closes when the filing is cancelled', async () => {
    await take(database.db, 'annual-reports', [claims(1, [site])])
    const filing = { host: 'brand1.example', ownerUscc: two, ownerName: '虚构省示例2号贸易有限公司' }
    await take(database.db, 'icp-filings', [filingItem(1, filing)])
    expect(await openLeads(database.db)).toEqual(['icp-owner-differs brand1.example'])
    await take(database.db, 'icp-filings', [filingItem(1, { ...filing, status: 'cancelled', updatedAt: may(2) })])
    expect(await openLeads(database.db)).toEqual([])
  })

  it('is a lead, by name alone, and closes when the business takes that name', async () => {
    await take(database.db, 'icp-filings', [filingItem(1, { ownerUscc: undefined, ownerName: '虚构省别家有限公司' })])
    await take(database.db, 'annual-reports', [claims(1, [site])])
    expect(await openLeads(database.db)).toEqual(['icp-owner-differs brand1.example'])
    await take(database.db, 'subjects', [
      subjectItem(1, { name: '虚构省别家有限公司', formerNames: ['虚构省示例1号贸易有限公司'], updatedAt: may(3) }),
    ])
    expect(await openLeads(database.db)).toEqual([])
  })

  it('is none where width, brackets and spaces are all that differ', async () => {
    await take(database.db, 'subjects', [subjectItem(1, { name: '示例（云州）1号贸易有限公司', updatedAt: may(1) })])
    const ownerName = '示例(云州) １号贸易有限公司'
    await take(database.db, 'annual-reports', [claims(1, [site], 1, { name: ownerName })])
    await take(database.db, 'icp-filings', [filingItem(1, { ownerUscc: undefined, ownerName })])
    await take(database.db, 'platform-sellers', [sellerItem(1, { name: ownerName })])
    expect(await leadsOf(database.db)).toEqual([])
  })
})

describe('a code with another name', () => {
  it('is a lead for each name, and closes when the registry has the name', async () => {
    await take(database.db, 'annual-reports', [claims(1, [], 1, { name: '虚构省新名有限公司' })])
    await take(database.db, 'platform-sellers', [
      sellerItem(1, { name: '虚构省新名有限公司' }),
      sellerItem(11, { uscc: one, name: '虚构省冒名有限公司' }),
    ])
    expect(await openLeads(database.db)).toEqual([`name-differs ${one}`, `name-differs ${one}`])
    await take(database.db, 'subjects', [
      subjectItem(1, {
        name: '虚构省新名有限公司',
        formerNames: ['虚构省示例1号贸易有限公司'],
        updatedAt: may(3),
      }),
    ])
    const open = (await leadsOf(database.db)).filter(({ status }) => status === 'open')
    expect(open.map(({ fact }) => fact)).toEqual([['虚构省冒名有限公司']])
  })

  it('is none where an older report has the name of then', async () => {
    const old = { sourceId: 'old', year: 2023, publishedOn: '2024-04-30', name: '虚构省旧名有限公司' }
    await take(database.db, 'annual-reports', [claims(1, []), claims(1, [], 9, old)])
    expect(await leadsOf(database.db)).toEqual([])
  })
})

describe('a seller under a code that nobody holds', () => {
  const items = [sellerItem(9), sellerItem(19, { uscc: madeUpUscc(9), name: '虚构省示例9号贸易有限公司' })]
  const taken = (now: string) =>
    database.db.transaction(async (tx) => {
      const { refused } = await takers['platform-sellers'](tx, items, new Date(now))
      return refused.map(({ reason }) => reason)
    })

  it('is refused until it is registered, and one lead for all shops under the code until then', async () => {
    expect(await taken('2026-07-01T00:00:00.000Z')).toEqual(['unknown-subject', 'unknown-subject'])
    expect(await taken('2026-07-02T00:00:00.000Z')).toEqual(['unknown-subject', 'unknown-subject'])
    const [lead, ...others] = await leadsOf(database.db)
    expect(others).toEqual([])
    expect(lead).toMatchObject({ kind: 'unknown-code', about: madeUpUscc(9), claims: [{}, {}] })
    await take(database.db, 'subjects', [subjectItem(9)])
    expect(await openLeads(database.db)).toEqual([])
    const shops = await database.db.execute(
      sql`select status, sources from web_presences where uscc = ${madeUpUscc(9)}`,
    )
    expect(shops).toEqual([
      { status: 'active', sources: ['platform-sellers'] },
      { status: 'active', sources: ['platform-sellers'] },
    ])
    expect(await taken('2026-07-03T00:00:00.000Z')).toEqual([])
  })

  it('closes when the platform corrects the code', async () => {
    await taken('2026-07-01T00:00:00.000Z')
    await take(database.db, 'platform-sellers', [
      sellerItem(9, { uscc: one, name: '虚构省示例1号贸易有限公司', updatedAt: may(1) }),
      sellerItem(19, { uscc: one, name: '虚构省示例1号贸易有限公司', updatedAt: may(1) }),
    ])
    expect(await openLeads(database.db)).toEqual([])
  })
})

describe('a cancelled business with a live shop', () => {
  it.each(['cancelled', 'revoked'])('is a lead when it is %s, and closes when it drops the shop', async (status) => {
    await take(database.db, 'platform-sellers', [sellerItem(1)])
    expect(await leadsOf(database.db)).toEqual([])
    await take(database.db, 'subjects', [subjectItem(1, { status, updatedAt: may(1) })])
    expect(await openLeads(database.db)).toEqual([`closed-business ${one}`])
    await take(database.db, 'platform-sellers', [
      sellerItem(1, { uscc: two, name: '虚构省示例2号贸易有限公司', updatedAt: may(2) }),
    ])
    expect(await openLeads(database.db)).toEqual([])
  })

  it('is a lead when the shop comes after the end of the business', async () => {
    await take(database.db, 'subjects', [subjectItem(1, { status: 'cancelled', updatedAt: may(1) })])
    await take(database.db, 'platform-sellers', [sellerItem(1)])
    expect(await openLeads(database.db)).toEqual([`closed-business ${one}`])
  })
})

it('leads are in no event of the feed', async () => {
  await take(database.db, 'annual-reports', [claims(1, [shop]), claims(2, [shop])])
  const events = await database.db.execute(sql`select type, data from feed_outbox`)
  expect(JSON.stringify(events)).not.toMatch(/lead|claimed-by-two/)
})
