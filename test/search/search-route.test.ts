import fc from 'fast-check'
import type { LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findHead } from '../../src/feed/repository.ts'
import type { SearchItem } from '../../src/search/schemas.ts'
import { listLateReporters } from '../../src/listings/service.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'

let service: TestService

beforeAll(async () => {
  service = await startTestService()
  await take(service.db, 'subjects', [
    subjectItem(1, { name: '云州市云帆电子商务有限公司', regionCode: '999901' }),
    subjectItem(2, { name: '云州市云帆贸易有限公司', formerNames: ['青桥百货有限公司'], regionCode: '999902' }),
    subjectItem(3, { name: '望海市星禾食品有限公司' }),
    subjectItem(4, { name: '南屏（虚构）ＡＢＣ网络科技有限公司' }),
    subjectItem(5, { name: '虚构老厂', uscc: undefined, registrationNumber: '110108000000016' }),
    subjectItem(6, { name: '一二三', entityType: 'individual-business' }),
    subjectItem(7, { name: '虚构小店', entityType: 'individual-business', registrationNumber: '110105491231003' }),
  ])
  await take(service.db, 'annual-reports', [
    reportItem(2),
    reportItem(3, { webPresences: [{ kind: 'shop', name: '澜谷官方旗舰店', url: 'https://mall.example/shop/3' }] }),
    reportItem(4),
  ])
  await listLateReporters({ db: service.db, on: '2026-07-08', now: () => new Date('2026-07-08T02:00:00Z') })
})
afterAll(() => service.close())

async function search(query: string): Promise<SearchItem[]> {
  const response = await service.app.inject({ url: `/v1/search?${query}` })
  expect(response.statusCode).toBe(200)
  return response.json<{ items: SearchItem[] }>().items
}

const q = (text: string) => `q=${encodeURIComponent(text)}`

describe('200', () => {
  it('finds a name exactly, with score 1 and first', async () => {
    const [first] = await search(q('云州市云帆电子商务有限公司'))
    expect(first).toEqual({
      uscc: madeUpUscc(1),
      name: '云州市云帆电子商务有限公司',
      regionCode: '999901',
      standing: 'abnormal',
      score: 1,
      matchedOn: 'name',
    })
  })

  it.each([
    ['云帆电子', 1, 'name'],
    ['星禾', 3, 'name'],
    ['望海市星禾食品有限责任公司', 3, 'name'],
    ['青桥百货', 2, 'former-name'],
    ['澜谷旗舰店', 3, 'shop-name'],
    ['南屏(虚构) abc网络科技', 4, 'name'],
    ['一', 6, 'name'],
    ['mall.example/shop/3', 3, 'url'],
  ])('finds %s', async (text, number, matchedOn) => {
    const [first] = await search(q(text))
    expect(first).toMatchObject({ uscc: madeUpUscc(number), matchedOn })
  })

  it('finds both businesses of one trade name, best first, with scores that fall', async () => {
    const items = await search(q('云帆贸易'))
    expect(items.map((item) => item.uscc)).toEqual([madeUpUscc(2), madeUpUscc(1)])
    const scores = items.map((item) => item.score)
    expect(scores).toEqual([...scores].sort((a, b) => b - a))
    expect(Math.max(...scores)).toBeLessThanOrEqual(1)
  })

  it('does not tell whose business it is that has an identity number as its registration number', async () => {
    expect(await search(q('110105491231003'))).toEqual([])
  })

  it('finds a code in any writing, and an old registration number without a code', async () => {
    expect(await search(q(madeUpUscc(3).toLowerCase()))).toMatchObject([
      { uscc: madeUpUscc(3), matchedOn: 'uscc', score: 1 },
    ])
    expect(await search(q('110108000000016'))).toMatchObject([
      { uscc: null, name: '虚构老厂', matchedOn: 'registration-number' },
    ])
  })

  it.each([
    [`${q('云帆')}&regionCode=9999`, [1, 2]],
    [`${q('云帆')}&regionCode=999902`, [2]],
    [`${q('云帆')}&standing=abnormal`, [1]],
    [`${q('云帆')}&standing=clear`, [2]],
    [`${q('云帆')}&standing=serious-violator`, []],
    [`${q('云帆')}&entityType=branch`, []],
    [`${q(madeUpUscc(1))}&standing=clear`, []],
    [`${q('云帆')}&limit=1`, [2]],
  ])('narrows %s', async (query, numbers) => {
    const found = (await search(query)).map((item) => item.uscc)
    expect(found).toHaveLength(numbers.length)
    expect(new Set(found)).toEqual(new Set(numbers.map((number) => madeUpUscc(number))))
  })

  it.each(['%', '_', "'; drop table subjects; --", '()&|', '\\', '🙂', '有限公司'])(
    'is not confused by %s',
    async (text) => {
      expect(Array.isArray(await search(q(text)))).toBe(true)
    },
  )
})

describe('a page', () => {
  const walk = async (query: string) => {
    const pages: SearchItem[][] = []
    let url: string | null = `/v1/search?${query}`
    while (url !== null) {
      const response: LightMyRequestResponse = await service.app.inject({ url })
      const { items, next } = response.json<{ items: SearchItem[]; next: string | null }>()
      pages.push(items)
      const link = /^<([^>]+)>; rel="next"$/.exec(String(response.headers['link'] ?? ''))?.[1] ?? null
      expect(link === null).toBe(next === null)
      url = link
    }
    return pages
  }

  it('leads to the next by cursor and Link, without repeating or leaving out a result', async () => {
    const all = await search(q('云帆'))
    const pages = await walk(`${q('云帆')}&limit=1`)
    expect(pages.map((page) => page.length)).toEqual(all.map(() => 1))
    expect(pages.flat()).toEqual(all)
  })

  it('tells the position of the feed that it stands at', async () => {
    await service.sequence()
    const response = await service.app.inject({ url: `/v1/search?${q(madeUpUscc(1))}` })
    const head = await findHead(service.db)
    expect(response.headers['x-position']).toBe(String(head.position))
  })

  it('takes up to 200 characters of anything, and answers', async () => {
    const parts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('云帆', '\u202e', '🙂', '\ud800', '（', '有限公司', "'"),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(parts, { minLength: 1, maxLength: 20 }), async (words) => {
        const text = words.join('').slice(0, 10_000)
        const response = await service.app.inject({ url: '/v1/search', query: { q: text } })
        expect([200, 400]).toContain(response.statusCode)
      }),
      { numRuns: 60 },
    )
  })

  it.each([['🙂'], ['甲'], ['\u202e甲'], ['有限公司'], ['a'], ['('], ['第一']])(
    'refuses ten thousand characters of %s with a pointer',
    async (text) => {
      const url = `/v1/search?${q(text.repeat(10_000 / text.length))}`
      const response = await service.app.inject({ url })
      expect(response.statusCode).toBe(400)
      expect(response.json()).toMatchObject({ errors: [{ pointer: '/querystring/q' }] })
    },
  )
})

describe('304', () => {
  it('answers so to a client that has it', async () => {
    const url = `/v1/search?${q('云帆')}`
    const { headers } = await service.app.inject({ url })
    const again = await service.app.inject({ url, headers: { 'if-none-match': String(headers.etag) } })
    expect(again.statusCode).toBe(304)
  })
})

describe('400', () => {
  it.each([
    '',
    'q=',
    'q=%20',
    `q=${'x'.repeat(201)}`,
    'q=a&regionCode=x',
    'q=a&standing=bad',
    'q=a&limit=201',
    'q=a&page=2',
    'q=a&limit=0',
    'q=%00',
  ])('refuses ?%s', async (query) => {
    const response = await service.app.inject({ url: `/v1/search?${query}` })
    expect(response.statusCode).toBe(400)
    expect(response.json()).toMatchObject({ type: '/problems/invalid-request' })
  })

  it('refuses a cursor that this search did not give', async () => {
    const first = await service.app.inject({ url: `/v1/search?${q('云帆')}&limit=1` })
    const { next } = first.json<{ next: string }>()
    for (const [text, cursor] of [
      ['云帆贸易', next],
      ['云帆', 'x'],
      ['云帆', `${next}x`],
    ] as const) {
      const response = await service.app.inject({ url: `/v1/search?${q(text)}&limit=1&cursor=${cursor}` })
      expect(response.statusCode).toBe(400)
      expect(response.json()).toMatchObject({ type: '/problems/invalid-cursor' })
    }
  })
})
