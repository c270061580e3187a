import { describe, expect, test } from 'vitest'
import { madeUpUscc } from '../support/businesses.ts'
import { broken, clear, listed, useSite } from './site.ts'

const { get } = useSite()

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
    expect(answer.headers).toMatchObject({ vary: 'Accept-Language, Cookie', 'cache-control': 'no-store' })
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
    expect((await get(url, { 'accept-language': 'en' })).body).toContain('<html lang="en">')
  })

  test('of the service itself shows no internals, and the id to ask about', async () => {
    const { status, type, headers, body } = await get(`/credit-files/${broken}`)
    expect(status).toBe(500)
    expect(type).toBe('text/html; charset=utf-8')
    expect(body).not.toMatch(/SECRET-GROUND|has no ground|Error|\.ts/)
    expect(body).toContain(headers['x-request-id'] as string)
  })
})
