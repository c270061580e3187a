import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { chainPending, verifyAudit } from '../../src/audit/service.ts'
import { buildApp } from '../../src/app.ts'
import { parseConfig } from '../../src/config.ts'
import { startFeedListener } from '../../src/feed/listener.ts'
import { sequencePending } from '../../src/feed/sequencer.ts'
import { migrateDatabase, openDatabase, type Database } from '../../src/platform/db.ts'
import { grantRoles } from '../../src/platform/roles.ts'
import { createKey, createPartner } from '../../src/partners/service.ts'
import { generateSigningKey, signingWith } from '../../src/platform/signing.ts'
import { enterprise } from '../listings/staff.ts'
import { subjectItem } from '../support/businesses.ts'
import { cloneDatabase, urlOf } from '../support/database.ts'
import { take } from '../support/take.ts'

const suffix = randomUUID().slice(0, 8)
const roles = { serve: `xinjian_serve_${suffix}`, read: `xinjian_read_${suffix}` }
let owner: Database
let serve: Database
let read: Database
let appendOnly: string[]

function as(role: string): Database {
  const url = new URL(owner.url)
  url.username = role
  url.password = 'of the test'
  return openDatabase(url.href, { max: 5 })
}

beforeAll(async () => {
  owner = await cloneDatabase()
  appendOnly = await grantRoles(owner.db, roles, { create: true })
  for (const role of Object.values(roles)) {
    await owner.db.execute(sql`alter role ${sql.identifier(role)} password 'of the test'`)
  }
  serve = as(roles.serve)
  read = as(roles.read)
})
afterAll(async () => {
  for (const database of [serve, read]) await database.close()
  for (const role of Object.values(roles)) {
    await owner.db.execute(sql`drop owned by ${sql.identifier(role)}`)
    await owner.db.execute(sql`drop role ${sql.identifier(role)}`)
  }
  await owner.close()
  const admin = postgres(urlOf('postgres'), { max: 1 })
  expect(await admin`select from pg_roles where rolname in ${admin(Object.values(roles))}`).toHaveLength(0)
  await admin.end()
})

/** PostgreSQL's own code for what is not permitted. */
const denied = { cause: { code: '42501' } }
const attempt = ({ db }: Database, text: string) =>
  db.execute(sql.raw(text)).then(
    () => null,
    (error: unknown) => error as { cause: { code: string } },
  )

it('lets the service do a day’s work with the serve role, on a schema that it need not and cannot migrate', async () => {
  await migrateDatabase(serve.url)
  const now = new Date('2026-11-25T04:00:00.000Z')
  const { db } = serve
  const clock = { now: () => now }
  const listener = startFeedListener(serve.url)
  const signing = await signingWith([await generateSigningKey()])
  const config = parseConfig({ RATE_LIMIT: 'off' })
  const app = await buildApp({ db, config, clock, listener, signing, publicUrl: () => 'https://credit.example' })
  await take(db, 'subjects', [subjectItem(1)], now.toISOString())
  const key = async (...scopes: ('decisions:propose' | 'decisions:approve' | 'feed' | 'screening')[]) => {
    const { id } = await createPartner(db, { name: '某人', kind: 'staff' }, now)
    return (await createKey(db, { partnerId: id, scopes }, now)).key
  }
  const call = async (bearer: string, method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) => {
    const headers = { authorization: `Bearer ${bearer}`, ...(method === 'POST' && { 'idempotency-key': url }) }
    const response = await app.inject({ method, url, headers, ...(payload && { payload }) })
    if (response.statusCode > 204) throw new Error(response.body)
    return response.body === '' ? { id: '' } : response.json<{ id: string; events?: object[] }>()
  }
  const proposed = await call(await key('decisions:propose'), 'POST', '/v1/decisions', {
    ...{ action: 'enter', list: 'abnormal', uscc: enterprise, groundCode: 'ABN-68-4-4', decisionNumber: '列一号' },
    ...{ authority: '云州市市场监督管理局', decidedOn: '2026-11-20' },
    facts: { summary: '无法联系', establishedOn: '2026-11-18' },
  })
  await call(await key('decisions:approve'), 'POST', `/v1/decisions/${proposed.id}/approve`, {})
  const reader = await key('feed', 'screening')
  const { id } = await call(reader, 'POST', '/v1/monitors', { name: '卖家' })
  await call(reader, 'POST', `/v1/monitors/${id}/members`, { members: [{ ref: 'a', uscc: enterprise }] })
  await call(reader, 'DELETE', `/v1/monitors/${id}`)
  await call(reader, 'POST', '/v1/screenings', { candidates: [{ ref: 'a', uscc: enterprise }] })
  while ((await sequencePending(db)) > 0);
  expect((await call(reader, 'GET', '/v1/feed/events')).events?.length).toBeGreaterThan(0)
  while ((await chainPending(db)) > 0);
  expect((await verifyAudit(db, null)).position).toBeGreaterThan(5)
  expect((await app.inject('/readyz')).statusCode).toBe(200)
  await app.close()
})

it('keeps from the serve role every change of what is append-only, also round the triggers', async () => {
  for (const table of ['audit_log', 'audit_chain', 'feed_events', 'decisions', 'screenings', 'sanction_receipts']) {
    expect(appendOnly).toContain(table)
  }
  for (const table of appendOnly) {
    const [column] = Array.from(
      await owner.db.execute<{ name: string }>(
        sql`select attname as name from pg_attribute where attrelid = ${table}::regclass and attnum = 1`,
      ),
    )
    for (const statement of [
      `update ${table} set ${column?.name} = ${column?.name}`,
      `delete from ${table}`,
      `truncate ${table}`,
      `alter table ${table} disable trigger user`,
      `drop table ${table}`,
    ]) {
      expect([statement, await attempt(serve, statement)]).toMatchObject([statement, denied])
    }
  }
  for (const statement of [
    'create table mine (a int)',
    'truncate monitors',
    "set session_replication_role = 'replica'",
    'create or replace function refuse_change() returns trigger language plpgsql as $$ begin return null; end $$',
    `set role ${JSON.stringify(roles.read)}`,
  ]) {
    expect([statement, await attempt(serve, statement)]).toMatchObject([statement, denied])
  }
})

it('lets the read role read, but neither write nor see secrets', async () => {
  for (const table of ['decisions', 'audit_log', 'feed_events', 'subjects']) {
    expect([table, await attempt(read, `select * from ${table} limit 1`)]).toEqual([table, null])
    expect(await attempt(read, `delete from ${table}`)).toMatchObject(denied)
    expect(await attempt(read, `insert into ${table} select * from ${table}`)).toMatchObject(denied)
  }
  for (const table of ['partner_keys', 'subscriptions', 'idempotency_keys']) {
    expect(await attempt(read, `select * from ${table} limit 1`)).toMatchObject(denied)
  }
})

it('gives the same rights when it is run again, and to what came since', async () => {
  await owner.db.execute(sql`create table came_later (a int)`)
  await grantRoles(owner.db, roles, { create: true })
  expect(await attempt(serve, 'insert into came_later values (1)')).toBeNull()
  expect(await attempt(read, 'select * from came_later')).toBeNull()
  expect(await attempt(serve, 'delete from audit_log')).toMatchObject(denied)
})
