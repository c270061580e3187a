import fc from 'fast-check'
import { sql, type SQL } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventFilter } from '../../src/feed/domain.ts'
import { makeFeedPages } from '../../src/feed/pages.ts'
import { findHead, listEvents, readPageText } from '../../src/feed/repository.ts'
import { sequencePending } from '../../src/feed/sequencer.ts'
import { appendEvents } from '../../src/feed/service.ts'
import { cloneDatabase } from '../support/database.ts'
import { pendingEvent } from '../support/events.ts'

const long = 'x'.repeat(2000)
let database: Awaited<ReturnType<typeof cloneDatabase>>

async function append(count: number, from = 0): Promise<void> {
  const events = Array.from({ length: count }, (_, i) =>
    pendingEvent(from + i, {
      data: { number: from + i, long },
      ...(i % 3 === 0 ? { type: 'listing.entered', list: 'abnormal', regionCode: '999901' } : {}),
    }),
  )
  await database.db.transaction((tx) => appendEvents(tx, events))
  while ((await sequencePending(database.db)) > 0);
}

beforeAll(async () => {
  database = await cloneDatabase()
  await append(100)
})
afterAll(() => database.close())

/** Does to the log what nobody may. */
async function behindItsBack(statement: SQL): Promise<void> {
  await database.db.execute(sql`alter table feed_events disable trigger all`)
  await database.db.execute(statement)
  await database.db.execute(sql`alter table feed_events enable trigger all`)
}

describe('pages of the log that are kept', () => {
  it('are answered without reading the events again, with the head of now', async () => {
    const read = makeFeedPages(database.db)
    const first = await read(10, 40, {}, 'json')
    expect(first).toMatchObject({ count: 40, next: 50, head: 100 })
    await append(1, 1000)
    const second = await read(10, 40, {}, 'json')
    expect(second).toEqual({ ...first, head: 101 })
    // The very bytes, not ones that are like them.
    expect(second.bytes).toBe(first.bytes)
  })

  it('are read again when one of their events was changed, or the log is another one', async () => {
    const read = makeFeedPages(database.db)
    const changed = async () => (await read(0, 40, {}, 'lines')).bytes.toString()
    expect(await changed()).not.toContain('"long":"y')
    await behindItsBack(
      sql`update feed_events set event = replace(event::text, ${long}, 'y')::json where position in (20, 21)`,
    )
    expect((await changed()).match(/"long":"y"/g)).toHaveLength(2)
    await behindItsBack(sql`delete from feed_events where position = 40`)
    expect(await read(0, 40, {}, 'lines')).toMatchObject({ count: 40, next: 41 })
    await behindItsBack(sql`update feed_events set hash = repeat('0', 64) where position = 41`)
    expect((await read(0, 40, {}, 'lines')).stamp).toMatch(/ 0{64}$/)
    // The end of the log was lost, and the page with it.
    await behindItsBack(sql`delete from feed_events where position > 30`)
    await database.db.execute(sql`update feed_head set position = 30`)
    expect(await read(0, 40, {}, 'lines')).toMatchObject({ count: 30, next: 30, head: 30 })
  })

  it('are never those that may still grow, nor another reader’s', async () => {
    const read = makeFeedPages(database.db)
    const { position } = await findHead(database.db)
    const open = await read(0, 1000, {}, 'json')
    expect(open.count).toBeLessThan(1000)
    await append(3, 2000)
    expect(await read(0, 1000, {}, 'json')).toMatchObject({ count: open.count + 3, next: position + 3 })
  })

  it('are what a reader gets who has read nothing before, whatever was read and appended', async () => {
    const filter: fc.Arbitrary<EventFilter> = fc.constantFrom<EventFilter>(
      {},
      { types: ['listing.entered'] },
      { lists: ['abnormal'] },
      { regionCode: '9999' },
      { types: ['subject.changed'], regionCode: '999900' },
    )
    const step = fc.oneof(
      { arbitrary: fc.constant('append' as const), weight: 1 },
      {
        arbitrary: fc.record({
          after: fc.nat(130),
          limit: fc.constantFrom(1, 20, 40),
          filter,
          form: fc.constantFrom('json' as const, 'lines' as const),
        }),
        weight: 6,
      },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const read = makeFeedPages(database.db)
        for (const one of [...steps, ...steps]) {
          if (one === 'append') {
            await append(2, 3000)
            continue
          }
          const { after, limit, filter: asked, form } = one
          const page = await read(after, limit, asked, form)
          expect(page).toEqual(await readPageText(database.db, after, limit, asked, form))
          const { events, next } = await listEvents(database.db, after, limit, asked)
          const text = page.bytes.toString()
          const lines = form === 'json' ? `[${text}]` : `[${text.trim().replaceAll('\n', ',')}]`
          expect(JSON.parse(lines)).toEqual(events)
          expect(page.next).toBe(next)
        }
      }),
      { numRuns: 25 },
    )
  })
})
