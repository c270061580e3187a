import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { sql } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CreditFile, ListedEntry } from '../../src/credit-files/schemas.ts'
import type { FeedEvent } from '../../src/feed/domain.ts'
import type { Manifest } from '../../src/feed/snapshots/schemas.ts'
import { writeSnapshot } from '../../src/feed/snapshots/service.ts'
import { keyOf, showsAfter } from '../../src/feed/state.ts'
import { rowsOf } from '../../src/platform/db.ts'
import { enterprise, other, trader, useStaff } from '../listings/staff.ts'
import { happen, hidden, names, personalData, shopOf, shown, staffTexts, type Hidden } from './marked-businesses.ts'

const folder = await mkdtemp(join(tmpdir(), 'xinjian-walk-'))
const staff = useStaff('2025-07-01T00:00:00.000Z', { SNAPSHOT_DIR: folder })
let ids: Hidden
let secrets: string[] = []
const businesses = [enterprise, other, trader] as const
/** Cases that speak of each business, by its place. */
let cases: string[] = []
const keys = { feed: '', screening: '', history: '' }

beforeAll(async () => {
  ids = await happen(staff)
  for (const [list, groundCode] of [
    ['abnormal', 'ABN-68-4-3'],
    ['serious-violator', 'SER-44-10-3'],
  ]) {
    const { body } = await staff.post('/v1/cases', 'registrar', {
      ...{ list, groundCode, title: '{1}、{2}、{3}', text: '{1}。\n{2}。\n{3}。', businesses },
      ...{ periodFrom: '2026-01-01', periodTo: '2026-06-30' },
    })
    cases = [...cases, body.id]
  }
  secrets = [hidden, ...staffTexts, ...Object.values(personalData), ...Object.values(ids)]
  for (const scope of ['feed', 'screening', 'history'] as const) keys[scope] = await staff.service().keyWith(scope)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const languages = ['zh', 'en'] as const

interface Call {
  method?: 'GET' | 'POST'
  url: string
  key?: keyof typeof keys
  accept?: string
  payload?: object
}

/** The answer with its headers as one text: compressed files unpacked, signed statements decoded. */
async function textOf(
  { method = 'GET', url, key, accept, payload }: Call,
  language: (typeof languages)[number],
): Promise<{ status: number; text: string }> {
  const response = await staff.service().app.inject({
    method,
    url,
    headers: {
      'accept-language': language,
      ...(key && { authorization: `Bearer ${keys[key]}` }),
      ...(accept && { accept }),
    },
    ...(payload && { payload }),
  })
  const type = String(response.headers['content-type'])
  const body = type.includes('gzip')
    ? gunzipSync(response.rawPayload).toString('utf8')
    : type.includes('jose')
      ? JSON.stringify(decodeJwt(response.body))
      : response.body
  return { status: response.statusCode, text: `${body}\n${JSON.stringify(response.headers)}` }
}

/** Asserts that an answer has none of the secrets in it, but for those that were asked with. */
async function expectClean(call: Call, statuses: number[] = [200]): Promise<string> {
  let all = ''
  for (const language of languages) {
    const { status, text } = await textOf(call, language)
    expect(statuses, `${call.url} ${text.slice(0, 500)}`).toContain(status)
    const asked = decodeURIComponent(call.url)
    for (const secret of secrets) {
      if (!asked.includes(secret)) expect(text, `${call.url} (${language}) tells ${secret}`).not.toContain(secret)
    }
    all += text
  }
  return all
}

/** The log from its beginning. */
const events = async () =>
  (
    await staff.service().app.inject({
      url: '/v1/feed/events?limit=1000',
      headers: { authorization: `Bearer ${keys.feed}` },
    })
  ).json<{ events: FeedEvent[] }>().events

const query = (parameters: Record<string, string>) => `?${new URLSearchParams(parameters).toString()}`
/** Days and moments before, between and after whatever was withdrawn. */
const days = ['2025-07-09', '2026-03-12', '2026-04-15', '2026-05-07', '2026-05-16', '2026-07-01', '2026-11-25']
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
  '/v1/cases/{id}': () => cases.map((id) => `/v1/cases/${id}`),
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
    for (const id of [ids.removed, ids.corrected, ids.revoked, ids.periodOver, ids.exitedEarly, ids.leftOpen]) {
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
        ...cases.map((id) => `/cases/${id}`),
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

describe('the log', () => {
  it('has nothing personal in it and nothing that staff wrote of a case, in any form', async () => {
    for (const accept of ['application/json', 'application/x-ndjson']) {
      const { text } = await textOf({ url: '/v1/feed/events?limit=1000', key: 'feed', accept }, 'zh')
      expect(text).toContain(hidden)
      for (const secret of [...staffTexts, ...Object.values(personalData)]) expect(text).not.toContain(secret)
    }
  })

  it('ends, of whatever was withdrawn, with an event that shows nothing, and of what is void has no content', async () => {
    const newest = new Map((await events()).map((event) => [keyOf(event), event]))
    for (const id of [ids.removed, ids.corrected, ids.revoked, ids.periodOver, ids.exitedEarly, ids.leftOpen]) {
      const event = newest.get(`listing:${id}`)
      expect(event?.data).toMatchObject({ shown: false })
      const sanctions = newest.get(`sanctions:${id}`)
      expect([id, sanctions && showsAfter(sanctions)]).toEqual([id, sanctions && false])
    }
    for (const id of [ids.corrected, ids.revoked]) {
      const event = newest.get(`listing:${id}`)
      expect(Object.keys(event?.data ?? {}).sort()).toEqual(['id', 'list', 'name', 'regionCode', 'shown', 'status'])
    }
    for (const id of [ids.withdrawnPenalty, ids.oldPenalty]) {
      const event = newest.get(`penalty:${id}`)
      expect(event?.data).toMatchObject({ shown: false })
      expect(Object.keys(event?.data ?? {}).sort()).toEqual(['id', 'name', 'reason', 'regionCode', 'shown'])
    }
  })

  it('gives snapshots and an export without any of it', async () => {
    const { db, database, signing, clock } = staff.service()
    const { id, files } = await writeSnapshot({
      ...{ db, url: database.url, folder, signing, now: () => clock.now() },
      signal: new AbortController().signal,
    })
    const urls = [
      '/v1/feed/checkpoint',
      '/v1/feed/snapshots/latest',
      `/v1/feed/snapshots/${id}`,
      ...files.map(({ url }) => url),
      '/v1/feed/exports/entities.ftm.json',
    ]
    let all = ''
    for (const url of urls) all += await expectClean({ url, key: 'feed' })
    expect(all).toContain('可见决〔2026〕1号')
    expect(all).toContain('可见罚〔2026〕1号')
    const manifest = (await textOf({ url: '/v1/feed/snapshots/latest', key: 'feed' }, 'zh')).text.split('\n')[0] ?? ''
    expect(JSON.stringify(decodeJwt((JSON.parse(manifest) as Manifest).signature))).not.toContain(hidden)
  })
})

describe('a screening', () => {
  it.each([undefined, ...days])('of %s has no match that was withdrawn', async (asOf) => {
    const candidates = businesses.flatMap((uscc) => [
      { ref: `code ${uscc}`, uscc },
      { ref: `name ${uscc}`, name: names[uscc] },
      { ref: `url ${uscc}`, url: `https://${shopOf[uscc]}/13812345678` },
    ])
    const payload = { candidates, ...(asOf !== undefined && { asOf }) }
    const call = { method: 'POST' as const, url: '/v1/screenings', key: 'screening' as const, payload }
    const answer = await expectClean(call)
    const { screeningId } = JSON.parse(answer.split('\n')[0] ?? '') as { screeningId: string }
    await expectClean({ url: `/v1/screenings/${screeningId}`, key: 'screening' })
    await expectClean({ url: `/v1/screenings/${screeningId}/certificate`, key: 'screening' })
  })
})

describe('a key with the scope history', () => {
  const read = async <Body>(url: string) =>
    (await staff.service().app.inject({ url, headers: { authorization: `Bearer ${keys.history}` } })).json<Body>()

  it('sees what was withdrawn, in the file of now and of then and in the lists', async () => {
    const listed = async (uscc: string, when = '') =>
      (await read<CreditFile>(`/v1/credit-files/${uscc}${when}`)).listings.map(({ id }) => id)
    expect(await listed(enterprise)).toEqual(expect.arrayContaining([ids.removed, ids.corrected]))
    expect(await listed(enterprise, '?asOf=2026-03-12')).toContain(ids.removed)
    expect(await listed(other)).toContain(ids.revoked)
    expect(await listed(trader)).toContain(ids.periodOver)
    const { penalties } = await read<CreditFile>(`/v1/credit-files/${enterprise}`)
    expect(penalties.map(({ authority }) => authority)).toEqual([`云州市${hidden}`])
    const { items } = await read<{ items: ListedEntry[] }>('/v1/lists/abnormal/entries?limit=200')
    expect(items.map(({ id }) => id)).toEqual(expect.arrayContaining([ids.removed, ids.corrected, ids.periodOver]))
    expect(await read(`/v1/lists/serious-violator/entries/${ids.revoked}`)).toMatchObject({ status: 'revoked' })
  })

  it('sees no personal data and no text of staff either', async () => {
    for (const uscc of businesses) {
      const text = JSON.stringify(await read(`/v1/credit-files/${uscc}`))
      for (const secret of [...staffTexts, ...Object.values(personalData)]) expect(text).not.toContain(secret)
    }
  })
})

it('of an exit before 2026-04-01 no public route tells, without waiting for the job, nor the log of one recorded late', async () => {
  const { clock, sequence } = staff.service()
  const listAndRemove = async (groundCode: string, number: number) => {
    const fields = { uscc: other, authority: `云州市${hidden}`, decisionNumber: `${hidden}决〔2026〕${number}号` }
    const facts = { summary: staffTexts[0], establishedOn: '2026-01-09' }
    const { listingId } = await staff.decide({ ...fields, groundCode, decidedOn: '2026-01-10', facts })
    await staff.decide({ ...fields, action: 'remove', listingId, decidedOn: '2026-03-02', facts })
    secrets.push(listingId)
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

it('keeps within the service what it does not publish', async () => {
  const [row] = await rowsOf<{ registration_number: string; facts: string }>(
    staff.service().db,
    sql`select s.registration_number, d.facts::text as facts from subjects s join decisions d on d.uscc = s.uscc
        where s.uscc = ${trader} and d.listing_id = ${ids.periodOver}`,
  )
  expect(row?.registration_number).toBe(personalData.identityNumber)
  expect(row?.facts).toContain(staffTexts[0])
})
