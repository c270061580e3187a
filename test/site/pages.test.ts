import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CreditFile } from '../../src/credit-files/schemas.ts'
import { listLateReporters } from '../../src/listings/service.ts'
import { problems } from '../../src/platform/problem.ts'
import { creditFilePage } from '../../src/site/credit-file-page.tsx'
import { importFile } from '../../src/sources/service.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'

const clear = madeUpUscc(1)
const listed = madeUpUscc(2)
const hostile = madeUpUscc(3)
const corrected = madeUpUscc(4)
const revoked = madeUpUscc(5)
const marked = madeUpUscc(6, '92')
const removed = madeUpUscc(7)
const broken = madeUpUscc(8)
const cooperative = madeUpUscc(9, '93')

const hostileName = `<script>alert(1)</script>" onload='x' &amp; \u202egnp.exe${'长'.repeat(120)}`
const shopOfClear = { kind: 'shop', name: '示例旗舰店', url: 'https://mall.example/shop/1?utm_source=x' }

const pages = [
  '/',
  '/search',
  `/search?q=${encodeURIComponent('示例')}`,
  `/search?q=${encodeURIComponent('查无此店')}`,
  `/credit-files/${clear}`,
  `/credit-files/${listed}`,
  `/credit-files/${hostile}`,
  `/credit-files/${marked}`,
  `/credit-files/${removed}`,
  '/feed',
  ...Object.keys(problems).map((code) => `/problems/${code}`),
]

let service: TestService
let folder: string

async function get(url: string, headers: Record<string, string> = {}) {
  const answer = await service.app.inject({ url, headers })
  return { status: answer.statusCode, headers: answer.headers, body: answer.body, type: answer.headers['content-type'] }
}

async function seed(collection: 'subjects' | 'annual-reports', items: object[]) {
  const file = join(folder, `${collection}.ndjson`)
  await writeFile(file, items.map((item) => `${JSON.stringify(item)}\n`).join(''))
  const counts = await importFile(service.db, collection, file, { now: () => service.clock.now() })
  expect(counts).toMatchObject({ records: items.length, quarantined: {} })
}

/** A file as no source fills it yet. */
function fullFile(): CreditFile {
  const authority = '云州市市场监督管理局'
  return {
    subject: {
      uscc: clear,
      registrationNumber: '999900000000013',
      name: '云州市示例贸易有限公司',
      formerNames: ['云州市旧例贸易有限公司', '云州市老例贸易有限公司'],
      entityType: 'enterprise',
      status: 'revoked',
      legalRepresentative: '赵某',
      establishedOn: '2019-05-06',
      regionCode: '999900',
      regionName: '虚构省云州市',
      address: '虚构省云州市示例路1号',
      industryCode: 'F5192',
      registrationAuthority: authority,
    },
    standing: 'serious-violator',
    webPresences: (['active', 'unreachable', 'disputed', 'retired'] as const).map((status, i) => ({
      id: `0190c8a0-0000-7000-8000-00000000000${i}`,
      kind: 'shop',
      name: `示例旗舰店${i}`,
      url: `https://mall.example/shop/${i}`,
      host: 'mall.example',
      platform: '示例商城',
      icpNumber: '虚ICP备00000000号-1',
      sources: ['annual-report'],
      status,
      licenceDisplay: i % 2 === 0 ? 'displayed' : 'missing',
      firstSeenOn: '2024-01-01',
      confirmedOn: '2026-01-01',
    })),
    annualReports: [{ year: 2025, publishedOn: '2026-07-03', onTime: false, revision: 2 }],
    listings: [
      {
        id: '0190c8a0-0000-7000-8000-000000000010',
        list: 'serious-violator',
        ground: { code: 'SER-44-9-1', label: '实施严重破坏公平竞争秩序的行为', article: '第九条第（一）项' },
        authority,
        decisionNumber: '虚市监严列〔2026〕1号',
        listedOn: '2026-02-03',
        status: 'in-force',
        expiresOn: '2029-02-03',
        removedOn: null,
        removalReason: null,
        removalDecisionNumber: null,
        rulebook: 'RV-SER-2021',
      },
    ],
    penalties: [
      {
        decisionNumber: '虚市监罚〔2026〕1号',
        authority,
        ground: '虚假宣传',
        kind: '罚款',
        amountFen: 1_234_560,
        decidedOn: '2026-02-03',
        publishedUntil: '2029-02-02',
      },
    ],
    honours: [{ title: '示例称号', authority, awardedOn: '2020-01-01', validUntil: null }],
    sanctions: [
      {
        measureCode: 'M-01',
        label: '限制参加政府采购活动',
        agency: '虚构省财政厅',
        listingId: '0190c8a0-0000-7000-8000-000000000010',
        imposedOn: '2026-02-10',
        until: null,
      },
    ],
    asOf: '2026-11-25',
    knownAt: '2026-11-25T04:00:00.000Z',
    position: 1,
  }
}

beforeAll(async () => {
  service = await startTestService()
  folder = await mkdtemp(join(tmpdir(), 'xinjian-site-'))
  await seed('subjects', [
    subjectItem(1, { formerNames: ['虚构省旧名贸易有限公司'], registrationAuthority: '云州市市场监督管理局' }),
    subjectItem(2),
    subjectItem(3, { name: hostileName, address: hostileName, legalRepresentative: '<b>"赵某' }),
    subjectItem(4),
    subjectItem(5),
    subjectItem(6, { uscc: marked, entityType: 'individual-business', name: '云州市示例六号商行' }),
    subjectItem(7),
    subjectItem(8),
    subjectItem(9, { uscc: cooperative, entityType: 'farmer-cooperative', name: '云州市示例九号专业合作社' }),
    subjectItem(10, { uscc: undefined, registrationNumber: '999900NA000001X', name: '云州市尚无代码专业合作社' }),
    subjectItem(11, { status: 'cancelled', establishedOn: '2019-01-01' }),
  ])
  await seed('annual-reports', [
    reportItem(1, { webPresences: [shopOfClear] }),
    reportItem(1, { sourceId: 'report-1-2024', year: 2024, publishedOn: '2025-07-05' }),
    reportItem(3, {
      webPresences: [{ kind: 'shop', name: hostileName, url: 'https://mall.example/shop/3?n=%22%3E%3Cb%3E' }],
    }),
  ])
  await listLateReporters({ db: service.db, on: '2026-07-08', now: () => service.clock.now() })
  await service.sequence()
  const end = (uscc: string, status: string) =>
    service.db.execute(
      sql`update listing_entries set status = ${status}, removed_on = '2026-08-03' where uscc = ${uscc}`,
    )
  await end(corrected, 'corrected')
  await end(revoked, 'revoked')
  await end(removed, 'removed')
  // What the reading of sources would never let in.
  await service.db.execute(
    sql`update web_presences set url = 'javascript:alert(document.domain)' where uscc = ${hostile}`,
  )
  await service.db.execute(sql`update listing_entries set ground_code = 'SECRET-GROUND' where uscc = ${broken}`)
})

afterAll(async () => {
  await service.close()
  await rm(folder, { recursive: true, force: true })
})

describe.each(pages)('%s', (page) => {
  test.each(['zh', 'en'])('answers a page in %s that says which language it is in', async (language) => {
    const { status, headers, body, type } = await get(page, { 'accept-language': language })
    expect(status).toBe(200)
    expect(type).toBe('text/html; charset=utf-8')
    expect(headers['vary']).toBe('Accept-Language')
    expect(body).toMatch(language === 'zh' ? /^<!doctype html><html lang="zh-CN">/ : /^<!doctype html><html lang="en">/)
    // A text that was forgotten would show as one of these.
    expect(body).not.toMatch(/undefined|\[object|NaN/)
  })

  test('needs no script and no inline style, and its policy allows none', async () => {
    const { headers, body } = await get(page)
    expect(body).not.toMatch(/<script|<[a-z][^>]* (on[a-z]+|style)=|javascript:[^a]/i)
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    expect(headers['referrer-policy']).toBe('no-referrer')
  })

  test('has one heading of the first rank, landmarks, a skip link and no heading rank left out', async () => {
    const { body } = await get(page)
    expect(body.match(/<h1/g)).toHaveLength(1)
    expect(body).toMatch(/<a class="skip" href="#content">.*<header.*<nav aria-label=.*<main id="content".*<footer/s)
    const ranks = [...body.matchAll(/<h([1-6])/g)].map((match) => Number(match[1]))
    expect(ranks.every((rank, i) => rank <= (ranks[i - 1] ?? 0) + 1)).toBe(true)
    const ids = [...body.matchAll(/ id="([^"]*)"/g)].map((match) => match[1])
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('is small, and answers 304 to who has it already', async () => {
    const { headers, body } = await get(page)
    expect(Buffer.byteLength(body)).toBeLessThan(60_000)
    const again = await get(page, { 'if-none-match': headers['etag'] as string })
    expect(again).toMatchObject({ status: 304, body: '' })
    const english = await get(page, { 'if-none-match': headers['etag'] as string, 'accept-language': 'en' })
    expect(english.status).toBe(200)
  })
})

describe('the page of a listed business', () => {
  test('shows ground, article, authority, decision number and day', async () => {
    const { body } = await get(`/credit-files/${listed}`)
    expect(body).toContain('已被列入经营异常名录')
    expect(body).toContain('未依照规定的期限公示年度报告')
    expect(body).toContain('《企业经营异常名录管理办法》第四条第（一）项')
    expect(body).toContain('云州市市场监督管理局')
    expect(body).toContain(`经异列〔2026〕${listed}-2025`)
    expect(body).toContain('<time datetime="2026-07-08">2026年7月8日</time>')
  })

  test('says its standing before anything else of it', async () => {
    const { body } = await get(`/credit-files/${listed}`)
    expect(body.indexOf('class="standing abnormal"')).toBeLessThan(body.indexOf('<h2 id="registration"'))
    expect(body.indexOf('class="standing abnormal"')).toBeGreaterThan(0)
  })

  test.each([
    ['zh', '补报', '5个工作日', '30日内'],
    ['en', 'missing annual report', '5 working days', '30 days'],
  ])('tells in %s how to come off and how to object', async (language, file, decided, objection) => {
    for (const uscc of [listed, marked, cooperative]) {
      const { body } = await get(`/credit-files/${uscc}`, { 'accept-language': language })
      expect(body).toContain(file)
      expect(body).toContain(decided)
      expect(body).toContain(objection)
    }
  })

  test('calls an individual business marked, not listed, and keeps search engines away from it', async () => {
    const { body } = await get(`/credit-files/${marked}`)
    expect(body).toContain('已被标记为经营异常状态')
    expect(body).not.toContain('已被列入')
    expect(body).toContain('<meta name="robots" content="noindex"')
    expect((await get(`/credit-files/${listed}`)).body).not.toContain('noindex')
  })
})

describe('the page of a business that is not listed', () => {
  test('says that it is on neither list, and that this is no guarantee', async () => {
    const { body } = await get(`/credit-files/${clear}`)
    expect(body).toContain('class="standing clear"')
    expect(body).toContain('目前未被列入经营异常名录或严重违法失信名单')
    expect(body).toContain('不是对其信用的担保')
    expect(body).not.toContain('id="listings"')
  })

  test('shows who it is, its shop and its reports, on time or late, and leads to the JSON', async () => {
    const { body } = await get(`/credit-files/${clear}`)
    expect(body).toContain('虚构省旧名贸易有限公司')
    expect(body).toContain('href="https://mall.example/shop/1?utm_source=x" rel="nofollow noopener noreferrer"')
    expect(body).toMatch(/<th scope="row">2025<\/th>.*按期.*<th scope="row">2024<\/th>.*逾期/s)
    expect(body).toContain(`href="/v1/credit-files/${clear}"`)
    expect(body).toContain(`<link rel="canonical" href="https://credit.example/credit-files/${clear}"`)
  })

  test('warns that a business no longer exists, though it is on no list', async () => {
    const { body } = await get(`/credit-files/${madeUpUscc(11)}`)
    expect(body).toContain('class="standing clear"')
    expect(body).toContain('该主体已注销，不再存在。')
  })

  test.each([
    ['corrected', corrected],
    ['revoked', revoked],
  ])('shows nothing of an entry that was %s', async (_status, uscc) => {
    const { body } = await get(`/credit-files/${uscc}`)
    expect(body).toContain('class="standing clear"')
    expect(body).not.toMatch(/经异列|ABN-68|2026年7月8日|2026年8月3日|未依照规定/)
    const results = await get(`/search?q=${encodeURIComponent('虚构省示例贸易')}`)
    expect(results.body).toMatch(new RegExp(`${uscc}</code>(?:(?!</li>).)*class="mark clear"`, 's'))
  })

  test('shows a removed entry as past, with the day of removal and without advice', async () => {
    const { body } = await get(`/credit-files/${removed}`)
    expect(body).toContain('class="standing clear"')
    expect(body).toMatch(/已移出的名单记录.*2026年8月3日/s)
    expect(body).not.toContain('如何移出')
  })
})

describe('a file with everything in it', () => {
  test.each(['zh', 'en'] as const)(
    'shows a serious violator first, with penalties, sanctions and honours, in %s',
    (language) => {
      const body = creditFilePage({ language, file: fullFile(), publicUrl: 'https://credit.example' })
      expect(body).toContain('class="standing serious-violator"')
      expect(body).toContain(language === 'zh' ? '已被列入严重违法失信名单' : 'On the serious-violator list')
      for (const part of ['penalties', 'sanctions', 'honours']) expect(body).toContain(`id="${part}"`)
      expect(body).toContain('¥ 12,345.60')
      expect(body).toContain('datetime="2029-02-03"')
      expect(body).not.toContain('30日内')
      expect(Buffer.byteLength(body)).toBeLessThan(100_000)
    },
  )
})

test('a business with thousands of shops has a page that is no heavier than 100 kB', () => {
  const file = fullFile()
  const webPresences = Array.from({ length: 3000 }, (_, i) => ({ ...file.webPresences[i % 4]!, id: `id-${i}` }))
  const body = creditFilePage({ language: 'zh', file: { ...file, webPresences }, publicUrl: 'https://credit.example' })
  expect(Buffer.byteLength(body)).toBeLessThan(100_000)
  expect(body).toContain('共 3000 个')
})

describe('names and addresses from outside', () => {
  test('are escaped wherever they are shown', async () => {
    const escaped = "&lt;script>alert(1)&lt;/script>&quot; onload='x' &amp;amp; "
    for (const page of [`/credit-files/${hostile}`, `/search?q=${encodeURIComponent(hostileName)}`]) {
      const { status, body } = await get(page)
      expect(status).toBe(200)
      expect(body.replaceAll('&gt;', '>').replaceAll('&#39;', "'")).toContain(escaped)
      expect(body).not.toContain('<script')
      expect(body).not.toContain('<b>')
    }
  })

  test('cannot turn the direction of what is around them or hide characters', async () => {
    const { body } = await get(`/credit-files/${hostile}`)
    expect(body).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b]/)
    expect(body).toContain('<bdi lang="zh-CN">')
  })

  test('never become a link that runs something', async () => {
    const { body } = await get(`/credit-files/${hostile}`)
    expect(body).toContain('<bdi class="address">javascript:alert(document.domain)</bdi>')
    expect(body).not.toMatch(/href="(?!https?:\/\/|\/|#)/)
  })

  test('come back escaped in the search box', async () => {
    const { body } = await get(`/search?q=${encodeURIComponent('"><img src=x>')}`)
    expect(body).not.toContain('<img')
  })
})

describe('the search', () => {
  test.each([
    ['a code', clear.toLowerCase()],
    ['a link', 'http://MALL.example/shop/1?from=share'],
    ['a shared message with a link in it', '【示例旗舰店】快来看看 https://mall.example/shop/1 复制打开'],
    ['a long shared message with a link in it', `https://mall.example/shop/1?utm_campaign=${'x'.repeat(1500)}`],
  ])('leads %s straight to the file of its business', async (_what, q) => {
    const { status, headers } = await get(`/search?q=${encodeURIComponent(q)}`)
    expect(status).toBe(303)
    expect(headers['location']).toBe(`/credit-files/${clear}`)
  })

  test.each(['\0', 'a\0b', '\u202e', '%', "' or 1=1 --", '【】'])('takes %j as it takes any text', async (q) => {
    expect((await get(`/search?q=${encodeURIComponent(q)}`)).status).toBe(200)
  })

  test('shows the standing of each result at a glance, in words', async () => {
    const { body } = await get(`/search?q=${encodeURIComponent('示例2号')}`)
    expect(body).toMatch(
      new RegExp(`href="/credit-files/${listed}"(?:(?!</li>).)*class="mark abnormal".*?经营异常`, 's'),
    )
  })

  test('lists a business without a code, and links to nothing', async () => {
    const { body } = await get(`/search?q=${encodeURIComponent('尚无代码')}`)
    expect(body).toContain('云州市尚无代码专业合作社')
    expect(body).not.toContain('href="/credit-files/')
  })

  test.each([
    ['a name', '查无此店铺', '可以这样再试'],
    ['a link', 'https://nobody.example/shop', '没有主体填报过该网址'],
    ['a valid code', madeUpUscc(999), '登记信息中没有该主体'],
    ['a mistyped code', `${clear.slice(0, 17)}${clear.endsWith('0') ? '1' : '0'}`, '校验码'],
  ])('helps who finds nothing with %s', async (_what, q, help) => {
    const { status, body } = await get(`/search?q=${encodeURIComponent(q)}`)
    expect(status).toBe(200)
    expect(body).toContain('没有找到')
    expect(body).toContain(help)
  })
})

describe('an address that does not exist', () => {
  const accept = 'text/html,application/xhtml+xml;q=0.9'

  test('is a page for a person and a problem for a program', async () => {
    const page = await get('/no-such-page', { accept })
    expect([page.status, page.type]).toEqual([404, 'text/html; charset=utf-8'])
    expect(page.body).toContain('没有此页面或接口')
    expect((await get('/no-such-page')).type).toContain('application/problem+json')
    expect((await get('/v1/no-such-call', { accept })).type).toContain('application/problem+json')
  })
})

test('a shared link with parameters added to it still opens', async () => {
  for (const url of [`/credit-files/${clear}?utm_source=chat`, '/?from=share', `/search?q=${listed}&spm=1`]) {
    expect((await get(url)).status).toBeLessThan(400)
  }
})

describe('a fault on a page', () => {
  test.each([
    ['a mistyped code', 400, '/credit-files/91999900MA00000000', '统一社会信用代码无效'],
    ['a code without a business', 404, `/credit-files/${madeUpUscc(999)}`, '没有该代码的主体'],
    ['a search for two things', 400, '/search?q=a&q=b', '请求不合要求'],
    ['a name that is too long', 400, `/search?q=${'x'.repeat(201)}`, '查询内容太长'],
    ['a long link that nobody filed', 404, `/search?q=https://nobody.example/${'x'.repeat(500)}`, '没有找到'],
    ['an unknown problem', 404, '/problems/no-such-problem', '没有此页面或接口'],
    ['a problem named like a property of every object', 404, '/problems/constructor', '没有此页面或接口'],
  ])('for %s is a page with status %i', async (_what, status, url, words) => {
    const answer = await get(url)
    expect(answer.status).toBe(status)
    expect(answer.type).toBe('text/html; charset=utf-8')
    expect(answer.body).toContain(words)
    expect(answer.headers).toMatchObject({ vary: 'Accept-Language', 'cache-control': 'no-store' })
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
    expect((await get(url, { 'accept-language': 'en' })).body).toContain('<html lang="en">')
  })

  test('of the service itself shows no internals, and the id to ask about', async () => {
    const { status, type, headers, body } = await get(`/credit-files/${broken}`)
    expect(status).toBe(500)
    expect(type).toBe('text/html; charset=utf-8')
    expect(body).not.toMatch(/SECRET-GROUND|rulebook|Error|\.ts/)
    expect(body).toContain(headers['x-request-id'] as string)
  })
})

describe('the rest', () => {
  test('the feed page shows the newest position and a call that reaches this service', async () => {
    const [row] = await service.db.execute<{ head: string }>(sql`select max(position) as head from feed_events`)
    const { body } = await get('/feed')
    expect(body).toContain(`<dd>${row!.head}</dd>`)
    expect(body).toContain('https://credit.example/v1/feed/events?after=0&amp;limit=10')
  })

  test.each(Object.entries(problems))(
    'the page of the problem %s gives its status and meaning',
    async (code, problem) => {
      for (const language of ['zh', 'en'] as const) {
        const { body } = await get(`/problems/${code}`, { 'accept-language': language })
        expect(body).toContain(problem.title[language])
        expect(body).toContain(String(problem.status))
      }
    },
  )

  test('style and icon are kept for ever under the name that the pages give them, and revalidated under any other', async () => {
    const { body } = await get('/')
    const links = [...body.matchAll(/href="(\/assets\/[^"]+)"/g)].map((match) => match[1]!)
    expect(links).toHaveLength(2)
    for (const link of links) {
      const asset = await get(link)
      expect(asset.status).toBe(200)
      expect(asset.headers['cache-control']).toContain('immutable')
      expect((await get(link, { 'if-none-match': asset.headers['etag'] as string })).status).toBe(304)
      expect((await get(link.replace(/\?.*/, ''))).headers['cache-control']).toBe('public, no-cache')
    }
    expect((await get('/assets/site.css')).type).toBe('text/css; charset=utf-8')
  })

  test('no page is in the description of the API', async () => {
    const { body } = await get('/openapi.json')
    const paths = Object.keys((JSON.parse(body) as { paths: object }).paths)
    expect(paths.length).toBeGreaterThan(2)
    expect(paths.filter((path) => !path.startsWith('/v1/') && !/^\/(livez|readyz|metrics)$/.test(path))).toEqual([])
  })
})
