import fc from 'fast-check'
import { sql } from 'drizzle-orm'
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

/** Changes what stands in the log, as nobody can: who still answers the old text has not read it. */
async function overwrite(position: number, text: string): Promise<void> {
  await database.db.execute(sql`alter table feed_events disable trigger all`)
  await database.db.execute(
    sql`update feed_events set event = replace(event::text, ${long}, ${text})::json where position = ${position}`,
  )
  await database.db.execute(sql`alter table feed_events enable trigger all`)
}

describe('pages of the log that are kept', () => {
  it('are answered without reading the events again, with the head of now', async () => {
    const read = makeFeedPages(database.db)
    const first = await read(10, 40, {}, 'json')
    expect(first).toMatchObject({ count: 40, next: 50, head: 100 })
    await overwrite(20, 'y')
    await append(1, 1000)
    expect(await read(10, 40, {}, 'json')).toEqual({ ...first, head: 101 })
    await overwrite(20, long)
  })

  it('are read again when the log is another one up to there', async () => {
    const read = makeFeedPages(database.db)
    const page = await read(0, 40, {}, 'lines')
    await database.db.execute(sql`alter table feed_events disable trigger all`)
    await database.db.execute(sql`update feed_events set hash = repeat('0', 64) where position = 40`)
    const again = await read(0, 40, {}, 'lines')
    expect(again.hash).not.toBe(page.hash)
    // The end of the log was lost, and the page with it.
    await database.db.execute(sql`delete from feed_events where position > 30`)
    await database.db.execute(sql`update feed_head set position = 30`)
    expect(await read(0, 40, {}, 'lines')).toMatchObject({ count: 30, next: 30, head: 30 })
    await database.db.execute(sql`alter table feed_events enable trigger all`)
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
