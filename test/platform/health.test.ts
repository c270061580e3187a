import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { startTestService } from '../support/service.ts'

it('is live and ready on a migrated database', async () => {
  const { app, close } = await startTestService()
  expect((await app.inject('/livez')).json()).toEqual({ status: 'ok' })
  expect((await app.inject('/readyz')).json()).toEqual({ status: 'ok', jobs: null })
  await close()
})

it('is live but not ready while a migration is missing or the database is gone', async () => {
  const { app, db, database, close } = await startTestService()
  await db.execute(sql`update drizzle.__drizzle_migrations set created_at = 1`)
  const behind = await app.inject('/readyz')
  expect(behind.statusCode).toBe(503)
  expect(behind.headers['retry-after']).toBe('2')
  expect(behind.json()).toMatchObject({ type: '/problems/unavailable' })
  await database.close()
  expect((await app.inject('/readyz')).statusCode).toBe(503)
  const lookup = await app.inject('/v1/credit-files/91999900MA0000015N')
  expect(lookup.headers['retry-after']).toBe('2')
  expect(lookup.json()).toMatchObject({ type: '/problems/unavailable', status: 503 })
  expect((await app.inject('/livez')).statusCode).toBe(200)
  await close()
})
