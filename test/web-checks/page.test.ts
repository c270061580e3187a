import { describe, expect, it } from 'vitest'
import { decodePage, unpack } from '../../src/web-checks/body.ts'
import { codesOfOthers, findLabelledLicence, findLicence, isOfficial } from '../../src/web-checks/licence.ts'
import { readPage } from '../../src/web-checks/page.ts'
import { readRobots } from '../../src/web-checks/robots.ts'
import { madeUpUscc } from '../support/businesses.ts'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'

const own = madeUpUscc(1)
const another = madeUpUscc(2)
const holder = { uscc: own, registrationNumber: '999900000000019' }
const publicUrl = 'https://credit.example'
const lookAt = (html: string, url = 'https://shop.example/') =>
  findLicence({ ...readPage(html), url }, holder, publicUrl)
const fullWidth = Array.from(own, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)).join('')
const split = (by: string) => Array.from(own).join(by)

describe('the unified code of the business', () => {
  it.each([
    ['in a line of the footer', `<footer><p>统一社会信用代码：${own}</p></footer>`],
    ['in lower case', `<p>${own.toLowerCase()}</p>`],
    ['in full-width characters', `<p>统一社会信用代码${fullWidth}。</p>`],
    ['with spaces between', `<p>${split(' ')}</p>`],
    ['with line breaks and no-break spaces of the source', `<p>${own.slice(0, 8)}\n   &nbsp;${own.slice(8)}</p>`],
    ['with hyphens', `<p>${own.slice(0, 2)}-${own.slice(2, 8)}－${own.slice(8)}</p>`],
    ['split by elements within the line', `<p><b>${own.slice(0, 5)}</b><span>${own.slice(5)}</span></p>`],
    ['one cell for each character', `<table><tr><td>${split('</td><td>')}</td></tr></table>`],
    ['as character references', `<p>${Array.from(own, (c) => `&#${c.charCodeAt(0)};`).join('')}</p>`],
    ['in HTML that is broken', `<div><p>${own.slice(0, 9)}<b>${own.slice(9)}</div></span><<<`],
    ['right after Chinese text', `<p>代码${own}号</p>`],
  ])('is seen %s', (_where, html) => {
    expect(lookAt(html)).toMatchObject({ kind: 'code', url: 'https://shop.example/', href: null })
  })

  it.each([
    ["another's code", `<p>${another}</p>`],
    ['a longer number that has it in it', `<p>1${own}</p><p>${own}9</p>`],
    ['the code without its last character', `<p>${own.slice(0, 17)}</p>`],
    ['a comment', `<!-- ${own} -->`],
    ['script', `<script>var code = "${own}"</script>`],
    ['a style sheet', `<style>p:after { content: "${own}" }</style>`],
    ['an attribute', `<p data-code="${own}"></p>`],
    ['a hidden element', `<div hidden><p>${own}</p></div>`],
    ['an element that is not displayed', `<div style="color: red; Display : none"><p>${own}</p></div>`],
    ['the head', `<head><title>${own}</title></head>`],
    ['noscript', `<noscript>${own}</noscript>`],
  ])('is not seen in %s', (_what, html) => {
    expect(lookAt(`<body>${html}<p>欢迎光临</p></body>`)).toBeNull()
  })

  it('tells where it stood and what stood around it', () => {
    const found = lookAt(
      `<body><main><p>商品</p></main><footer><p>统一社会信用代码：<b>${own}</b> 版权所有</p></footer></body>`,
    )
    expect(found).toEqual({
      ...{ kind: 'code', url: 'https://shop.example/', href: null, element: 'body > footer > p > b' },
      text: `商品 统一社会信用代码:${own} 版权所有`,
    })
  })

  it('tells the codes of others that a page shows', () => {
    const page = readPage(`<p>${another} ${own} 123456789012345678</p>`)
    expect(codesOfOthers(page, holder)).toEqual([another])
  })
})

it('takes the registration number for businesses from before the unified code', () => {
  expect(lookAt('<p>注册号：9999 0000 0000 019</p>')).toMatchObject({ kind: 'registration-number' })
  expect(lookAt('<p>19999000000000190</p>')).toBeNull()
})

describe('links', () => {
  it.each([
    [
      'the mark of the national system',
      `https://zzlz.gsxt.gov.cn/businessCheck/verifKey.do?showType=p&serial=${own}-SAIC_SHOW_1000009${own}1633694838998&signData=MEQCIC`,
      'official-link',
    ],
    ['one that names no code', 'http://wap.scjgj.sh.gov.cn/businessCheck/verifKey.do?serial=x', 'official-link'],
    ['one of another province', 'https://wap.scjgj.xz.gov.cn/businessCheck/verifKey.do?serial=x', 'official-link'],
    ['its credit file here', `${publicUrl}/credit-files/${own}`, 'credit-file-link'],
    ['a relative link to the mark', '//zzlz.gsxt.gov.cn/businessCheck/verifKey.do?serial=x', 'official-link'],
  ])('%s counts', (_what, href, kind) => {
    expect(lookAt(`<footer><a href="${href}"><img src="/gs.png"></a></footer>`)).toMatchObject({ kind, href })
  })

  it('the badge of the credit file counts as a picture', () => {
    const found = lookAt(`<img src="${publicUrl}/v1/credit-files/${own}/badge.svg" alt="信用状况">`)
    expect(found).toMatchObject({ kind: 'credit-file-link', element: 'img' })
  })

  it.each([
    ["another's mark", `https://zzlz.gsxt.gov.cn/businessCheck/verifKey.do?serial=${another}-SAIC_SHOW_1`],
    ["another's credit file", `${publicUrl}/credit-files/${another}`],
    ['the front page of the regulator', 'https://www.gsxt.gov.cn/'],
    ['a page on a host that only looks like it', 'https://zzlz.gsxt.gov.cn.evil.example/businessCheck/verifKey.do?a=b'],
    ['a credit file on another host', `https://other.example/credit-files/${own}`],
    ['what is no address of the web', 'javascript:businessCheck()'],
  ])('%s does not', (_what, href) => {
    expect(lookAt(`<a href="${href}">营业执照</a>`)).toBeNull()
  })

  it('only a path that shows one business makes a regulator’s page official', () => {
    expect(isOfficial(new URL('https://scjgj.sh.gov.cn/news/1.html'))).toBe(false)
  })

  it('one that says it is the licence is told, with whether it is a picture', () => {
    const labelled = (html: string) => findLabelledLicence({ ...readPage(html), url: 'https://shop.example/a' })
    expect(labelled('<a href="zz.html">营业执照</a>')).toEqual({
      url: new URL('https://shop.example/zz.html'),
      isPicture: false,
    })
    expect(labelled('<img src="/zz.jpg" alt="营业执照">')).toMatchObject({ isPicture: true })
    expect(labelled('<a href="/about">关于我们</a>')).toBeNull()
  })
})

describe('bytes', () => {
  const html = (charset: string) => `<html><head>${charset}</head><body>云州市市场监督管理局</body></html>`
  /** 云州市 in GBK. */
  const gbk = Buffer.from([0xd4, 0xc6, 0xd6, 0xdd, 0xca, 0xd0])
  const around = (head: string) =>
    Buffer.concat([Buffer.from(`<html><head>${head}</head><body>`), gbk, Buffer.from('</body>')])

  it.each([
    ['named by the header', around(''), 'text/html; charset=gb2312'],
    ['named by the page', around('<meta charset="gbk">'), 'text/html'],
    [
      'named by the page in the old way',
      around('<meta http-equiv="Content-Type" content="text/html; charset=GB18030">'),
      'text/html',
    ],
    ['named by nobody', around(''), 'text/html'],
  ])('GBK %s', (_how, bytes, contentType) => {
    expect(readPage(decodePage(bytes, contentType)).text).toContain('云州市')
  })

  it('UTF-8 named by nobody', () => {
    expect(decodePage(Buffer.from(html('')), 'text/html')).toContain('云州市市场监督管理局')
  })

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('%s is unpacked, and no further than is asked for', async (encoding, pack) => {
    const packed = pack(Buffer.alloc(50_000_000, 'x'))
    expect(packed.length).toBeLessThan(100_000)
    const unpacked = await unpack(packed, encoding, 1000)
    expect([unpacked?.bytes.length, unpacked?.complete]).toEqual([1000, false])
    expect(await unpack(pack(Buffer.from('whole')), encoding, 1000)).toEqual({
      bytes: Buffer.from('whole'),
      complete: true,
    })
  })

  it('what is cut off gives what it has, and what is unknown nothing', async () => {
    const cut = gzipSync(Buffer.from(html('')))
    expect(await unpack(cut.subarray(0, cut.length - 9), 'gzip', 1000)).toMatchObject({ complete: false })
    expect(await unpack(Buffer.from('x'), 'zstd', 1000)).toBeNull()
  })

  it('a page that nests deeper than any page of a person is not read to its end', () => {
    expect(readPage('<div>'.repeat(900) + own)).toMatchObject({
      isWhole: true,
      text: expect.stringContaining(own) as string,
    })
    const deep = readPage(own + '<div><b>'.repeat(200_000) + another)
    expect(deep.isWhole).toBe(false)
    expect(deep.text).toContain(own)
    expect(deep.text).not.toContain(another)
  })
})

describe('robots.txt', () => {
  const allows = (text: string, path: string) =>
    readRobots('https://shop.example', text).allows(new URL(path, 'https://shop.example'))

  it.each([
    ['nothing said', '', '/', true],
    ['all forbidden', 'User-agent: *\nDisallow: /', '/', false],
    ['others forbidden', 'User-agent: OtherBot\nDisallow: /', '/', true],
    ['we are named', 'User-agent: *\nDisallow: /\n\nUser-agent: Xinjian\nAllow: /', '/', true],
    ['we alone are forbidden', 'User-agent: xinjian\nDisallow: /\nUser-agent: *\nAllow: /', '/', false],
    ['the longest rule decides', 'User-agent: *\nDisallow: /\nAllow: /shop', '/shop/1', true],
    ['of equals the kinder', 'User-agent: *\nDisallow: /a\nAllow: /a', '/a', true],
    ['patterns', 'User-agent: *\nDisallow: /*.php$', '/x.php', false],
    ['an end that does not fit', 'User-agent: *\nDisallow: /*.php$', '/x.php?y', true],
    ['groups of ours are one', 'User-agent: xinjian\nDisallow: /a\n\nUser-agent: xinjian\nDisallow: /b', '/a', false],
    [
      'lines of megabytes are left out',
      `User-agent: *\nDisallow: /${'*'.repeat(1_000_000)}\nDisallow: /x`,
      '/x',
      false,
    ],
  ])('%s', (_what, text, path, allowed) => {
    expect(allows(text, path)).toBe(allowed)
  })

  it('tells how long it asks us to rest', () => {
    const delay = (text: string) => readRobots('https://shop.example', text).crawlDelayMs
    expect(delay('User-agent: *\nCrawl-delay: 2.5')).toBe(2500)
    expect(delay('User-agent: *\nCrawl-delay: soon')).toBeNull()
    expect(delay('')).toBeNull()
  })
})
