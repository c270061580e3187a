import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appendEvents } from '../../src/feed/service.ts'
import { listLateReporters } from '../../src/listings/service.ts'
import { rowsOf } from '../../src/platform/db.ts'
import { reportingObligation } from '../../src/rulebook/annual-report.ts'
import { newestClosedWindow } from '../../src/statistics/domain.ts'
import type { Statistics } from '../../src/statistics/schemas.ts'
import { kinds, pending, type Told } from '../feed/histories.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'

let service: TestService
const get = async (query = '') => {
  const response = await service.app.inject(`/v1/statistics${query}`)
  expect(response.statusCode).toBe(200)
  return response.json<Statistics>()
}

async function tell(...tolds: Told[]): Promise<void> {
  await service.db.transaction((tx) => appendEvents(tx, tolds.map(pending)))
  await service.sequence()
}

const site = (number: number) => ({ kind: 'website', name: '站', url: `https://site${number}.example/` })

beforeAll(async () => {
  service = await startTestService()
  const { db } = service
  await take(db, 'subjects', [
    ...[1, 2, 3].map((number) => subjectItem(number)),
    subjectItem(4, { regionCode: '999800' }),
    subjectItem(5, { uscc: madeUpUscc(5, '92'), entityType: 'individual-business' }),
    subjectItem(6, { status: 'cancelled' }),
    subjectItem(7, { establishedOn: '2026-02-01' }),
    subjectItem(8, { establishedOn: undefined }),
  ])
  await take(db, 'annual-reports', [
    reportItem(1, { webPresences: [site(1), { kind: 'shop', name: '店', url: 'https://shop.example/1' }] }),
    reportItem(2, { publishedOn: '2026-07-02', webPresences: [site(2)] }),
    reportItem(4, { webPresences: [site(4)] }),
  ])
  await db.execute(sql`update web_presences set licence_display = 'displayed' where key = 'site1.example'`)
  await db.execute(
    sql`update web_presences set licence_display = 'missing' where key in ('site2.example', 'site4.example')`,
  )
  await listLateReporters({ db, on: '2026-07-08', now: () => service.clock.now() })
  await service.sequence()
})
afterAll(() => service.close())

describe('200', () => {
  it('counts entries in force, reports in time, licence display and filed sites', async () => {
    expect(await get()).toEqual({
      asOf: '2026-11-25',
      position: expect.any(Number) as number,
      listings: {
        byList: [{ list: 'abnormal', count: 3 }],
        byGround: [
          { list: 'abnormal', groundCode: 'ABN-68-4-1', count: 2 },
          { list: 'abnormal', groundCode: 'ABS-69-13', count: 1 },
        ],
        byRegion: [{ list: 'abnormal', regionCode: '990000', count: 3 }],
        byMonth: [{ list: 'abnormal', month: '2026-07', count: 3 }],
      },
      reporting: { reportYear: 2025, windowClosedOn: '2026-06-30', obliged: 5, onTime: 2, rate: 0.4 },
      licenceDisplay: { checked: 3, displayed: 1, rate: 0.3333 },
      webPresences: {
        count: 4,
        byKind: [
          { kind: 'shop', count: 1 },
          { kind: 'website', count: 3 },
        ],
      },
    })
  })

  it('counts as obliged whom the rulebook obliges', async () => {
    const subjects = await rowsOf<{ entityType: string; status: string; establishedOn: string | null }>(
      service.db,
      sql`select entity_type as "entityType", status, established_on::text as "establishedOn" from subjects`,
    )
    const obliged = subjects.filter((subject) => reportingObligation(subject, 2025).obliged === true)
    expect((await get()).reporting.obliged).toBe(obliged.length)
  })

  it('counts one region by the beginning of its code', async () => {
    const statistics = await get('?regionCode=9998')
    expect(statistics.listings.byList).toEqual([])
    expect(statistics.reporting).toMatchObject({ obliged: 1, onTime: 1, rate: 1 })
    expect(statistics.webPresences.count).toBe(1)
    expect((await get('?regionCode=11')).reporting.rate).toBeNull()
  })

  it('follows the log: what leaves a list or the view is counted no more', async () => {
    const before = await get()
    await tell(kinds['entered']!(30, 0), kinds['entered']!(31, 0), kinds['entered']!(32, 0))
    const entered = await get()
    expect(entered.position).toBe(before.position + 3)
    expect(entered.listings.byList).toEqual([
      { list: 'abnormal', count: 5 },
      { list: 'serious-violator', count: 1 },
    ])
    await tell(kinds['removedInView']!(30, 1), kinds['corrected']!(31, 1), kinds['publicationEnded']!(32, 1))
    expect((await get()).listings).toEqual(before.listings)
  })

  it('does not count again while the log stands still, though rows that no event tells of have changed', async () => {
    const before = await get()
    await service.db.execute(sql`update subjects set status = 'cancelled' where uscc = ${madeUpUscc(1)}`)
    expect(await get()).toEqual(before)
    await tell(kinds['subjectChanged']!(1, 0))
    expect((await get()).reporting.obliged).toBe(before.reporting.obliged - 1)
  })
})

it.each([
  ['2026-06-30', 2024, '2025-06-30'],
  ['2026-07-01', 2025, '2026-06-30'],
  ['2026-12-31', 2025, '2026-06-30'],
  ['2027-01-01', 2025, '2026-06-30'],
])('on %s the newest closed window is that for %i', (on, reportYear, closesOn) => {
  expect(newestClosedWindow(on)).toMatchObject({ reportYear, closesOn })
})

describe('304', () => {
  it('sends nothing while nothing changed', async () => {
    const { etag } = (await service.app.inject('/v1/statistics')).headers
    const response = await service.app.inject({ url: '/v1/statistics', headers: { 'if-none-match': String(etag) } })
    expect([response.statusCode, response.body]).toEqual([304, ''])
  })
})

describe('400', () => {
  it.each(['?regionCode=province', '?list=abnormal'])('refuses %s', async (query) => {
    const response = await service.app.inject(`/v1/statistics${query}`)
    expect(response.statusCode).toBe(400)
    expect(response.json()).toMatchObject({ type: '/problems/invalid-request' })
  })
})
