import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database } from '../../src/platform/db.ts'
import { serve, stop, type Serving } from '../cli/cli.ts'
import { cloneDatabase } from '../support/database.ts'
import { startBalancer, type TestBalancer } from './balancer.ts'
import { patient, startLoad, told } from './load.ts'

/** A restart of several processes, one after the other, under load, behind a balancer that asks no probe. */

let database: Database
let balancer: TestBalancer
const services: Serving[] = []
/** Where services answer now. */
const backends: string[] = []

async function begin(): Promise<void> {
  const service = await serve({ DATABASE_URL: database.url, JOBS: 'on', LOG_LEVEL: 'silent', ...patient })
  services.push(service)
  while ((await fetch(`${service.address}/readyz`)).status !== 200);
  backends.push(service.address)
}

beforeAll(async () => {
  database = await cloneDatabase()
  await Promise.all([begin(), begin()])
  balancer = await startBalancer(backends)
})
afterAll(async () => {
  for (const service of services) await stop(service, 'SIGKILL')
  await balancer.close()
  await database.close()
})

it('each process is replaced by a new one, and no reader or writer meets a fault', async () => {
  const load = await startLoad(database, [balancer.address])
  await load.progress(10)
  for (let round = 0; round < 2; round += 1) {
    await begin()
    const old = services.shift()
    if (old === undefined) throw new Error('no service runs')
    expect((await stop(old)).code).toBe(0)
    backends.splice(backends.indexOf(old.address), 1)
    await load.progress(10)
  }
  const tally = load.takeTally()
  process.stderr.write(`processes replaced: ${told(tally)}\n`)
  expect(tally).toMatchObject({ refused: 0, lost: 0 })
  await load.settle()
})
