import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { CreditFile, ListedEntry } from '../../src/credit-files/schemas.ts'
import { listEvents } from '../../src/feed/repository.ts'
import { applyEvent, type State } from '../../src/feed/state.ts'
import { endPublication, expireTerms } from '../../src/listings/terms/service.ts'
import { addDays } from '../../src/rulebook/plain-date.ts'
import { useStaff } from '../listings/staff.ts'
import { madeUpUscc, subjectItem } from '../support/businesses.ts'
import { take } from '../support/take.ts'

const staff = useStaff('2024-01-10T02:00:00.000Z')

const grounds = ['ABN-68-4-2', 'ABN-68-4-3', 'ABN-68-4-4', 'SER-44-5-1', 'SER-44-10-3'] as const
interface Step {
  action: 'enter' | 'remove' | 'revoke' | 'correct' | 'restore'
  ground: (typeof grounds)[number]
  /** Which of the entries made so far, of the end of the list. */
  entry: number
  /** Days that go by before. */
  days: number
}
const step = fc.record<Step>({
  action: fc.constantFrom('enter', 'enter', 'enter', 'remove', 'remove', 'revoke', 'correct', 'restore'),
  ground: fc.constantFrom(...grounds),
  entry: fc.nat(3),
  days: fc.oneof(fc.nat(3), fc.integer({ min: 20, max: 200 })),
})

/** The state of every key of the log, read as a partner reads it. */
const copy: State = new Map()
let readUpTo = 0
async function readLog(): Promise<void> {
  await staff.service().sequence()
  for (;;) {
    const { events } = await listEvents(staff.service().db, readUpTo, 1000, {})
    if (events.length === 0) return
    for (const event of events) applyEvent(copy, event)
    readUpTo += events.length
  }
}

const read = async <Body>(url: string) => (await staff.service().app.inject(url)).json<Body>()

interface Made {
  id: string
  list: 'abnormal' | 'serious-violator'
  status: 'in-force' | 'removed' | 'void'
}
const statusAfter = {
  enter: 'in-force',
  restore: 'in-force',
  remove: 'removed',
  revoke: 'void',
  correct: 'void',
} as const
const taken = { enter: 0, remove: 0, revoke: 0, correct: 0, restore: 0 }

/** Does what the step says where the law allows it. */
async function takeStep(uscc: string, { action, ground, entry }: Step, day: string, made: Made[]): Promise<void> {
  const about = made.at(-1 - entry)
  if (action !== 'enter' && about === undefined) return
  const list = action === 'enter' ? (ground.startsWith('SER') ? 'serious-violator' : 'abnormal') : about!.list
  const proposed = await staff.propose({
    ...{ action, list, uscc, decidedOn: day, facts: { summary: '示例', establishedOn: day } },
    ...(action === 'enter' ? { groundCode: ground } : { listingId: about!.id }),
  })
  expect(proposed.status).toBeLessThan(500)
  if (proposed.status !== 201) return
  const approved = await staff.post(`/v1/decisions/${proposed.body.id}/approve`, 'chief')
  expect(approved.status).toBe(200)
  taken[action] += 1
  if (action === 'enter') made.push({ id: approved.body['listingId'] as string, list, status: 'in-force' })
  else about!.status = statusAfter[action]
}

/** What everybody may read of the business is one and the same, and has nothing that is void. */
async function expectPublic(uscc: string, made: readonly Made[], days: readonly string[]): Promise<void> {
  const file = await read<CreditFile>(`/v1/credit-files/${uscc}`)
  const isShown = ({ id }: Made) => file.listings.some((listing) => listing.id === id)
  for (const entry of made) if (entry.status !== 'removed') expect(isShown(entry)).toBe(entry.status === 'in-force')

  const inForce = made.filter(({ status }) => status === 'in-force').map(({ list }) => list)
  const gravest = inForce.includes('serious-violator') ? 'serious-violator' : inForce.length > 0 ? 'abnormal' : 'clear'
  expect(file.standing).toBe(gravest)
  const { items } = await read<{ items: { standing: string }[] }>(`/v1/search?q=${uscc}`)
  expect(items.map(({ standing }) => standing)).toEqual([gravest])

  await readLog()
  const told = [...copy].filter(([, { subject }]) => subject === uscc)
  const ofEntries = told
    .filter(([key]) => key.startsWith('listing:'))
    .map(([, { data }]) => [data['id'], data['status']])
  expect(ofEntries.sort()).toEqual(file.listings.map(({ id, status }) => [id, status]).sort())
  const ofMeasures = told.filter(([key]) => key.startsWith('sanctions:')).map(([, { data }]) => data['listingId'])
  expect(ofMeasures.sort()).toEqual([...new Set(file.sanctions.map(({ listingId }) => listingId))].sort())

  const ofLists = await Promise.all(
    (['abnormal', 'serious-violator'] as const).map((list) =>
      read<{ items: ListedEntry[] }>(`/v1/lists/${list}/entries?q=${uscc}`),
    ),
  )
  expect(ofLists.flatMap(({ items: entries }) => entries.map(({ id }) => id)).sort()).toEqual(
    file.listings.map(({ id }) => id).sort(),
  )

  const isVoid = ({ status }: Made) => status === 'void'
  const past = await Promise.all(
    days.flatMap((day) =>
      [`?asOf=${day}`, `?knownAt=${day}T12:00:00%2B08:00`, `?asOf=${day}&knownAt=${day}T12:00:00%2B08:00`].map(
        async (when) => (await staff.service().app.inject(`/v1/credit-files/${uscc}${when}`)).body,
      ),
    ),
  )
  for (const { id } of made.filter(isVoid)) {
    expect(JSON.stringify([file, told, ofLists]) + past.join()).not.toContain(id)
  }
}

/** A life with an early exit that was got by false material, and entries that were wrong. */
const everyAction: Step[] = [
  { action: 'enter', ground: 'SER-44-10-3', entry: 0, days: 0 },
  { action: 'enter', ground: 'ABN-68-4-3', entry: 0, days: 0 },
  { action: 'remove', ground: 'SER-44-10-3', entry: 1, days: 370 },
  { action: 'correct', ground: 'ABN-68-4-3', entry: 0, days: 1 },
  { action: 'restore', ground: 'SER-44-10-3', entry: 1, days: 1 },
  { action: 'revoke', ground: 'SER-44-10-3', entry: 1, days: 1 },
]

let number = 100
it('whatever is decided, what is void is nowhere public, and file, lists, search and log tell one and the same', async () => {
  const { db, clock } = staff.service()
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 9 }), async (steps) => {
      const uscc = madeUpUscc((number += 1))
      await take(db, 'subjects', [subjectItem(number)], '2024-01-10T02:00:00.000Z')
      let day = '2024-01-11'
      const days: string[] = []
      const made: Made[] = []
      for (const each of steps) {
        day = addDays(day, each.days)
        clock.set(`${day}T02:00:00.000Z`)
        await takeStep(uscc, each, day, made)
        // A moment that comes after whatever was recorded on the day.
        clock.set(`${day}T05:00:00.000Z`)
        const options = { db, on: day, now: () => clock.now() }
        await expireTerms(options)
        await endPublication(options)
        await expectPublic(uscc, made, days)
        days.push(day)
      }
    }),
    { numRuns: 15, examples: [[everyAction]] },
  )
  // The law allowed every kind of step at least once.
  for (const [action, times] of Object.entries(taken)) expect([action, times > 0]).toEqual([action, true])
})
