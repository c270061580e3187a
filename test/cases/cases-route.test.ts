import { describe, expect, it } from 'vitest'
import { enterprise, other, trader, useStaff } from '../listings/staff.ts'

const staff = useStaff()

const body = {
  list: 'abnormal',
  groundCode: 'ABN-68-4-4',
  title: '通过登记的住所无法联系',
  text: '{1}搬离登记的住所，没有办理变更登记。\n\n{2}提供了线索。',
  businesses: [enterprise, other],
  periodFrom: '2026-09-01',
  periodTo: '2026-11-20',
}
const publish = async (fields: object = {}) =>
  (await staff.post('/v1/cases', 'registrar', { ...body, ...fields })).body.id

describe('200 and 201', () => {
  it('names a business only while its entry on the list is public', async () => {
    const id = await publish()
    const told = async () => (await staff.get(`/v1/cases/${id}`, null)).body['paragraphs'] as string[]
    expect(await told()).toEqual(['某经营者搬离登记的住所，没有办理变更登记。', '某经营者提供了线索。'])
    const { listingId } = await staff.decide()
    expect(await told()).toEqual([
      '虚构省示例1号贸易有限公司搬离登记的住所，没有办理变更登记。',
      '某经营者提供了线索。',
    ])
    await staff.decide({ action: 'correct', listingId })
    expect(await told()).toEqual(['某经营者搬离登记的住所，没有办理变更登记。', '某经营者提供了线索。'])
    expect((await staff.get(`/v1/cases/${id}`, null)).body['businesses']).toEqual([])
  })

  it('never names a business that is one person', async () => {
    await staff.decide({ uscc: trader, groundCode: 'ABS-69-15' })
    const id = await publish({ businesses: [trader], groundCode: 'ABS-69-15' })
    expect((await staff.get(`/v1/cases/${id}`, null)).body['paragraphs']).toContain('某经营者提供了线索。')
    expect(JSON.stringify((await staff.get('/v1/cases', null)).body)).not.toContain('虚构示例小店')
  })

  it('shows a change, and a withdrawn case to nobody', async () => {
    const id = await publish()
    const patch = await staff.service().app.inject({
      ...{ method: 'PATCH', url: `/v1/cases/${id}`, payload: { title: '改过的标题' } },
      headers: { authorization: `Bearer ${staff.keys.chief}` },
    })
    expect([patch.statusCode, patch.json<{ text: string }>().text]).toEqual([200, body.text])
    expect((await staff.get(`/v1/cases/${id}`, null)).body['title']).toBe('改过的标题')
    expect((await staff.post(`/v1/cases/${id}/withdraw`, 'registrar')).status).toBe(200)
    expect((await staff.get(`/v1/cases/${id}`, null)).status).toBe(404)
    expect((await staff.get('/v1/cases', null)).body.items.map((one) => one.id)).not.toContain(id)
    expect((await staff.post(`/v1/cases/${id}/withdraw`, 'registrar')).body.type).toBe('/problems/unknown-case')
  })

  it('gives every case once, page by page, newest first, and those of one list', async () => {
    const ids: string[] = []
    for (let minute = 10; minute < 15; minute += 1) {
      staff.service().clock.set(`2026-11-25T05:${minute}:00.000Z`)
      ids.unshift(await publish(minute % 2 === 0 ? { list: 'serious-violator', groundCode: 'SER-44-9-1' } : {}))
    }
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const page: { items: { id: string }[]; next: string | null } = (
        await staff.get(`/v1/cases?limit=2${query}`, null)
      ).body as never
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.next
    } while (cursor !== null)
    expect(seen.slice(0, 5)).toEqual(ids)
    expect(new Set(seen).size).toBe(seen.length)
    const serious = (await staff.get('/v1/cases?list=serious-violator', null)).body.items.map((one) => one.id)
    expect(serious).toEqual(ids.filter((_, i) => i % 2 === 0))
  })

  it('publishes once for one Idempotency-Key', async () => {
    const send = () => staff.call('POST', '/v1/cases', 'registrar', body, { 'idempotency-key': 'case-1' })
    expect((await send()).body.id).toBe((await send()).body.id)
  })
})

describe('304', () => {
  it('answers who has it already', async () => {
    const { app } = staff.service()
    for (const url of ['/v1/cases', `/v1/cases/${await publish()}`]) {
      const { headers } = await app.inject(url)
      const again = await app.inject({ url, headers: { 'if-none-match': String(headers['etag']) } })
      expect([url, again.statusCode, again.body]).toEqual([url, 304, ''])
    }
  })
})

describe('400', () => {
  it.each([{ text: '' }, { title: 'a\nb' }, { text: 'a\0b' }, { businesses: ['91999900MA00000000'] }, { unknown: 1 }])(
    'refuses %j',
    async (fields) => {
      expect((await staff.post('/v1/cases', 'registrar', { ...body, ...fields })).status).toBe(400)
    },
  )

  it('refuses a cursor that another list gave out', async () => {
    expect((await staff.get('/v1/cases?cursor=abc', null)).body.type).toBe('/problems/invalid-cursor')
  })
})

describe('401 and 403', () => {
  it('lets nobody write without a key, or with one for something else', async () => {
    const { id } = (await staff.post('/v1/cases', 'registrar', body)).body
    for (const url of ['/v1/cases', `/v1/cases/${id}/withdraw`]) {
      expect((await staff.post(url, null, body)).status).toBe(401)
      expect((await staff.post(url, 'feed', body)).status).toBe(403)
    }
    const patch = { method: 'PATCH', url: `/v1/cases/${id}`, payload: { title: 'x' } } as const
    const { app } = staff.service()
    expect((await app.inject(patch)).statusCode).toBe(401)
    const headers = { authorization: `Bearer ${staff.keys.feed}` }
    expect((await app.inject({ ...patch, headers })).statusCode).toBe(403)
  })
})

describe('404', () => {
  it('is the answer for an unknown case', async () => {
    const unknown = '/v1/cases/0190c8a0-0000-7000-8000-000000000099'
    expect((await staff.get(unknown, null)).status).toBe(404)
    expect((await staff.post(`${unknown}/withdraw`, 'registrar')).status).toBe(404)
  })
})

describe('422', () => {
  it.each([
    ['the name of a business', { text: '虚构省示例2号贸易有限公司搬离了住所。' }],
    ['a code of a business', { text: `代码为${enterprise}的主体` }],
    ['a code in another writing', { title: `ＵＳＣＣ：${enterprise.toLowerCase()}` }],
    ['a telephone number', { text: '请致电13911112222。' }],
    ['an identity number', { title: '身份证号110101199001011234' }],
  ])('refuses a text with %s', async (_what, fields) => {
    const { status, body: problem } = await staff.post('/v1/cases', 'registrar', { ...body, ...fields })
    expect([status, problem.type]).toEqual([422, '/problems/names-a-business'])
  })

  it('refuses a ground of the other list, a period that ends before it begins, and days to come', async () => {
    const typeOf = async (fields: object) =>
      (await staff.post('/v1/cases', 'registrar', { ...body, ...fields })).body.type
    expect(await typeOf({ list: 'serious-violator' })).toBe('/problems/ground-not-on-list')
    expect(await typeOf({ periodTo: '2026-08-31' })).toBe('/problems/not-in-order')
    expect(await typeOf({ periodTo: '2026-12-31' })).toBe('/problems/dated-in-the-future')
  })
})
