import { describe, expect, it } from 'vitest'
import type { CreditFile } from '../../src/credit-files/schemas.ts'
import { reportItem, subjectItem } from '../support/businesses.ts'
import { take } from '../support/take.ts'
import { enterprise, other, trader, useStaff } from '../listings/staff.ts'

const staff = useStaff('2026-02-01T00:00:00.000Z')

async function read(uscc: string, query: string, history = false) {
  const headers = history
    ? { authorization: `Bearer ${await staff.service().keyOf({ kind: 'staff' }, 'history')}` }
    : {}
  const response = await staff.service().app.inject({ url: `/v1/credit-files/${uscc}${query}`, headers })
  return { response, status: response.statusCode, file: response.json<CreditFile>() }
}

const listed = ({ listings }: CreditFile) => listings.map(({ status, removedOn }) => [status, removedOn])

describe('asOf', () => {
  it('tells the name, reports and sites of a past day', async () => {
    const { service } = staff
    const { db, clock } = service()
    const change = { updatedAt: '2026-02-20T04:00:00.000Z', name: '虚构省改名贸易有限公司' }
    await take(db, 'subjects', [subjectItem(1, change)], '2026-03-01T02:00:00.000Z')
    const site = { kind: 'website', name: '示例', url: 'https://one.example' }
    await take(
      db,
      'annual-reports',
      [reportItem(1, { year: 2025, publishedOn: '2026-02-25', webPresences: [site] })],
      '2026-03-01T03:00:00.000Z',
    )
    clock.set('2026-03-02T02:00:00.000Z')
    const now = (await read(enterprise, '?asOf=2026-03-02')).file
    expect(now).toMatchObject({ asOf: '2026-03-02', subject: { name: '虚构省改名贸易有限公司' } })
    expect(now.annualReports).toHaveLength(1)
    expect(now.webPresences.map(({ host, status }) => [host, status])).toEqual([['one.example', 'active']])
    const before = (await read(enterprise, '?asOf=2026-02-19')).file
    expect(before.subject.name).toBe('虚构省示例1号贸易有限公司')
    expect([before.annualReports, before.webPresences]).toEqual([[], []])
    // The day on which the source dates the change is a day in Asia/Shanghai.
    expect((await read(enterprise, '?asOf=2026-02-20')).file.subject.name).toBe('虚构省改名贸易有限公司')
    // What was recorded later was not known.
    expect((await read(enterprise, '?knownAt=2026-03-01T01:59:59Z')).file.subject.name).toBe(
      '虚构省示例1号贸易有限公司',
    )
    expect((await read(enterprise, '?knownAt=2026-03-01T02:00:00Z')).file).toMatchObject({
      subject: { name: '虚构省改名贸易有限公司' },
      annualReports: [],
    })
  })

  it('tells an entry by the day on which it took effect, and what was known of it', async () => {
    const { clock } = staff.service()
    clock.set('2026-03-03T02:00:00.000Z')
    // Decided on 20 February, recorded on 3 March.
    await staff.decide({
      uscc: other,
      decidedOn: '2026-02-20',
      facts: { summary: '无法联系', establishedOn: '2026-02-13' },
    })
    clock.set('2026-03-04T02:00:00.000Z')
    expect((await read(other, '')).file.standing).toBe('abnormal')
    expect((await read(other, '?asOf=2026-02-20')).file.standing).toBe('abnormal')
    expect((await read(other, '?asOf=2026-02-19')).file).toMatchObject({ standing: 'clear', listings: [] })
    expect((await read(other, '?asOf=2026-02-20&knownAt=2026-03-02T00:00:00Z')).file).toMatchObject({
      standing: 'clear',
      knownAt: '2026-03-02T00:00:00.000Z',
    })
    expect((await read(other, '?asOf=2026-02-20&knownAt=2026-03-03T10:00:00%2B08:00')).file.standing).toBe('abnormal')
  })
})

describe('the past obeys what may be published today', () => {
  it('an exit withdraws the entry from every day, except for a key with history', async () => {
    const { clock } = staff.service()
    clock.set('2026-04-20T02:00:00.000Z')
    const entered = await staff.decide({
      uscc: trader,
      groundCode: 'ABS-69-15',
      decidedOn: '2026-03-10',
      facts: { summary: '无法联系', establishedOn: '2026-03-09' },
    })
    expect((await read(trader, '?asOf=2026-03-10')).file.standing).toBe('abnormal')
    await staff.decide({
      action: 'remove',
      uscc: trader,
      listingId: entered.listingId,
      decidedOn: '2026-04-15',
      facts: { summary: '恢复联系' },
    })
    for (const query of ['', '?asOf=2026-03-10', '?asOf=2026-04-16', '?knownAt=2026-04-20T01:00:00Z']) {
      expect((await read(trader, query)).file).toMatchObject({ standing: 'clear', listings: [] })
    }
    expect(listed((await read(trader, '', true)).file)).toEqual([['removed', '2026-04-15']])
    expect((await read(trader, '?asOf=2026-03-10', true)).file).toMatchObject({ standing: 'abnormal' })
    expect(listed((await read(trader, '?asOf=2026-04-14', true)).file)).toEqual([['in-force', null]])
  })

  it('what was void is void for every day, also for who asks what was known before', async () => {
    const { clock } = staff.service()
    clock.set('2026-05-06T02:00:00.000Z')
    const entered = await staff.decide({
      uscc: enterprise,
      decidedOn: '2026-05-06',
      facts: { summary: '无法联系', establishedOn: '2026-05-06' },
    })
    clock.set('2026-05-08T02:00:00.000Z')
    await staff.decide({
      action: 'correct',
      uscc: enterprise,
      listingId: entered.listingId,
      decidedOn: '2026-05-08',
      facts: { summary: '列入有误' },
    })
    for (const query of ['', '?asOf=2026-05-06', '?asOf=2026-05-06&knownAt=2026-05-07T00:00:00Z']) {
      expect((await read(enterprise, query)).file).toMatchObject({ standing: 'clear', listings: [] })
    }
    expect(listed((await read(enterprise, '?asOf=2026-05-06', true)).file)).toEqual([['corrected', null]])
    expect(listed((await read(enterprise, '?asOf=2026-05-06&knownAt=2026-05-07T00:00:00Z', true)).file)).toEqual([
      ['in-force', null],
    ])
  })
})

it('200: what a key sees is kept by no shared cache', async () => {
  expect((await read(enterprise, '', true)).response.headers['cache-control']).toBe('private, no-cache')
  expect((await read(enterprise, '')).response.headers['cache-control']).toBe('public, no-cache')
})

describe('400', () => {
  it.each([
    ['?asOf=2126-01-01', '/querystring/asOf'],
    ['?knownAt=2126-01-01T00:00:00Z', '/querystring/knownAt'],
    ['?asOf=yesterday', '/querystring/asOf'],
    ['?knownAt=2026-01-01', '/querystring/knownAt'],
    ['?asof=2026-01-01', '/querystring/asof'],
  ])('%s', async (query, pointer) => {
    const { status, response } = await read(enterprise, query)
    expect([status, response.json<{ errors: { pointer: string }[] }>().errors[0]?.pointer]).toEqual([400, pointer])
  })
})

it('401: a key that is none', async () => {
  const response = await staff.service().app.inject({
    url: `/v1/credit-files/${enterprise}`,
    headers: { authorization: 'Bearer xj_nothing' },
  })
  expect(response.statusCode).toBe(401)
})

it('404: a business that was not known then', async () => {
  expect((await read(enterprise, '?knownAt=2020-01-01T00:00:00Z')).status).toBe(404)
})
