import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { rowsOf, type Database } from '../../src/platform/db.ts'
import { takers } from '../../src/sources/collection.ts'
import type { Collection } from '../../src/sources/vocabulary.ts'
import { madeUpUscc } from '../support/businesses.ts'
import { cloneDatabase } from '../support/database.ts'

let database: Database
let used = 0

beforeAll(async () => {
  database = await cloneDatabase()
})
afterAll(() => database.close())

const [businesses, sites, names] = [3, 3, 2]

/** What a record says, of businesses and sites that are numbered within a run. */
const record = fc.oneof(
  fc.record({
    collection: fc.constant('subjects' as const),
    business: fc.nat(businesses - 1),
    name: fc.nat(names - 1),
    status: fc.constantFrom('active', 'cancelled', 'suspended'),
    address: fc.option(fc.constantFrom('示例路1号', '示例路2号'), { nil: undefined }),
    formerNames: fc.option(fc.constantFrom([], ['虚构省旧名有限公司']), { nil: undefined }),
    industryCode: fc.option(fc.constantFrom('F52', 'I64'), { nil: undefined }),
  }),
  fc.record({
    collection: fc.constant('annual-reports' as const),
    business: fc.nat(businesses - 1),
    name: fc.nat(names - 1),
    year: fc.constantFrom(2024, 2025),
    sites: fc.uniqueArray(fc.nat(sites - 1)),
  }),
  fc.record({
    collection: fc.constant('icp-filings' as const),
    filing: fc.nat(1),
    site: fc.nat(sites - 1),
    business: fc.nat(businesses - 1),
    name: fc.nat(names - 1),
    hasCode: fc.boolean(),
    status: fc.constantFrom('active', 'cancelled'),
  }),
  fc.record({
    collection: fc.constant('platform-sellers' as const),
    shop: fc.nat(1),
    site: fc.nat(sites - 1),
    // The last is registered nowhere.
    business: fc.nat(businesses),
    name: fc.nat(names - 1),
    reportedOn: fc.constantFrom('2026-01-15', '2026-07-15'),
  }),
)
type Said = typeof record extends fc.Arbitrary<infer Value> ? Value : never

const url = (base: number, site: number) => `https://site${site}-of-${base}.example/`
const nameOf = (business: number, name: number) => `虚构省第${business}家${['甲', '乙'][name] ?? ''}有限公司`

/** The record as a source sends it, of businesses numbered from `base`; each was changed at a moment of its own. */
function itemOf(said: Said, moment: number, base: number): { collection: Collection; item: Record<string, unknown> } {
  const updatedAt = new Date(Date.UTC(2026, 2, 1, 0, moment)).toISOString()
  const uscc = madeUpUscc(base + said.business)
  const name = nameOf(said.business, said.name)
  const { collection } = said
  switch (collection) {
    case 'subjects': {
      const { status, address, formerNames, industryCode } = said
      const fields = {
        name,
        status,
        address,
        formerNames,
        industryCode,
        entityType: 'enterprise',
        regionCode: '999900',
      }
      return { collection, item: { sourceId: `subject-${uscc}`, updatedAt, uscc, ...fields } }
    }
    case 'annual-reports': {
      const webPresences = said.sites.map((site) => ({ kind: 'shop', name: `店${moment}`, url: url(base, site) }))
      const fields = { name, year: said.year, publishedOn: `${said.year + 1}-01-15`, webPresences }
      return { collection, item: { sourceId: `report-${uscc}-${said.year}`, updatedAt, uscc, ...fields } }
    }
    case 'icp-filings': {
      const owner = { ownerName: name, ...(said.hasCode && { ownerUscc: uscc }) }
      const fields = { icpNumber: `虚ICP备${moment}号`, host: url(base, said.site), siteName: `站${moment}` }
      const sourceId = `filing-${base}-${said.filing}`
      return {
        collection,
        item: { sourceId, updatedAt, ...fields, ...owner, filedOn: '2020-01-01', status: said.status },
      }
    }
    case 'platform-sellers': {
      const shop = { platform: '示例商城', shopId: `${base}-${said.shop}`, shopName: `铺${moment}` }
      const fields = { ...shop, shopUrl: url(base, said.site), name, reportedOn: said.reportedOn, uscc }
      return { collection, item: { sourceId: `seller-${base}-${said.shop}`, updatedAt, ...fields } }
    }
  }
}

/** Takes records page by page; what waits for its business is tried again at the end, as each pull does. */
async function takeInPages(items: ReturnType<typeof itemOf>[], pageSizes: readonly number[]): Promise<void> {
  const { db } = database
  const now = new Date('2026-08-01T00:00:00.000Z')
  const waiting: ReturnType<typeof itemOf>[] = []
  const takePage = (collection: Collection, page: unknown[]) =>
    db.transaction(async (tx) => (await takers[collection](tx, page, now)).refused.map(({ raw }) => raw))
  let at = 0
  for (let page = 0; at < items.length; page += 1) {
    const some = items.slice(at, (at += pageSizes[page % pageSizes.length] ?? 1))
    for (const collection of new Set(some.map((each) => each.collection))) {
      const raws = some.flatMap((each) => (each.collection === collection ? [each.item] : []))
      const refused = new Set(await takePage(collection, raws))
      waiting.push(...some.filter((each) => refused.has(each.item)))
    }
  }
  for (const { collection, item } of waiting) await takePage(collection, [item])
}

/** What the registry holds of the businesses from `base` on, in terms that do not depend on their numbers. */
async function stateOf(base: number): Promise<unknown> {
  const usccs = Array.from({ length: businesses + 1 }, (_, i) => madeUpUscc(base + i))
  const codes = sql`(select json_array_elements_text(${JSON.stringify(usccs)}::json))`
  const all = {
    subjects: await rowsOf(
      database.db,
      sql`select uscc, name, status, address, former_names, industry_code, source_updated_at, field_sources::text
          from subjects where uscc in ${codes} order by uscc`,
    ),
    sites: await rowsOf(
      database.db,
      sql`select uscc, key, kind, name, url, platform, icp_number, sources, status from web_presences
          where uscc in ${codes} and status <> 'retired' order by uscc, key`,
    ),
    leads: await rowsOf(
      database.db,
      sql`select kind, about, subject, fact, usccs from leads
          where status = 'open' and usccs && array(select json_array_elements_text(${JSON.stringify(usccs)}::json))
          order by kind, subject`,
    ),
  }
  let text = JSON.stringify(all)
  usccs.forEach((uscc, i) => (text = text.replaceAll(uscc, `code ${i}`)))
  return JSON.parse(text.replaceAll(`-of-${base}.`, '.').replaceAll('"receivedAt":"2026-08-01T00:00:00.000Z"', ''))
}

it('in whatever order and pages the records of all sources come, they make the same registry and the same leads', async () => {
  let contradicted = 0
  await fc.assert(
    fc.asyncProperty(
      fc
        .tuple(fc.array(record, { minLength: 4, maxLength: 24 }), fc.array(record.filter(isSubject), { maxLength: 3 }))
        .map(([some, more]) => [...everyBusinessOnce, ...some, ...more].map((said, moment) => ({ said, moment })))
        .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
      async ([inOrder, shuffled], pageSizes) => {
        const [first, second] = [(used += 10), (used += 10)]
        const items = (all: typeof inOrder, base: number) => all.map(({ said, moment }) => itemOf(said, moment, base))
        await takeInPages(items(inOrder, first), [1])
        await takeInPages(items(shuffled, second), pageSizes)
        const state = (await stateOf(first)) as { leads: unknown[] }
        expect(await stateOf(second)).toEqual(state)
        contradicted += state.leads.length
      },
    ),
    { numRuns: 30 },
  )
  // Runs without a contradiction would prove nothing of leads.
  expect(contradicted).toBeGreaterThan(10)
})

const isSubject = (said: Said) => said.collection === 'subjects'
const everyBusinessOnce: Said[] = Array.from({ length: businesses }, (_, business) => ({
  ...{ collection: 'subjects', business, name: 0, status: 'active' },
  ...{ address: undefined, formerNames: undefined, industryCode: undefined },
}))

it('one site claimed by two makes exactly one lead, whoever says it and however often', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          business: fc.nat(businesses - 1),
          by: fc.constantFrom('annual-reports' as const, 'platform-sellers' as const),
        }),
        { minLength: 2, maxLength: 8 },
      ),
      async (claims) => {
        const base = (used += 10)
        const said = claims.map(({ business, by }, i): Said =>
          by === 'annual-reports'
            ? { collection: by, business, name: 0, year: 2025, sites: [0] }
            : { collection: by, shop: i, site: 0, business, name: 0, reportedOn: '2026-01-15' },
        )
        await takeInPages(
          [...everyBusinessOnce, ...said].map((each, moment) => itemOf(each, moment, base)),
          [1, 3],
        )
        const leads = await rowsOf<{ kind: string }>(
          database.db,
          sql`select kind from leads where about = ${`site0-of-${base}.example`}`,
        )
        const claimants = new Set(claims.map(({ business }) => business))
        expect(leads).toEqual(claimants.size > 1 ? [{ kind: 'claimed-by-two' }] : [])
      },
    ),
    { numRuns: 15 },
  )
})
