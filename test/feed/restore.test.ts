import { afterAll, beforeAll, expect, it } from 'vitest'
import { sql } from 'drizzle-orm'
import type { FeedEvent, PendingEvent } from '../../src/feed/domain.ts'
import { listEvents } from '../../src/feed/repository.ts'
import { restoreFeed } from '../../src/feed/restore.ts'
import { sequencePending } from '../../src/feed/sequencer.ts'
import { appendEvents } from '../../src/feed/service.ts'
import { theService } from '../../src/platform/audit.ts'
import { openDatabase, rowsOf, type Database, type Db } from '../../src/platform/db.ts'
import { faultsOf, type Event } from '../cli/cli.ts'
import { cloneDatabase } from '../support/database.ts'
import { pendingEvent } from '../support/events.ts'

let before: Database
let restored: Database
let own: Database
let copy: FeedEvent[]

const now = new Date('2026-11-26T02:00:00.000Z')
const common = { list: 'abnormal', name: '虚构', regionCode: '999900' }
const event = (number: number, type: PendingEvent['type'], key: string, data: object): PendingEvent =>
  pendingEvent(number, { type, key, list: 'abnormal', data: { ...common, ...data } })
const entered = (number: number, more: object = {}) =>
  event(number, 'listing.entered', `listing:${number}`, { id: String(number), status: 'in-force', ...more })

const upTo = [entered(1), entered(2), event(2, 'sanction.imposed', 'sanctions:2', { listingId: '2', measures: ['m'] })]
/** Committed before the moment, but given its position only afterwards. */
const waiting = entered(3)
const lost = [
  event(1, 'listing.removed', 'listing:1', { id: '1', status: 'removed', shown: true }),
  entered(4),
  event(4, 'sanction.imposed', 'sanctions:4', { listingId: '4', measures: ['m'] }),
  event(5, 'penalty.published', 'penalty:5', { id: '5' }),
  event(6, 'honour.awarded', 'honour:6', { id: '6' }),
  event(7, 'subject.changed', 'subject:7', {}),
]

const append = (db: Db, events: PendingEvent[]) => db.transaction((tx) => appendEvents(tx, events))

beforeAll(async () => {
  ;[before, restored] = await Promise.all([cloneDatabase(), cloneDatabase()])
  for (const { db } of [before, restored]) {
    await append(db, upTo)
    await sequencePending(db)
    await append(db, [waiting])
  }
  await append(before.db, lost)
  await sequencePending(before.db)
  copy = (await listEvents(before.db, 0, 1000, {})).events
  // As a command connects; the tests' own connections are called as those of a process that serves.
  await restored.close()
  own = openDatabase(restored.url, { name: 'xinjian-work' })
})
afterAll(async () => {
  await own.close()
  await before.close()
})

async function* pagesOf(events: readonly unknown[]) {
  yield events
}
const restore = (events: readonly unknown[], db = own.db) =>
  restoreFeed(db, pagesOf(events), { proof: null, now, actor: theService })

it('takes no copy in which an event is missing, altered or of another log, and then writes nothing', async () => {
  const altered = copy.with(5, { ...copy[5]!, subject: 'x' })
  for (const bad of [copy.toSpliced(4, 1), altered, copy.slice(5), [...copy, null], [{ sequence: '1e3' }]]) {
    await expect(restore(bad)).rejects.toThrow(/^position \d+: /)
  }
  expect((await listEvents(own.db, 0, 1000, {})).events).toEqual(copy.slice(0, 3))
})

it('does nothing while a process of the service is connected', async () => {
  const serving = openDatabase(restored.url)
  await serving.db.execute(sql`select 1`)
  await expect(restore(copy)).rejects.toThrow('stop all of them first')
  await serving.close()
})

it('puts each event back in its place, then tells each thing as the database holds it, and once alone', async () => {
  expect(await restore(copy)).toEqual({
    ...{ from: 3, to: 10, putBack: 7, toldAgain: 1, withdrawn: 3, left: ['honour:6'] },
  })
  await sequencePending(own.db)
  const { events } = await listEvents(own.db, 0, 1000, {})
  expect(events.slice(0, 10)).toEqual(copy)
  expect(faultsOf(events as unknown as Event[])).toEqual([])
  const newest = events
    .slice(10)
    .map(({ type, data }) => [type, data['id'] ?? data['listingId'], data['shown'] ?? null])
  // What had waited got the position that readers knew it by, and comes no second time.
  expect(newest).toEqual([
    ['listing.entered', '1', null],
    ['listing.revoked', '4', false],
    ['subject.changed', '4', false],
    ['penalty.withdrawn', '5', false],
  ])
  const rows = await rowsOf<{ list: string; region: string }>(
    own.db,
    sql`select distinct e.list, e.region_code as region from feed_events e`,
  )
  expect(rows).toEqual([{ list: 'abnormal', region: '999900' }])
  expect(await restore(copy)).toMatchObject({ putBack: 0, toldAgain: 0, withdrawn: 0 })
})
