import { beforeAll, describe, expect, it } from 'vitest'
import type { ListedEntry, TimelineItem } from '../../src/credit-files/schemas.ts'
import { madeUpUscc, subjectItem } from '../support/businesses.ts'
import { take } from '../support/take.ts'
import { useStaff } from '../listings/staff.ts'

const staff = useStaff()
const first = 100
const count = 7

beforeAll(async () => {
  const numbers = Array.from({ length: count }, (_, i) => first + i)
  await take(
    staff.service().db,
    'subjects',
    numbers.map((number) => subjectItem(number, { regionCode: number % 2 ? '999901' : '999902' })),
  )
  for (const number of numbers) {
    await staff.decide({
      uscc: madeUpUscc(number),
      decidedOn: `2026-11-0${number - first + 1}`,
      facts: { summary: '无法联系', establishedOn: '2026-10-30' },
    })
  }
  await staff.decide({
    uscc: madeUpUscc(first),
    list: 'serious-violator',
    groundCode: 'SER-44-9-5',
    decidedOn: '2026-11-09',
    facts: { summary: '虚假广告' },
  })
})

async function get(path: string, headers: Record<string, string> = {}) {
  const response = await staff.service().app.inject({ url: path, headers })
  return { response, status: response.statusCode, body: response.json<{ items: ListedEntry[]; next: string | null }>() }
}

const abnormal = '/v1/lists/abnormal/entries'

describe('200', () => {
  it('lists entries newest first, each with its business', async () => {
    const { body } = await get(abnormal)
    expect(body.items.map(({ listedOn }) => listedOn)).toEqual(
      ['07', '06', '05', '04', '03', '02', '01'].map((day) => `2026-11-${day}`),
    )
    expect(body.items[0]).toMatchObject({
      list: 'abnormal',
      ground: { code: 'ABN-68-4-4' },
      status: 'in-force',
      uscc: madeUpUscc(106),
      name: '虚构省示例106号贸易有限公司',
      regionCode: '999902',
    })
    expect((await get('/v1/lists/serious-violator/entries')).body.items).toHaveLength(1)
  })

  it.each([
    ['regionCode=999901', 3],
    ['regionCode=9999', 7],
    ['ground=ABN-68-4-4', 7],
    ['ground=ABN-68-4-1', 0],
    ['status=in-force', 7],
    ['status=removed', 0],
    ['listedFrom=2026-11-03&listedTo=2026-11-04', 2],
    [`q=${madeUpUscc(102).toLowerCase()}`, 1],
    [`q=${encodeURIComponent('示例103号')}`, 1],
    [`q=${encodeURIComponent('％_')}`, 0],
  ])('%s finds %i', async (query, found) => {
    const { status, body } = await get(`${abnormal}?${query}`)
    expect([status, body.items.length]).toEqual([200, found])
  })

  it('walks all pages without repeating or skipping, though entries come and go', async () => {
    const seen: string[] = []
    let path: string | null = `${abnormal}?limit=2`
    while (path !== null) {
      const { body, response }: Awaited<ReturnType<typeof get>> = await get(path)
      seen.push(...body.items.map(({ uscc }) => uscc))
      path = body.next === null ? null : `${abnormal}?limit=2&cursor=${body.next}`
      expect(response.headers['link'] ?? null).toBe(path === null ? null : `<${path}>; rel="next"`)
    }
    expect(seen).toEqual([...new Set(seen)])
    expect(seen).toHaveLength(count)
  })

  it('answers one entry', async () => {
    const [entry] = (await get(abnormal)).body.items
    const { status, response } = await get(`${abnormal}/${entry!.id}`)
    expect([status, response.json()]).toEqual([200, entry])
  })

  it('tells the facts of a file in order', async () => {
    const { response } = await get(`/v1/credit-files/${madeUpUscc(first)}/timeline`)
    const { items } = response.json<{ items: TimelineItem[] }>()
    expect(items.slice(0, 3).map(({ at, type }) => [at, type])).toEqual([
      ['2020-03-01', 'registered'],
      ['2026-11-01', 'listing-entered'],
      ['2026-11-01', 'sanction-imposed'],
    ])
    expect(items.map(({ at }) => at)).toEqual(items.map(({ at }) => at).toSorted())
    const page = (await get(`/v1/credit-files/${madeUpUscc(first)}/timeline?limit=2`)).response
    const { next } = page.json<{ next: string }>()
    const rest = (await get(`/v1/credit-files/${madeUpUscc(first)}/timeline?limit=200&cursor=${next}`)).response
    expect([...page.json<{ items: object[] }>().items, ...rest.json<{ items: object[] }>().items]).toEqual(items)
  })
})

it('304: knows what the reader has', async () => {
  const { response } = await get(abnormal)
  expect(
    (
      await staff
        .service()
        .app.inject({ url: abnormal, headers: { 'if-none-match': String(response.headers['etag']) } })
    ).statusCode,
  ).toBe(304)
})

it.each([
  `${abnormal}?limit=201`,
  `${abnormal}?status=gone`,
  `${abnormal}?cursor=forged`,
  '/v1/lists/grey/entries',
  `${abnormal}/7`,
  `${abnormal}?listedFrom=soon`,
])('400: %s', async (path) => {
  expect((await get(path)).status).toBe(400)
})

describe('404', () => {
  it('an entry of the other list', async () => {
    const [entry] = (await get(abnormal)).body.items
    expect((await get(`/v1/lists/serious-violator/entries/${entry!.id}`)).status).toBe(404)
  })

  it('an entry that was corrected, of which the lists show nothing more', async () => {
    const uscc = madeUpUscc(105)
    const [entry] = (await get(`${abnormal}?q=${uscc}`)).body.items
    await staff.decide({
      action: 'correct',
      uscc,
      listingId: entry!.id,
      decidedOn: '2026-11-25',
      facts: { summary: '列入有误' },
    })
    expect((await get(`${abnormal}/${entry!.id}`)).status).toBe(404)
    expect((await get(`${abnormal}?q=${uscc}`)).body.items).toEqual([])
    const key = await staff.service().keyOf({ kind: 'staff' }, 'history')
    const seen = await get(`${abnormal}/${entry!.id}`, { authorization: `Bearer ${key}` })
    expect(seen.response.json()).toMatchObject({ status: 'corrected' })
  })
})
