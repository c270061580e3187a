import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database } from '../../src/platform/db.ts'
import { serve, stop, type Serving } from '../cli/cli.ts'
import { cloneDatabase } from '../support/database.ts'
import { startLoad, tell } from './load.ts'

/** Must show 1 of operations: processes killed while they decide, under load. */

let database: Database
const services: Serving[] = []
/** Where services answer now. */
const backends: string[] = []

async function begin(): Promise<void> {
  const service = await serve({ DATABASE_URL: database.url, JOBS: 'on', LOG_LEVEL: 'silent' })
  services.push(service)
  while ((await fetch(`${service.address}/readyz`)).status !== 200);
  backends.push(service.address)
}

/** The one that has served longest. */
function oldest(): Serving {
  const service = services.shift()
  if (service === undefined) throw new Error('no service runs')
  return service
}

beforeAll(async () => {
  database = await cloneDatabase()
  await Promise.all([begin(), begin(), begin()])
})
afterAll(async () => {
  for (const service of services) await stop(service, 'SIGKILL')
  await database.close()
})

it('two of three processes are killed while they decide, the third goes on, and new ones join', async () => {
  const load = await startLoad(database, backends)
  await load.progress(10)
  load.takeTally()
  // One after the other, each at a moment of its own in the middle of decisions.
  for (const victim of [oldest(), oldest()]) {
    await load.progress(1 + Math.floor(Math.random() * 5))
    expect((await stop(victim, 'SIGKILL')).signal).toBe('SIGKILL')
    backends.splice(backends.indexOf(victim.address), 1)
  }
  tell('two of three processes killed', await load.recovery(), load.takeTally())
  await Promise.all([begin(), begin()])
  await load.progress(10)
  await load.settle()
})
