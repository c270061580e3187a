import fc from 'fast-check'
import { expect, it } from 'vitest'
import { keysToTry, parseWebAddress } from '../../src/registry/web-address.ts'

it.each([
  ['https://www.brand1.example/', 'brand1.example'],
  ['http://brand1.example', 'brand1.example'],
  ['brand1.example', 'brand1.example'],
  ['BRAND1.Example/', 'brand1.example'],
  ['m.brand1.example', 'brand1.example'],
  ['brand1.example:8443', 'brand1.example'],
  ['https://brand1.example/index.html', 'brand1.example'],
  ['ｂｒａｎｄ１。ｅｘａｍｐｌｅ', 'brand1.example'],
  ['商城.example', 'xn--czru2d.example'],
  ['xn--czru2d.example', 'xn--czru2d.example'],
  ['https://mall.example/shop/123?spm=a1z10&utm_source=x', 'mall.example/shop/123'],
  ['https://mall.example/shop/123/', 'mall.example/shop/123'],
  ['https://bazaar.example/s?id=7&from=share', 'bazaar.example/s?id=7'],
  ['https://bazaar.example/s?b=2&a=1', 'bazaar.example/s?a=1&b=2'],
  ['【好店】https://mall.example/shop/123 点击链接', 'mall.example/shop/123'],
  ['https://mall.example/shop/123#top', 'mall.example/shop/123'],
  ['我在看【好店】https://mall.example/shop/123，快来看看！', 'mall.example/shop/123'],
  ['店铺 mall.example/shop/123 复制打开', 'mall.example/shop/123'],
  ['m.com', 'm.com'],
  ['m.com.cn', 'm.com.cn'],
  ['www.brand1.com.cn', 'brand1.com.cn'],
])('knows %s as %s', (pasted, key) => {
  expect(parseWebAddress(pasted)?.key).toBe(key)
})

it.each([
  'javascript:alert(1)',
  'mailto:a@brand1.example',
  'ftp://brand1.example',
  'data:text/html,x',
  '无',
  '',
  'localhost',
  'http://127.0.0.1/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://0177.0.0.1/',
  'https://user:secret@brand1.example/',
  'not a link',
  'com.cn',
  'v1.2 of it',
  'https://brand1.example/?x=%00',
])('does not take %j for an address', (pasted) => {
  expect(parseWebAddress(pasted)).toBeNull()
})

it('tries an address as it is, then without its query, then ever shorter paths down to the host', () => {
  expect(keysToTry(parseWebAddress('https://mall.example/shop/123/item?id=5')!)).toEqual([
    'mall.example/shop/123/item?id=5',
    'mall.example/shop/123/item',
    'mall.example/shop/123',
    'mall.example/shop',
    'mall.example',
  ])
})

it('tries few keys for an address of thousands of steps', () => {
  expect(keysToTry(parseWebAddress(`https://mall.example/${'a/'.repeat(1900)}`)!).length).toBeLessThan(25)
})

it('knows its own links again, and never throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.string({ unit: 'binary' })), (pasted) => {
      const address = parseWebAddress(pasted)
      if (address !== null) expect(parseWebAddress(address.url)?.key).toBe(address.key)
    }),
    { numRuns: 500 },
  )
})
