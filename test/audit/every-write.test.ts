import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { rowsOf } from '../../src/platform/db.ts'
import { enterprise } from '../listings/staff.ts'
import { useWrites, type Made } from './writes.ts'

const { staff, by, send, writes } = useWrites()
const { post } = staff

/** What leaves no entry, and why. */
const exceptions: Record<string, string> = {
  evaluateCase: 'it computes, and keeps nothing',
  reconcile: 'it searches, and keeps nothing',
  screen: 'it is kept whole as evidence, append-only, with its partner and time',
}

interface Entry {
  action: string
  via: string
  partnerId: string | null
  keyId: string | null
  objectId: string | null
  outcome: string
  requestId: string
  address: string
  text: string
}

const entries = () =>
  rowsOf<Entry>(
    staff.service().db,
    sql`select l.action, l.via, l.partner_id as "partnerId", l.key_id as "keyId", l.object_id as "objectId", l.outcome,
          l.request_id as "requestId", l.address, l::text as text from audit_log l order by l.id`,
  )

it('knows a request, or a reason why not, for every operation that is no GET', async () => {
  const document = (await staff.service().app.inject('/openapi.json')).json<{
    paths: Record<string, Record<string, { operationId: string }>>
  }>()
  const operations = Object.values(document.paths).flatMap((methods) =>
    Object.entries(methods).flatMap(([method, { operationId }]) => (method === 'get' ? [] : [operationId])),
  )
  expect([...Object.keys(writes), ...Object.keys(exceptions)].sort()).toEqual(operations.sort())
})

it.each(Object.keys(writes))('%s leaves exactly one entry, which says who, what, from where', async (operation) => {
  const call = await writes[operation]!()
  const before = await entries()
  const response = await send(call)
  expect([response.statusCode, response.body]).toEqual([expect.toSatisfy((code: number) => code < 300), response.body])
  const added = (await entries()).slice(before.length)
  expect(added).toHaveLength(1)
  const [entry] = added
  expect(entry).toMatchObject({ via: 'key', outcome: 'done', requestId: response.headers['x-request-id'] })
  expect(entry).toMatchObject({ address: '127.0.0.1', keyId: expect.any(String) as string })
  expect(entry?.action).toMatch(/^[a-z-]+\.[a-z-]+$/)
  // A member of staff, or a partner, is named by the key that was used.
  expect(call.key).toContain(entry?.keyId?.replaceAll('-', ''))
  const answer = response.body === '' ? {} : response.json<{ id?: string; secret?: string; key?: string }>()
  for (const secret of [answer.secret, answer.key, call.key]) if (secret) expect(entry?.text).not.toContain(secret)
})

it('leaves none for what is refused, nor for the answer of a request that is sent again', async () => {
  const before = (await entries()).length
  expect((await post('/v1/decisions', 'clerk', { action: 'enter' })).status).toBe(400)
  expect((await send(by.platform('DELETE', `/v1/monitors/${enterprise}`))).statusCode).toBe(400)
  expect((await send(by.admin('DELETE', '/v1/keys/01900000-0000-7000-8000-000000000000'))).statusCode).toBe(404)
  expect((await entries()).length).toBe(before)
  const again = () => send(by.platform('POST', '/v1/monitors', { name: '一次' }), { 'idempotency-key': 'once' })
  expect((await again()).json<Made>().id).toBe((await again()).json<Made>().id)
  expect((await entries()).length).toBe(before + 1)
})
