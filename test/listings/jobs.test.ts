import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { insertDecisions, upsertEntries } from '../../src/listings/decisions/repository.ts'
import { foldEntry, type Decision } from '../../src/listings/domain.ts'
import { endPublication, expireTerms, promoteToSerious, sendSixtyDayNotices } from '../../src/listings/terms/service.ts'
import { reportOverdueSteps } from '../../src/overdue/service.ts'
import { rowsOf } from '../../src/platform/db.ts'
import { madeUpUscc, subjectItem } from '../support/businesses.ts'
import { take } from '../support/take.ts'
import { enterprise, other, trader, useStaff } from './staff.ts'

const staff = useStaff()
const { post, decide, entry, events, propose } = staff
const options = (on: string) => ({ db: staff.service().db, on, now: () => staff.service().clock.now() })
const serious = { list: 'serious-violator', groundCode: 'SER-44-10-3', facts: { summary: '拒绝检查' } }

/** An entry of old on the abnormal list, of a business of its own. */
async function abnormalSince(number: number, listedOn: string): Promise<{ id: string; uscc: string }> {
  const { db } = staff.service()
  const uscc = madeUpUscc(number)
  const id = `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`
  await take(db, 'subjects', [subjectItem(number, { establishedOn: '2010-01-01' })])
  const decision: Decision = {
    ...{ id, action: 'enter', origin: 'staff', list: 'abnormal', uscc, listingId: id, groundCode: 'ABN-68-4-4' },
    ...{ reportYear: null, decisionNumber: '旧一号', authority: '某局', decidedOn: listedOn, effectiveOn: listedOn },
    ...{ dueOn: null, facts: {}, rulebook: 'RV-ABN-2014', recordedAt: `${listedOn}T04:00:00.000Z`, step: 1 },
    ...{ expiresOn: null, publishedUntil: null, shown: true },
  }
  await db.transaction(async (tx) => {
    await insertDecisions(tx, [decision])
    await upsertEntries(tx, [foldEntry([decision])!])
  })
  return { id, uscc }
}

const seriousEntries = (uscc: string) =>
  rowsOf<{ ground_code: string; listed_on: string; expires_on: string; rulebook: string }>(
    staff.service().db,
    sql`select ground_code, listed_on, expires_on, rulebook from listing_entries
        where uscc = ${uscc} and list = 'serious-violator'`,
  )

describe('the promotion after three years', () => {
  it('follows on a notice in the 60 days before, on the ground of the version of the day', async () => {
    const [old, regulation] = [await abnormalSince(101, '2018-03-01'), await abnormalSince(102, '2019-03-01')]
    expect(await sendSixtyDayNotices(options('2020-12-30'))).toEqual({ noticed: 0 })
    expect(await sendSixtyDayNotices(options('2020-12-31'))).toEqual({ noticed: 1 })
    expect(await sendSixtyDayNotices(options('2021-01-15'))).toEqual({ noticed: 0 })
    expect(await promoteToSerious(options('2021-02-28'))).toMatchObject({ promoted: 0 })
    expect(await promoteToSerious(options('2021-03-01'))).toMatchObject({ promoted: 1, groundCode: 'SER-83-5-1' })
    expect(await promoteToSerious(options('2021-03-01'))).toMatchObject({ promoted: 0 })
    expect(await seriousEntries(old.uscc)).toMatchObject([
      { ground_code: 'SER-83-5-1', listed_on: '2021-03-01', expires_on: '2026-03-01', rulebook: 'RV-SER-2016' },
    ])
    expect(await entry(old.id)).toMatchObject({ status: 'removed', removed_on: '2021-03-01' })
    expect((await events(`listing:${old.id}`)).map(({ type }) => type)).toEqual(['listing.removed'])

    await sendSixtyDayNotices(options('2022-02-01'))
    // The run of the day was missed; the next one does its work.
    expect(await promoteToSerious(options('2022-03-09'))).toMatchObject({ promoted: 1, groundCode: 'SER-TL14-17-2' })
    expect(await seriousEntries(regulation.uscc)).toMatchObject([{ rulebook: 'RV-SER-2021' }])
  })

  it('promotes nobody without a notice', async () => {
    const { uscc } = await abnormalSince(103, '2020-03-01')
    await promoteToSerious(options('2023-03-02'))
    expect(await seriousEntries(uscc)).toEqual([])
  })

  it('is repealed: after 2024-04-30 nobody has a notice or is promoted, and an entry of 2021 is not promoted in 2024', async () => {
    const { uscc, id } = await abnormalSince(104, '2021-05-10')
    // The notice was sent while the rule existed, the anniversary comes after it.
    expect((await sendSixtyDayNotices(options('2024-04-30'))).noticed).toBeGreaterThan(0)
    for (const on of ['2024-05-01', '2024-05-10', '2024-07-01', '2026-11-25']) {
      expect(await promoteToSerious(options(on))).toEqual({ promoted: 0, alreadyListed: 0, groundCode: null })
      expect(await sendSixtyDayNotices(options(on))).toEqual({ noticed: 0 })
    }
    expect(await promoteToSerious(options('2024-04-30'))).toMatchObject({ promoted: 0 })
    expect(await seriousEntries(uscc)).toEqual([])
    expect(await entry(id)).toMatchObject({ status: 'in-force' })
  })
})

describe('terms', () => {
  it('end by themselves with effect from their day, also when the run comes later, and once', async () => {
    const { listingId } = await decide({ ...serious, uscc: other, decidedOn: '2023-11-24' })
    expect(await expireTerms(options('2026-11-23'))).toMatchObject({ expired: 0 })
    expect(await expireTerms(options('2026-12-20'))).toMatchObject({ expired: 1 })
    expect(await expireTerms(options('2026-12-20'))).toMatchObject({ expired: 0 })
    expect(await entry(listingId)).toMatchObject({
      ...{ status: 'removed', removed_on: '2026-11-24', removal_reason: '列入期限届满', shown: false },
    })
    expect((await events(`listing:${listingId}`)).at(-1)).toMatchObject({
      type: 'listing.removed',
      data: { shown: false },
    })
  })

  it('of grounds whose end the law leaves open are left to people', async () => {
    const [row] = await rowsOf<{ status: string }>(
      staff.service().db,
      sql`select status from listing_entries where ground_code = 'SER-83-5-1'`,
    )
    expect(row?.status).toBe('in-force')
    expect(await expireTerms(options('2026-11-25'))).toMatchObject({ expired: 0, leftToPeople: 1 })
  })
})

it('exits of old stay in view with their exit until the rules of 2026-04-01 take them from it', async () => {
  // The five years of the entry on SER-83-5-1 are over, though the law leaves open how it ends.
  expect(await endPublication(options('2026-03-01'))).toEqual({ ended: 0 })
  expect(await endPublication(options('2026-03-02'))).toEqual({ ended: 1 })
  expect(await endPublication(options('2026-03-31'))).toEqual({ ended: 0 })
  expect(await endPublication(options('2026-04-01'))).toEqual({ ended: 2 })
})

it('the mark of an individual business for a missing report is shown to 30 June of the next year', async () => {
  const { clock } = staff.service()
  const facts = { summary: '未报送年报', reportYear: 2024 }
  clock.set('2025-07-08T04:00:00.000Z')
  const { listingId } = await decide({ uscc: trader, groundCode: 'ABS-69-13', decidedOn: '2025-07-08', facts })
  clock.set('2026-11-25T04:00:00.000Z')
  expect(await entry(listingId)).toMatchObject({ published_until: '2026-06-30', shown: true })
  expect(await endPublication(options('2026-06-30'))).toEqual({ ended: 0 })
  expect(await endPublication(options('2026-07-05'))).toEqual({ ended: 1 })
  expect(await endPublication(options('2026-07-05'))).toEqual({ ended: 0 })
  expect((await events(`listing:${listingId}`)).at(-1)).toEqual({
    type: 'subject.changed',
    data: {
      ...{
        id: listingId,
        list: 'abnormal',
        status: 'in-force',
        shown: false,
        name: '虚构示例小店',
        regionCode: '999900',
      },
      changed: ['listings'],
    },
  })
})

it('reports the steps whose deadline has passed, and a second run for the day replaces the first', async () => {
  await propose({ uscc: other, groundCode: 'ABN-68-4-3' })
  const { listingId } = await decide({ uscc: enterprise })
  await post('/v1/objections', 'clerk', { listingId, filedOn: '2026-11-21', statement: '异议' })
  await post('/v1/repairs', 'clerk', { listingId, filedOn: '2026-11-24', statement: '申请' })
  const { db } = staff.service()
  expect(await reportOverdueSteps({ db, on: '2026-11-27' })).toEqual({ decision: 0, objection: 0, repair: 0 })
  for (let run = 0; run < 2; run += 1) {
    expect(await reportOverdueSteps({ db, on: '2026-12-03' })).toMatchObject({ decision: 1, objection: 1 })
  }
  const kept = await rowsOf<{ kind: string; step: string; due_on: string }>(
    db,
    sql`select kind, step, due_on from overdue_steps where reported_on = '2026-12-03' order by kind`,
  )
  expect(kept).toEqual([
    { kind: 'decision', step: 'enter', due_on: '2026-12-02' },
    { kind: 'objection', step: 'accept-by', due_on: '2026-11-27' },
  ])
})
