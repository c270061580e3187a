import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { amendFromFile } from '../../src/law/service.ts'
import { correctDueDates } from '../../src/listings/due-dates.ts'
import { rowsOf } from '../../src/platform/db.ts'
import { enterprise, other, useStaff } from './staff.ts'

const staff = useStaff('2026-12-28T02:00:00.000Z')

/** A made-up notice of 2027 in the form of a real one. */
const year2027 = {
  year: 2027,
  off: [
    ...['2027-01-01', '2027-02-05', '2027-02-08', '2027-02-09', '2027-02-10', '2027-02-11', '2027-10-01', '2027-10-04'],
    ...['2027-10-05', '2027-10-06', '2027-10-07'],
  ],
  work: ['2027-02-20'],
}

it('tells the due days that could not be told, of entries with events and of proposals, when the notice is loaded', async () => {
  const { db } = staff.service()
  const facts = { summary: '无法联系', establishedOn: '2026-12-25' }
  const entered = await staff.decide({ decidedOn: '2026-12-28', facts })
  const waiting = await staff.propose({ uscc: other, decidedOn: '2026-12-28', facts })
  expect(waiting.body['deadlines']).toEqual([
    expect.objectContaining({ step: 'list-by', dueOn: null, provisional: true }),
  ])
  expect(await correctDueDates(db, new Date('2026-12-29T02:00:00.000Z'))).toEqual({ entries: 0, proposals: 0 })

  const folder = await mkdtemp(join(tmpdir(), 'xinjian-due-'))
  await writeFile(join(folder, '2027.json'), JSON.stringify(year2027))
  const now = new Date('2026-12-29T02:00:00.000Z')
  await amendFromFile(db, join(folder, '2027.json'), 'calendar', now)
  await rm(folder, { recursive: true })

  expect(await correctDueDates(db, now)).toEqual({ entries: 1, proposals: 1 })
  const [told] = (await staff.events(`subject:${enterprise}`)).slice(-1)
  expect(told).toMatchObject({
    type: 'subject.changed',
    data: { changed: ['dueDates'], dueDates: [{ listingId: entered.listingId, step: 'list-by', dueOn: '2027-01-11' }] },
  })
  const { body } = await staff.get(`/v1/decisions/${waiting.body.id}`, 'clerk')
  expect(body['deadlines']).toEqual([expect.objectContaining({ dueOn: '2027-01-11', provisional: false })])
  // The decision is a fact and stays as it was made.
  const [decision] = await rowsOf(db, sql`select due_on from decisions where id = ${entered.id}`)
  expect(decision).toEqual({ due_on: null })
  expect(await correctDueDates(db, now)).toEqual({ entries: 0, proposals: 0 })
})
