import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase, type Database } from '../../src/platform/db.ts'
import { serve, stop, type Serving } from '../cli/cli.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { startLoad, tell, type Load } from './load.ts'

/** Must show 1 of operations: PostgreSQL stopped, killed and frozen under load, with two processes on it. */

/** So short that the test need not take long. */
const silenceMs = 2000

let server: TestPostgres
let database: Database
let load: Load
const services: Serving[] = []

beforeAll(async () => {
  server = await startPostgres()
  database = openDatabase(server.url)
  const env = { DATABASE_URL: server.url, JOBS: 'on', LOG_LEVEL: 'silent', DATABASE_SILENCE_MS: String(silenceMs) }
  services.push(...(await Promise.all([serve(env), serve(env)])))
  load = await startLoad(
    database,
    services.map(({ address }) => address),
    services,
  )
})
afterAll(async () => {
  await server.thaw()
  for (const service of services) await stop(service, 'SIGKILL')
  await database.close()
  await server.remove()
})

/** Asks until every process answers so. */
async function until(path: string, status: number): Promise<void> {
  for (const { address } of services) while ((await fetch(address + path)).status !== status);
}

it('is not ready, but alive, while PostgreSQL is stopped, and goes on by itself when it is started', async () => {
  await load.progress(10)
  load.takeTally()
  await server.stop()
  await until('/readyz', 503)
  await until('/livez', 200)
  await server.start()
  tell('PostgreSQL stopped', await load.recovery(), load.takeTally())
})

it('goes on by itself when PostgreSQL was killed and recovers from its log', async () => {
  await load.progress(10)
  load.takeTally()
  await server.kill()
  await server.start()
  tell('PostgreSQL killed', await load.recovery(), load.takeTally())
})

it('answers 503 at once while PostgreSQL is frozen, and goes on by itself when it moves again', async () => {
  for (let round = 0; round < 2; round += 1) {
    await load.progress(10)
    load.takeTally()
    await server.freeze()
    await until('/readyz', 503)
    await until('/livez', 200)
    // What was under way is given up, and who comes then is not kept waiting.
    for (const { address } of services) {
      let quick = 0
      while (quick < 20) {
        const from = performance.now()
        const answer = await fetch(`${address}/v1/search?q=虚构`)
        expect(answer.status).toBe(503)
        expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
        quick = performance.now() - from < silenceMs / 2 ? quick + 1 : 0
      }
    }
    await server.thaw()
    tell('PostgreSQL frozen', await load.recovery(), load.takeTally())
  }
})

it('has lost nothing, doubled nothing and told nothing wrong in all of that', async () => {
  await load.progress(10)
  await load.settle()
})
