import { describe, expect, it } from 'vitest'
import type { CreditFile } from '../../src/credit-files/schemas.ts'
import { keyOf } from '../../src/feed/state.ts'
import { other, trader } from '../listings/staff.ts'
import { hidden, names, personalData, shopOf, shown, staffTexts } from './marked-businesses.ts'
import { businesses, days, query, useWalk } from './walking.ts'

const { staff, withdrawn, cases, hide, expectClean, events } = await useWalk()

const moments = days.map((day) => `${day}T12:00:00+08:00`)
const whens = [
  '',
  ...days.map((asOf) => query({ asOf })),
  ...moments.map((knownAt) => query({ knownAt })),
  ...days.flatMap((asOf) => moments.map((knownAt) => query({ asOf, knownAt }))),
].filter((when) => !when.includes('2026-11-25T'))
const ofBusinesses = (path: (uscc: (typeof businesses)[number]) => string | string[]) => businesses.flatMap(path)
const asked = () => [
  ...businesses,
  ...Object.values(names),
  ...Object.values(shopOf).map((host) => `https://${host}/13812345678`),
  ...Object.values(personalData),
  hidden,
  `${hidden}决〔2026〕1号`,
  shown,
  '小店',
  'xnslxd',
]
const reconcileProperties = () =>
  staff
    .service()
    .app.inject('/v1/reconcile/properties?type=business')
    .then((response) => response.json<{ properties: { id: string }[] }>().properties.map(({ id }) => ({ id })))

/** What is asked of each public route: every business, language and past day, and each filter. */
const walkers: Record<string, () => string[] | Promise<string[]>> = {
  '/livez': () => ['/livez'],
  '/readyz': () => ['/readyz'],
  '/metrics': () => ['/metrics'],
  '/.well-known/jwks.json': () => ['/.well-known/jwks.json'],
  '/v1/credit-files/{uscc}': () => ofBusinesses((uscc) => whens.map((when) => `/v1/credit-files/${uscc}${when}`)),
  '/v1/credit-files/{uscc}/timeline': () => ofBusinesses((uscc) => `/v1/credit-files/${uscc}/timeline`),
  '/v1/credit-files/{uscc}/certificate': () => ofBusinesses((uscc) => `/v1/credit-files/${uscc}/certificate`),
  '/v1/credit-files/{uscc}/badge.svg': () => ofBusinesses((uscc) => `/v1/credit-files/${uscc}/badge.svg`),
  '/v1/lists/{list}/entries': () =>
    ['abnormal', 'serious-violator'].flatMap((list) =>
      [
        {},
        ...['in-force', 'removed', 'revoked', 'corrected'].map((status) => ({ status })),
        ...['ABN-68-4-3', 'ABN-68-4-4', 'ABS-69-13', 'SER-44-10-3'].map((ground) => ({ ground })),
        ...[...businesses, ...Object.values(names)].map((q) => ({ q })),
        { listedFrom: '2025-01-01', listedTo: '2026-06-30' },
        { regionCode: '9999' },
      ].map((filter) => `/v1/lists/${list}/entries${query({ limit: '200', ...filter })}`),
    ),
  '/v1/lists/{list}/entries/{id}': () => [],
  '/v1/lookup': () => Object.values(shopOf).map((host) => `/v1/lookup${query({ url: `https://${host}/13812345678` })}`),
  '/v1/search': () => [
    ...asked().map((q) => `/v1/search${query({ q })}`),
    ...['clear', 'abnormal', 'serious-violator'].map((standing) => `/v1/search${query({ q: '虚构', standing })}`),
  ],
  '/v1/rulebook': () => ['/v1/rulebook', '/v1/rulebook?asOf=2026-03-01'],
  '/v1/rulebook/steps/{code}/due': () => ['/v1/rulebook/steps/OBJ-ACC/due?from=2026-05-08'],
  '/v1/calendar/add': () => ['/v1/calendar/add?from=2026-05-08&workingDays=5'],
  '/v1/regions': () => ['/v1/regions'],
  '/v1/industries': () => ['/v1/industries'],
  '/v1/statistics': () => ['/v1/statistics', '/v1/statistics?regionCode=9999'],
  '/v1/cases': () => ['/v1/cases', '/v1/cases?list=abnormal', '/v1/cases?list=serious-violator'],
  '/v1/cases/{id}': () => cases().map((id) => `/v1/cases/${id}`),
  '/v1/reconcile': async () => {
    const queries = Object.fromEntries(asked().map((text, i) => [`q${i}`, { query: text }]))
    const extend = { ids: businesses, properties: await reconcileProperties() }
    return [
      '/v1/reconcile',
      `/v1/reconcile${query({ queries: JSON.stringify(queries) })}`,
      `/v1/reconcile${query({ extend: JSON.stringify(extend) })}`,
    ]
  },
  '/v1/reconcile/suggest/entity': () => asked().map((prefix) => `/v1/reconcile/suggest/entity${query({ prefix })}`),
  '/v1/reconcile/suggest/property': () => ['/v1/reconcile/suggest/property?prefix=li'],
  '/v1/reconcile/suggest/type': () => ['/v1/reconcile/suggest/type?prefix=b'],
  '/v1/reconcile/properties': () => ['/v1/reconcile/properties', '/v1/reconcile/properties?type=business'],
  '/v1/reconcile/preview': () => ofBusinesses((uscc) => `/v1/reconcile/preview?id=${uscc}`),
}

interface Operation {
  security?: object[]
}

describe('every route that needs no key', () => {
  const publicPaths = async () => {
    const { paths } = (await staff.service().app.inject('/openapi.json')).json<{
      paths: Record<string, Record<string, Operation>>
    }>()
    const isPublic = ({ security }: Operation) =>
      security === undefined || security.some((way) => Object.keys(way).length === 0)
    return Object.entries(paths).flatMap(([path, { get }]) => (get !== undefined && isPublic(get) ? [path] : []))
  }

  it('is walked: a new one needs a walker', async () => {
    expect((await publicPaths()).sort()).toEqual(Object.keys(walkers).sort())
  })

  it.each(Object.keys(walkers))('%s tells nothing that was withdrawn and nothing personal', async (path) => {
    for (const url of (await walkers[path]?.()) ?? []) await expectClean({ url }, [200])
  })

  it('has no single entry that was withdrawn', async () => {
    for (const id of withdrawn()) {
      for (const list of ['abnormal', 'serious-violator']) {
        await expectClean({ url: `/v1/lists/${list}/entries/${id}` }, [404])
      }
    }
  })

  it('shows what may be shown, without the personal data that is written into it', async () => {
    const file = (await staff.service().app.inject(`/v1/credit-files/${trader}`)).json<CreditFile>()
    expect(file.subject).toMatchObject({
      registrationNumber: null,
      legalRepresentative: '张三(***)',
      address: '云州市青云路8号,电话***,***',
    })
    expect(file.webPresences).toMatchObject([{ name: '小店***', url: 'https://three.example/13812345678' }])
    expect(file.penalties).toMatchObject([{ decisionNumber: '可见罚〔2026〕1号', ground: '向***虚假宣传' }])
    expect(file.honours).toMatchObject([{ title: '守信***', authority: `${shown}(账号:***)` }])
    expect(file.listings.map(({ authority, ground }) => [ground.code, authority]).sort()).toEqual([
      ['ABS-69-13', `${shown}(收费***)`],
      ['ABS-69-15', `${shown}联系人***,***`],
    ])
  })

  it('finds nobody by what is personal', async () => {
    for (const q of Object.values(personalData)) {
      const { items } = (await staff.service().app.inject(`/v1/search${query({ q })}`)).json<{ items: object[] }>()
      expect([q, items]).toEqual([q, []])
    }
  })

  it('answers queries in a body alike', async () => {
    const queries = Object.fromEntries(asked().map((text, i) => [`q${i}`, { query: text }]))
    const extend = { ids: businesses, properties: await reconcileProperties() }
    for (const payload of [{ queries }, { extend }]) {
      await expectClean({ method: 'POST', url: '/v1/reconcile', payload })
    }
  })
})

describe('every page', () => {
  it('tells nothing that was withdrawn and nothing personal', async () => {
    const told = await Promise.all(
      [
        '/',
        '/feed',
        '/partners',
        '/sign-in',
        '/problems/unknown-listing',
        '/docs',
        '/about',
        '/cases',
        ...cases().map((id) => `/cases/${id}`),
        '/lists',
        ...['abnormal', 'serious-violator'].flatMap((list) =>
          ['', '/entries.csv', '/rss.xml', '/atom.xml'].flatMap((file) =>
            ['', '?status=removed', '?regionCode=9999', '?ground=ABN-68-4-3', query({ q: '示例' })].map(
              (filter) => `/lists/${list}${file}${filter}`,
            ),
          ),
        ),
        '/warnings',
        '/warnings?list=abnormal',
        '/statistics',
        '/statistics?regionCode=9999',
        ...['by-month', 'by-ground', 'by-region', 'rates'].map((chart) => `/statistics/charts/${chart}.svg`),
        ...['', '/grounds', '/deadlines', '/exits', '/measures', '/articles'].map((part) => `/rulebook${part}`),
        ...businesses.flatMap((uscc) => [
          `/credit-files/${uscc}`,
          `/credit-files/${uscc}/print`,
          ...days.map((asOf) => `/credit-files/${uscc}?asOf=${asOf}`),
        ]),
        ...['', ...asked()].map((q) => `/search${query({ q })}`),
      ].map((url) => expectClean({ url, accept: 'text/html' }, [200, 302, 303])),
    )
    expect(told.join()).toContain(shown)
  })
})

it('of an exit before 2026-04-01 no public route tells, without waiting for the job, nor the log of one recorded late', async () => {
  const { clock, sequence } = staff.service()
  const listAndRemove = async (groundCode: string, number: number) => {
    const fields = { uscc: other, authority: `云州市${hidden}`, decisionNumber: `${hidden}决〔2026〕${number}号` }
    const facts = { summary: staffTexts[0], establishedOn: '2026-01-09' }
    const { listingId } = await staff.decide({ ...fields, groundCode, decidedOn: '2026-01-10', facts })
    await staff.decide({ ...fields, action: 'remove', listingId, decidedOn: '2026-03-02', facts })
    hide(listingId)
    return listingId
  }
  clock.set('2026-03-03T02:00:00.000Z')
  const inTime = await listAndRemove('ABN-68-4-4', 90)
  const then = await staff.service().app.inject(`/v1/lists/abnormal/entries/${inTime}`)
  expect(then.statusCode).toBe(200)
  clock.set('2026-11-25T02:00:00.000Z')
  const late = await listAndRemove('ABN-68-4-3', 91)
  await sequence()
  for (const walk of Object.values(walkers)) for (const url of await walk()) await expectClean({ url })
  for (const id of [inTime, late]) await expectClean({ url: `/v1/lists/abnormal/entries/${id}` }, [404])
  const newest = new Map((await events()).map((event) => [keyOf(event), event]))
  expect(newest.get(`listing:${late}`)?.data).toMatchObject({ shown: false, changed: ['listings'] })
})
