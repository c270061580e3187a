import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bytesOf, openDatabase, prepare, rowsOf, type Database } from '../../src/platform/db.ts'
import type { SlowQuery } from '../../src/platform/queries.ts'
import { asRequest } from '../../src/platform/request-context.ts'
import { toProblem } from '../../src/platform/problem.ts'
import { cloneDatabase } from '../support/database.ts'

let database: Database
let own: Database
const slow: SlowQuery[] = []

beforeAll(async () => {
  database = await cloneDatabase()
  own = openDatabase(database.url, {
    ...{ max: 2, slowMs: 100, onSlow: (query: SlowQuery) => slow.push(query) },
    ...{ statementTimeoutMs: 2000, lockTimeoutMs: 300, idleInTransactionMs: 5000 },
  })
})
afterAll(async () => {
  await own.close()
  await database.close()
})

const context = { requestId: '01a214bc-2a55-76cd-9022-183a4fe64384', span: null }
const self = sql`select query from pg_stat_activity where pid = pg_backend_pid() and ${true}`

it('marks what a request asks with its id, in transactions too, and nothing else', async () => {
  const [asked] = await asRequest(context, () => rowsOf<{ query: string }>(own.db, self))
  expect(asked?.query).toMatch(/ \/\* request=01a214bc-2a55-76cd-9022-183a4fe64384 \*\/$/)
  const [inside] = await asRequest(context, () =>
    own.db.transaction((tx) => tx.transaction((nested) => rowsOf<{ query: string }>(nested, self))),
  )
  expect(inside?.query).toContain('/* request=01a214bc')
  expect((await rowsOf<{ query: string }>(own.db, self))[0]?.query).not.toContain('request=')
})

it('keeps one plan of a prepared statement, whatever requests ask it', async () => {
  const single = openDatabase(database.url, { max: 1 })
  const statement = prepare<{ twice: number }>(sql`select ${sql.placeholder('number')}::int * 2 as twice`)
  for (let number = 1; number <= 5; number += 1) {
    const asked = { ...context, requestId: `${context.requestId.slice(0, -1)}${number}` }
    await asRequest(asked, async () => {
      expect(await statement.ask(single.db, { number })).toEqual([{ twice: 2 * number }])
      expect(await single.db.transaction((tx) => statement.ask(tx, { number }))).toEqual([{ twice: 2 * number }])
      await bytesOf(single.db, sql`select ${number}::int`)
    })
  }
  const kept = await rowsOf<{ statement: string }>(
    single.db,
    sql`select statement from pg_prepared_statements where statement like '%$1%'`,
  )
  expect(kept.map((one) => one.statement).sort()).toEqual(['select $1::int', statement.text])
  await single.close()
})

it('counts what is under way and what waits for a connection, and comes back to nothing', async () => {
  const sleeps = Array.from({ length: 5 }, () => rowsOf(own.db, sql`select pg_sleep(${0.2})`))
  const transaction = own.db.transaction((tx) => tx.execute(sql`select pg_sleep(${0.2})`))
  while (own.pool.inFlight < 6) await new Promise((resolve) => setImmediate(resolve))
  expect(own.pool).toMatchObject({ max: 2, inFlight: 6, waiting: 4 })
  await Promise.all([...sleeps, transaction])
  expect(own.pool).toMatchObject({ inFlight: 0, waiting: 0 })
  await expect(own.db.execute(sql`select nonsense`)).rejects.toThrow()
  await expect(own.db.transaction((tx) => tx.execute(sql`select nonsense`))).rejects.toThrow()
  expect(own.pool.inFlight).toBe(0)
})

it('tells of a slow query by its statement, without the values, and its request', async () => {
  slow.length = 0
  await asRequest(context, () => rowsOf(own.db, sql`select pg_sleep(0.2), ${'a secret'}::text`))
  expect(slow).toMatchObject([{ statement: 'select pg_sleep(0.2), $1::text', requestId: context.requestId }])
  expect(JSON.stringify(slow)).not.toContain('a secret')
})

it('ends a statement that takes too long or waits too long for a lock, which a client is told as 503', async () => {
  const tooLong = await own.db.execute(sql`select pg_sleep(${60})`).catch((error: unknown) => toProblem(error))
  expect(tooLong).toMatchObject({ code: 'unavailable', headers: { 'retry-after': '2' } })
  await database.db.transaction(async (tx) => {
    await tx.execute(sql`lock table subjects in access exclusive mode`)
    const waiting = await own.db.execute(sql`select 1 from subjects`).catch((error: unknown) => toProblem(error))
    expect(waiting).toMatchObject({ code: 'unavailable' })
  })
})
