import { sql } from 'drizzle-orm'
import { isoInstant, rowsOf, type DbOrTx, type Tx } from '../platform/db.ts'
import type { Collection, StopReason } from './vocabulary.ts'

/** How a source behaves, as all processes know it. */
export interface SourceState {
  failures: number
  retryAt: string | null
  lastError: string | null
  lastFailedAt: string | null
  heldRecords: number
  overlapRecords: number
  accepted: StopReason | null
}

export interface Stop {
  reason: StopReason
  detail: string
  stoppedAt: string
}

const state = sql`s.failures, ${isoInstant('s.retry_at')} as "retryAt", s.last_error as "lastError",
  ${isoInstant('s.last_failed_at')} as "lastFailedAt", s.held_records as "heldRecords",
  s.overlap_records as "overlapRecords", s.accepted`
const stop = sql`t.reason, t.detail, ${isoInstant('t.stopped_at')} as "stoppedAt"`

const calm: SourceState = {
  failures: 0,
  retryAt: null,
  lastError: null,
  lastFailedAt: null,
  heldRecords: 0,
  overlapRecords: 0,
  accepted: null,
}

export async function findState(db: DbOrTx, collection: Collection): Promise<SourceState> {
  const [row] = await rowsOf<SourceState>(
    db,
    sql`select ${state} from source_states s where s.collection = ${collection}`,
  )
  return row ?? calm
}

/** The state, which nobody else changes until this transaction ends. */
export async function lockState(tx: Tx, collection: Collection): Promise<SourceState> {
  await tx.execute(sql`insert into source_states (collection) values (${collection}) on conflict do nothing`)
  const [row] = await rowsOf<SourceState>(
    tx,
    sql`select ${state} from source_states s where s.collection = ${collection} for update`,
  )
  return row ?? calm
}

/** Needs the row, which `lockState` makes. */
export async function updateState(tx: Tx, collection: Collection, changed: SourceState): Promise<void> {
  const { failures, retryAt, lastError, lastFailedAt, heldRecords, overlapRecords, accepted } = changed
  await tx.execute(sql`
    update source_states set failures = ${failures}, retry_at = ${retryAt}, last_error = ${lastError},
      last_failed_at = ${lastFailedAt}, held_records = ${heldRecords}, overlap_records = ${overlapRecords},
      accepted = ${accepted}
    where collection = ${collection}`)
}

/** Why a collection is stopped now, or null. */
export async function findStop(db: DbOrTx, collection: Collection): Promise<Stop | null> {
  const [row] = await rowsOf<Stop>(
    db,
    sql`select ${stop} from source_stops t where t.collection = ${collection} and t.resumed_at is null`,
  )
  return row ?? null
}

/** Stops a collection, unless it is stopped already. */
export async function insertStop(
  tx: Tx,
  row: Stop & { id: string; collection: Collection; runId: string | null },
): Promise<void> {
  await tx.execute(sql`
    insert into source_stops (id, collection, reason, detail, stopped_at, run_id)
    values (${row.id}, ${row.collection}, ${row.reason}, ${row.detail}, ${row.stoppedAt}, ${row.runId})
    on conflict (collection) where resumed_at is null do nothing`)
}

/** Ends the present stop; answers its reason, or null when there is none. */
export async function updateStopResumed(
  tx: Tx,
  collection: Collection,
  resumed: { at: string; by: string | null; reason: string },
): Promise<StopReason | null> {
  const [row] = await rowsOf<{ reason: StopReason }>(
    tx,
    sql`update source_stops set resumed_at = ${resumed.at}, resumed_by = ${resumed.by}, resume_reason = ${resumed.reason}
        where collection = ${collection} and resumed_at is null returning reason`,
  )
  return row?.reason ?? null
}

/** Everything known of each collection whose source was ever asked. */
export async function listStates(db: DbOrTx): Promise<
  (SourceState & {
    collection: Collection
    stop: Stop | null
    watermark: string | null
    lastCompletePullAt: string | null
    inProgress: boolean
    openInQuarantine: number
  })[]
> {
  const rows = await rowsOf<
    SourceState &
      Stop & {
        collection: Collection
        watermark: string | null
        lastCompletePullAt: string | null
        inProgress: boolean
        openInQuarantine: number
      }
  >(
    db,
    sql`select k.collection, ${state}, ${stop}, ${isoInstant('c.watermark')} as watermark,
          ${isoInstant('c.completed_at')} as "lastCompletePullAt", c.cursor is not null as "inProgress",
          (select count(*)::int from quarantine q where q.collection = k.collection and q.status = 'open')
            as "openInQuarantine"
        from (
          select collection from source_checkpoints union select collection from source_states
          union select collection from source_stops
        ) k
        left join source_states s on s.collection = k.collection
        left join source_checkpoints c on c.collection = k.collection
        left join source_stops t on t.collection = k.collection and t.resumed_at is null
        order by k.collection`,
  )
  return rows.map(({ reason, detail, stoppedAt, ...row }) => ({
    ...row,
    failures: (row.failures as number | null) ?? 0,
    heldRecords: (row.heldRecords as number | null) ?? 0,
    overlapRecords: (row.overlapRecords as number | null) ?? 0,
    stop: (reason as StopReason | null) === null ? null : { reason, detail, stoppedAt },
  }))
}
