import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { DrizzleQueryError, fillPlaceholders, sql, type SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import { projectRoot } from './project.ts'
import { observeQueries, type PoolState, type QueryOptions } from './queries.ts'
import { watchSilence } from './silence.ts'

export type Db = PostgresJsDatabase
export type Tx = Parameters<Parameters<Db['transaction']>[0]>[0]
export type DbOrTx = Db | Tx

export interface Database {
  db: Db
  /** The url it was opened with, for connections of one's own (LISTEN, advisory locks). */
  url: string
  pool: PoolState
  close(): Promise<void>
}

/** What a pool of connections may take. All times in milliseconds; none where it is not given. */
export interface PoolOptions extends QueryOptions {
  /** Connections, 10 unless given. */
  max?: number
  /** PostgreSQL ends a statement that takes longer. */
  statementTimeoutMs?: number
  /** PostgreSQL ends a statement that waits longer for a lock. */
  lockTimeoutMs?: number
  /** PostgreSQL ends a connection that does nothing for so long in the middle of a transaction, and with it its locks. */
  idleInTransactionMs?: number
  /** A server that answers nothing at all for so long is taken to be away: what waits fails, and what comes fails at once. */
  silenceMs?: number
  /** Told when the server is found to be away in this way, and when it answers again. */
  onSilence?: (silent: boolean) => void
  /** How the connections are called in `pg_stat_activity`. */
  name?: string
}

const migrationsFolder = fileURLToPath(new URL('migrations', projectRoot))

const common = {
  // Notices ("relation already exists, skipping") say nothing to the operator.
  onnotice: () => undefined,
  /** Seconds before the next attempt to connect. postgres.js waits up to 20, also when the database is long back. */
  backoff: (attempts: number) => Math.min(0.01 * 3 ** attempts, 1),
} as const

/** Opens a pool of connections. Connecting is lazy: nothing is reached before the first query. */
export function openDatabase(url: string, options: PoolOptions = {}): Database {
  const { max = 10, statementTimeoutMs = 0, lockTimeoutMs = 0, idleInTransactionMs = 0, name = 'xinjian' } = options
  const { silenceMs = 0, onSilence } = options
  const watch = silenceMs > 0 ? watchSilence(url, { silenceMs, statementTimeoutMs, onSilence }) : null
  const client = postgres(url, {
    ...common,
    // Known to postgres.js, and not to its types.
    ...(watch && { socket: watch.socket }),
    max,
    connect_timeout: 10,
    connection: {
      application_name: name,
      timezone: 'UTC',
      ...(statementTimeoutMs > 0 && { statement_timeout: statementTimeoutMs }),
      ...(lockTimeoutMs > 0 && { lock_timeout: lockTimeoutMs }),
      ...(idleInTransactionMs > 0 && { idle_in_transaction_session_timeout: idleInTransactionMs }),
    },
  })
  const pool = observeQueries(client, max, options, watch)
  const close = async () => {
    await client.end({ timeout: 5 })
    watch?.stop()
  }
  return { db: drizzle(client, { casing: 'snake_case' }), url, pool, close }
}

/**
 * A connection of one's own, outside the pool: for LISTEN and for locks that live as long as the connection. `onClose` is
 * called when it is lost, and also when it is ended.
 */
export function openConnection(url: string, onClose: () => void = () => undefined): postgres.Sql {
  return postgres(url, {
    onclose: onClose,
    ...common,
    max: 1,
    connect_timeout: 10,
    idle_timeout: 0,
    max_lifetime: null,
    connection: { application_name: 'xinjian', timezone: 'UTC' },
  })
}

/** The rows of a raw query, typed by the caller. Trap 4 of style.md: bigint and timestamps arrive as strings. */
export async function rowsOf<Row>(db: DbOrTx, query: SQL): Promise<Row[]> {
  return (await db.execute(query)) as unknown as Row[]
}

const dialect = new PgDialect({ casing: 'snake_case' })
/** What postgres.js has for this database (or who stands for it, `replica.ts`), or for this transaction. */
const clientOf = (db: DbOrTx) => {
  const { $client, _: own } = db as unknown as { $client?: postgres.Sql; _: { session: { client: postgres.Sql } } }
  return $client ?? own.session.client
}

/** The rows of a raw query as PostgreSQL sends them: each column the bytes of its text, undecoded. */
export async function bytesOf(db: Db, query: SQL): Promise<(Buffer | null)[][]> {
  const { sql: text, params } = dialect.sqlToQuery(query)
  return clientOf(db)
    .unsafe(text, params as never[], { prepare: true })
    .raw()
}

export interface Prepared<Row> {
  /** The statement, for who measures it alone. */
  text: string
  ask: (db: DbOrTx, parameters: Record<string, unknown>) => Promise<Row[]>
}

/**
 * A query that a connection plans once and then only runs: where one is asked a thousand times a second, planning is most
 * of its cost (bench credit-file), and without it postgres.js goes to the database twice. Its parameters are
 * `sql.placeholder`s.
 */
export function prepare<Row>(query: SQL): Prepared<Row> {
  const { sql: text, params } = dialect.sqlToQuery(query)
  const ask: Prepared<Row>['ask'] = async (db, parameters) =>
    clientOf(db).unsafe(text, fillPlaceholders(params, parameters) as never[], { prepare: true }) as unknown as Row[]
  return { text, ask }
}

/** A database that the service must not run on. */
export class UnusableDatabaseError extends Error {
  override name = 'UnusableDatabaseError'
}

/**
 * Refuses a database on which Chinese text would not be found: another encoding than UTF-8, or a character
 * classification ("C", "POSIX") for which Chinese characters are not letters (style.md trap 8).
 * @throws UnusableDatabaseError
 */
async function assertSpeaksChinese(db: Db): Promise<void> {
  const [row] = await rowsOf<{ encoding: string; letters: boolean }>(
    db,
    sql`select current_setting('server_encoding') as encoding, '中' ~ '[[:alpha:]]' as letters`,
  )
  if (row?.encoding === 'UTF8' && row.letters) return
  throw new UnusableDatabaseError(
    `the database has encoding ${row?.encoding ?? 'unknown'} and a locale in which Chinese characters are not letters: ` +
      "create it with: CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' LC_CTYPE 'C.UTF-8' LC_COLLATE 'C.UTF-8'",
  )
}

/** Any constant: one migration at a time among all processes. */
const migrationLock = 7_310_001
/** How a migration waits for a table that others use: whoever waits for its lock makes all behind it wait too. */
interface MigrationOptions {
  folder?: string
  /** It gives way after so many milliseconds, */
  lockTimeoutMs?: number
  /** rests, */
  restMs?: number
  /** and tries again, so often in all. */
  attempts?: number
}

/**
 * Brings the schema up to date. Of several processes that start together one migrates and the others wait. All that is new
 * comes in one transaction: a migration that gives up has changed nothing.
 * @throws UnusableDatabaseError when the database cannot serve Chinese names, or does not give a table free
 */
export async function migrateDatabase(url: string, options: MigrationOptions = {}): Promise<void> {
  const { folder = migrationsFolder, lockTimeoutMs = 5000, restMs = 1000, attempts = 5 } = options
  const client = openConnection(url)
  try {
    const db = drizzle(client, { casing: 'snake_case' })
    await assertSpeaksChinese(db)
    // The role that serves may not migrate, and need not while the owner of the schema has (docs/operating/access.md).
    if (await migrationsAreCurrent(db, folder).catch(isNotThere)) return
    await client`select pg_advisory_lock(${migrationLock})`
    await client`select set_config('lock_timeout', ${`${lockTimeoutMs}ms`}, false)`
    for (let attempt = 1; ; attempt += 1) {
      try {
        await migrate(db, { migrationsFolder: folder })
        return
      } catch (error) {
        if (faultOf(error).code !== '55P03') throw error
        if (attempt >= attempts) {
          throw new UnusableDatabaseError(
            `a migration needs a table that somebody else holds: it waited ${attempts} times for ${lockTimeoutMs} ms and changed nothing. ` +
              'End the long transactions that pg_stat_activity shows, and start again',
          )
        }
        await sleep(restMs)
      }
    }
  } finally {
    await client.end({ timeout: 5 })
  }
}

/** False for a database that was never migrated: no such schema, no such table. */
function isNotThere(error: unknown): false {
  if (['3F000', '42P01'].includes(faultOf(error).code ?? '')) return false
  throw error
}

/** Whether every migration this build knows has been applied. */
export async function migrationsAreCurrent(db: Db, folder = migrationsFolder): Promise<boolean> {
  const journal = JSON.parse(readFileSync(`${folder}/meta/_journal.json`, 'utf8')) as {
    entries: { when: number }[]
  }
  const [row] = await rowsOf<{ latest: string | null }>(
    db,
    sql`select max(created_at)::text as latest from drizzle.__drizzle_migrations`,
  )
  return Number(row?.latest ?? 0) >= Math.max(...journal.entries.map((entry) => entry.when))
}

/**
 * What went wrong, without the statement and its parameters, which drizzle puts into the message of its own error: they
 * hold personal data, and belong neither in a log nor in a run's error.
 */
export function faultOf(error: unknown): { message: string; code: string | null; stack: string | null } {
  if (error instanceof DrizzleQueryError && error.cause !== undefined) return faultOf(error.cause)
  if (!(error instanceof Error)) return { message: String(error), code: null, stack: null }
  const { code } = error as { code?: unknown }
  // Data exceptions (class 22) quote the value that was refused.
  if (typeof code === 'string' && /^22\w{3}$/.test(code)) {
    return { message: `PostgreSQL refused a value (${code})`, code, stack: null }
  }
  return { message: error.message, code: typeof code === 'string' ? code : null, stack: error.stack ?? null }
}

/** A `timestamptz` column as an RFC 3339 instant in UTC with milliseconds. */
export function isoInstant(column: string): SQL {
  return sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`)
}

/** Rows as one JSON parameter, for `json_to_recordset`: one statement for a whole chunk, whatever its size. */
export function asJson(rows: unknown): SQL {
  return sql`${JSON.stringify(rows)}::json`
}
