import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { insertDecisions, upsertEntries } from '../../src/listings/decisions/repository.ts'
import { applyDecision, entryAt, foldEntry, followsFrom, type Decision, type Entry } from '../../src/listings/domain.ts'
import { rebuildEntries } from '../../src/listings/service.ts'
import { rowsOf, type Database } from '../../src/platform/db.ts'
import { addDays } from '../../src/rulebook/plain-date.ts'
import { madeUpUscc, subjectItem } from '../support/businesses.ts'
import { cloneDatabase } from '../support/database.ts'
import { take } from '../support/take.ts'

type Step = { action: Decision['action']; days: number; seconds: number; shown: boolean }
const step = fc.record<Step>({
  action: fc.constantFrom('remove', 'revoke', 'correct', 'restore'),
  days: fc.nat(400),
  seconds: fc.nat(100_000),
  shown: fc.boolean(),
})

/** The decisions of one entry: of the steps that chance names, those that can follow, at days and moments that go on. */
function lifeOf(listingId: string, steps: readonly Step[], newId: () => string): Decision[] {
  const life: Decision[] = []
  let [on, at] = ['2021-09-01', Date.parse('2021-09-01T02:00:00.000Z')]
  let entry: Entry | null = null
  for (const { action, days, seconds, shown } of [
    { action: 'enter' as const, days: 0, seconds: 0, shown: true },
    ...steps,
  ]) {
    if (action !== 'enter' && (entry === null || !followsFrom[action].includes(entry.status))) continue
    on = addDays(on, days)
    at += seconds * 1000
    const decision: Decision = {
      ...{ id: newId(), action, origin: 'staff', list: 'serious-violator', uscc: madeUpUscc(1), listingId },
      ...{ groundCode: 'SER-44-10-3', reportYear: null, decisionNumber: `${life.length}号`, authority: '某局' },
      ...{ decidedOn: on, effectiveOn: on, dueOn: null, facts: { reason: 'conditions-met' }, rulebook: 'RV-SER-2021' },
      ...{ recordedAt: new Date(at).toISOString(), step: life.length + 1, expiresOn: addDays(on, 1095) },
      ...{ publishedUntil: addDays(on, 1095), shown },
    }
    life.push(decision)
    entry = applyDecision(entry, decision)
  }
  return life
}

const id = (number: number) => `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`
let numbers = 0
const newId = () => id((numbers += 1))
const life = fc.array(step, { maxLength: 8 }).map((steps) => lifeOf(newId(), steps, newId))

it('never has two states at once, and a void entry has no further life', () => {
  fc.assert(
    fc.property(life, (decisions) => {
      const entry = foldEntry(decisions)
      expect(['in-force', 'removed', 'revoked', 'corrected']).toContain(entry?.status)
      expect(entry?.status === 'removed').toBe(entry?.removedOn !== null && !decisions.some(isVoid))
      if (decisions.some(isVoid)) expect(isVoid(decisions.at(-1)!) && entry?.shown === false).toBe(true)
      for (const action of ['enter', 'remove', 'revoke', 'correct', 'restore'] as const) {
        const next = { ...decisions.at(-1)!, action, step: decisions.length + 1 }
        const mayFollow = action !== 'enter' && entry !== null && followsFrom[action].includes(entry.status)
        if (mayFollow) expect(() => applyDecision(entry, next)).not.toThrow()
        else expect(() => applyDecision(entry, next)).toThrow()
      }
    }),
  )
})
const isVoid = ({ action }: Decision) => action === 'revoke' || action === 'correct'

it('what was known at a moment never changes with later decisions, nor with the order in which they are read', () => {
  fc.assert(
    fc.property(life, fc.nat(9), fc.integer({ min: -10, max: 3000 }), (decisions, place, days) => {
      const knownAt = decisions[Math.min(place, decisions.length - 1)]!.recordedAt
      const view = { asOf: addDays('2021-09-01', days), knownAt }
      const then = decisions.filter((decision) => decision.recordedAt <= knownAt)
      expect(entryAt(decisions.toReversed(), view)).toEqual(entryAt(then, view))
      const end = { asOf: '9999-12-31', knownAt: '9999-12-31T00:00:00.000Z' }
      expect(entryAt(decisions, end)).toEqual(foldEntry(decisions))
    }),
  )
})

it('a void entry is void for every day once that is known, and was in force for who did not know yet', () => {
  const decisions = lifeOf(newId(), [{ action: 'correct', days: 10, seconds: 1000, shown: false }], newId)
  expect(entryAt(decisions, { asOf: '2021-09-05', knownAt: '2021-09-01T02:00:00.000Z' })?.status).toBe('in-force')
  expect(entryAt(decisions, { asOf: '2021-09-05', knownAt: '2022-01-01T00:00:00.000Z' })?.status).toBe('corrected')
  expect(entryAt(decisions, { asOf: '2021-08-31', knownAt: '2021-09-01T02:00:00.000Z' })).toBeNull()
})

let database: Database
beforeAll(async () => {
  database = await cloneDatabase()
  await take(database.db, 'subjects', [subjectItem(1)])
  // The histories of chance are of one business and ground.
  await database.db.execute(sql`drop index listing_entries_one_in_force`)
})
afterAll(() => database.close())

it('made anew from the decisions, the entries are those that were written as it went; what is wrong is mended', async () => {
  const { db } = database
  const rows = () => rowsOf<Record<string, unknown>>(db, sql`select * from listing_entries order by id`)
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 20 }), async (lives) => {
      await db.transaction(async (tx) => {
        for (const decisions of lives) {
          let entry: Entry | null = null
          await insertDecisions(tx, decisions)
          for (const decision of decisions) {
            entry = applyDecision(entry, decision)
            await upsertEntries(tx, [entry])
          }
        }
      })
      const live = await rows()
      expect(await rebuildEntries(db)).toMatchObject({ entries: live.length, changed: 0, deleted: 0 })
      expect(await rows()).toEqual(live)
      await db.execute(sql`update listing_entries set status = 'in-force', removed_on = null, authority = ''`)
      await db.execute(sql`delete from listing_entries where id = ${lives[0]![0]!.listingId}`)
      await rebuildEntries(db)
      const shownAgain = (row: Record<string, unknown>) => ({ ...row, shown: null })
      expect((await rows()).map(shownAgain)).toEqual(live.map(shownAgain))
    }),
    { numRuns: 15 },
  )
})
