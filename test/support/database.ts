import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { inject } from 'vitest'
import { openDatabase, type Database } from '../../src/platform/db.ts'

/** URL of a database on the test server. */
export function urlOf(database: string): string {
  return inject('serverUrl').replace('DATABASE_NAME', database)
}

/** A clone of the migrated template, and how to close it; the run drops all clones at its end. */
export async function cloneDatabase(): Promise<Database> {
  const name = `${inject('template')}_${randomUUID().slice(0, 8)}`
  const admin = postgres(urlOf('postgres'), { max: 1, onnotice: () => undefined })
  try {
    for (;;) {
      try {
        await admin`create database ${admin(name)} template ${admin(inject('template'))}`
        break
      } catch (error) {
        // Another test file is cloning the template at this moment: PostgreSQL asks to try again.
        if ((error as { code?: string }).code !== '55006') throw error
      }
    }
  } finally {
    await admin.end()
  }
  return openDatabase(urlOf(name), { max: 5 })
}
