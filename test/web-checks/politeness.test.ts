import { describe, expect, it } from 'vitest'
import { madeUpUscc, subjectItem } from '../support/businesses.ts'
import { take } from '../support/take.ts'
import { licensed, plain, useSites } from './filed.ts'

const web = useSites()
const { file, report, check, presence, visits, lastVisit, events, paths, page, serve } = web
const times = (host: string) =>
  web
    .sites()
    .requests.filter((request) => request.host === host)
    .map(({ at }) => at)
const gaps = (moments: number[]) => moments.slice(1).map((moment, i) => moment - (moments[i] ?? 0))

describe('robots.txt', () => {
  it('is read first and once, its rules are kept, and we say who we are', async () => {
    const filed = await file('https://asks.example/a', 'https://asks.example/b')
    await page('asks.example', plain, 'User-agent: xinjian\nDisallow: /\n')
    await check('2026-11-20')
    expect(paths('asks.example')).toEqual(['/robots.txt'])
    expect(web.sites().requests[0]?.headers['user-agent']).toBe('xinjian-licence-check/1.0 (+https://credit.example)')
    expect(await lastVisit(filed)).toMatchObject({ outcome: 'unclear', reason: 'robots-forbidden' })
    expect(await presence(filed)).toEqual({ status: 'active', licenceDisplay: 'unchecked' })
  })

  it.each([
    [503, ['/robots.txt'], 'robots-unavailable'],
    [429, ['/robots.txt'], 'robots-unavailable'],
    [404, ['/robots.txt', '/'], null],
    [403, ['/robots.txt', '/'], null],
  ])('that answers %i', async (status, asked, reason) => {
    const host = `robots${status}.example`
    const filed = await file(`https://${host}/`)
    await serve(
      host,
      (_request, response) => response.setHeader('content-type', 'text/html').end(plain),
      (_request, response) => response.writeHead(status).end(),
    )
    await check('2026-11-20')
    expect(paths(host)).toEqual(asked)
    expect((await lastVisit(filed))?.reason).toBe(reason)
    // Four days of it say nothing against the business.
    for (const on of ['2026-11-21', '2026-11-22', '2026-11-23', '2026-11-24']) await check(on)
    expect(await presence(filed)).toMatchObject({ status: 'active' })
  })

  it('is followed where it redirects to', async () => {
    await file('https://moved.example/')
    await page('www.moved.example', plain, 'User-agent: *\nDisallow: /')
    await serve(
      'moved.example',
      (_request, response) => response.end(plain),
      (_request, response) => response.writeHead(301, { location: 'https://www.moved.example/robots.txt' }).end(),
    )
    await check('2026-11-20')
    expect(paths('moved.example')).toEqual(['/robots.txt'])
  })
})

describe('the rate', () => {
  const shop = ['1', '2', '3', '4'].map((path) => `https://rate.example/${path}`)

  it('is kept between requests to a site, by exactly what is set', async () => {
    await file(...shop)
    await page('rate.example', plain)
    await check('2026-11-20', { parallelSites: 1 })
    // robots.txt, and each page with the home page after it.
    expect(times('rate.example')).toHaveLength(9)
    expect(new Set(gaps(times('rate.example')))).toEqual(new Set([10_000]))
  })

  it('is slowed down to the Crawl-delay that a site asks for, within the limit', async () => {
    await file('https://slow.example/')
    await page('slow.example', licensed({ uscc: madeUpUscc(1) }), 'User-agent: *\nCrawl-delay: 45')
    await file('https://slowest.example/')
    await page('slowest.example', plain, 'User-agent: *\nCrawl-delay: 86400')
    await check('2026-11-20', { parallelSites: 1 })
    expect([gaps(times('slow.example')), gaps(times('slowest.example'))]).toEqual([[45_000], [120_000]])
  })

  it('is kept by the next run too', async () => {
    await file('https://runs.example/1', 'https://runs.example/2')
    await page('runs.example', plain)
    await check('2026-11-20', { parallelSites: 1, maxVisits: 1 })
    await check('2026-11-20', { parallelSites: 1, maxVisits: 1 })
    const [first = 0, ...others] = gaps(times('runs.example'))
    expect(Math.min(first, ...others)).toBe(10_000)
  })

  it('counts all hosts of a domain, and all shops of a platform, as one site', async () => {
    await file('https://shop1.brand.example/', 'https://shop2.brand.example/')
    await page('shop1.brand.example', plain)
    await page('shop2.brand.example', plain)
    await file('https://shop101.taobao.com/', 'https://shop102.taobao.com/')
    await page('shop101.taobao.com', plain)
    await page('shop102.taobao.com', plain)
    await check('2026-11-20', { parallelSites: 1 })
    const both = (a: string, b: string) => gaps([...times(a), ...times(b)].sort((x, y) => x - y))
    for (const gap of both('shop1.brand.example', 'shop2.brand.example')) expect(gap).toBeGreaterThanOrEqual(10_000)
    const ofPlatform = both('shop101.taobao.com', 'shop102.taobao.com')
    expect(ofPlatform).toHaveLength(3)
    for (const gap of ofPlatform) expect(gap).toBeGreaterThanOrEqual(10_000)
  })

  it('never visits a platform’s own address', async () => {
    const filed = await file('https://www.taobao.com/')
    await page('www.taobao.com', plain)
    expect(await check('2026-11-20')).toMatchObject({ visited: 0 })
    expect(await visits(filed)).toEqual([])
  })
})

describe('turns', () => {
  it('several processes never visit a site at the same time, and every site once', async () => {
    const filed = []
    for (let i = 0; i < 12; i += 1) {
      const host = `many${i}.example`
      filed.push(await file(`https://${host}/1`, `https://${host}/2`))
      await page(host, plain)
    }
    const other = { db: web.other().db, databaseUrl: web.other().url }
    const counts = await Promise.all([
      check('2026-11-20', { parallelSites: 6 }),
      check('2026-11-20', { parallelSites: 6, ...other }),
      check('2026-11-20', { parallelSites: 6, ...other }),
    ])
    expect(counts.reduce((sum, { visited }) => sum + visited, 0)).toBe(24)
    expect(web.sites().mostAtOnce.site).toBe(1)
    expect(web.sites().mostAtOnce.all).toBeGreaterThan(1)
    for (const each of filed) expect(await visits(each)).toHaveLength(1)
  })

  it('a visit that leads to a site which is being visited is made another time', async () => {
    const filed = await file('https://leading.example/')
    await serve('leading.example', (_request, response) =>
      response.writeHead(302, { location: 'https://busy.example/' }).end(),
    )
    await file('https://busy.example/')
    let arrived: () => void = () => undefined
    const visiting = new Promise<void>((resolve) => (arrived = resolve))
    let letGo: () => void = () => undefined
    await serve('busy.example', (_request, response) => {
      letGo = () => void response.setHeader('content-type', 'text/html').end(plain)
      arrived()
    })
    const first = check('2026-11-20', { parallelSites: 1, maxVisits: 1 })
    await visiting
    // Alphabetically first of those that were never visited is busy.example.
    const second = await check('2026-11-20')
    expect(second).toMatchObject({ visited: 0, postponed: 1 })
    letGo()
    expect(await first).toMatchObject({ visited: 1 })
    expect(await visits(filed)).toEqual([])
    await page('busy.example', plain)
    await check('2026-11-20')
    expect(await lastVisit(filed)).toMatchObject({ finalUrl: 'https://busy.example/', reason: 'other-page' })
  })

  it('whoever waited longest comes first', async () => {
    await file('https://b.example/')
    await page('b.example', plain)
    await check('2026-11-20')
    await file('https://a.example/')
    await page('a.example', plain)
    await file('https://c.example/')
    await page('c.example', plain)
    await check('2026-11-21', { parallelSites: 1 })
    const order = web
      .sites()
      .requests.filter(({ path }) => path === '/')
      .map(({ host }) => host)
    expect(order).toEqual(['b.example', 'a.example', 'c.example', 'b.example'])
  })
})

describe('unreachable', () => {
  const days = (...of: number[]) => of.map((day) => `2026-11-${String(day).padStart(2, '0')}`)

  it('is who fails on three days or more, spread over three days, and answers again when it does', async () => {
    const filed = await file('https://fails.example/')
    await file('https://works.example/')
    await page('works.example', plain)
    const down = () => serve('fails.example', (_request, response) => response.writeHead(500).end())
    await down()
    const statuses = []
    for (const on of days(20, 20, 21, 22)) {
      await check(on)
      statuses.push((await presence(filed))?.status)
    }
    expect(statuses).toEqual(['active', 'active', 'active', 'active'])
    await check('2026-11-23')
    expect(await presence(filed)).toEqual({ status: 'unreachable', licenceDisplay: 'unchecked' })
    expect((await events(filed)).at(-1)).toEqual(['webPresences'])
    expect(await check('2026-11-29')).not.toMatchObject({ visited: 0, failed: 1 })
    await page('fails.example', licensed(filed))
    await check('2026-11-30')
    expect(await presence(filed)).toEqual({ status: 'active', licenceDisplay: 'displayed' })
  })

  it('is nobody for one bad day between good ones, however many of them', async () => {
    const filed = await file('https://wavers.example/')
    for (const [i, on] of days(1, 2).entries()) {
      await serve('wavers.example', (_request, response) => response.writeHead(i % 2 === 0 ? 502 : 200).end())
      await check(on)
    }
    await serve('wavers.example', (_request, response) => response.writeHead(502).end())
    for (const on of ['2026-12-03', '2026-12-04', '2026-12-05']) await check(on)
    expect(await presence(filed)).toMatchObject({ status: 'active' })
  })

  it('a dispute stays, also where nobody answers, and comes about when a claim answers again', async () => {
    const first = await file('https://claimed.example/')
    const second = await file('https://claimed.example/')
    await file('https://works2.example/')
    await page('works2.example', plain)
    for (const on of days(20, 21, 22, 23, 24)) await check(on)
    expect(await presence(first)).toMatchObject({ status: 'disputed' })
    expect(await presence(second)).toMatchObject({ status: 'disputed' })
  })

  it('an unreachable site of a cancelled business is retired, that of another is not', async () => {
    const cancelled = await file('https://cancelled.example/')
    const lives = await file('https://lives.example/')
    await file('https://works3.example/')
    await page('works3.example', plain)
    const cancellation = {
      uscc: cancelled.uscc,
      sourceId: cancelled.uscc,
      status: 'cancelled',
      updatedAt: '2026-02-01T00:00:00.000Z',
    }
    await take(web.service().db, 'subjects', [subjectItem(1, cancellation)])
    for (const on of days(20, 21, 22, 23)) await check(on)
    expect([await presence(cancelled), await presence(lives)]).toMatchObject([
      { status: 'retired' },
      { status: 'unreachable' },
    ])
  })

  it('a host that has not existed for a year is retired, and in use again when a report names it anew', async () => {
    const filed = await file('https://gone.example/')
    await file('https://works4.example/')
    await page('works4.example', plain)
    for (const on of ['2026-01-01', '2026-01-02', '2026-01-04']) await check(on)
    expect(await presence(filed)).toMatchObject({ status: 'unreachable' })
    await check('2026-12-31')
    expect(await presence(filed)).toMatchObject({ status: 'unreachable' })
    await check('2027-01-07')
    expect(await presence(filed)).toMatchObject({ status: 'retired' })
    expect(await lastVisit(filed)).toMatchObject({ outcome: 'gone', reason: 'no-such-host' })
    await report(filed.uscc, ['https://gone.example/'], {
      year: 2026,
      publishedOn: '2027-03-01',
      updatedAt: '2027-03-01T00:00:00.000Z',
    })
    expect(await presence(filed)).toMatchObject({ status: 'active' })
  })

  it('nobody becomes by a failure of our own network', async () => {
    await file('https://works5.example/')
    await page('works5.example', plain)
    await check('2026-11-20')
    const dead = []
    for (let i = 0; i < 25; i += 1) dead.push(await file(`https://dead${i}.example/`))
    await check('2026-11-21')
    expect(await visits(dead[0]!)).toHaveLength(1)
    await web.sites().stop('works5.example')
    for (const on of days(22, 23, 24)) await expect(check(on)).rejects.toThrow('network of this machine')
    expect(await visits(dead[0]!)).toHaveLength(1)
    expect(await presence(dead[0]!)).toMatchObject({ status: 'active' })
    // With the site that answered before, the dead ones are believed.
    await page('works5.example', plain)
    for (const on of days(25, 26)) await check(on)
    expect(await presence(dead[0]!)).toMatchObject({ status: 'unreachable' })
  })
})
