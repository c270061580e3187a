import postgres from 'postgres'
import { openDatabase, migrateDatabase, type Database } from '../../../src/platform/db.ts'
import { fillProvince } from './bench-province.ts'
import { say } from './report.ts'

const server = process.env['DATABASE_URL'] ?? 'postgres://root@127.0.0.1:5432/postgres'

/** A database of its own on the server of DATABASE_URL (the local one without it); null where none answers. */
export async function openBenchDatabase(): Promise<(Database & { drop: () => Promise<void> }) | null> {
  const name = `xinjian_bench_${String(process.pid)}`
  const admin = postgres(server, { max: 1, onnotice: () => undefined, connect_timeout: 3 })
  try {
    await admin.unsafe(
      `create database ${name} template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'`,
    )
  } catch {
    await admin.end()
    return null
  }
  const url = server.replace(/\/[^/?]*(\?|$)/, `/${name}$1`)
  await migrateDatabase(url)
  const database = openDatabase(url)
  return {
    ...database,
    drop: async () => {
      await database.close()
      await admin.unsafe(`drop database ${name} with (force)`)
      await admin.end()
    },
  }
}

/**
 * A province of `n` made-up businesses: the one that the bench of the whole table has filled (BENCH_DATABASE), or one of its
 * own, which goes with `drop`.
 * @throws Error when no PostgreSQL answers
 */
export async function openProvince(n: number): Promise<Database & { drop: () => Promise<void> }> {
  const filled = process.env['BENCH_DATABASE']
  if (filled !== undefined) {
    const database = openDatabase(filled)
    return { ...database, drop: () => database.close() }
  }
  const database = await openBenchDatabase()
  if (database === null) throw new Error('no PostgreSQL answers: set DATABASE_URL')
  const from = performance.now()
  await fillProvince(database.url, n)
  say(`${String(n)} made-up businesses filled in ${((performance.now() - from) / 1000).toFixed(0)} s`)
  return database
}
