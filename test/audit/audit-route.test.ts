import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chainPending, verifyAudit } from '../../src/audit/service.ts'
import { recordAudit, theService } from '../../src/platform/audit.ts'
import { rowsOf } from '../../src/platform/db.ts'
import { startTestService, type TestService } from '../support/service.ts'

let service: TestService
let admin: string
let partnerId: string

interface Entry {
  id: string
  at: string
  action: string
  object: { type: string; id: string | null }
  actor: { via: string; partnerId: string | null; partnerName: string | null }
  position: number | null
}

beforeAll(async () => {
  service = await startTestService()
  admin = await service.keyOf({ kind: 'staff', name: '管理员' }, 'admin')
  const made = await service.app.inject({
    method: 'POST',
    url: '/v1/partners',
    headers: { authorization: `Bearer ${admin}` },
    payload: { name: '某平台', kind: 'platform' },
  })
  partnerId = made.json<{ id: string }>().id
  const [row] = await rowsOf<{ at: string }>(service.db, sql`select max(at)::text as at from audit_log`)
  expect(row?.at).toBeDefined()
})
afterAll(() => service.close())

async function read(query = '', key: string | null = admin) {
  const response = await service.app.inject({
    url: `/v1/audit${query}`,
    headers: { ...(key !== null && { authorization: `Bearer ${key}` }), 'accept-language': 'en' },
  })
  return { status: response.statusCode, body: response.json<{ items: Entry[]; next: string | null; type: string }>() }
}

describe('200', () => {
  it('tells who did what to what, when and from where, newest first', async () => {
    const { status, body } = await read()
    expect(status).toBe(200)
    expect(body.items.map(({ action }) => action)).toEqual(['partner.created', 'key.created', 'partner.created'])
    expect(body.items[0]).toMatchObject({
      object: { type: 'partner', id: partnerId },
      actor: { via: 'key', partnerName: '管理员', person: null },
      outcome: 'done',
      address: '127.0.0.1',
      details: { kind: 'platform' },
    })
  })

  it('filters by partner, action, object, outcome and time', async () => {
    const all = (await read()).body.items
    const by = all[0]!.actor.partnerId!
    for (const [query, count] of [
      [`?partnerId=${by}`, 1],
      ['?action=key.created', 1],
      ['?object=partner', 2],
      [`?object=partner:${partnerId}`, 1],
      ['?outcome=refused', 0],
      [`?from=${all[0]!.at}`, 3],
      [`?to=${all[0]!.at}`, 0],
      ['?from=2026-11-25T12:00:00%2B08:00&to=2026-11-25T12:00:01%2B08:00', 3],
    ] as const) {
      expect([query, (await read(query)).body.items.length]).toEqual([query, count])
    }
  })

  it('gives each entry once in pages, also those of one moment', async () => {
    const all = (await read()).body.items.map(({ id }) => id)
    const walked: string[] = []
    let next: string | null = ''
    while (next !== null) {
      const { body } = await read(`?limit=1${next === '' ? '' : `&cursor=${next}`}`)
      walked.push(...body.items.map(({ id }) => id))
      next = body.next
    }
    expect(walked).toEqual(all)
  })

  it('tells the place of an entry in the chain once it has one', async () => {
    expect((await read()).body.items.every(({ position }) => position === null)).toBe(true)
    expect(await chainPending(service.db)).toBe(3)
    expect((await read()).body.items.map(({ position }) => position).sort()).toEqual([1, 2, 3])
    expect(await chainPending(service.db)).toBe(0)
  })
})

describe('400 to 403', () => {
  it('refuses a wrong query, no key, and a key without the scope', async () => {
    for (const query of ['?action=x', '?object=:1', '?from=today', '?cursor=forged', '?who=me', '?partnerId=1']) {
      expect([query, (await read(query)).status]).toEqual([query, 400])
    }
    expect((await read('', null)).status).toBe(401)
    const clerk = await service.keyOf({ kind: 'staff' }, 'decisions:propose', 'decisions:approve')
    expect((await read('', clerk)).status).toBe(403)
  })
})

describe('the chain', () => {
  const add = async (count: number) => {
    for (let i = 0; i < count; i += 1) {
      const entry = { actor: theService, objectId: String(i), at: service.clock.now(), details: { i, 名: '值' } }
      await recordAudit(service.db, { action: 'test.done', ...entry })
    }
    while ((await chainPending(service.db, 2)) > 0);
  }
  /** As the owner of the tables could, with the triggers switched off. */
  const tamper = async (table: string, statement: string, undo: string) => {
    const run = (text: string) => service.db.execute(sql.raw(text))
    const sneak = async (text: string) => {
      await run(`alter table ${table} disable trigger user`)
      await run(text)
      await run(`alter table ${table} enable trigger user`)
    }
    await sneak(statement)
    const fault = await verifyAudit(service.db, null).then(
      () => null,
      (error: unknown) => error as { message: string },
    )
    await sneak(undo)
    await verifyAudit(service.db, null)
    return fault?.message
  }

  it('is whole over several batches, and holds what awaits its place', async () => {
    await add(5)
    const { position, hash } = await verifyAudit(service.db, null)
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
    expect(await verifyAudit(service.db, { position, hash })).toMatchObject({ position, pending: 0 })
    await recordAudit(service.db, { action: 'test.done', actor: theService, objectId: null, at: new Date() })
    expect((await verifyAudit(service.db, { position, hash })).pending).toBe(1)
    await add(0)
  })

  it('names the place of a change, of an entry that was put in, and of a cut', async () => {
    await service.db.execute(sql`create table kept_log as select * from audit_log`)
    expect(
      await tamper(
        'audit_log',
        `update audit_log set details = '{"i":9}' where id = (select entry_id from audit_chain where position = 5)`,
        `update audit_log l set details = k.details from kept_log k where k.id = l.id`,
      ),
    ).toMatch(/^position 5: the entry .* was altered/)
    expect(
      await tamper(
        'audit_log',
        `insert into audit_log select gen_random_uuid(), at, via, partner_id, key_id, person, address, request_id, action,
           object_type, 'forged', outcome, details from audit_log limit 1`,
        `delete from audit_log where object_id = 'forged'`,
      ),
    ).toMatch(/^the entry .* has no place/)
    await service.db.execute(sql`create table kept as select * from audit_chain`)
    expect(
      await tamper(
        'audit_chain',
        'delete from audit_chain where position = 4',
        'insert into audit_chain select * from kept where position = 4',
      ),
    ).toMatch(/^position 4: the place is missing; 5/)
    const head = await verifyAudit(service.db, null)
    await expect(verifyAudit(service.db, { ...head, position: head.position + 3 })).rejects.toThrow(/missing/)
    await expect(verifyAudit(service.db, { ...head, hash: '0'.repeat(64) })).rejects.toThrow(/another one/)
  })

  it.each(['audit_log', 'audit_chain'])('refuses to change, delete or empty %s', async (table) => {
    for (const statement of [`update ${table} set hash = ''`, `delete from ${table}`, `truncate ${table} cascade`]) {
      const text = table === 'audit_log' ? statement.replace('hash', 'action') : statement
      const fault = await service.db.execute(sql.raw(text)).catch((error: unknown) => error as { cause: Error })
      expect(String((fault as { cause?: Error }).cause)).toMatch(/append-only/)
    }
  })

  it('gives each entry one place, whoever chains and however many at once', async () => {
    const record = (i: number) =>
      recordAudit(service.db, { action: 'test.done', actor: theService, objectId: `c${i}`, at: new Date() })
    await Promise.all(Array.from({ length: 40 }, (_, i) => record(i)))
    await Promise.all(Array.from({ length: 4 }, () => chainPending(service.db, 1)))
    await add(0)
    const { pending } = await verifyAudit(service.db, null)
    expect(pending).toBe(0)
  })
})
