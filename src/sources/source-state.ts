import { v7 as uuidv7 } from 'uuid'
import type { Db, DbOrTx, Tx } from '../platform/db.ts'
import { SourceError } from '../platform/http-client.ts'
import { Problem, problems } from '../platform/problem.ts'
import { retryAt, statusOf, type Guards } from './domain.ts'
import { listLastReadAt } from './raw-repository.ts'
import type { SourceItem } from './schemas.ts'
import {
  findState,
  findStop,
  insertStop,
  listStates,
  lockState,
  updateState,
  updateStopResumed,
  type SourceState,
} from './state-repository.ts'
import { collections, type Collection, type StopReason } from './vocabulary.ts'

const explained = {
  shrunk: 'has shrunk',
  repeating: 'goes round in circles',
  unreadable: 'sends records that cannot be read',
} as const satisfies Record<StopReason, string>

/** A source that nobody pulls until a person has looked. */
export class SourceStopped extends SourceError {
  override name = 'SourceStopped'
  constructor(collection: Collection, { reason, detail }: { reason: StopReason; detail: string }) {
    super(
      `the source of ${collection} ${explained[reason]}: ${detail}; ` +
        `it is stopped until \`xinjian source resume ${collection}\` or POST /v1/sources/${collection}/resume`,
    )
  }
}

/**
 * Lets a pull begin, or not. Of a source that was left alone, one process tries.
 * @throws SourceStopped when the source is stopped; SourceError while it is left alone
 */
export async function admitPull(
  db: Db,
  collection: Collection,
  now: Date,
  guards: Guards,
): Promise<{ state: SourceState; isProbe: boolean }> {
  const stop = await findStop(db, collection)
  if (stop !== null) throw new SourceStopped(collection, stop)
  const state = await findState(db, collection)
  if (state.retryAt === null) return { state, isProbe: false }
  return db.transaction(async (tx) => {
    const locked = await lockState(tx, collection)
    if (locked.retryAt === null) return { state: locked, isProbe: false }
    if (locked.retryAt > now.toISOString()) throw new LeftAlone(collection, locked)
    // The others wait for what this one finds.
    const until = new Date(now.getTime() + guards.coolDownMs).toISOString()
    await updateState(tx, collection, { ...locked, retryAt: until })
    return { state: locked, isProbe: true }
  })
}

/** A source that is not asked for a while, since it failed too often or asked for it. */
class LeftAlone extends SourceError {
  constructor(collection: Collection, { retryAt, failures, lastError }: SourceState) {
    super(
      `the source of ${collection} is left alone until ${retryAt}: ${failures} runs failed, the last one because ${lastError}`,
    )
  }
}

/** Counts a run that failed because of its source, and leaves the source alone after too many. */
export async function recordFailure(
  db: Db,
  collection: Collection,
  error: SourceError,
  now: Date,
  guards: Guards,
): Promise<void> {
  // It was not asked.
  if (error instanceof LeftAlone) return
  await db.transaction(async (tx) => {
    const state = await lockState(tx, collection)
    const failures = state.failures + 1
    await updateState(tx, collection, {
      ...state,
      failures,
      retryAt: retryAt(failures, now, guards, error.retryAfterMs)?.toISOString() ?? null,
      lastError: error.message.slice(0, 1000),
      lastFailedAt: now.toISOString(),
    })
  })
}

/** Stops a source in the transaction of the page that shows why. */
export async function stopSource(
  tx: Tx,
  collection: Collection,
  { reason, detail }: { reason: StopReason; detail: string },
  { now, runId }: { now: Date; runId: string | null },
): Promise<void> {
  await insertStop(tx, { id: uuidv7(), collection, reason, detail, stoppedAt: now.toISOString(), runId })
}

/**
 * Lets a source that is stopped or left alone be pulled again, from the next run on.
 * @param resumed.accept what it was stopped for is right: the next complete pull is not stopped for the same
 * @throws Problem source-not-stopped
 */
export async function resumeSource(
  tx: Tx,
  collection: Collection,
  resumed: { reason: string; accept: boolean; by: string | null; now: Date },
): Promise<void> {
  const { reason, accept, by, now } = resumed
  const state = await lockState(tx, collection)
  const stopped = await updateStopResumed(tx, collection, { at: now.toISOString(), by, reason })
  if (stopped === null && state.retryAt === null) {
    throw new Problem('source-not-stopped', problems['source-not-stopped'].meaning)
  }
  await updateState(tx, collection, {
    ...state,
    failures: 0,
    retryAt: null,
    accepted: accept ? stopped : null,
  })
}

/** Resumes a source, as `resumeSource`, and tells how it stands then. */
export async function resumeAndTell(
  tx: Tx,
  collection: Collection,
  resumed: Parameters<typeof resumeSource>[2],
): Promise<SourceItem> {
  await resumeSource(tx, collection, resumed)
  const sources = await listSources(tx, resumed.now)
  const found = sources.find((source) => source.collection === collection)
  if (found === undefined) throw new Error(`${collection} was resumed and is not there`)
  return found
}

/** How each collection's source behaves, also one that was never pulled. */
export async function listSources(db: DbOrTx, now: Date): Promise<SourceItem[]> {
  const known = new Map((await listStates(db)).map((state) => [state.collection, state]))
  const lastRead = new Map((await listLastReadAt(db)).map(({ collection, at }) => [collection, at]))
  return collections.map((collection) => {
    const state = known.get(collection)
    const stop = state?.stop ?? null
    const pulled = state?.watermark != null || state?.lastCompletePullAt != null
    const { failures = 0, retryAt = null, lastCompletePullAt = null } = state ?? {}
    const status = statusOf({ stop: stop?.reason ?? null, failures, retryAt, pulled }, now.toISOString())
    const isFailing = failures > 0
    return {
      collection,
      status,
      reason: stop?.reason ?? (isFailing ? 'failed' : null),
      detail: stop?.detail ?? (isFailing ? (state?.lastError ?? null) : null),
      since: stop?.stoppedAt ?? (isFailing ? (state?.lastFailedAt ?? null) : null),
      retryAt,
      failures,
      watermark: state?.watermark ?? null,
      lastReadAt: lastRead.get(collection) ?? null,
      lastCompletePullAt,
      ageSeconds:
        lastCompletePullAt === null
          ? null
          : Math.max(0, Math.round((now.getTime() - Date.parse(lastCompletePullAt)) / 1000)),
      inProgress: state?.inProgress ?? false,
      heldRecords: state?.heldRecords ?? 0,
      openInQuarantine: state?.openInQuarantine ?? 0,
    }
  })
}
