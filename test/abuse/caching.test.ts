import { afterAll, beforeAll, expect, it } from 'vitest'
import { madeUpUscc, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'

let service: TestService

beforeAll(async () => {
  service = await startTestService()
  await take(service.db, 'subjects', [subjectItem(1)])
})
afterAll(() => service.close())

const public_ = [
  '/',
  `/credit-files/${madeUpUscc(1)}`,
  '/search?q=虚构',
  '/feed',
  '/problems/not-found',
  `/v1/credit-files/${madeUpUscc(1)}`,
  `/v1/credit-files/${madeUpUscc(1)}/badge.svg`,
  '/v1/search?q=虚构',
  '/v1/lists/abnormal/entries',
  '/v1/reconcile',
  '/v1/regions',
  '/v1/nothing',
]

it.each(public_)('%s is made of nothing that a cache does not know of', async (url) => {
  const plain = await service.app.inject(encodeURI(url))
  const poisoned = await service.app.inject({
    url: encodeURI(url),
    headers: {
      ...{ host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'javascript' },
      ...{
        'x-forwarded-port': '1',
        'x-original-url': '/evil',
        'x-rewrite-url': '/evil',
        forwarded: 'host=evil.example',
      },
      ...{ 'x-forwarded-prefix': '/evil', 'x-host': 'evil.example', origin: 'https://evil.example', cookie: 'evil=1' },
      ...{ referer: 'https://evil.example/', 'user-agent': 'evil', 'x-forwarded-for': '6.6.6.6' },
    },
  })
  const withoutId = (text: string, id: unknown) => text.replaceAll(String(id), '')
  expect(withoutId(poisoned.body, poisoned.headers['x-request-id'])).toBe(
    withoutId(plain.body, plain.headers['x-request-id']),
  )
  expect(poisoned.statusCode).toBe(plain.statusCode)
  expect(JSON.stringify(poisoned.headers)).not.toContain('evil')
})

it.each(public_)('%s in another language is another answer to a cache, unless it is the same', async (url) => {
  const [zh, en] = await Promise.all(
    ['zh-CN', 'en'].map((language) =>
      service.app.inject({ url: encodeURI(url), headers: { 'accept-language': language } }),
    ),
  )
  const id = (response: typeof zh) => String(response?.headers['x-request-id'])
  if (zh?.body.replaceAll(id(zh), '') === en?.body.replaceAll(id(en), '')) return
  expect(String(zh?.headers['vary'])).toMatch(/accept-language/i)
  expect(zh?.headers['etag'] === undefined || zh.headers['etag'] !== en?.headers['etag']).toBe(true)
})

it('lets nobody keep what was answered to a key or refused', async () => {
  const key = await service.keyWith('feed')
  const answers = await Promise.all([
    service.app.inject({ url: '/v1/feed/checkpoint', headers: { authorization: `Bearer ${key}` } }),
    service.app.inject({ url: '/v1/subscriptions', headers: { authorization: `Bearer ${key}` } }),
    service.app.inject('/livez'),
    service.app.inject('/metrics'),
  ])
  for (const { headers } of answers) expect(String(headers['cache-control'])).toMatch(/no-store|private|no-cache/)
})
