import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { faultOf, openDatabase, prepare, rowsOf, type Database } from '../../src/platform/db.ts'
import { startProxy, type TestProxy } from '../faults/proxy.ts'
import { cloneDatabase } from '../support/database.ts'

// What postgres.js 3.4.9 has of an answer when a connection is lost it takes for the answer to the next question, and what
// is asked between the error of a socket and its end is answered with nothing, or never: patches/ has the cure (decision 14).

let database: Database
let proxy: TestProxy
beforeEach(async () => {
  database = await cloneDatabase()
  await database.db.execute(
    sql`create table things as select 'T' || i as code, repeat('x', 3000) as text from generate_series(1, 100) i`,
  )
  proxy = await startProxy(database.url)
})
afterEach(async () => {
  await proxy.close()
  await database.close()
})

const things = prepare<{ code: string; text: string }>(
  sql`select t.code, t.text from things t where t.code = any(${sql.placeholder('codes')}::text[]) order by t.code`,
)

/** Asks again and again, at once after a failure, until it is told to stop; adds each answer to something else. */
async function ask(own: Database, isOver: () => boolean, seed: number, tally: { right: number; wrong: string[] }) {
  for (let turn = seed; !isOver(); turn += 7) {
    // A long answer is on its way long enough to be torn.
    const many = turn % 3 === 1 ? 60 : 2
    const codes = Array.from({ length: many }, (_, i) => `T${1 + ((turn + i) % 100)}`).sort()
    try {
      const answer =
        turn % 3 === 0
          ? await rowsOf<{ code: string }>(
              own.db,
              sql`select ${codes[0]} as code union all select ${codes[1]} order by 1`,
            )
          : turn % 3 === 1
            ? await things.ask(own.db, { codes })
            : await own.db.transaction((tx) =>
                rowsOf<{ code: string }>(tx, sql`select t.code from things t where t.code in ${codes} order by 1`),
              )
      // Rows of another answer came as holes.
      const told = JSON.stringify(
        Array.from<{ code: string } | undefined, string>(answer, (row) => row?.code ?? 'hole'),
      )
      if (told === JSON.stringify(codes)) tally.right += 1
      else tally.wrong.push(`${codes.join()} was answered ${told}`)
    } catch (error) {
      // Refused or lost; the loop must leave room for whoever cuts.
      if (faultOf(error).code === 'CONNECTION_SILENT' || turn % 2 === 0) await sleep(1)
    }
  }
}

describe.each([1, 3, 16])('of %i who ask over connections that are torn again and again', (askers) => {
  it('each is answered what was asked, or refused', async () => {
    const own = openDatabase(proxy.urlOf(database.url), { max: 4, name: 'torn' })
    const tally = { right: 0, wrong: [] as string[] }
    let isOver = false
    const asking = Array.from({ length: askers }, (_, i) => ask(own, () => isOver, i, tally))
    for (let round = 0; round < 100; round += 1) {
      const { right } = tally
      if (round % 3 === 0) {
        await database.db.execute(
          sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'torn' and datname = current_database()`,
        )
      } else proxy.cut()
      await sleep(round % 20)
      // Now and then they are answered before the next: whoever is never answered would hang here.
      while (round % 10 === 9 && tally.right < right + askers) await sleep(5)
    }
    isOver = true
    await Promise.all(asking)
    expect(tally.wrong).toEqual([])
    await own.close()
  })
})

it('goes on after a silence in which everything was refused, transactions too', async () => {
  const own = openDatabase(proxy.urlOf(database.url), { max: 2, silenceMs: 300 })
  proxy.set('swallowing')
  const begin = () => own.db.transaction((tx) => rowsOf<{ one: number }>(tx, sql`select 1 as one`))
  const silent = () => begin().then(String, (error: unknown) => faultOf(error).code)
  await expect.poll(silent).toBe('CONNECTION_SILENT')
  for (let i = 0; i < 10; i += 1) expect(await silent()).toBe('CONNECTION_SILENT')
  proxy.set('fair')
  await expect.poll(() => begin().catch(() => [])).toEqual([{ one: 1 }])
  // None of those that were refused was begun after all, and holds a connection.
  await Promise.all(Array.from({ length: 8 }, begin))
  await own.close()
})
