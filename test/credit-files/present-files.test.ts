import fc from 'fast-check'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPresentFiles, type PresentFiles } from '../../src/credit-files/present-files.ts'
import { findHead, listEvents } from '../../src/feed/repository.ts'
import { startFeedListener, type FeedListener } from '../../src/feed/listener.ts'
import { sequencePending, startSequencer } from '../../src/feed/sequencer.ts'
import { openDatabase, rowsOf } from '../../src/platform/db.ts'
import { madeUpUscc, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'

let service: TestService
/** The files of another process on the same database. */
let other: { files: PresentFiles; listener: FeedListener }

beforeAll(async () => {
  service = await startTestService()
  const listener = startFeedListener(service.database.url)
  other = { files: startPresentFiles(service.db, listener, service.clock), listener }
})
afterAll(async () => {
  await other.listener.stop()
  await other.files.stop()
  await service.close()
})

let version = 0
/** Registers business `number`, or changes its address; answers what the address says now. */
async function change(number: number): Promise<string> {
  version += 1
  const address = `示例路${version}号`
  const updatedAt = new Date(Date.UTC(2026, 0, 1) + version * 1000).toISOString()
  await take(service.db, 'subjects', [subjectItem(number, { address, updatedAt })])
  return address
}

async function sequenceAll(): Promise<number> {
  while ((await sequencePending(service.db)) > 0);
  return (await findHead(service.db)).position
}

async function read(files: PresentFiles, number: number) {
  const present = await files.find(madeUpUscc(number), 'zh')
  if (present === null) throw new Error('nobody is registered')
  const { file } = present
  return { address: file.subject.address, position: file.position }
}

/** Reads until it is answered from memory: then nothing is asked of the database. */
async function readFromMemory(files: PresentFiles, number: number) {
  for (;;) {
    const before = files.kept.files
    const answer = await read(files, number)
    if (files.kept.files === before && before > 0) return answer
  }
}

describe('a file in memory', () => {
  it('is dropped in every process once the log tells of a change, whoever made it', async () => {
    const old = await change(1)
    await service.files.reach(await sequenceAll())
    await other.files.reach((await findHead(service.db)).position)
    for (const files of [service.files, other.files]) {
      expect((await readFromMemory(files, 1)).address).toBe(old)
    }
    const fresh = await change(1)
    const position = await sequenceAll()
    for (const files of [service.files, other.files]) {
      await files.reach(position)
      const answer = await read(files, 1)
      expect(answer.address).toBe(fresh)
      expect(answer.position).toBeGreaterThanOrEqual(position)
    }
  })

  it('is not asked after a commit of the same process, until the log has what was committed', async () => {
    await change(2)
    await service.files.reach(await sequenceAll())
    await readFromMemory(service.files, 2)
    const fresh = await change(2)
    service.files.wrote()
    expect((await read(service.files, 2)).address).toBe(fresh)
    const position = await sequenceAll()
    await service.files.reach(position)
    expect((await readFromMemory(service.files, 2)).address).toBe(fresh)
  })

  it('is as new as the events that were pulled before it, though this process has not followed the log so far', async () => {
    const authorization = `Bearer ${await service.keyWith('feed')}`
    await change(6)
    await service.files.reach(await sequenceAll())
    await readFromMemory(service.files, 6)
    const fresh = await change(6)
    // Once the event has its position, whoever follows the log for files waits for the outbox, which readers of the log do not.
    let release: () => void = () => undefined
    const released = new Promise<void>((resolve) => (release = resolve))
    let locking: Promise<unknown> = Promise.resolve()
    await service.db.transaction(async (tx) => {
      await sequencePending(tx)
      locking = service.db.transaction(async (other) => {
        await other.execute(sql`lock table feed_outbox in access exclusive mode`)
        await released
      })
      const waiting = () =>
        rowsOf(tx, sql`select from pg_locks where relation = 'feed_outbox'::regclass and not granted`)
      while ((await waiting()).length === 0);
    })
    try {
      const after = (await findHead(service.db)).position - 1
      const pulled = await service.app.inject({ url: `/v1/feed/events?after=${after}`, headers: { authorization } })
      expect(pulled.json()).toMatchObject({ events: [{ subject: madeUpUscc(6) }] })
      const { json } = await service.app.inject(`/v1/credit-files/${madeUpUscc(6)}`)
      expect(json()).toMatchObject({ subject: { address: fresh } })
    } finally {
      release()
      await locking
    }
  })

  it('is dropped when the law is amended, though no event tells of it', async () => {
    await change(3)
    await service.files.reach(await sequenceAll())
    await readFromMemory(service.files, 3)
    expect(service.files.kept.files).toBeGreaterThan(0)
    await rowsOf(
      service.db,
      sql`insert into rulebook_amendments (revision, id, data, calendar, note, recorded_at)
          values (1, gen_random_uuid(), '{}', '{}', '示例', now())`,
    )
    await expect.poll(() => service.files.kept.files).toBe(0)
  })

  it('ends with the day, which decides what may still be shown', async () => {
    await change(4)
    await service.files.reach(await sequenceAll())
    await readFromMemory(service.files, 4)
    service.clock.set('2026-11-26T04:00:00.000Z')
    const present = await service.files.find(madeUpUscc(4), 'zh')
    expect(present?.file.asOf).toBe('2026-11-26')
    service.clock.set('2026-11-25T04:00:00.000Z')
  })

  it('is not trusted by a process that has lost the database, which fails instead', async () => {
    await change(5)
    const position = await sequenceAll()
    const lost = openDatabase(service.database.url, { max: 2 })
    const listener = startFeedListener(service.database.url)
    const files = startPresentFiles(lost.db, listener, service.clock)
    await files.reach(position)
    await readFromMemory(files, 5)
    await lost.close()
    await expect
      .poll(
        () =>
          Promise.resolve(files.find(madeUpUscc(5), 'zh')).then(
            () => 'answered',
            () => 'failed',
          ),
        { timeout: 120_000 },
      )
      .toBe('failed')
    await listener.stop()
    await files.stop()
  })
})

it('answers no old file that was asked for a second after the commit, in no process, though nobody numbers events', async () => {
  const old = await change(31)
  const position = await sequenceAll()
  const processes = [service.files, other.files]
  for (const files of processes) {
    await files.reach(position)
    expect((await readFromMemory(files, 31)).address).toBe(old)
  }
  const fresh = await change(31)
  const committedAt = performance.now()
  // Asked in the same turn as the time is taken: what decides is when it was asked for, not how soon it was answered.
  for (const files of processes) {
    for (let last = 0; ;) {
      const askedAt = performance.now()
      const answer = await read(files, 31)
      expect(answer.position).toBeGreaterThanOrEqual(last)
      last = answer.position
      if (answer.address === fresh) break
      expect(askedAt - committedAt).toBeLessThan(1000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    // Nor once it has been seen, as long as the event has no position.
    expect((await read(files, 31)).address).toBe(fresh)
  }
  await sequenceAll()
})

it('answers no file that lacks what happened up to the position that it tells, and no older position than before', async () => {
  const businesses = [11, 12, 13]
  /** The addresses of each business in the order in which they were committed: each is one event. */
  const written = new Map(businesses.map((number) => [number, [] as string[]]))
  const write = async (number: number) => written.get(number)?.push(await change(number))
  for (const number of businesses) await write(number)
  const sequencer = startSequencer(service.db, { warn: () => undefined })
  let isWriting = true
  const writing = (async () => {
    for (let i = 0; i < 120; i += 1) await write(businesses[i % 3] ?? 11)
    isWriting = false
  })()
  const seen: { number: number; address: string | null; position: number }[] = []
  const readers = [service.files, other.files].flatMap((files) =>
    businesses.map(async (number) => {
      let last = 0
      while (isWriting) {
        const answer = await read(files, number)
        expect(answer.position).toBeGreaterThanOrEqual(last)
        last = answer.position
        seen.push({ number, ...answer })
        await new Promise((resolve) => setImmediate(resolve))
      }
    }),
  )
  await Promise.all([writing, ...readers])
  await expect.poll(async () => (await rowsOf(service.db, sql`select 1 from feed_outbox limit 1`)).length).toBe(0)
  await sequencer.stop()

  const { events } = await listEvents(service.db, 0, 1000, {})
  expect(seen.length).toBeGreaterThan(100)
  for (const { number, address, position } of seen) {
    const isOf = (event: (typeof events)[number]) => event.subject === madeUpUscc(number)
    const told = events.filter((event) => isOf(event) && Number(event.sequence) <= position).length
    expect((written.get(number) ?? []).indexOf(address ?? '') + 1).toBeGreaterThanOrEqual(told)
  }
})

it('keeps its promises whatever the order of commits, sequencing and reads', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('change' as const), number: fc.integer({ min: 21, max: 23 }) }),
    fc.record({ kind: fc.constant('sequence' as const), number: fc.constant(0) }),
    fc.record({ kind: fc.constant('read' as const), number: fc.integer({ min: 21, max: 23 }) }),
  )
  const newest = new Map<number, string>()
  for (const number of [21, 22, 23]) newest.set(number, await change(number))
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      let last = 0
      for (const { kind, number } of steps) {
        if (kind === 'change') {
          newest.set(number, await change(number))
          service.files.wrote()
        } else if (kind === 'sequence') await other.files.reach(await sequenceAll())
        else {
          const own = await read(service.files, number)
          expect(own.address).toBe(newest.get(number))
          expect(own.position).toBeGreaterThanOrEqual(last)
          last = own.position
        }
      }
      await other.files.reach(await sequenceAll())
      for (const number of [21, 22, 23]) {
        expect((await read(other.files, number)).address).toBe(newest.get(number))
      }
    }),
    { numRuns: 25 },
  )
})
