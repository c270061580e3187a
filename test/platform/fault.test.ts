import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { faultOf, type Database } from '../../src/platform/db.ts'
import { cloneDatabase } from '../support/database.ts'

let database: Database

beforeAll(async () => {
  database = await cloneDatabase()
})
afterAll(() => database.close())

const fault = async (query: Promise<unknown>) => faultOf(await query.then(() => null).catch((error: unknown) => error))

it('tells a fault of the database without the statement, its parameters and the values in it', async () => {
  const person = '赵某某'
  const wrongType = await fault(database.db.execute(sql`select ${person}::uuid`))
  expect(wrongType.message).toBe('PostgreSQL refused a value (22P02)')
  const duplicate = sql`insert into partners (id, name, kind, created_at) values (${'01900000-0000-7000-8000-000000000001'}, ${person}, 'agency', now())`
  await database.db.execute(duplicate)
  const refused = await fault(database.db.execute(duplicate))
  expect(refused.code).toBe('23505')
  for (const told of [wrongType, refused]) expect(JSON.stringify(told)).not.toMatch(/赵某某|insert into|select /)
})
