import postgres from 'postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase, type Database } from '../../src/platform/db.ts'
import { serve, stop, type Serving } from '../cli/cli.ts'
import { patient, startLoad, tell, told, type Load } from '../faults/load.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { madeUpUscc } from '../support/businesses.ts'
import { startReplica, type TestReplica } from '../support/replica.ts'

/**
 * Reads from a real streaming replica, under load with two processes. The readers of the load hold every answer against
 * what was acknowledged: who asks a second after a decision reads it, and no position goes back.
 */

let primary: TestPostgres
let replica: TestReplica
let database: Database
let load: Load
const services: Serving[] = []

beforeAll(async () => {
  primary = await startPostgres()
  replica = await startReplica(primary)
  database = openDatabase(primary.url)
  const env = {
    ...{ DATABASE_URL: primary.url, DATABASE_REPLICA_URL: replica.url, LOG_LEVEL: 'silent' },
    ...{ ...patient, DATABASE_SILENCE_MS: '8000' },
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
  await database.close()
  await replica.remove()
  await primary.remove()
})

/**
 * Resolves when the replica is asked by requests, by statements that are prepared and such that are not. The writers rest, since
 * whoever has written is read to from the primary for a moment.
 */
async function untilItIsRead(): Promise<void> {
  const client = postgres(replica.url, { max: 1 })
  load.rest(true)
  const [since] = await client<{ now: string }[]>`select now()::text as now`
  const asked = (what: string) => client`
    select from pg_stat_activity
    where query like ${what} and query_start > ${since?.now ?? ''}::timestamptz and pid <> pg_backend_pid()`
  for (const [path, statement] of [
    ['/v1/lookup?url=https://nobody.example.cn', '%web_presences%/* request=%'],
    [`/v1/search?q=${madeUpUscc(1)}`, '%s.registration_number = $%'],
  ] as const) {
    for (let i = 0; (await asked(statement)).length === 0; i += 1) {
      await fetch(`${services[i % services.length]?.address ?? ''}${path}`)
    }
  }
  load.rest(false)
  await client.end()
}

it('is read from while it follows', async () => {
  await load.progress(5)
  await untilItIsRead()
  expect(load.takeTally()).toMatchObject({ refused: 0, lost: 0 })
})

it('that falls behind shows nobody anything old: who has written reads what was written, and no position goes back', async () => {
  for (let round = 0; round < 3; round += 1) {
    await replica.pause()
    await load.progress(5)
    await replica.resume()
    await load.progress(3)
  }
  await untilItIsRead()
  const tally = load.takeTally()
  process.stderr.write(`replica behind and back three times: ${told(tally)}\n`)
  expect(tally).toMatchObject({ refused: 0, lost: 0 })
})

it('that is killed is missed by nobody, and is read from again when it is back', async () => {
  await replica.kill()
  await load.progress(5)
  expect(load.takeTally()).toMatchObject({ refused: 0, lost: 0 })
  await replica.start()
  const from = performance.now()
  await untilItIsRead()
  process.stderr.write(`replica killed: read from again ${Math.round(performance.now() - from)} ms after it was back\n`)
})

it('that is frozen holds up nobody for longer than a silent server may, and is read from again when it moves', async () => {
  await replica.freeze()
  await load.progress(5)
  await replica.thaw()
  const recovery = await load.recovery()
  await untilItIsRead()
  const tally = load.takeTally()
  tell('replica frozen', recovery, tally)
  expect(tally).toMatchObject({ refused: 0, lost: 0 })
})

it('has told nothing wrong in all of that', async () => {
  await load.settle()
})
