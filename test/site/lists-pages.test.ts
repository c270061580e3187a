import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { percent } from '../../src/site/statistics/series.ts'
import { articleNumber, citationsOf } from '../../src/site/rulebook/citations.ts'
import { formula, hostile, marked, serious, useSite } from './site.ts'

const { get, caseId } = useSite()
const list = '/lists/serious-violator'
const english = { 'accept-language': 'en' }

/** Characters that turn the direction of a text, or cannot be seen. */
const steering = /[\u200b\u202a-\u202e\u2066-\u2069]/

describe('a list as CSV', () => {
  test('has a row for each entry, for Excel, with no cell that a spreadsheet would run', async () => {
    const { body, headers } = await get(`${list}/entries.csv`, english)
    expect(headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(headers['content-disposition']).toBe('attachment; filename="serious-violator-2026-11-25.csv"')
    expect(body.startsWith('\ufeff')).toBe(true)
    const rows = parse<Record<string, string>>(body, { bom: true, columns: true })
    expect(rows.map(({ uscc }) => uscc).sort()).toEqual([hostile, serious].sort())
    const odd = rows.find(({ uscc }) => uscc === hostile)!
    expect(odd['decisionNumber']).toBe(`'${formula}`)
    expect(odd['authority']).toBe(`<img src=x onerror=alert(1)>"'gnp`)
    expect(rows.flatMap((row) => Object.values(row)).filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([])
    expect(body).not.toMatch(steering)
  })

  test('follows the filters, and has heads in the language of the reader', async () => {
    const { body } = await get(`${list}/entries.csv?q=${serious}`)
    const rows = parse<Record<string, string>>(body, { bom: true, columns: true })
    expect(rows).toMatchObject([{ 统一社会信用代码: serious, 状态: '有效' }])
  })
})

describe.each(['rss', 'atom'])('a list as %s', (format) => {
  test('is well-formed, tells each entry, and has no markup of a name in it', async () => {
    const { body, headers } = await get(`${list}/${format}.xml`, english)
    expect(headers['content-type']).toBe(`application/${format}+xml; charset=utf-8`)
    expect(body).toContain(`https://credit.example/credit-files/${serious}`)
    expect(body).toContain(`https://credit.example${list}/${format}.xml`)
    // What a reader takes for HTML has the name as text.
    expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;')
    expect(body).not.toMatch(/<(script|img)/)
    expect(body).not.toMatch(steering)
    expect(wellFormed(body)).toBe(true)
  })

  test('is the same bytes whenever it is asked for, so that a reader gets 304', async () => {
    const first = await get(`${list}/${format}.xml`)
    const again = await get(`${list}/${format}.xml`, { 'if-none-match': String(first.headers['etag']) })
    expect([again.status, again.body]).toEqual([304, ''])
  })
})

/** Every element that is opened is closed in its order; what stands in CDATA is text. */
function wellFormed(xml: string): boolean {
  const open: string[] = []
  const text = xml.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '').replace(/<\?.*?\?>/g, '')
  for (const [, end, name, empty] of text.matchAll(/<(\/?)([\w:.-]+)[^>]*?(\/?)>/g)) {
    if (empty === '/') continue
    if (end === '/') {
      if (open.pop() !== name) return false
    } else open.push(name!)
  }
  return open.length === 0 && !/&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/i.test(text)
}

describe('a list as a page', () => {
  test('narrows by name, ground, day and region, and takes an empty field for none', async () => {
    const uscc = async (query: string) =>
      [...(await get(`${list}?${query}`)).body.matchAll(/<tr><th scope="row"><a href="\/credit-files\/(\w+)"/g)].map(
        ([, code]) => code,
      )
    const all = [hostile, serious].sort()
    expect((await uscc('q=&ground=&status=&regionCode=&listedFrom=&listedTo=')).sort()).toEqual(all)
    expect(await uscc('q=12号')).toEqual([serious])
    expect((await uscc('regionCode=9999&ground=SER-44-9-1&listedFrom=2026-10-20&listedTo=2026-10-20')).sort()).toEqual(
      all,
    )
    expect(await uscc('listedFrom=2026-10-21')).toEqual([])
    expect(await uscc('regionCode=11')).toEqual([])
    expect(await uscc('ground=SER-44-9-2')).toEqual([])
    expect(await uscc('status=removed')).toEqual([])
  })

  test.each([`${list}?listedFrom=2026-13-01`, `${list}?regionCode=x`, '/lists/unknown', `${list}?cursor=abc`])(
    'refuses %s with a page',
    async (url) => {
      const { status, type } = await get(url)
      expect([status, type]).toEqual([400, 'text/html; charset=utf-8'])
    },
  )
})

test('warnings name sellers that were listed lately and have a shop in use, and no others', async () => {
  const { body } = await get('/warnings')
  expect(body).toContain(`href="/credit-files/${serious}"`)
  expect(body).toContain('https://mall.example/shop/12')
  // Marked in July, and with no shop.
  expect(body).not.toContain(marked)
})

describe('statistics', () => {
  test.each(['by-month', 'by-ground', 'by-region', 'rates'])(
    'the picture %s is drawn in both languages and themes, and anew for a telephone',
    async (name) => {
      const seen = new Set<string>()
      for (const theme of ['light', 'dark']) {
        for (const language of ['zh', 'en']) {
          const { status, type, body, headers } = await get(
            `/statistics/charts/${name}.svg?theme=${theme}&lang=${language}`,
          )
          expect([status, type]).toEqual([200, 'image/svg+xml; charset=utf-8'])
          expect(body).toMatch(/^<svg[^>]*viewBox/)
          expect(body).not.toMatch(/<script|onload|NaN|undefined/)
          expect(headers['content-security-policy']).toContain("default-src 'none'")
          seen.add(body)
        }
      }
      expect(seen.size).toBeGreaterThanOrEqual(name === 'by-region' ? 2 : 4)
      const widthOf = async (size: string) =>
        /viewBox="0 0 (\d+) /.exec((await get(`/statistics/charts/${name}.svg?size=${size}`)).body)?.[1]
      expect([await widthOf('wide'), await widthOf('narrow')]).toEqual(['900', '340'])
    },
  )

  test('the tables tell what the API counts', async () => {
    const { body } = await get('/statistics', english)
    const counts = JSON.parse((await get('/v1/statistics')).body) as {
      listings: { byGround: { groundCode: string; count: number }[] }
    }
    for (const { groundCode, count } of counts.listings.byGround) {
      expect(body).toMatch(
        new RegExp(
          `${groundCode}</code></th>(<td class="number"[^>]*>\\d+</td>)?<td class="number"[^>]*>${count}</td>`,
        ),
      )
    }
  })

  test('a rate is never rounded up to all', () => {
    expect([percent(0.9999), percent(1), percent(0.963)]).toEqual(['99.9%', '100.0%', '96.3%'])
  })
})

describe('the rulebook', () => {
  test('shows what was in force on a day', async () => {
    expect((await get('/rulebook/grounds?asOf=2020-01-01')).body).toContain('SER-83-5-2')
    const { body } = await get('/rulebook/grounds')
    expect(body).not.toContain('SER-83-5-2')
    expect(body).toContain('id="SER-44-9-1"')
    expect((await get('/rulebook?asOf=x')).status).toBe(400)
  })

  test.each([
    [
      '令68第十六条；令69第十九条',
      ['《企业经营异常名录管理办法》（令68）', '第十六条', '《个体工商户年度报告办法》（令69）', '第十九条'],
    ],
    [
      '《企业信息公示暂行条例》（2014）第十七条第二款；（2024）第十八条第二款',
      ['《企业信息公示暂行条例》（2014）', '第十七条第二款', '《企业信息公示暂行条例》（2024）', '第十八条第二款'],
    ],
    ['令71', ['令71', '']],
  ])('finds the laws and articles of %s', (text, expected) => {
    expect(citationsOf(text, 'zh').flatMap(({ law, article }) => [law, article])).toEqual(expected)
  })

  test.each([
    ['第九条', 9],
    ['第十条', 10],
    ['第二十一条', 21],
    ['第一百零三条', 103],
    ['第二百四十一条', 241],
    ['art 18(1)', 18],
    ['', 0],
  ])('puts %s in its place', (article, number) => expect(articleNumber(article)).toBe(number))
})

test('a typical case is shown as text, with the business that is public today', async () => {
  const { body } = await get(`/cases/${caseId()}`)
  expect(body).toContain('虚构省示例12号贸易有限公司组织虚假交易。')
  expect(body).toContain('某经营者不受影响。')
  const all = await get('/cases')
  expect(all.body).toContain('&lt;img src=x onerror=alert(1)>')
  expect(all.body).not.toMatch(/<img|\u202e/)
})

describe('what a browser loads', () => {
  const bytesOf = async (path: string) => {
    const { body } = await get(path)
    const parts = [...body.matchAll(/(?:href|src)="(\/(?:assets\/|v1\/credit-files\/\w+\/badge)[^"]*)"/g)].map(
      ([, part]) => part!,
    )
    expect(parts.length).toBeGreaterThanOrEqual(3)
    const sizes = await Promise.all(parts.map(async (part) => Buffer.byteLength((await get(part)).body)))
    return Buffer.byteLength(body) + sizes.reduce((sum, size) => sum + size, 0)
  }

  test('is at most 60 kB for the front page', async () => {
    expect(await bytesOf('/')).toBeLessThanOrEqual(60_000)
  })

  test('is at most 100 kB for a credit file, the longest names included', async () => {
    for (const uscc of [serious, hostile, marked])
      expect(await bytesOf(`/credit-files/${uscc}`)).toBeLessThanOrEqual(100_000)
  })
})
