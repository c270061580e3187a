import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { rowsOf } from '../../src/platform/db.ts'
import { madeUpUscc } from '../support/businesses.ts'
import { cooperative, enterprise, other, trader, useStaff } from './staff.ts'

const staff = useStaff()
const { post, get, propose, decide, entry, events } = staff
const serious = {
  list: 'serious-violator',
  groundCode: 'SER-44-10-3',
  facts: { summary: '拒绝、阻碍监督检查' },
} as const

describe('201', () => {
  it('keeps a proposal with its deadlines and changes nothing', async () => {
    const { status, body } = await propose({ uscc: trader.toLowerCase(), groundCode: 'ABS-69-15' })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      status: 'proposed',
      action: 'enter',
      uscc: trader,
      groundCode: 'ABS-69-15',
      rulebook: 'RV-ABN-2025',
      manualReview: false,
      late: false,
      deadlines: [{ step: 'list-by', dueOn: '2026-12-02', provisional: false, overdue: false }],
    })
    expect(await entry(body['listingId'] as string)).toBeUndefined()
    expect(await events(`listing:${body['listingId'] as string}`)).toEqual([])
  })

  it('takes a late record and marks it late', async () => {
    const { body } = await propose({
      uscc: other,
      decidedOn: '2026-11-24',
      facts: { summary: '无法联系', establishedOn: '2026-08-03' },
    })
    expect(body).toMatchObject({ status: 'proposed', late: true })
    const { body: list } = await get(`/v1/decisions?uscc=${other}&overdue=true`, 'chief')
    expect(list.items.map((item) => item.id)).toEqual([body.id])
    expect(list.items[0]).toMatchObject({ deadlines: [{ step: 'list-by', overdue: true }] })
    expect((await get(`/v1/decisions?uscc=${other}&overdue=false`, 'chief')).body.items).toEqual([])
  })

  it('answers the same proposal to the same idempotency key', async () => {
    const payload = {
      ...{ action: 'enter', list: 'abnormal', uscc: cooperative, groundCode: 'ABC-70-12', decisionNumber: '一号' },
      ...{ authority: '某局', decidedOn: '2026-11-20', facts: { summary: '无法联系', establishedOn: '2026-11-18' } },
    }
    const first = await staff.call('POST', '/v1/decisions', 'clerk', payload, { 'idempotency-key': 'one' })
    const again = await staff.call('POST', '/v1/decisions', 'clerk', payload, { 'idempotency-key': 'one' })
    expect([first.status, again.status, again.body.id]).toEqual([201, 201, first.body.id])
  })
})

describe('200', () => {
  it('approval records the decision under the same id, with the entry and the event', async () => {
    const { id, listingId } = await decide()
    expect(await entry(listingId)).toMatchObject({ status: 'in-force', ground_code: 'ABN-68-4-4', shown: true })
    const [decision] = await rowsOf(
      staff.service().db,
      sql`select id, origin, step, due_on::text from decisions where id = ${id}`,
    )
    expect(decision).toEqual({ id, origin: 'staff', step: 1, due_on: '2026-12-02' })
    const [event] = await events(`listing:${listingId}`)
    expect(event).toMatchObject({
      type: 'listing.entered',
      data: { id: listingId, status: 'in-force', shown: true, listedOn: '2026-11-20', ground: { code: 'ABN-68-4-4' } },
    })
    expect((await get(`/v1/decisions/${id}`, 'clerk')).body).toMatchObject({ status: 'approved' })
  })

  it('an exit keeps the record of the entry; since 2026-04-01 it is no longer shown', async () => {
    const { listingId } = await decide({ uscc: other })
    await decide({ action: 'remove', uscc: other, listingId, decidedOn: '2026-11-25', facts: { summary: '恢复联系' } })
    expect(await entry(listingId)).toMatchObject({ status: 'removed', removed_on: '2026-11-25', shown: false })
    const [, event] = await events(`listing:${listingId}`)
    expect(event).toMatchObject({
      type: 'listing.removed',
      data: { shown: false, removedOn: '2026-11-25', removalReason: '通过登记的住所或者经营场所可以重新取得联系' },
    })
  })

  it('a correction makes the entry void, and the feed tells nothing of its content', async () => {
    const { listingId } = await decide({ uscc: trader, groundCode: 'ABS-69-14' })
    await decide({ action: 'correct', uscc: trader, listingId, facts: { summary: '列入有误' } })
    const [, event] = await events(`listing:${listingId}`)
    expect(event).toEqual({
      type: 'listing.corrected',
      data: {
        ...{ id: listingId, list: 'abnormal', status: 'corrected', shown: false },
        ...{ name: '虚构示例小店', regionCode: '999900' },
      },
    })
  })

  it('a business is on both lists, on several grounds and for several years at once, and leaves each by itself', async () => {
    const facts = (reportYear: number) => ({ summary: '未报送年报', reportYear })
    const first = await decide({ uscc: cooperative, groundCode: 'ABC-70-10', facts: facts(2024) })
    const second = await decide({ uscc: cooperative, groundCode: 'ABC-70-10', facts: facts(2025) })
    const third = await decide({ ...serious, uscc: cooperative })
    await decide({ action: 'remove', uscc: cooperative, listingId: first.listingId, facts: { summary: '已补报' } })
    expect(await entry(first.listingId)).toMatchObject({ status: 'removed', report_year: 2024 })
    expect(await entry(second.listingId)).toMatchObject({ status: 'in-force', report_year: 2025 })
    expect(await entry(third.listingId)).toMatchObject({ status: 'in-force', expires_on: '2029-11-20' })
  })

  it('an exit got by false material is cancelled, and the term begins anew', async () => {
    const { listingId } = await decide({ ...serious, uscc: enterprise, decidedOn: '2024-05-10' })
    const at = { list: 'serious-violator', uscc: enterprise, listingId }
    await decide({ ...at, action: 'remove', decidedOn: '2025-06-01', facts: { summary: '提前移出' } })
    await decide({ ...at, action: 'restore', decidedOn: '2026-02-03', facts: { summary: '材料虚假' } })
    expect(await entry(listingId)).toMatchObject({
      ...{ status: 'in-force', removed_on: null, restarted_on: '2026-02-03', expires_on: '2029-02-03' },
    })
    expect((await events(`listing:${listingId}`)).map((event) => event.type)).toEqual([
      ...['listing.entered', 'listing.removed', 'listing.entered'],
    ])
  })

  it('rejects with a reason, and nothing follows', async () => {
    const { body } = await propose({ ...serious, uscc: trader })
    const { status, body: rejected } = await post(`/v1/decisions/${body.id}/reject`, 'chief', { reason: '证据不足' })
    expect(status).toBe(200)
    expect(rejected).toMatchObject({ status: 'rejected', rejectionReason: '证据不足' })
    expect(await entry(body['listingId'] as string)).toBeUndefined()
  })
})

describe('400', () => {
  it.each([
    ['an unknown field', { remark: 'x' }, '/body/remark'],
    ['no ground to enter on', { groundCode: undefined }, '/body/groundCode'],
    ['no entry to remove', { action: 'remove' }, '/body/listingId'],
    ['a day that does not exist', { decidedOn: '2026-02-30' }, '/body/decidedOn'],
    ['no summary', { facts: {} }, '/body/facts/summary'],
  ])('%s', async (_what, fields, pointer) => {
    const { status, body } = await propose(fields)
    expect(status).toBe(400)
    expect(body).toMatchObject({ type: '/problems/invalid-request', errors: [{ pointer }] })
  })

  it('a code with a wrong check character', async () => {
    expect((await propose({ uscc: '91999900MA0000015X' })).body.type).toBe('/problems/invalid-uscc')
  })
})

describe('401 and 403', () => {
  it('without a key, and with one that lacks the scope', async () => {
    expect((await post('/v1/decisions', null)).status).toBe(401)
    const { status, body } = await get('/v1/decisions', 'feed')
    expect([status, body.type]).toEqual([403, '/problems/insufficient-scope'])
  })

  it.each(['approve', 'reject'])('the proposer does not %s', async (act) => {
    const { body } = await propose({ ...serious, uscc: trader })
    const answer = await post(`/v1/decisions/${body.id}/${act}`, 'clerk')
    expect([answer.status, answer.body.type]).toEqual([403, '/problems/same-person'])
  })
})

describe('404', () => {
  const nobody = '01900000-0000-7000-8000-000000000000'
  it('a business that is not registered, an unknown decision, an unknown entry', async () => {
    expect((await propose({ uscc: madeUpUscc(99) })).body.type).toBe('/problems/unknown-subject')
    expect((await post(`/v1/decisions/${nobody}/approve`, 'chief')).body.type).toBe('/problems/unknown-decision')
    expect((await get(`/v1/decisions/${nobody}`, 'chief')).status).toBe(404)
    expect((await propose({ action: 'remove', listingId: nobody })).body.type).toBe('/problems/unknown-listing')
  })

  it('an entry of another business, or of the other list', async () => {
    const { listingId } = await decide({ groundCode: 'ABN-68-4-3' })
    const of = { action: 'remove', listingId }
    expect((await propose({ ...of, uscc: other })).body.type).toBe('/problems/unknown-listing')
    expect((await propose({ ...of, list: 'serious-violator' })).body.type).toBe('/problems/unknown-listing')
  })
})

describe('409', () => {
  it('a decision that was settled already', async () => {
    const { id } = await decide({ groundCode: 'ABN-68-4-2', uscc: other })
    expect((await post(`/v1/decisions/${id}/approve`, 'chief')).body.type).toBe('/problems/already-decided')
    expect((await post(`/v1/decisions/${id}/reject`, 'chief')).body.type).toBe('/problems/already-decided')
  })

  it('a business that is on the list for the same already, also when both were proposed before', async () => {
    const twice = { uscc: madeUpUscc(2), groundCode: 'ABN-68-4-3' }
    const [one, two] = [await propose(twice), await propose(twice)]
    expect((await post(`/v1/decisions/${one.body.id}/approve`, 'chief')).status).toBe(200)
    const late = await post(`/v1/decisions/${two.body.id}/approve`, 'chief')
    expect([late.status, late.body.type]).toEqual([409, '/problems/already-listed'])
    expect((await propose(twice)).body.type).toBe('/problems/already-listed')
  })

  it('of two approvals at once one is done', async () => {
    const { body } = await propose({ ...serious, uscc: other })
    const answers = await Promise.all([1, 2].map(() => post(`/v1/decisions/${body.id}/approve`, 'chief')))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    expect(await events(`listing:${body['listingId'] as string}`)).toHaveLength(1)
  })
})

describe('422, naming the article', () => {
  it.each([
    ['a ground of the other list', 'ground-not-on-list', { groundCode: 'SER-44-10-3' }],
    ['a ground that does not exist', 'ground-not-on-list', { groundCode: 'ABN-68-4-9' }],
    ['a ground for another kind of business', 'not-permitted-by-rulebook', { groundCode: 'ABS-69-15' }],
    ['a ground without what it asks for', 'not-permitted-by-rulebook', { facts: { summary: 'x' } }],
    [
      'a fact established after the decision',
      'not-permitted-by-rulebook',
      { facts: { summary: 'x', establishedOn: '2026-11-21' } },
    ],
    [
      'a report that may still be filed',
      'not-permitted-by-rulebook',
      { groundCode: 'ABN-68-4-1', decidedOn: '2026-06-30', facts: { summary: 'x', reportYear: 2025 } },
    ],
    [
      'letters of one week apart',
      'not-permitted-by-rulebook',
      { facts: { summary: 'x', establishedOn: '2026-11-18', lettersMailedOn: ['2026-10-01', '2026-10-08'] } },
    ],
    [
      'promotion after three years, since its repeal',
      'not-permitted-by-rulebook',
      { list: 'serious-violator', groundCode: 'SER-TL14-17-2', facts: { summary: 'x', establishedOn: '2026-11-01' } },
    ],
    [
      'a ground of Order 83 today',
      'not-permitted-by-rulebook',
      { list: 'serious-violator', groundCode: 'SER-83-5-3', facts: { summary: 'x' } },
    ],
    ['a day to come', 'dated-in-the-future', { decidedOn: '2026-11-26' }],
  ])('%s', async (_what, type, fields) => {
    const { status, body } = await propose(fields)
    expect([status, body.type]).toEqual([422, `/problems/${type}`])
    if (type === 'not-permitted-by-rulebook') expect(body.detail).toMatch(/art|Order|Regulation|Measures/)
  })

  it('an exit before its time, and a step that the state does not allow', async () => {
    const { listingId } = await decide({ ...serious, uscc: trader, groundCode: 'SER-44-8-3', decidedOn: '2026-01-05' })
    const at = { list: 'serious-violator', uscc: trader, listingId, facts: { summary: 'x' } }
    const early = await propose({ ...at, action: 'remove', decidedOn: '2026-11-24' })
    expect(early.body).toMatchObject({ type: '/problems/not-permitted-by-rulebook' })
    expect(early.body.detail).toMatch(/2027-01-05.*Order 44/)
    const idle = await propose({ ...at, action: 'restore', decidedOn: '2026-11-24' })
    expect(idle.body.type).toBe('/problems/not-permitted-by-rulebook')
    const before = await propose({ ...at, action: 'revoke', decidedOn: '2026-01-04' })
    expect([before.status, before.body.type]).toEqual([422, '/problems/dated-before-entry'])
  })

  it('what was allowed when it was proposed is judged again when it is approved', async () => {
    const { listingId } = await decide({ groundCode: 'ABN-68-4-2' })
    const removal = { action: 'remove', listingId, decidedOn: '2026-11-23', facts: { summary: 'x' } }
    const [one, two] = [await propose(removal), await propose(removal)]
    expect((await post(`/v1/decisions/${one.body.id}/approve`, 'chief')).status).toBe(200)
    expect((await post(`/v1/decisions/${two.body.id}/approve`, 'chief')).body.type).toBe(
      '/problems/not-permitted-by-rulebook',
    )
  })
})
