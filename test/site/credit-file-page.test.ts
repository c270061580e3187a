import QRCode from 'qrcode'
import { describe, expect, test } from 'vitest'
import { builtInRulebook } from '../../src/rulebook/built-in.ts'
import { creditFilePage } from '../../src/site/credit-file-page.tsx'
import { madeUpUscc } from '../support/businesses.ts'
import { clear, cooperative, corrected, fullFile, listed, marked, removed, revoked, serious, useSite } from './site.ts'

const { get, setClock } = useSite()
const atReading = { rulebook: builtInRulebook, today: '2026-11-25' }

describe('the page of a listed business', () => {
  test('shows ground, article, authority, decision number and day', async () => {
    const { body } = await get(`/credit-files/${listed}`)
    expect(body).toContain('已被列入经营异常名录')
    expect(body).toContain('未依照规定的期限公示年度报告')
    expect(body).toContain('《企业经营异常名录管理办法》第四条第（一）项')
    expect(body).toContain('云州市市场监督管理局')
    expect(body).toMatch(/经异列〔2026〕\d+号/)
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

  test('shows a removed entry as past while the law lets it stay in view, and nothing of it after', async () => {
    const now = await get(`/credit-files/${removed}`)
    expect(now.body).toContain('class="standing clear"')
    expect(now.body).not.toMatch(/经异列|ABN-68|2026年8月3日/)
    setClock('2026-03-31T15:59:59.000Z')
    const { body } = await get(`/credit-files/${removed}`)
    expect(body).toContain('class="standing clear"')
    expect(body).toMatch(/已移出的名单记录.*2026年8月3日/s)
    expect(body).not.toContain('如何移出')
    setClock('2026-11-25T04:00:00.000Z')
  })
})

describe('what it takes to come off', () => {
  const wayOf = (body: string) =>
    [...body.matchAll(/<p class="when">(.*?)<\/p>/gs)].map(([, text]) => text!.replace(/<[^>]*>/g, '')).join('\n')

  test('is open at any time on the abnormal list, and from the first anniversary on for a serious violator', async () => {
    expect(wayOf((await get(`/credit-files/${listed}`)).body)).toContain('可以随时申请')
    expect(wayOf((await get(`/credit-files/${serious}`)).body)).toContain('最早 2027年10月20日')
    setClock('2027-10-20T04:00:00.000Z')
    expect(wayOf((await get(`/credit-files/${serious}`)).body)).toContain('已经可以申请')
    setClock('2026-11-25T04:00:00.000Z')
  })

  test('tells until when the business may object, and that the time is over after it', async () => {
    // 30 days from 8 July 2026 end on 7 August, a Friday.
    const early = wayOf((await get(`/credit-files/${listed}?asOf=2026-08-07`)).body)
    expect(early).toContain('截止 2026年8月7日')
    expect(early).not.toContain('期限已过')
    expect(wayOf((await get(`/credit-files/${listed}?asOf=2026-08-08`)).body)).toContain('期限已过')
  })
})

describe('the file of a past day', () => {
  test('says so before the standing, is not for search engines, and leads to the present', async () => {
    const { body } = await get(`/credit-files/${listed}?asOf=2026-07-07`)
    expect(body.indexOf('不是现在的状态')).toBeGreaterThan(0)
    expect(body.indexOf('不是现在的状态')).toBeLessThan(body.indexOf('class="standing clear"'))
    expect(body).toContain('noindex')
    expect(body).toContain(`href="/credit-files/${listed}"`)
  })

  test('of a day to come is refused, and an empty day is today', async () => {
    expect((await get(`/credit-files/${listed}?asOf=2026-11-26`)).status).toBe(400)
    expect((await get(`/credit-files/${listed}?asOf=`)).body).toContain('class="standing abnormal"')
  })
})

describe('the timeline', () => {
  test('is a picture with a title and a description, and a table that tells each fact of it', async () => {
    const { body } = await get(`/credit-files/${serious}`)
    expect(body).toMatch(
      /<svg class="timeline"[^>]*role="img" aria-labelledby="timeline-title timeline-desc"><title id="timeline-title">/,
    )
    const table = /<details><summary>逐条查看.*?<\/details>/s.exec(body)![0]
    for (const fact of ['2020年3月1日', '公示年度报告：2025', '2026年10月20日', '行政处罚：罚款', '示例折扣店']) {
      expect(table).toContain(fact)
    }
    expect(body).toMatch(/<path class="serious-violator" d="M[\d.]+ /)
  })
})

describe('the print view', () => {
  test('has a code that a scanner would read as the address of the file', async () => {
    const { body } = await get(`/credit-files/${serious}/print`)
    const [, side, path] = /<svg class="qr" viewBox="0 0 (\d+) \d+".*?<path d="([^"]+)"/s.exec(body)!
    const expected = QRCode.create(`https://credit.example/credit-files/${serious}`, {
      errorCorrectionLevel: 'M',
    }).modules
    const drawn = new Set<string>()
    for (const [, x, y, width] of path!.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
      for (let i = 0; i < Number(width); i += 1) drawn.add(`${Number(x) + i - 4} ${Number(y) - 4}`)
    }
    const dark = Array.from(expected.data.keys()).filter((at) => expected.data[at] === 1)
    expect(Number(side)).toBe(expected.size + 8)
    expect(drawn).toEqual(new Set(dark.map((at) => `${at % expected.size} ${Math.floor(at / expected.size)}`)))
    expect(body).toContain('已被列入严重违法失信名单')
  })
})

test('the file can be proved and linked: certificate, badge and the code to embed it', async () => {
  const { body } = await get(`/credit-files/${clear}`)
  expect(body).toContain(`href="/v1/credit-files/${clear}/certificate" download`)
  expect(body).toContain(`<img class="badge" src="/v1/credit-files/${clear}/badge.svg"`)
  expect(body).toContain(`&lt;a href=&quot;https://credit.example/credit-files/${clear}&quot;`)
})

describe('a file with everything in it', () => {
  test.each(['zh', 'en'] as const)(
    'shows a serious violator first, with penalties, sanctions and honours, in %s',
    (language) => {
      const body = creditFilePage({ language, file: fullFile(), publicUrl: 'https://credit.example', ...atReading })
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
  const body = creditFilePage({
    language: 'zh',
    file: { ...file, webPresences },
    publicUrl: 'https://credit.example',
    ...atReading,
  })
  expect(Buffer.byteLength(body)).toBeLessThan(100_000)
  expect(body).toContain('共 3000 个')
})
