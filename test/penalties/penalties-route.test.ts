import { describe, expect, it } from 'vitest'
import { endPenaltyPublications } from '../../src/penalties/service.ts'
import { madeUpUscc } from '../support/businesses.ts'
import { enterprise, other, trader, useStaff } from '../listings/staff.ts'

const staff = useStaff()
const { post, events } = staff
let number = 0
const publish = (fields: Record<string, unknown> = {}) =>
  post('/v1/penalties', 'registrar', {
    ...{
      uscc: enterprise,
      decisionNumber: `罚${(number += 1)}号`,
      authority: '云州市市场监督管理局',
      ground: '虚假宣传',
    },
    ...{ kind: '罚款、没收违法所得', amountFen: 5_000_000, decidedOn: '2026-11-02', publishedOn: '2026-11-10' },
    ...fields,
  })

describe('201', () => {
  it('publishes for as long as the grade allows, from the day of the document, and tells the feed', async () => {
    const { status, body } = await publish()
    expect(status).toBe(201)
    expect(body).toMatchObject({
      ...{ kinds: ['fine', 'confiscation'], grade: 'general', publishedUntil: '2027-11-02', shown: true },
      rulebook: 'RV-PEN-2025',
    })
    expect(await events(`penalty:${body.id}`)).toMatchObject([
      {
        type: 'penalty.published',
        data: { id: body.id, amountFen: 5_000_000, publishedUntil: '2027-11-02', shown: true },
      },
    ])
  })

  it.each([
    ['minor', '通报批评', '2027-02-02'],
    ['serious', '吊销营业执照', '2029-11-02'],
  ])('%s: %s until %s', async (grade, kind, publishedUntil) => {
    expect((await publish({ uscc: other, kind, amountFen: null })).body).toMatchObject({ grade, publishedUntil })
  })

  it('records a warning alone, or one whose time is over, and shows it nowhere', async () => {
    const warning = await publish({ kind: '警告', amountFen: null })
    expect(warning.body).toMatchObject({ shown: false, publishedUntil: null })
    const old = await publish({ decidedOn: '2022-01-10', publishedOn: '2022-01-20' })
    expect(old.body).toMatchObject({ shown: false, publishedUntil: '2023-01-10' })
    for (const { body } of [warning, old]) expect(await events(`penalty:${body.id}`)).toEqual([])
  })

  it('leaves the file of what was known readable, without those that were never published', async () => {
    for (const fields of [
      { kind: '警告', amountFen: null },
      { decidedOn: '2022-01-10', publishedOn: '2022-01-20' },
    ]) {
      expect((await publish({ uscc: trader, ...fields })).body['shown']).toBe(false)
    }
    const { app, clock } = staff.service()
    const response = await app.inject(`/v1/credit-files/${trader}?knownAt=${clock.now().toISOString()}`)
    expect(response.statusCode, response.body).toBe(200)
    expect(response.json<{ penalties: unknown[] }>().penalties).toEqual([])
  })
})

describe('200', () => {
  it('withdraws what was annulled, and the feed tells the reason and no content', async () => {
    const { body } = await publish()
    const withdrawn = await post(`/v1/penalties/${body.id}/withdraw`, 'registrar', { reason: 'annulled' })
    expect([withdrawn.status, withdrawn.body['shown']]).toEqual([200, false])
    const [, event] = await events(`penalty:${body.id}`)
    expect(event?.data).toEqual({
      ...{ id: body.id, name: '虚构省示例1号贸易有限公司', regionCode: '999900', shown: false, reason: 'annulled' },
    })
    const again = await post(`/v1/penalties/${body.id}/withdraw`, 'registrar', { reason: 'annulled' })
    expect([again.status, again.body.type]).toEqual([409, '/problems/already-decided'])
  })

  it('the end of its term withdraws it, on whatever later day that is noticed, and once', async () => {
    const { body } = await publish({ uscc: trader, kind: '通报批评', amountFen: null })
    const { db } = staff.service()
    const now = () => staff.service().clock.now()
    expect(await endPenaltyPublications(db, { on: '2027-02-02', now })).toMatchObject({ withdrawn: 0 })
    expect((await endPenaltyPublications(db, { on: '2027-02-20', now })).withdrawn).toBeGreaterThan(0)
    expect(await endPenaltyPublications(db, { on: '2027-02-20', now })).toMatchObject({ withdrawn: 0 })
    expect((await events(`penalty:${body.id}`)).at(-1)).toMatchObject({ data: { shown: false, reason: 'term-over' } })
  })
})

describe('400 to 422', () => {
  it('a mistake in the body, no key, a key without the scope', async () => {
    expect((await publish({ amountFen: -1 })).body).toMatchObject({ errors: [{ pointer: '/body/amountFen' }] })
    expect((await post('/v1/penalties', null)).status).toBe(401)
    expect((await post('/v1/penalties', 'clerk')).status).toBe(403)
  })

  it('an unknown business, an unknown penalty, the same decision twice', async () => {
    expect((await publish({ uscc: madeUpUscc(99) })).body.type).toBe('/problems/unknown-subject')
    const at = '/v1/penalties/01900000-0000-7000-8000-000000000000/withdraw'
    expect((await post(at, 'registrar', { reason: 'annulled' })).body.type).toBe('/problems/unknown-penalty')
    await publish({ decisionNumber: '同一号' })
    expect((await publish({ decisionNumber: '同一号' })).body.type).toBe('/problems/already-recorded')
  })

  it('a day to come, and one before the decision', async () => {
    expect((await publish({ decidedOn: '2026-11-26', publishedOn: '2026-11-26' })).body.type).toBe(
      '/problems/dated-in-the-future',
    )
    expect((await publish({ publishedOn: '2026-11-01' })).body.type).toBe('/problems/not-in-order')
  })
})
