import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listLateReporters } from '../../src/listings/service.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'

let service: TestService
const get = (uscc: string, headers: Record<string, string> = {}) =>
  service.app.inject({ url: `/v1/credit-files/${uscc}/badge.svg`, headers })
const hostile = '虚构<script>alert(1)</script>"&店'

beforeAll(async () => {
  service = await startTestService()
  await take(service.db, 'subjects', [subjectItem(1), subjectItem(2, { name: hostile })])
  await take(service.db, 'annual-reports', [reportItem(2)])
  await listLateReporters({ db: service.db, on: '2026-07-08', now: () => service.clock.now() })
})
afterAll(() => service.close())

describe('200', () => {
  it('shows the present standing and links to the public page', async () => {
    const response = await get(madeUpUscc(1))
    expect(response.statusCode).toBe(200)
    expect(response.headers).toMatchObject({
      'content-type': 'image/svg+xml; charset=utf-8',
      'cache-control': 'public, no-cache',
      'cross-origin-resource-policy': 'cross-origin',
    })
    expect(response.body).toContain('经营异常')
    expect(response.body).toContain(`<a href="https://credit.example/credit-files/${madeUpUscc(1)}"`)
    expect((await get(madeUpUscc(2))).body).toContain('未列入名单')
  })

  it('is in the reader’s language', async () => {
    expect((await get(madeUpUscc(1), { 'accept-language': 'en' })).body).toContain('Abnormal operation')
  })

  it('shows a name as text, whatever is in it', async () => {
    const { body } = await get(madeUpUscc(2))
    expect(body).not.toContain('<script')
    expect(body).toContain('&lt;script')
  })
})

describe('304', () => {
  it('sends nothing while nothing changed, and the other badge to a reader of the other language', async () => {
    const etag = String((await get(madeUpUscc(1))).headers['etag'])
    const again = await get(madeUpUscc(1), { 'if-none-match': etag })
    expect([again.statusCode, again.body]).toEqual([304, ''])
    expect((await get(madeUpUscc(1), { 'if-none-match': etag, 'accept-language': 'en' })).statusCode).toBe(200)
  })
})

describe('400', () => {
  it('refuses a code whose check character fails', async () => {
    const response = await get('91999900MA0000015X')
    expect(response.statusCode).toBe(400)
    expect(response.json()).toMatchObject({ type: '/problems/invalid-uscc' })
  })
})

describe('404', () => {
  it('shows no badge of a business that is not registered', async () => {
    expect((await get(madeUpUscc(999))).json()).toMatchObject({ type: '/problems/unknown-subject' })
  })
})
