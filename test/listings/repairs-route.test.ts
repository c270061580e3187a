import { describe, expect, it } from 'vitest'
import { cooperative, enterprise, other, trader, useStaff } from './staff.ts'

const staff = useStaff()
const { post, get, decide, entry, events } = staff
const statement = '已履行义务，申请移出。'
const nobody = '01900000-0000-7000-8000-000000000000'
const serious = { list: 'serious-violator', groundCode: 'SER-44-10-3', facts: { summary: '拒绝检查' } }

const file = (fields: Record<string, unknown>) => post('/v1/repairs', 'clerk', { statement, ...fields })

describe('the way of a repair', () => {
  it('of an entry: filed, accepted, granted, and executed with the approval of another person', async () => {
    const { listingId } = await decide()
    const filed = await file({ listingId, filedOn: '2026-11-23' })
    expect(filed.status).toBe(201)
    const at = `/v1/repairs/${filed.body.id}`
    const accepted = await post(`${at}/accept`, 'clerk', { on: '2026-11-24' })
    expect(accepted.body).toMatchObject({ status: 'accepted', deadlines: [{ step: 'remove-by', dueOn: '2026-12-01' }] })
    const granted = await post(`${at}/decide`, 'clerk', {
      ...{ on: '2026-11-25', outcome: 'granted', reason: '已变更住所', decisionNumber: '云市监移〔2026〕1号' },
      removalReason: 'address-changed',
    })
    expect(granted.body).toMatchObject({ status: 'granted' })
    const decisionId = granted.body['decisionId'] as string
    expect((await get(`/v1/decisions/${decisionId}`, 'chief')).body).toMatchObject({ action: 'remove', late: false })
    expect((await post(`/v1/decisions/${decisionId}/approve`, 'clerk')).status).toBe(403)
    expect((await post(`/v1/decisions/${decisionId}/approve`, 'chief')).status).toBe(200)
    expect((await get(at, 'clerk')).body).toMatchObject({ status: 'executed', deadlines: [] })
    expect(await entry(listingId)).toMatchObject({
      ...{ status: 'removed', removal_reason: '已依法办理住所或者经营场所变更登记' },
    })
  })

  it('got by false material is cancelled: the entry is in force again and its term begins anew', async () => {
    const { listingId } = await decide({ ...serious, uscc: trader, decidedOn: '2025-03-03' })
    const { body } = await file({ listingId, filedOn: '2026-04-01' })
    const at = `/v1/repairs/${body.id}`
    const accepted = await post(`${at}/accept`, 'clerk', { on: '2026-04-02' })
    // Seven working days since 2025-12-25, with the Qingming days off between.
    expect(accepted.body).toMatchObject({
      deadlines: [{ step: 'decide-by', code: 'REP25-DEC-7', dueOn: '2026-04-14' }],
    })
    const verdict = { on: '2026-04-10', outcome: 'granted', reason: '条件具备', decisionNumber: '一号' }
    const granted = await post(`${at}/decide`, 'clerk', verdict)
    await post(`/v1/decisions/${granted.body['decisionId'] as string}/approve`, 'chief')
    const cancel = { on: '2026-06-01', reason: '材料虚假', decisionNumber: '二号' }
    const cancelled = await post(`${at}/cancel`, 'clerk', cancel)
    expect(cancelled.body).toMatchObject({ status: 'executed' })
    await post(`/v1/decisions/${cancelled.body['restorationId'] as string}/approve`, 'chief')
    expect((await get(at, 'clerk')).body).toMatchObject({ status: 'cancelled', cancelledOn: '2026-06-01' })
    expect(await entry(listingId)).toMatchObject({ status: 'in-force', expires_on: '2029-06-01' })
  })

  it('of a penalty: granted by another person, the publication ends; cancelled, it is back with a new term', async () => {
    const penalty = await post('/v1/penalties', 'registrar', {
      ...{ uscc: cooperative, decisionNumber: '罚一号', authority: '云州市市场监督管理局', ground: '虚假宣传' },
      ...{ kind: '罚款', amountFen: 5_000_000, decidedOn: '2026-06-01', publishedOn: '2026-06-05' },
    })
    const penaltyId = penalty.body.id
    const early = await file({ penaltyId, filedOn: '2026-08-31' })
    expect(early.body).toMatchObject({ type: '/problems/exit-before-its-time' })
    expect(early.body.detail).toContain('2026-09-01')
    const { body } = await file({ penaltyId, filedOn: '2026-11-16' })
    const at = `/v1/repairs/${body.id}`
    expect((await post(`${at}/accept`, 'clerk', { on: '2026-11-17' })).body).toMatchObject({
      deadlines: [{ step: 'decide-by', dueOn: '2026-11-26', overdue: false }],
    })
    const verdict = { on: '2026-11-24', outcome: 'granted', reason: '已履行' }
    expect((await post(`${at}/decide`, 'clerk', verdict)).body.type).toBe('/problems/same-person')
    expect((await post(`${at}/decide`, 'chief', verdict)).body).toMatchObject({ status: 'executed' })
    const cancel = { on: '2026-11-25', reason: '材料虚假' }
    expect((await post(`${at}/cancel`, 'chief', cancel)).body.type).toBe('/problems/same-person')
    expect((await post(`${at}/cancel`, 'clerk', cancel)).body).toMatchObject({ status: 'cancelled' })
    expect((await events(`penalty:${penaltyId}`)).map(({ type, data }) => [type, data['publishedUntil']])).toEqual([
      ['penalty.published', '2027-06-01'],
      ['penalty.withdrawn', undefined],
      ['penalty.published', '2027-11-25'],
    ])
  })

  it('is refused or not accepted with the reason, and nothing follows', async () => {
    const { listingId } = await decide({ uscc: other })
    const one = await file({ listingId, filedOn: '2026-11-23' })
    const not = await post(`/v1/repairs/${one.body.id}/refuse`, 'clerk', { on: '2026-11-23', reason: '材料不全' })
    expect(not.body).toMatchObject({ status: 'not-accepted', answerReason: '材料不全' })
    const two = await file({ listingId, filedOn: '2026-11-24' })
    await post(`/v1/repairs/${two.body.id}/accept`, 'clerk', { on: '2026-11-24' })
    const verdict = { on: '2026-11-25', outcome: 'refused', reason: '仍无法联系' }
    expect((await post(`/v1/repairs/${two.body.id}/decide`, 'chief', verdict)).body.status).toBe('refused')
    expect(await entry(listingId)).toMatchObject({ status: 'in-force' })
    expect((await get(`/v1/repairs?uscc=${other}`, 'clerk')).body.items).toHaveLength(2)
  })
})

describe('refusals', () => {
  it('400, 401, 403 and 404', async () => {
    expect((await file({ filedOn: '2026-11-23' })).body).toMatchObject({ errors: [{ pointer: '/body/listingId' }] })
    expect((await post('/v1/repairs', null)).status).toBe(401)
    expect((await post('/v1/repairs', 'registrar')).status).toBe(403)
    expect((await file({ listingId: nobody, filedOn: '2026-11-23' })).body.type).toBe('/problems/unknown-listing')
    expect((await file({ penaltyId: nobody, filedOn: '2026-11-23' })).body.type).toBe('/problems/unknown-penalty')
    expect((await get(`/v1/repairs/${nobody}`, 'clerk')).body.type).toBe('/problems/unknown-repair')
  })

  it('422 for an early exit from the serious-violator list before one year, naming day and article', async () => {
    const { listingId } = await decide({ ...serious, uscc: other, decidedOn: '2026-01-05' })
    const { status, body } = await file({ listingId, filedOn: '2026-11-24' })
    expect([status, body.type]).toEqual([422, '/problems/exit-before-its-time'])
    expect(body.detail).toMatch(/2027-01-05.*Order 44/)
  })

  it('409 while another is open, 422 for days out of order', async () => {
    const { listingId } = await decide({ uscc: enterprise, groundCode: 'ABN-68-4-3' })
    const { body } = await file({ listingId, filedOn: '2026-11-23' })
    expect((await file({ listingId, filedOn: '2026-11-24' })).body.type).toBe('/problems/already-recorded')
    const at = `/v1/repairs/${body.id}`
    expect((await post(`${at}/accept`, 'clerk', { on: '2026-11-22' })).body.type).toBe('/problems/not-in-order')
    const verdict = { on: '2026-11-24', outcome: 'granted', reason: 'x', decisionNumber: '三号' }
    expect((await post(`${at}/decide`, 'chief', verdict)).body.type).toBe('/problems/already-decided')
    await post(`${at}/accept`, 'clerk', { on: '2026-11-24' })
    const without = await post(`${at}/decide`, 'chief', { on: '2026-11-24', outcome: 'granted', reason: 'x' })
    expect(without.body).toMatchObject({ errors: [{ pointer: '/body/decisionNumber' }] })
  })
})
