import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startFeedListener } from '../../src/feed/listener.ts'
import { rowsOf, type Database } from '../../src/platform/db.ts'
import { serve, stop, type Serving } from '../cli/cli.ts'
import { cloneDatabase } from '../support/database.ts'
import { startLoad, tell, type Load } from './load.ts'
import { startProxy, type TestProxy } from './proxy.ts'

/** Must show 1 of operations: what lies between the service and its database fails, under load, with two processes. */

let database: Database
let proxy: TestProxy
let load: Load
const services: Serving[] = []

beforeAll(async () => {
  database = await cloneDatabase()
  proxy = await startProxy(database.url)
  const env = {
    ...{ DATABASE_URL: proxy.urlOf(database.url), JOBS: 'on', LOG_LEVEL: 'silent' },
    ...{ DATABASE_SILENCE_MS: '2000', DATABASE_STATEMENT_TIMEOUT_MS: '4000' },
  }
  services.push(...(await Promise.all([serve(env), serve(env)])))
  load = await startLoad(
    database,
    services.map(({ address }) => address),
    services,
  )
})
afterAll(async () => {
  for (const service of services) await stop(service, 'SIGKILL')
  await proxy.close()
  await database.close()
})

/** Asks until no process is ready. */
async function untilNobodyIsReady(): Promise<void> {
  for (const { address } of services) while ((await fetch(`${address}/readyz`)).status !== 503);
}

it('goes on by itself when PostgreSQL ends its connections in the middle, again and again', async () => {
  await load.progress(10)
  load.takeTally()
  let ended = 0
  for (let round = 0; round < 15; round += 1) {
    const rows = await rowsOf(
      database.db,
      sql`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()`,
    )
    ended += rows.length
    await sleep(Math.random() * 200)
  }
  expect(ended).toBeGreaterThan(15)
  tell('connections ended by PostgreSQL', await load.recovery(), load.takeTally())
})

it('goes on by itself when connections are reset in the middle, again and again', async () => {
  await load.progress(10)
  load.takeTally()
  for (let round = 0; round < 15; round += 1) {
    proxy.cut()
    await sleep(Math.random() * 200)
  }
  tell('connections reset', await load.recovery(), load.takeTally())
})

it('goes on by itself when a balancer before the database has hung up on everybody', async () => {
  await load.progress(10)
  load.takeTally()
  proxy.set('hanging-up')
  proxy.cut()
  await untilNobodyIsReady()
  proxy.set('fair')
  tell('balancer hung up', await load.recovery(), load.takeTally())
})

it('goes on by itself when the network swallowed everything for a while', async () => {
  await load.progress(10)
  load.takeTally()
  proxy.set('swallowing')
  await untilNobodyIsReady()
  proxy.set('fair')
  tell('network swallowed all', await load.recovery(), load.takeTally())
})

it('finds by itself that connections swallow what it sends while new ones are fine', async () => {
  await load.progress(10)
  load.takeTally()
  proxy.swallowOpen()
  tell('open connections swallow', await load.recovery(), load.takeTally())
})

it('has lost nothing, doubled nothing and told nothing wrong in all of that', async () => {
  await load.progress(10)
  await load.settle()
})

it('listens anew when notifications do not come any more', async () => {
  const own = await startProxy(database.url)
  const listener = startFeedListener(own.urlOf(database.url), 300)
  const waiting = new AbortController()
  await listener.wait(200, waiting.signal)
  own.swallowOpen()
  // Each notification is heard at last: nobody waits for the whole hour.
  for (let round = 0; round < 3; round += 1) {
    const heard = listener.wait(3_600_000, waiting.signal)
    const isHeard = heard.then(() => true)
    while (!(await Promise.race([isHeard, sleep(50, false)]))) await database.db.execute(sql`notify feed`)
  }
  await listener.stop()
  await own.close()
})
