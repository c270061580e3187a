import { describe, expect, test } from 'vitest'
import { madeUpUscc } from '../support/businesses.ts'
import { clear, listed, useSite } from './site.ts'

const { get } = useSite()

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
