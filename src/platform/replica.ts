import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import type postgres from 'postgres'
import { faultOf, openDatabase, rowsOf, type Database, type Db, type PoolOptions } from './db.ts'

/** Where reads go that need not see what was committed a moment ago by another process. */
export interface Reads {
  /** For statements alone: the replica while it is close behind, else the primary, chosen anew for each. */
  db: Db
  /** Something was committed in this process: reads go to the primary until the replica has it. */
  wrote(): void
  /** By how many milliseconds the replica is behind, at most; null when that is not known, or there is none. */
  readonly lagMs: number | null
  stop(): Promise<void>
}

type Client = Pick<postgres.Sql, 'unsafe'>

/** So often both servers are asked how far they are. */
const probeMs = 200
/** Further behind than this, the replica is not read from: nobody may be shown an old file for longer than a second. */
const lagMost = 700
/** An answer that takes longer than this is none. */
const probeTimeoutMs = 2000

/** Reads from the primary alone, where there is no replica. */
export function readsOf(db: Db): Reads {
  return { db, wrote: () => undefined, lagMs: null, stop: async () => undefined }
}

/**
 * Reads from a streaming replica (`DATABASE_REPLICA_URL`) while it is close behind the primary. How far behind is told by
 * places in the write-ahead log: the replica is as old as the last time that the primary stood where the replica
 * stands now. A replica that cannot be reached, or not be trusted, is left alone, and the log says so.
 */
export function openReplica(
  primary: Database,
  url: string,
  log?: { warn(context: object, message: string): void },
  pool: PoolOptions = {},
): Reads {
  const replica = openDatabase(url, pool)
  const end = new AbortController()
  // Each probe listens until it would be late, also when it was answered long before, and each write wakes one.
  setMaxListeners(0, end.signal)
  /** Places of the primary and when they were asked for, oldest first: those that the replica has not passed yet. */
  let places: { lsn: bigint; askedAt: number }[] = []
  /** The replica has all that was committed by then. */
  let caughtUpAt = -Infinity
  let writes = 0
  let settled = 0
  const warned = new Set<string>()
  let wake: () => void = () => undefined

  const lagMs = () => (caughtUpAt === -Infinity ? null : performance.now() - caughtUpAt)
  const probe = async (): Promise<void> => {
    const [askedAt, counted] = [performance.now(), writes]
    const lsn = await lsnOf(primary.db, 'select pg_current_wal_lsn()::text as lsn')
    places.push({ lsn, askedAt })
    const replayed = await lsnOf(
      replica.db,
      `select case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end::text as lsn`,
    )
    for (const place of places) if (place.lsn <= replayed) caughtUpAt = place.askedAt
    places = places.filter((place) => place.lsn > replayed).slice(-100)
    if (lsn <= replayed) settled = counted
  }
  const isStopped = () => end.signal.aborted
  const run = async (): Promise<void> => {
    while (!isStopped()) {
      const late = sleep(probeTimeoutMs, undefined, { signal: end.signal }).then(() => {
        throw new Error(`no answer within ${String(probeTimeoutMs)} ms`)
      })
      try {
        await Promise.race([probe(), late])
        warned.clear()
      } catch (error) {
        // Whatever was known of it counts no more: statements that it does not answer need not be tried there first.
        caughtUpAt = -Infinity
        places = []
        const fault = faultOf(error)
        if (!warned.has(fault.message) && !isStopped()) log?.warn({ err: fault }, 'the replica is not read from')
        warned.add(fault.message)
      }
      await Promise.race([
        sleep(probeMs, undefined, { signal: end.signal }).catch(() => undefined),
        new Promise<void>((resolve) => (wake = resolve)),
      ])
    }
  }
  const running = run()

  const isTrusted = () => writes === settled && (lagMs() ?? Infinity) <= lagMost
  /**
   * Asks the replica, and the primary again where that fails: the replica may be gone, or have ended the statement because
   * it stood in the way of what the primary did (40001). What took too long there (57014) would here too.
   */
  const read: AskEither = (ask) => {
    if (!isTrusted()) return ask(primary.db)
    return ask(replica.db).catch((error: unknown) => {
      if (faultOf(error).code === '57014' && isTrusted()) throw error
      return ask(primary.db)
    })
  }
  return {
    db: readingDb(primary.db, read),
    wrote: () => {
      writes += 1
      wake()
    },
    get lagMs() {
      return lagMs()
    },
    stop: async () => {
      end.abort()
      await running
      await replica.close()
    },
  }
}

type AskEither = <Answer>(ask: (db: Db) => Promise<Answer>) => Promise<Answer>

/** Statements, as `rowsOf` and `prepare` ask them, go where each should at that moment; all else to the primary. */
function readingDb(primary: Db, read: AskEither): Db {
  const execute = (query: Parameters<Db['execute']>[0]) => read(async (db) => db.execute(query))
  const unsafe = (...given: Parameters<Client['unsafe']>) =>
    read(async (db) => (db as Db & { $client: Client }).$client.unsafe(...given))
  const own: Record<string | symbol, unknown> = { execute, $client: { unsafe } }
  return new Proxy(primary, {
    get: (_, key) => {
      if (key in own) return own[key]
      const value: unknown = Reflect.get(primary, key)
      return typeof value === 'function' ? (value as () => unknown).bind(primary) : value
    },
  })
}

/** A place in the write-ahead log (`16/B374D848`) as a number. */
async function lsnOf(db: Db, query: string): Promise<bigint> {
  const [row] = await rowsOf<{ lsn: string }>(db, sql.raw(query))
  const [high = '0', low = '0'] = (row?.lsn ?? '0/0').split('/')
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`)
}
