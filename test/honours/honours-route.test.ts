import { describe, expect, it } from 'vitest'
import { madeUpUscc } from '../support/businesses.ts'
import { enterprise, useStaff } from '../listings/staff.ts'

const { post, events } = useStaff()
const award = (fields: Record<string, unknown> = {}) =>
  post('/v1/honours', 'registrar', {
    ...{ uscc: enterprise, title: '守合同重信用企业', authority: '云州市市场监督管理局', awardedOn: '2026-03-15' },
    ...fields,
  })

describe('201', () => {
  it('publishes an honour and tells the feed', async () => {
    const { status, body } = await award({ validUntil: '2028-03-14' })
    expect(status).toBe(201)
    expect(await events(`honour:${body.id}`)).toMatchObject([
      { type: 'honour.awarded', data: { id: body.id, title: '守合同重信用企业', validUntil: '2028-03-14' } },
    ])
  })
})

describe('400 to 422', () => {
  it('refuses what is wrong, each with a problem of its own', async () => {
    expect((await award({ title: ' ' })).status).toBe(400)
    expect((await post('/v1/honours', null)).status).toBe(401)
    expect((await post('/v1/honours', 'clerk')).status).toBe(403)
    expect((await award({ uscc: madeUpUscc(99) })).body.type).toBe('/problems/unknown-subject')
    expect((await award()).body.type).toBe('/problems/already-recorded')
    expect((await award({ awardedOn: '2026-11-26' })).body.type).toBe('/problems/dated-in-the-future')
    expect((await award({ title: '他', validUntil: '2026-03-14' })).body.type).toBe('/problems/not-in-order')
  })
})
