import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listLateReporters } from '../../src/listings/service.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'

let service: TestService

beforeAll(async () => {
  service = await startTestService()
  const { db } = service
  await take(
    db,
    'subjects',
    [1, 2, 3, 4, 5, 6, 7, 8].map((number) => subjectItem(number)),
  )
  const shop = (url: string) => ({ kind: 'shop', name: '示例店', url })
  const site = (url: string) => ({ kind: 'website', name: '示例站', url })
  await take(db, 'annual-reports', [
    reportItem(1, {
      year: 2024,
      publishedOn: '2025-05-01',
      webPresences: [shop('https://mall.example/shop/1'), site('https://www.brand1.example/')],
    }),
    reportItem(2, { webPresences: [shop('https://mall.example/shop/2'), shop('https://bazaar.example/s?id=7')] }),
    // The platform itself has filed its own host.
    reportItem(3, { webPresences: [site('https://mall.example/')] }),
    reportItem(4, { webPresences: [site('https://twice.example/')] }),
    reportItem(5, { webPresences: [site('https://www.twice.example')] }),
    reportItem(6, { webPresences: [site('https://商城.example/home')] }),
    // A seller who wrote the platform's address beside its shop's, and one who wrote nothing else.
    reportItem(7, { webPresences: [shop('https://shop700700.taobao.com/'), site('https://www.taobao.com')] }),
    reportItem(8, { webPresences: [site('https://www.taobao.com')] }),
  ])
  await listLateReporters({ db, on: '2026-07-08', now: () => new Date('2026-07-08T02:00:00Z') })
})
afterAll(() => service.close())

const lookup = (url: string) => service.app.inject({ url: `/v1/lookup?url=${encodeURIComponent(url)}` })

interface Answer {
  subject: { uscc: string }
  standing: string
  webPresence: { status: string; url: string; kind: string }
  otherClaimants: string[]
}

describe('200', () => {
  it('answers who runs a shop, with its standing', async () => {
    const response = await lookup('https://mall.example/shop/1')
    expect(response.statusCode).toBe(200)
    expect(response.json()).toMatchObject({
      subject: { uscc: madeUpUscc(1) },
      standing: 'abnormal',
      webPresence: { kind: 'shop', url: 'https://mall.example/shop/1', status: 'active' },
    })
  })

  it.each([
    ['brand1.example', 1],
    ['HTTP://M.Brand1.Example:8080/index.html?utm_source=x', 1],
    ['https://brand1.example/product/77', 1],
    ['mall.example/shop/2/', 2],
    ['https://mall.example/shop/2/item/5?spm=1', 2],
    ['【好物】 https://bazaar.example/s?id=7&share_token=z 复制打开', 2],
    ['商城.example', 6],
    ['https://xn--czru2d.example/home', 6],
    ['https://mall.example', 3],
  ])('finds the business behind %s', async (url, number) => {
    expect((await lookup(url)).json<Answer>().subject.uscc).toBe(madeUpUscc(number))
  })

  it('finds a shop of a known platform by any of its links, and tells the platform', async () => {
    const response = await lookup('https://shop.m.taobao.com/shop/shop_index.htm?shop_id=700700&share=1')
    expect(response.json()).toMatchObject({
      subject: { uscc: madeUpUscc(7) },
      webPresence: { platform: 'taobao', status: 'active' },
      otherClaimants: [],
    })
  })

  it('says when two businesses claim one address, names the other, and shows the claim on both files', async () => {
    const answer = (await lookup('twice.example')).json<Answer>()
    expect(answer.webPresence.status).toBe('disputed')
    expect([answer.subject.uscc, ...answer.otherClaimants].sort()).toEqual([madeUpUscc(4), madeUpUscc(5)])
    for (const number of [4, 5]) {
      const file = await service.app.inject(`/v1/credit-files/${madeUpUscc(number)}`)
      expect(file.json()).toMatchObject({ webPresences: [{ status: 'disputed', sources: ['annual-report'] }] })
    }
  })

  it('calls no two sellers disputed because both wrote the address of their platform', async () => {
    const file = await service.app.inject(`/v1/credit-files/${madeUpUscc(8)}`)
    expect(file.json()).toMatchObject({ webPresences: [{ status: 'active', platform: 'taobao' }] })
  })
})

describe('304', () => {
  it('answers so to a client that has it', async () => {
    const first = await lookup('brand1.example')
    const again = await service.app.inject({
      url: '/v1/lookup?url=brand1.example',
      headers: { 'if-none-match': String(first.headers.etag) },
    })
    expect(again.statusCode).toBe(304)
  })
})

describe('400', () => {
  it.each(['javascript:alert(1)', '无', 'http://127.0.0.1/', 'a'.repeat(3000)])('refuses %j', async (url) => {
    const response = await lookup(url)
    expect(response.statusCode).toBe(400)
    expect(response.json()).toMatchObject({
      type: '/problems/invalid-request',
      errors: [{ pointer: '/querystring/url' }],
    })
  })

  it('asks for the address when there is none', async () => {
    expect((await service.app.inject({ url: '/v1/lookup' })).statusCode).toBe(400)
  })
})

describe('404', () => {
  it.each([
    'https://nobody.example/',
    // The platform's file must never stand for a shop that nobody filed.
    'https://mall.example/shop/3',
    // Nor one shop for the platform that it is on.
    'https://bazaar.example/',
    'https://bazaar.example/s?id=8',
    // Whoever filed the address of a platform as a site of its own.
    'https://www.taobao.com/',
    'https://item.taobao.com/item.htm?id=7',
    'https://shop700701.taobao.com/',
  ])('does not guess who runs %s', async (url) => {
    const response = await lookup(url)
    expect(response.statusCode).toBe(404)
    expect(response.json()).toMatchObject({ type: '/problems/unknown-web-presence' })
  })
})
