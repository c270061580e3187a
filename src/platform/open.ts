import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import type { Config } from '../config.ts'
import { faultOf, migrateDatabase, openDatabase, UnusableDatabaseError, type Database } from './db.ts'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import { projectRoot } from './project.ts'

export interface OpenedDatabase extends Database {
  /** True for the embedded server, which is the place for sample data. */
  embedded: boolean
}

/** Where the embedded server keeps its data. */
export const embeddedDataDir = fileURLToPath(new URL('.data/postgres', projectRoot))

/**
 * Opens the database that the settings name and migrates it, or the embedded one under `.data/`.
 * @throws UnusableDatabaseError, or Error when it cannot be reached
 */
export async function openConfiguredDatabase(config: Config, log: (line: string) => void): Promise<OpenedDatabase> {
  if (config.DATABASE_URL !== undefined) {
    await migrateDatabase(config.DATABASE_URL)
    return { ...openDatabase(config.DATABASE_URL), embedded: false }
  }
  const server = await startEmbeddedPostgres({ dataDir: embeddedDataDir, log }).catch((error: unknown) => {
    throw new UnusableDatabaseError(faultOf(error).message)
  })
  try {
    await createDatabase(server.urlOf('postgres'), 'xinjian')
    const url = server.urlOf('xinjian')
    await migrateDatabase(url)
    const database = openDatabase(url)
    return {
      ...database,
      embedded: true,
      close: async () => {
        await database.close()
        await server.release()
      },
    }
  } catch (error) {
    await server.release()
    throw error
  }
}

/** Creates a database unless it is there; two processes may do so at once. */
async function createDatabase(adminUrl: string, name: string): Promise<void> {
  const admin = postgres(adminUrl, { max: 1, onnotice: () => undefined })
  try {
    const [there] = await admin`select from pg_database where datname = ${name}`
    if (there === undefined) await admin`create database ${admin(name)}`
  } catch (error) {
    const duplicate = ['42P04', '23505'].includes((error as { code?: string }).code ?? '')
    if (!duplicate) throw error
  } finally {
    await admin.end()
  }
}
