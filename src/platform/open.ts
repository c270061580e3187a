import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import type { Config } from '../config.ts'
import { faultOf, migrateDatabase, openDatabase, UnusableDatabaseError, type Database, type PoolOptions } from './db.ts'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import { projectRoot } from './project.ts'

/** The folder for what a start without `DATABASE_URL` keeps; a relative one lies in the project. */
export function dataDirOf(config: Config): string {
  return resolve(fileURLToPath(projectRoot), config.DATA_DIR)
}

/** The folder for snapshots of the lists, one folder each in it. */
export function snapshotDirOf(config: Config): string {
  return resolve(config.SNAPSHOT_DIR ?? join(dataDirOf(config), 'snapshots'))
}

/** What a connection in the middle of a transaction may do nothing for. */
const idleInTransactionMs = 60_000

/** The limits of the pool that answers requests: nobody waits for ever, and nothing runs on that nobody waits for. */
export function requestPool(config: Config): PoolOptions {
  return {
    max: config.DATABASE_POOL,
    statementTimeoutMs: config.DATABASE_STATEMENT_TIMEOUT_MS,
    lockTimeoutMs: config.DATABASE_LOCK_TIMEOUT_MS,
    silenceMs: config.DATABASE_SILENCE_MS,
    idleInTransactionMs,
    slowMs: config.SLOW_QUERY_MS,
  }
}

/** Jobs have the patience to wait until a machine was moved or a network mended. */
const workSilenceMs = 60_000

/**
 * The limits of the pool for scheduled jobs and commands: statements over whole tables take their time, but a lock that a
 * request holds for so long is held by mistake.
 */
export function workPool(config: Config): PoolOptions {
  const { DATABASE_POOL: max, SLOW_QUERY_MS: slowMs } = config
  return { max, lockTimeoutMs: 60_000, silenceMs: workSilenceMs, slowMs, name: 'xinjian-work' }
}

/**
 * Opens the database that the settings name and migrates it, or the embedded one under `DATA_DIR`.
 * @throws UnusableDatabaseError, or Error when it cannot be reached
 */
export async function openConfiguredDatabase(
  config: Config,
  log: (line: string) => void,
  pool: PoolOptions = workPool(config),
): Promise<Database> {
  if (config.DATABASE_URL !== undefined) {
    await migrateDatabase(config.DATABASE_URL).catch((error: unknown) => {
      if (error instanceof UnusableDatabaseError) throw error
      const { message, code } = faultOf(error)
      throw new UnusableDatabaseError(`the database of DATABASE_URL cannot be used: ${message || code}`)
    })
    return openDatabase(config.DATABASE_URL, pool)
  }
  const dataDir = join(dataDirOf(config), 'postgres')
  const server = await startEmbeddedPostgres({ dataDir, log }).catch((error: unknown) => {
    throw new UnusableDatabaseError(faultOf(error).message)
  })
  try {
    await createDatabase(server.urlOf('postgres'), 'xinjian')
    const url = server.urlOf('xinjian')
    await migrateDatabase(url)
    const database = openDatabase(url, pool)
    return {
      ...database,
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
