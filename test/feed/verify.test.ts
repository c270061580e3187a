import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyNext, type Checkpoint } from '../../src/feed/chain.ts'
import { chainEvent, emptyHead, type FeedEvent, type Head } from '../../src/feed/domain.ts'
import { listEvents } from '../../src/feed/repository.ts'
import { appendEvents } from '../../src/feed/service.ts'
import { verifyDatabase, verifyFile, verifyService } from '../../src/feed/verify.ts'
import { run } from '../cli/cli.ts'
import { pendingEvent } from '../support/events.ts'
import { startTestService, type TestService } from '../support/service.ts'

let service: TestService
let folder: string
let address: string
let key: string
let events: FeedEvent[]
let checkpoint: Checkpoint

const count = 2500
const silent = () => undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xinjian-verify-'))
  service = await startTestService()
  const pending = Array.from({ length: count }, (_, i) => pendingEvent(i + 1, { data: { name: `虚构${i}`, i } }))
  await service.db.transaction((tx) => appendEvents(tx, pending))
  await service.sequence()
  key = await service.keyWith('feed')
  address = await service.app.listen({ port: 0, host: '127.0.0.1' })
  events = (await listEvents(service.db, 0, count, {})).events
  const headers = { authorization: `Bearer ${key}` }
  checkpoint = (await service.app.inject({ url: '/v1/feed/checkpoint', headers })).json<Checkpoint>()
  await writeFile(join(folder, 'jwks.json'), JSON.stringify(service.signing.jwks()))
})
afterAll(async () => {
  await service.close()
  await rm(folder, { recursive: true })
})

async function save(name: string, content: readonly unknown[]): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, content.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)) + '\n').join(''))
  return file
}

/** Verifies a copy with the newest checkpoint beside it. */
async function verifyCopy(copy: readonly unknown[], checkpoints: readonly Checkpoint[] = [checkpoint]) {
  const kept = checkpoints.length === 0 ? undefined : await save('checkpoints.ndjson', checkpoints)
  return verifyFile(await save('copy.ndjson', copy), { jwks: join(folder, 'jwks.json'), checkpoints: kept }, silent)
}

const at = (position: number): FeedEvent => {
  const event = events[position - 1]
  if (event === undefined) throw new Error(`no event at ${position}`)
  return event
}
const changed = (position: number): FeedEvent => ({ ...at(position), data: { name: '别的' } })
const replaced = (position: number, event: unknown) => events.with(position - 1, event as FeedEvent)

/** The log with one event changed and every hash from there on made to fit. */
function rewrittenFrom(position: number): FeedEvent[] {
  let head: Head = emptyHead
  return events.map((event, i) => {
    const data = i + 1 === position ? { name: '别的' } : event.data
    const link = chainEvent(head, {
      ...pendingEvent(i + 1),
      ...{ id: event.id, uscc: event.subject, occurredAt: event.time, data },
    })
    head = { position: i + 1, hash: link.hash }
    return link
  })
}

describe('a copy that is whole', () => {
  it('verifies to its head, with its checkpoint', async () => {
    expect(await verifyCopy(events)).toEqual({ position: count, hash: at(count).hash, checkpoints: 1 })
  })

  it('verifies without a checkpoint too, and empty', async () => {
    expect(await verifyCopy(events, [])).toMatchObject({ position: count, checkpoints: 0 })
    expect(await verifyCopy([], [])).toEqual({ position: 0, hash: '', checkpoints: 0 })
  })
})

describe('a copy that is not what was written is refused, and names the position', () => {
  it.each<[string, () => readonly unknown[], number]>([
    ['of an altered event', () => replaced(1234, changed(1234)), 1234],
    ['of the first event altered', () => replaced(1, changed(1)), 1],
    [
      'of an event with one character of its hash changed',
      () => replaced(9, { ...at(9), hash: (at(9).hash.startsWith('0') ? '1' : '0') + at(9).hash.slice(1) }),
      9,
    ],
    ['of a dropped event', () => events.toSpliced(1999, 1), 2000],
    ['of the first event dropped', () => events.slice(1), 1],
    ['of the last event dropped', () => events.slice(0, -1), count],
    ['of the first of the last ten dropped', () => events.slice(0, -10), count - 9],
    ['of the first of two swapped events', () => replaced(500, at(501)).with(500, at(500)), 500],
    [
      'of two swapped events with their positions swapped too',
      () => replaced(500, { ...at(501), sequence: '500' }).with(500, { ...at(500), sequence: '501' }),
      500,
    ],
    ['of an event that comes twice', () => events.toSpliced(700, 0, at(700)), 701],
    ['of an event put in', () => events.toSpliced(41, 0, { ...at(42), id: at(1).id }), 42],
    ['of a line that is no JSON', () => replaced(77, '{"half":'), 77],
    ['of a line that is no event', () => replaced(77, 'null'), 77],
  ])('%s', async (_what, copy, position) => {
    await expect(verifyCopy(copy())).rejects.toMatchObject({ name: 'BrokenChain', position })
  })

  it('also one that was rewritten with all its hashes, by a checkpoint signed before', async () => {
    const rewritten = rewrittenFrom(100)
    expect(await verifyCopy(rewritten, [])).toMatchObject({ position: count })
    await expect(verifyCopy(rewritten)).rejects.toMatchObject({ name: 'BrokenChain', position: count })
  })

  it('also one whose checkpoint was forged, or signed by somebody else', async () => {
    const { signature, ...statement } = checkpoint
    await expect(verifyCopy(events, [{ ...checkpoint, createdAt: '2026-01-01T00:00:00.000Z' }])).rejects.toThrow(
      /something else than was signed/,
    )
    const other = await startTestService()
    const foreign = await other.signing.sign(statement)
    await other.close()
    for (const forged of [foreign, signature.slice(0, -9), 'x']) {
      await expect(verifyCopy(events, [{ ...statement, signature: forged }])).rejects.toThrow(/none of the keys/)
    }
  })
})

it('finds any single change of any log', () => {
  const log = events.slice(0, 12)
  const firstFault = (copy: readonly unknown[]) => {
    let head = emptyHead
    try {
      for (const event of copy) head = verifyNext(head, event)
    } catch (error) {
      return (error as { position: number }).position
    }
    return head.position === log.length ? null : head.position + 1
  }
  expect(firstFault(log)).toBeNull()
  const place = fc.integer({ min: 0, max: log.length - 1 })
  fc.assert(
    fc.property(place, place, fc.constantFrom('drop', 'swap', 'alter'), (i, j, how) => {
      const [a, b] = [Math.min(i, j), Math.max(i, j)]
      if (how === 'drop') return firstFault(log.toSpliced(a, 1)) === a + 1
      if (how === 'alter') return firstFault(log.with(a, { ...at(a + 1), subject: at(b + 1).subject + '!' })) === a + 1
      return firstFault(log.with(a, at(b + 1)).with(b, at(a + 1))) === (a === b ? null : a + 1)
    }),
  )
})

describe('a live service', () => {
  const options = () => ({ key, jwks: undefined, checkpoints: undefined })

  it('verifies with its own keys and its newest checkpoint, page by page', async () => {
    const seen: number[] = []
    const verified = await verifyService(address, options(), ({ position }) => seen.push(position))
    expect(verified).toEqual({ position: count, hash: at(count).hash, checkpoints: 1 })
    expect(seen).toEqual([1000, 2000, 2500])
  })

  it('is refused with the keys of another, and against a checkpoint of another log', async () => {
    const other = await startTestService()
    const keys = join(folder, 'other.json')
    await writeFile(keys, JSON.stringify(other.signing.jwks()))
    await other.close()
    await expect(verifyService(address, { ...options(), jwks: keys }, silent)).rejects.toThrow(/none of the keys/)
    const statement = { position: 7, hash: at(8).hash, createdAt: '2026-07-01T00:00:00.000Z' }
    const kept = await save('kept.json', [{ ...statement, signature: await service.signing.sign(statement) }])
    await expect(verifyService(address, { ...options(), checkpoints: kept }, silent)).rejects.toMatchObject({
      position: 7,
    })
  })
})

describe('the command line', () => {
  it('verifies a service, a copy and the database, and exits 1 naming the position of a fault', async () => {
    const env = { DATABASE_URL: service.database.url }
    const [live, copy, local, bad, badJson, both] = await Promise.all([
      run(['verify-feed', '--url', address, '--key', key]),
      run(['verify-feed', '--file', await save('whole.ndjson', events), '--json']),
      run(['verify-feed'], env),
      run(['verify-feed', '--file', await save('bad.ndjson', replaced(1234, changed(1234)))]),
      run(['verify-feed', '--file', join(folder, 'bad.ndjson'), '--json']),
      run(['verify-feed', '--file', 'x', '--url', address]),
    ])
    expect([live.code, live.stderr, live.stdout]).toEqual([
      0,
      '',
      `The log is whole up to position ${count}, hash ${at(count).hash};\nit agrees with 1 signed checkpoint.\n`,
    ])
    expect(JSON.parse(copy.stdout)).toEqual({ verified: true, position: count, hash: at(count).hash, checkpoints: 0 })
    expect([local.code, local.stdout]).toEqual([0, expect.stringContaining(`position ${count}`)])
    expect([bad.code, bad.stdout]).toEqual([1, ''])
    expect(bad.stderr).toMatch(/^xinjian: position 1234: the event was altered.*\n$/)
    expect(badJson.code).toBe(1)
    expect(JSON.parse(badJson.stdout)).toMatchObject({ verified: false, position: 1234 })
    expect([both.code, both.stderr]).toEqual([1, 'xinjian: give either --url or --file\n'])
  })
})

it('finds what was changed in the database behind the log’s back', async () => {
  const kept = { jwks: undefined, checkpoints: undefined }
  await service.db.execute(sql`alter table feed_events disable trigger user`)
  await service.db.execute(sql`update feed_events set type = 'listing.entered' where position = 1700`)
  await expect(verifyDatabase(service.db, kept, silent)).rejects.toMatchObject({ position: 1700 })
  await service.db.execute(
    sql`update feed_events set event = replace(event::text, '"i":1499', '"i":1500')::json where position = 1500`,
  )
  await expect(verifyDatabase(service.db, kept, silent)).rejects.toMatchObject({ position: 1500 })
  await expect(verifyService(address, { key, ...kept }, silent)).rejects.toMatchObject({ position: 1500 })
})
