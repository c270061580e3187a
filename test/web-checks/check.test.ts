import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import type { Statistics } from '../../src/statistics/schemas.ts'
import { madeUpUscc } from '../support/businesses.ts'
import { licensed, plain, useSites } from './filed.ts'

const web = useSites()
let hosts = 0
const next = () => (hosts += 1)
const { file, check, presence, visits, lastVisit, events, paths, page, serve, rows } = web

describe('the display of the licence', () => {
  it('is told by one visit that sees it, with an event in the same transaction and the evidence kept', async () => {
    const filed = await file('https://one.example/')
    await page('one.example', licensed(filed))
    expect(await check('2026-11-20')).toMatchObject({ visited: 1, displayed: 1, changed: 1 })
    expect(await presence(filed)).toEqual({ status: 'active', licenceDisplay: 'displayed' })
    expect((await events(filed)).at(-1)).toEqual(['webPresences'])
    expect(await visits(filed)).toMatchObject([
      { outcome: 'answered', licence: 'displayed', httpStatus: 200, evidence: { kind: 'code', element: 'footer' } },
    ])
    expect(await check('2026-12-19')).toMatchObject({ visited: 0 })
    expect(await check('2026-12-20')).toMatchObject({ visited: 1, changed: 0 })
    expect(await events(filed)).toHaveLength(3)
  })

  it('is missing when visits on two days did not see it, and not after one', async () => {
    const filed = await file('https://two.example/')
    await page('two.example', `${plain}<p>${madeUpUscc(900)}</p>`)
    await check('2026-11-20')
    expect(await presence(filed)).toMatchObject({ licenceDisplay: 'unchecked' })
    expect(await check('2026-11-20')).toMatchObject({ visited: 0 })
    await check('2026-11-21')
    expect(await presence(filed)).toMatchObject({ status: 'active', licenceDisplay: 'missing' })
    const [{ otherCodes } = { otherCodes: [] }] = await rows<{ otherCodes: string[] }>(
      sql`select other_codes as "otherCodes" from web_check_visits where web_presence_id = ${filed.id}`,
    )
    expect(otherCodes).toEqual([madeUpUscc(900)])
    await page('two.example', plain + licensed(filed))
    await check('2026-12-21')
    expect(await presence(filed)).toMatchObject({ licenceDisplay: 'displayed' })
    await page('two.example', plain)
    await check('2027-01-20')
    expect(await presence(filed)).toMatchObject({ licenceDisplay: 'displayed' })
    await check('2027-01-21')
    expect(await presence(filed)).toMatchObject({ licenceDisplay: 'missing' })
  })

  it('is counted in the statistics of the region, as soon as the log tells of it', async () => {
    const rate = async () => {
      await web.service().sequence()
      return (await web.service().app.inject('/v1/statistics?regionCode=9999')).json<Statistics>().licenceDisplay
    }
    const before = await rate()
    const shown = await file('https://three.example/')
    await file('https://four.example/')
    await page('three.example', licensed(shown))
    await page('four.example', plain)
    await check('2026-11-20')
    await check('2026-11-21')
    const { checked, displayed, rate: after } = await rate()
    expect([checked - before.checked, displayed - before.displayed]).toEqual([2, 1])
    expect(after).toBeCloseTo(displayed / checked, 3)
  })

  it.each([
    ['a page that script fills', '<div id="app"></div><script src="/app.js"></script>', 'text/html', 'needs-script'],
    ['frames', '<frameset><frame src="/main"></frameset>', 'text/html', 'needs-script'],
    ['what is no page', '%PDF-1.7', 'application/pdf', 'not-html'],
    ['a picture that says it is the licence', `${plain}<img src="/zz.jpg" alt="营业执照">`, 'text/html', 'picture'],
  ])('%s stays unchecked, with the reason', async (_what, body, type, reason) => {
    const host = `${reason}${next()}.example`
    const filed = await file(`https://${host}/`)
    await serve(host, (_request, response) => void response.setHeader('content-type', type).end(body))
    await check('2026-11-20')
    await check('2026-11-21')
    expect(await presence(filed)).toEqual({ status: 'active', licenceDisplay: 'unchecked' })
    expect(await lastVisit(filed)).toMatchObject({ licence: 'unchecked', reason })
  })

  it('a page that the home page names as the licence is looked at too, and the home page of a page below it', async () => {
    const named = await file('https://five.example/')
    await serve('five.example', (_request, response, { pathname }) => {
      response.setHeader('content-type', 'text/html; charset=utf-8')
      response.end(pathname === '/zz' ? licensed(named) : `${plain}<a href="/zz">营业执照</a>`)
    })
    const below = await file('https://six.example/shop/1.html')
    await serve('six.example', (_request, response, { pathname }) => {
      response.setHeader('content-type', 'text/html; charset=utf-8')
      response.end(pathname === '/' ? licensed(below) : plain)
    })
    expect(await check('2026-11-20')).toMatchObject({ displayed: 2 })
    expect((await lastVisit(named)) as object).toMatchObject({ evidence: { url: 'https://five.example/zz' } })
  })

  it('GBK pages are read', async () => {
    const filed = await file('https://gbk.example/')
    // 信用代码 in GBK.
    const label = Buffer.from([0xd0, 0xc5, 0xd3, 0xc3, 0xb4, 0xfa, 0xc2, 0xeb])
    const body = Buffer.concat([Buffer.from('<meta charset="gb2312"><p>'), label, Buffer.from(`${filed.uscc}</p>`)])
    await serve('gbk.example', (_request, response) => void response.setHeader('content-type', 'text/html').end(body))
    await check('2026-11-20')
    expect(await lastVisit(filed)).toMatchObject({ licence: 'displayed', evidence: { text: `信用代码${filed.uscc}` } })
  })
})

describe('what a site may do to us', () => {
  const huge = Buffer.alloc(20_000_000, '<p>x</p>')

  it('a gzip bomb, a body without end and one that breaks off are read no further than the limit, and nothing is missing by them', async () => {
    const bomb = await file('https://bomb.example/')
    await serve('bomb.example', (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' }).end(gzipSync(huge))
    })
    let sent = 0
    const endless = await file('https://endless.example/')
    await serve('endless.example', (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      const more = () => {
        while (!response.destroyed && response.write('<p>more</p>'.repeat(1000))) sent += 11_000
        response.once('drain', more)
      }
      more()
    })
    const broken = await file('https://broken.example/')
    await serve('broken.example', (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html', 'content-length': '1000' })
      response.write(plain, () => response.destroy())
    })
    await check('2026-11-20')
    await check('2026-11-21')
    for (const filed of [bomb, endless, broken]) {
      expect(await lastVisit(filed)).toMatchObject({ outcome: 'answered', licence: 'unchecked', reason: 'incomplete' })
      expect(await presence(filed)).toEqual({ status: 'active', licenceDisplay: 'unchecked' })
    }
    expect(sent).toBeLessThan(40_000_000)
    const [page] = await rows<{ most: number }>(sql`select max(length(body)) as most from web_check_pages`)
    expect(page!.most).toBeLessThan(2 * 1024 * 1024)
  })

  it('redirects are followed a few times, with a look at robots.txt of each host', async () => {
    const filed = await file('https://from.example/')
    const to = (location: string) => (_request: unknown, response: ServerResponse) =>
      void response.writeHead(302, { location }).end()
    await serve('from.example', to('https://www.from.example/home'))
    await page('www.from.example', licensed(filed), 'User-agent: *\nDisallow: /admin')
    const forbidden = await file('https://sends.example/')
    await serve('sends.example', to('https://forbids.example/'))
    await page('forbids.example', licensed(forbidden), 'User-agent: *\nDisallow: /')
    const loop = await file('https://loop.example/')
    await serve('loop.example', (_request, response, { search }) => to(`/?${search.length}x${search}`)(null, response))
    await check('2026-11-20')
    expect(await lastVisit(filed)).toMatchObject({ licence: 'displayed', finalUrl: 'https://www.from.example/home' })
    expect(paths('www.from.example')).toEqual(['/robots.txt', '/home'])
    expect(await lastVisit(forbidden)).toMatchObject({
      reason: 'robots-forbidden',
      finalUrl: 'https://forbids.example/',
    })
    expect(paths('forbids.example')).toEqual(['/robots.txt'])
    expect(await lastVisit(loop)).toMatchObject({ outcome: 'unclear', reason: 'too-many-redirects' })
    expect(paths('loop.example')).toHaveLength(7)
  })

  it.each([
    ['a private address', 'http://10.0.0.7/'],
    ['this machine', 'http://127.0.0.1:5433/'],
    ['the metadata service', 'http://169.254.169.254/latest/meta-data/'],
    ['a name that leads inside', 'http://inside.example/'],
    ['a decimal address', 'http://2130706433/'],
    ['an octal address', 'http://0177.0.0.1/'],
    ['a hexadecimal address', 'http://0x7f000001/'],
    ['an IPv4 address in IPv6', 'http://[::ffff:127.0.0.1]/'],
    ['a name of this machine', 'http://localhost/'],
  ])('a redirect to %s is refused', async (_what, location) => {
    const host = `leads${next()}.example`
    const filed = await file(`https://${host}/`)
    await serve(host, (_request, response) => void response.writeHead(301, { location }).end())
    await page('alive.example', plain)
    await check('2026-11-20')
    const finalUrl = new URL(location).href
    expect(await lastVisit(filed)).toMatchObject({ outcome: 'failed', reason: 'private-address', finalUrl })
  })

  it('a name that leads to its server first and inside then (DNS rebinding) is refused at the second connection', async () => {
    const filed = await file('https://rebinding.example/')
    const closing = (body: string) => (_request: unknown, response: ServerResponse) =>
      void response.setHeader('connection', 'close').end(body)
    await serve('rebinding.example', closing(licensed(filed)), closing('User-agent: *\nAllow: /'))
    web.sites().rebinding.add('rebinding.example')
    await page('awake.example', plain)
    await check('2026-11-20')
    expect(await lastVisit(filed)).toMatchObject({ outcome: 'failed', reason: 'private-address', licence: 'unchecked' })
    expect(paths('rebinding.example')).toEqual(['/robots.txt'])
  })

  it('a site without a certificate is visited by plain http', async () => {
    const filed = await file('https://plain.example/')
    await page('plain.example', licensed(filed))
    web.sites().withoutTls.add('plain.example')
    await check('2026-11-20')
    expect(await lastVisit(filed)).toMatchObject({ licence: 'displayed', finalUrl: 'http://plain.example/' })
  })
})
