import { setImmediate as turn } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { openDatabase, rowsOf } from '../../src/platform/db.ts'
import { cloneDatabase } from '../support/database.ts'

// postgres.js 3.4.9 writes to a socket that is gone, which ends the process (porsager/postgres#1208), or sends the rest of
// the transaction over the connection that came after, where it commits statement by statement: patches/ has the cure.
it('rejects all that is left of a transaction whose connection dies, keeps the process alive, and connects again', async () => {
  const database = await cloneDatabase()
  const own = openDatabase(database.url, { max: 2 })
  for (let i = 0; i < 10; i += 1) {
    let late: Promise<unknown> = Promise.resolve()
    let left: () => void = () => undefined
    const isLeft = new Promise<void>((resolve) => (left = resolve))
    const lost = own.db.transaction(async (tx) => {
      const [row] = await rowsOf<{ pid: number }>(tx, sql`select pg_backend_pid() as pid`)
      await database.db.execute(sql`select pg_terminate_backend(${row?.pid ?? 0}::int, 5000)`)
      for (let turns = 0; turns < i * 3; turns += 1) await turn()
      late = tx.execute(sql`select 1`).then(
        () => 'was run',
        () => 'was rejected',
      )
      left()
      await late
      await tx.execute(sql`select 1`)
    })
    await expect(lost).rejects.toThrow()
    for (let turns = 0; turns < 5; turns += 1) await turn()
    const pids = await Promise.all(
      Array.from({ length: 4 }, () => own.db.transaction((tx) => rowsOf(tx, sql`select pg_backend_pid()`))),
    )
    expect(pids).toHaveLength(4)
    await isLeft
    expect(await late).toBe('was rejected')
  }
  await own.close()
  await database.close()
})
