import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { listEvents } from '../../src/feed/repository.ts'
import { listLateReporters, type LateReporterCounts } from '../../src/listings/service.ts'
import { decisions, listingEntries } from '../../src/listings/tables.ts'
import { rowsOf, type Database, type Db } from '../../src/platform/db.ts'
import { cloneDatabase } from '../support/database.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { sequencePending } from '../../src/feed/sequencer.ts'
import { takers } from '../../src/sources/collection.ts'
import { quarantine } from '../../src/sources/tables.ts'
import { take } from '../support/take.ts'

const now = () => new Date('2026-07-08T02:00:00.000Z')

async function clone(): Promise<Database> {
  return cloneDatabase()
}

async function entriesOf(db: Db) {
  return db.select().from(listingEntries).orderBy(listingEntries.uscc)
}

describe('a province of every kind of business', () => {
  let database: Database
  let db: Db

  beforeAll(async () => {
    database = await clone()
    db = database.db
    await take(db, 'subjects', [
      subjectItem(1),
      subjectItem(2),
      subjectItem(3),
      subjectItem(4, { uscc: madeUpUscc(4, '92'), entityType: 'individual-business', name: '虚构示例小店' }),
      subjectItem(5, {
        uscc: madeUpUscc(5, '93'),
        entityType: 'farmer-cooperative',
        registrationAuthority: '云州市市场监督管理局',
      }),
      subjectItem(6, { entityType: 'branch' }),
      subjectItem(7, { status: 'suspended' }),
      subjectItem(8, { status: 'cancelled' }),
      subjectItem(9, { establishedOn: '2026-01-01' }),
      subjectItem(10, { establishedOn: undefined }),
      subjectItem(11),
      subjectItem(12, { uscc: undefined, registrationNumber: '110108000000016' }),
      subjectItem(13),
      subjectItem(14, { uscc: madeUpUscc(14, '81') }),
    ])
    await take(db, 'annual-reports', [
      reportItem(1, { publishedOn: '2026-06-30' }),
      reportItem(2, { publishedOn: '2026-07-01' }),
      // The report for another year is not the report for this one.
      reportItem(3, { year: 2024, publishedOn: '2025-03-01' }),
      // In time, and corrected after the window: the first publication counts.
      reportItem(13, { publishedOn: '2026-06-30' }),
      reportItem(13, { publishedOn: '2026-07-03', updatedAt: '2026-07-03T02:00:00.000Z' }),
    ])
    await db.insert(quarantine).values({
      id: '01900000-0000-7000-8000-000000000001',
      collection: 'annual-reports',
      sourceId: 'report-11',
      uscc: madeUpUscc(11),
      reason: 'invalid-record',
      detail: '/publishedOn: Invalid ISO date',
      raw: '{}',
      rawSha256: 'x',
      status: 'open',
      firstSeenAt: now(),
      lastSeenAt: now(),
      timesSeen: 1,
    })
  })
  afterAll(() => database.close())

  it('enters nobody while the window is open', async () => {
    expect(await listLateReporters({ db, on: '2026-06-30', now })).toMatchObject({ reportYear: null, entered: 0 })
    expect(await entriesOf(db)).toEqual([])
  })

  it('enters those who filed nothing by 30 June, each on the ground of its kind, and says why others are not', async () => {
    const counts = await listLateReporters({ db, on: '2026-07-08', now })
    expect(counts).toEqual({
      reportYear: 2025,
      windowClosedOn: '2026-06-30',
      listBy: '2026-07-14',
      listByIsProvisional: false,
      late: false,
      examined: 11,
      entered: 6,
      notEntered: {
        'other-register': 1,
        'not-operating': 1,
        'newly-established': 1,
        'establishment-unknown': 1,
        'report-in-quarantine': 1,
        'without-uscc': 1,
      },
    })
    const grounds = (await entriesOf(db)).map((entry) => [entry.uscc, entry.groundCode])
    expect(Object.fromEntries(grounds)).toEqual({
      [madeUpUscc(2)]: 'ABN-68-4-1',
      [madeUpUscc(3)]: 'ABN-68-4-1',
      [madeUpUscc(6)]: 'ABN-68-4-1',
      [madeUpUscc(7)]: 'ABN-68-4-1',
      [madeUpUscc(4, '92')]: 'ABS-69-13',
      [madeUpUscc(5, '93')]: 'ABC-70-10',
    })
  })

  it('records the decision with its facts, its due day, the authority and the rulebook version', async () => {
    const [decision] = await db
      .select()
      .from(decisions)
      .where(sql`uscc = ${madeUpUscc(2)}`)
    expect(decision).toMatchObject({
      action: 'enter',
      origin: 'job',
      list: 'abnormal',
      reportYear: 2025,
      decidedOn: '2026-07-08',
      effectiveOn: '2026-07-08',
      dueOn: '2026-07-14',
      authority: '虚构省云州市市场监督管理局',
      rulebook: 'RV-ABN-2025',
      facts: { reportYear: 2025, windowClosedOn: '2026-06-30', provisional: false },
      recordedAt: now(),
    })
    const [cooperative] = await db
      .select()
      .from(decisions)
      .where(sql`uscc = ${madeUpUscc(5, '93')}`)
    expect(cooperative?.authority).toBe('云州市市场监督管理局')
  })

  it('derives each entry from its decision', async () => {
    const rows = await rowsOf<{ same: boolean }>(
      db,
      sql`select l.id = d.listing_id and l.uscc = d.uscc and l.listed_on = d.effective_on and l.status = 'in-force'
            and l.rulebook = d.rulebook and l.decision_number = d.decision_number as same
          from decisions d full join listing_entries l on l.id = d.listing_id`,
    )
    expect(rows).toHaveLength(6)
    expect(rows.every((row) => row.same)).toBe(true)
  })

  it('tells the feed of each entry once, with no personal data', async () => {
    while ((await sequencePending(db)) > 0);
    const { events } = await listEvents(db, 0, 1000, { types: ['listing.entered'] })
    expect(events).toHaveLength(6)
    const event = events.find((candidate) => candidate.subject === madeUpUscc(4, '92'))
    expect(event?.data).toMatchObject({
      list: 'abnormal',
      uscc: madeUpUscc(4, '92'),
      name: '虚构示例小店',
      regionCode: '999900',
      listedOn: '2026-07-08',
      status: 'in-force',
      ground: {
        code: 'ABS-69-13',
        label: '未依照规定的期限公示年度报告',
        article: '《个体工商户年度报告办法》第十三条',
      },
      reportYear: 2025,
    })
  })

  it('enters nobody twice, on whatever day it runs again', async () => {
    for (const on of ['2026-07-08', '2026-07-09', '2026-12-31']) {
      expect(await listLateReporters({ db, on, now })).toMatchObject({ entered: 0 })
    }
    expect(await entriesOf(db)).toHaveLength(6)
  })

  it('does not enter again by itself whom a correction has cleared', async () => {
    await db
      .update(listingEntries)
      .set({ status: 'corrected' })
      .where(sql`uscc = ${madeUpUscc(2)}`)
    expect(await listLateReporters({ db, on: '2026-07-09', now })).toMatchObject({ entered: 0 })
  })

  it('enters for the next year too, since each missing report is an entry of its own', async () => {
    const counts = await listLateReporters({ db, on: '2027-07-01', now })
    expect(counts).toMatchObject({ reportYear: 2026, listBy: null, listByIsProvisional: true, late: false })
    expect((await entriesOf(db)).filter((entry) => entry.uscc === madeUpUscc(3))).toHaveLength(2)
  })

  it.each(["update decisions set authority = ''", 'delete from decisions', 'truncate decisions cascade'])(
    'refuses to rewrite a decision: %s',
    async (statement) => {
      await expect(db.execute(sql.raw(statement))).rejects.toMatchObject({
        cause: { message: expect.stringContaining('append-only') as string },
      })
    },
  )
})

it('says when it enters later than the law asks, and enters all the same', async () => {
  const database = await clone()
  await take(database.db, 'subjects', [subjectItem(1)])
  expect(await listLateReporters({ db: database.db, on: '2026-07-15', now })).toMatchObject({ late: true, entered: 1 })
  await database.close()
})

it('commits decision, entry and event together or not at all', async () => {
  const database = await clone()
  const { db } = database
  await take(db, 'subjects', [subjectItem(1), subjectItem(2)])
  await db.execute(sql`delete from feed_outbox`)
  // The last step of the transaction fails: the event of the second business cannot be recorded.
  await db.execute(sql.raw(`alter table feed_outbox add constraint refused check (uscc <> '${madeUpUscc(2)}')`))
  await expect(listLateReporters({ db, on: '2026-07-08', now })).rejects.toThrow()
  for (const table of ['decisions', 'listing_entries', 'feed_outbox']) {
    expect(await rowsOf(db, sql`select * from ${sql.raw(table)}`)).toEqual([])
  }
  await db.execute(sql`alter table feed_outbox drop constraint refused`)
  expect(await listLateReporters({ db, on: '2026-07-08', now })).toMatchObject({ entered: 2 })
  await database.close()
})

it('waits for a report that is being taken, so that a mended one is seen in quarantine or in the registry', async () => {
  const database = await clone()
  const { db } = database
  await take(db, 'subjects', [subjectItem(1)])
  let listing: Promise<LateReporterCounts> | undefined
  await db.transaction(async (tx) => {
    await takers['annual-reports'](tx, [reportItem(1)], now())
    listing = listLateReporters({ db, on: '2026-07-08', now })
    const isWaiting = sql`select from pg_locks where locktype = 'advisory' and not granted
      and database = (select oid from pg_database where datname = current_database())`
    await vi.waitFor(async () => expect(await rowsOf(db, isWaiting)).toHaveLength(1), { timeout: 120_000 })
  })
  expect(await listing).toMatchObject({ examined: 0, entered: 0 })
  await database.close()
})
