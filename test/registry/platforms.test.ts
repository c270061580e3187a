import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { platforms } from '../../src/registry/platforms.ts'
import { keysToTry, parseWebAddress } from '../../src/registry/web-address.ts'

/** Links of one shop, as a computer, a telephone and a shared message have them. */
const oneShop: Record<string, string[]> = {
  'taobao.com/shop/123456': [
    'https://shop123456.taobao.com/',
    'shop123456.m.taobao.com',
    'http://SHOP123456.taobao.com/search.htm?spm=a1z10.1&search=y',
    'https://shop.m.taobao.com/shop/shop_index.htm?shop_id=123456&share_token=z',
    'https://h5.m.taobao.com/shop/view.htm?shopId=123456',
    '【淘宝】假一赔四 https://shop123456.taobao.com/?from=share「示例店」点击链接直接打开',
  ],
  'taobao.com/name/example-toys': ['https://example-toys.taobao.com', 'example-toys.m.taobao.com/index.htm'],
  'tmall.com/name/examplebrand': [
    'https://examplebrand.tmall.com/shop/view_shop.htm?user_number_id=1',
    'examplebrand.m.tmall.com',
    'https://examplebrand.world.tmall.com/p/rd1.htm',
  ],
  'tmall.com/name-hk/examplebrand': ['https://examplebrand.tmall.hk/'],
  'jd.com/shop/1000001': [
    'https://mall.jd.com/index-1000001.html',
    'mall.jd.com/index-1000001.html?from=pc',
    'https://shop.m.jd.com/?shopId=1000001&utm_source=iosapp',
    'https://shop.m.jd.com/shop/home?shopId=1000001',
    'https://mall.jd.com/shopLevel-1000001.html',
  ],
  'yangkeduo.com/shop/77': [
    'https://mobile.yangkeduo.com/mall_page.html?mall_id=77&_x_share=1',
    'https://mobile.pinduoduo.com/mall_page.html?mall_id=77',
    'https://mobile.yangkeduo.com/mall_quality_assurance.html?mall_id=77',
  ],
  'douyin.com/shop/kTZLe': [
    'https://haohuo.jinritemai.com/views/shop/index?id=kTZLe&origin_type=1',
    'https://haohuo.jinritemai.com/ecommerce/trade/detail/index.html?shop_id=kTZLe',
  ],
  'douyin.com/account/MS4wLjABAAAA_x-1': [
    'https://www.douyin.com/user/MS4wLjABAAAA_x-1?vid=7',
    'https://www.iesdouyin.com/share/user/123?sec_uid=MS4wLjABAAAA_x-1',
  ],
  'kuaishou.com/account/3xabc': [
    'https://www.kuaishou.com/profile/3xabc',
    'https://live.kuaishou.com/u/3xabc',
    'https://v.m.chenzhongtech.com/fw/user/3xabc?fid=1',
  ],
  'weidian.com/shop/1234567': [
    'https://weidian.com/?userid=1234567',
    'https://shop1234567.v.weidian.com/?wfr=c',
    'https://weidian.com/s/1234567',
  ],
  '1688.com/name/shop1385868u3n128': [
    'https://shop1385868u3n128.1688.com/page/offerlist.htm',
    'shop1385868u3n128.m.1688.com',
  ],
  '1688.com/member/b2b-22000': [
    'https://m.1688.com/winport/b2b-22000.html',
    'https://winport.m.1688.com/page/index.html?memberId=b2b-22000',
  ],
  'xiaohongshu.com/account/5be0abc': ['https://www.xiaohongshu.com/user/profile/5be0abc?xhsshare=CopyLink'],
  'suning.com/shop/30000123': [
    'https://shop.suning.com/30000123/index.html',
    'https://shop.m.suning.com/30000123.html',
  ],
  'dangdang.com/shop/9988': ['http://shop.dangdang.com/9988', 'http://m.dangdang.com/h5shop?shop_id=9988'],
  'youzan.com/kdt/555': ['https://shop192723.youzan.com/wscshop/showcase/homepage?kdt_id=555'],
  'alibaba.com/name/examplemaker': [
    'https://examplemaker.en.alibaba.com/',
    'https://examplemaker.m.en.alibaba.com/x.html',
  ],
  'goofish.com/account/22': ['https://www.goofish.com/personal?userId=22'],
  'bilibili.com/account/42': ['https://space.bilibili.com/42/dynamic', 'https://m.bilibili.com/space/42'],
  'weixin.qq.com/account/MzA%3D%3D': ['https://mp.weixin.qq.com/mp/profile_ext?action=home&__biz=MzA%3D%3D'],
}

describe.each(Object.entries(oneShop))('%s', (key, links) => {
  it.each(links)('is meant by %s', (link) => {
    const address = parseWebAddress(link)
    expect(address).toMatchObject({ key, isShop: true })
    expect(keysToTry(address!)).toEqual([key])
  })
})

it.each(platforms.flatMap(({ code, hosts }) => hosts.map((host) => [code, host])))(
  'never takes %s itself (%s) for one seller',
  (code, host) => {
    for (const written of [host, `https://www.${host}/`, `http://m.${host}/?spm=1`, `https://${host}/index.html`]) {
      const address = parseWebAddress(written)!
      expect(address).toMatchObject({ platform: code, isShop: false })
      expect(keysToTry(address)).not.toContain(host)
    }
  },
)

it.each([
  'https://item.taobao.com/item.htm?id=7',
  'https://detail.tmall.com/item.htm?id=7',
  'https://item.jd.com/100.html',
  'https://mobile.yangkeduo.com/goods.html?goods_id=7',
  'https://m.tb.cn/h.abc',
])('does not take the product or short link %s for its shop, nor for its platform', (link) => {
  const address = parseWebAddress(link)!
  expect(address.isShop).toBe(false)
  expect(keysToTry(address)).toEqual([address.key])
  expect(address.key).toContain('/')
})

it('gives every platform a code of its own, and every host to one platform', () => {
  const codes = platforms.map(({ code }) => code)
  const hosts = platforms.flatMap((platform) => platform.hosts)
  expect(new Set(codes).size).toBe(codes.length)
  expect(new Set(hosts).size).toBe(hosts.length)
  expect(codes.length).toBeGreaterThanOrEqual(20)
})

const anyPlatformHost = fc.constantFrom(...platforms.flatMap((platform) => platform.hosts))

it('knows the links of shops that it made itself again, whatever their paths and parameters are', () => {
  fc.assert(
    fc.property(anyPlatformHost, fc.webPath(), fc.webQueryParameters(), fc.domain(), (host, path, query, label) => {
      const address = parseWebAddress(`https://${label.split('.')[0]}.${host}${path}?${query}`)
      if (address === null) return
      expect(parseWebAddress(address.url)?.key).toBe(address.key)
      expect(keysToTry(address).length).toBeLessThanOrEqual(1)
      expect(keysToTry(address)).not.toContain(host)
    }),
    { numRuns: 500 },
  )
})

it('reads anything of up to 10,000 characters without throwing', () => {
  const pieces = fc.constantFrom(
    'https://',
    '.',
    '/',
    '?',
    '=',
    '&',
    '.taobao.com',
    '%',
    '\ud800',
    '\u202e',
    '。',
    'xn--',
    '😀',
    'a',
    ' ',
    '\0',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 10_000 }),
        fc.array(pieces, { maxLength: 2000 }).map((some) => some.join('')),
        pieces.map((piece) => piece.repeat(10_000 / piece.length)),
        pieces.map((piece) => `https://${piece.repeat(9900 / piece.length)}.example`),
      ),
      (text) => {
        const address = parseWebAddress(text)
        if (address !== null) expect(keysToTry(address).length).toBeLessThan(25)
      },
    ),
    { numRuns: 300 },
  )
})
