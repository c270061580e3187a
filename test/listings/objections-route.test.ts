import { describe, expect, it } from 'vitest'
import { enterprise, other, trader, useStaff } from './staff.ts'

const staff = useStaff()
const { post, get, decide, entry } = staff
const statement = '我公司一直在登记的住所经营。'
const nobody = '01900000-0000-7000-8000-000000000000'

async function listed(fields: Record<string, unknown> = {}) {
  return (await decide(fields)).listingId
}

describe('the way of an objection', () => {
  it('is filed, accepted and upheld with its deadlines, and corrected with the approval of another person', async () => {
    const listingId = await listed()
    const filed = await post('/v1/objections', 'clerk', { listingId, filedOn: '2026-11-21', statement })
    expect(filed.status).toBe(201)
    expect(filed.body).toMatchObject({
      status: 'filed',
      uscc: enterprise,
      deadlines: [{ step: 'accept-by', code: 'OBJ-ACC', dueOn: '2026-11-27', overdue: false }],
    })
    const at = `/v1/objections/${filed.body.id}`
    const accepted = await post(`${at}/accept`, 'clerk', { on: '2026-11-23' })
    expect(accepted.body).toMatchObject({ status: 'accepted', deadlines: [{ step: 'verify-by', dueOn: '2026-12-21' }] })
    const verdict = {
      on: '2026-11-24',
      outcome: 'upheld',
      reason: '经核实列入有误',
      decisionNumber: '云市监更〔2026〕1号',
    }
    const upheld = await post(`${at}/decide`, 'clerk', verdict)
    expect(upheld.body).toMatchObject({ status: 'upheld', deadlines: [{ step: 'correct-by', dueOn: '2026-12-01' }] })
    const decisionId = upheld.body['decisionId'] as string
    expect((await get(`/v1/decisions/${decisionId}`, 'chief')).body).toMatchObject({
      ...{
        action: 'correct',
        status: 'proposed',
        late: false,
        deadlines: [{ step: 'correct-by', dueOn: '2026-12-01' }],
      },
    })
    expect((await post(`/v1/decisions/${decisionId}/approve`, 'clerk')).body.type).toBe('/problems/same-person')
    expect((await get(at, 'clerk')).body.status).toBe('upheld')
    expect((await post(`/v1/decisions/${decisionId}/approve`, 'chief')).status).toBe(200)
    expect((await get(at, 'clerk')).body).toMatchObject({ status: 'corrected', deadlines: [] })
    expect(await entry(listingId)).toMatchObject({ status: 'corrected', shown: false })
  })

  it('is open again when the correction is rejected, and may be rejected itself', async () => {
    const listingId = await listed({ uscc: other })
    const { body } = await post('/v1/objections', 'clerk', { listingId, filedOn: '2026-11-21', statement })
    const at = `/v1/objections/${body.id}`
    await post(`${at}/accept`, 'clerk', { on: '2026-11-21' })
    const verdict = { on: '2026-11-24', outcome: 'upheld', reason: '有误', decisionNumber: '云市监更〔2026〕2号' }
    const upheld = await post(`${at}/decide`, 'clerk', verdict)
    await post(`/v1/decisions/${upheld.body['decisionId'] as string}/reject`, 'chief', { reason: '证据不足' })
    expect((await get(at, 'clerk')).body.status).toBe('accepted')
    const rejected = await post(`${at}/decide`, 'chief', { on: '2026-11-25', outcome: 'rejected', reason: '列入无误' })
    expect(rejected.body).toMatchObject({ status: 'rejected', deadlines: [] })
    expect(await entry(listingId)).toMatchObject({ status: 'in-force' })
    expect((await get(`/v1/objections?uscc=${other}&status=rejected`, 'chief')).body.items).toHaveLength(1)
  })
})

describe('refusals', () => {
  it('401, 403 and 404', async () => {
    expect((await post('/v1/objections', null)).status).toBe(401)
    expect((await post('/v1/objections', 'feed')).status).toBe(403)
    const filed = { listingId: nobody, filedOn: '2026-11-21', statement }
    expect((await post('/v1/objections', 'clerk', filed)).body.type).toBe('/problems/unknown-listing')
    expect((await get(`/v1/objections/${nobody}`, 'clerk')).body.type).toBe('/problems/unknown-objection')
  })

  it('422 after 30 days, unless somebody overrides with a reason', async () => {
    const facts = { summary: '无法联系', establishedOn: '2026-10-09' }
    const listingId = await listed({ groundCode: 'ABN-68-4-3', decidedOn: '2026-10-15', facts })
    // 14 November is a Saturday: the last day is the Monday after it.
    const late = await post('/v1/objections', 'clerk', { listingId, filedOn: '2026-11-17', statement })
    expect([late.status, late.body.type]).toEqual([422, '/problems/objection-out-of-time'])
    const taken = await post('/v1/objections', 'clerk', {
      ...{ listingId, filedOn: '2026-11-17', statement, manualOverride: { reason: '不可抗力' } },
    })
    expect(taken.body).toMatchObject({ status: 'filed', overrideReason: '不可抗力' })
    const again = await post('/v1/objections', 'clerk', { listingId, filedOn: '2026-11-16', statement })
    expect([again.status, again.body.type]).toEqual([409, '/problems/already-recorded'])
  })

  it('takes one on the rolled last day', async () => {
    const facts = { summary: '虚假', establishedOn: '2026-10-09' }
    const listingId = await listed({ uscc: trader, groundCode: 'ABS-69-14', decidedOn: '2026-10-15', facts })
    const filed = await post('/v1/objections', 'clerk', { listingId, filedOn: '2026-11-16', statement })
    expect(filed.body).toMatchObject({ status: 'filed', overrideReason: null })
  })

  it('422 against an entry under Order 44, which knows no objection', async () => {
    const facts = { summary: '拒绝检查' }
    const listingId = await listed({ list: 'serious-violator', groundCode: 'SER-44-10-3', facts })
    const { status, body } = await post('/v1/objections', 'clerk', { listingId, filedOn: '2026-11-21', statement })
    expect([status, body.type]).toEqual([422, '/problems/not-permitted-by-rulebook'])
  })

  it('422 for days out of order, before the entry and to come, and 409 for a step twice', async () => {
    const listingId = await listed({ uscc: other, groundCode: 'ABN-68-4-3' })
    const file = (filedOn: string) => post('/v1/objections', 'clerk', { listingId, filedOn, statement })
    expect((await file('2026-11-19')).body.type).toBe('/problems/dated-before-entry')
    expect((await file('2026-11-26')).body.type).toBe('/problems/dated-in-the-future')
    const at = `/v1/objections/${(await file('2026-11-23')).body.id}`
    expect((await post(`${at}/refuse`, 'clerk', { on: '2026-11-22', reason: 'x' })).body.type).toBe(
      '/problems/not-in-order',
    )
    expect((await post(`${at}/refuse`, 'clerk', { on: '2026-11-24', reason: '无证据' })).body.status).toBe('refused')
    expect((await post(`${at}/accept`, 'clerk', { on: '2026-11-24' })).body.type).toBe('/problems/already-decided')
  })
})
