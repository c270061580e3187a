import { v7 as uuidv7 } from 'uuid'
import { recordAudit, type Actor } from '../platform/audit.ts'
import type { Db } from '../platform/db.ts'
import { BrokenChain, verifyCheckpoints, verifyNext, type Checkpoint } from './chain.ts'
import type { FeedEvent, PendingEvent } from './domain.ts'
import {
  countSessionsOfService,
  deletePendingEvents,
  findHead,
  insertEvents,
  insertPendingEvents,
  listNewestOfKeys,
  listPendingEvents,
  notifyReaders,
  tryLockSequencer,
  type LogRow,
} from './repository.ts'
import { keyOf, showsAfter } from './state.ts'

/** What was put back, and what was recorded anew so that readers come to what the database holds. */
export interface RestoredFeed {
  /** Newest position before and after. */
  from: number
  to: number
  putBack: number
  /** Things that the database has in an older state than the events put back told: that state is told again. */
  toldAgain: number
  /** Things that the database does not have at all: told as void or withdrawn. */
  withdrawn: number
  /** Keys for which there is no such event (honours); staff award them again, or tell the partners. */
  left: string[]
}

/** A restore that cannot be done as it was asked for. */
export class RestoreError extends Error {
  override name = 'RestoreError'
}

/**
 * After the database was restored to an earlier moment: puts the events that readers hold beyond the end of the log back in
 * their places, so that no position ever means two things and every reader goes on where it stands. The database knows
 * nothing of the decisions behind them, so for each thing they tell of, its state in the database is recorded as a further
 * event. All in one transaction, and nothing when the log already goes as far.
 * @param pages a copy of the log, in order; what lies before the end is passed over
 * @param proof checkpoints whose signatures were verified; null when the operator vouches for the copy
 * @throws BrokenChain when the copy does not follow from the log, or from the checkpoints
 * @throws RestoreError while processes of the service are connected, or when events lie beyond the last checkpoint
 */
export async function restoreFeed(
  db: Db,
  pages: AsyncIterable<readonly unknown[]>,
  { proof, now, actor }: { proof: readonly Checkpoint[] | null; now: Date; actor: Actor },
): Promise<RestoredFeed> {
  return db.transaction(async (tx) => {
    if ((await countSessionsOfService(tx)) > 0 || !(await tryLockSequencer(tx))) {
      throw new RestoreError('processes of the service are connected: stop all of them first')
    }
    const end = await findHead(tx)
    const events: FeedEvent[] = []
    let head = end
    for await (const page of pages) {
      for (const event of page) {
        if (positionOf(event) <= end.position) continue
        head = verifyNext(head, event)
        verifyCheckpoints(head, proof ?? [])
        events.push(event as FeedEvent)
      }
    }
    if (proof !== null && !proof.some(({ position, hash }) => position === head.position && hash === head.hash)) {
      if (events.length > 0) throw new RestoreError(`no signed checkpoint proves position ${head.position}`)
    }
    const result = { from: end.position, to: head.position, putBack: events.length }
    if (events.length === 0) return { ...result, toldAgain: 0, withdrawn: 0, left: [] }

    const pending = await listPendingEvents(tx, 2 ** 31 - 1)
    const keys = [...new Set(events.map(keyOf))]
    const inLog = new Map((await listNewestOfKeys(tx, keys)).map((event) => [event.key, event]))
    await insertEvents(tx, events.map(rowOf))
    const putBack = new Set(events.map(({ id }) => id))
    await deletePendingEvents(
      tx,
      pending.filter(({ id }) => putBack.has(id)).map(({ seq }) => seq),
    )

    const newest = new Map(events.map((event) => [keyOf(event), event]))
    const counts = { toldAgain: 0, withdrawn: 0 }
    const left: string[] = []
    const further: PendingEvent[] = []
    for (const [key, event] of newest) {
      const lastPending = pending.findLast((one) => one.key === key)
      // What waits for its position comes after, and tells the state of the database by itself.
      if (lastPending !== undefined && (lastPending.id === event.id || !putBack.has(lastPending.id))) continue
      const held = lastPending ?? inLog.get(key)
      if (held !== undefined) {
        const { type, uscc, list, regionCode, data } = held
        further.push({ id: uuidv7(), type, key, uscc, list, regionCode, occurredAt: now.toISOString(), data })
        counts.toldAgain += 1
        continue
      }
      const isOfNothing = key.startsWith('subject:') || !showsAfter(event)
      const told = isOfNothing ? null : withdrawalOf(event)
      if (told !== null) {
        const { uscc, list, regionCode } = rowOf(event)
        further.push({ id: uuidv7(), key, uscc, list, regionCode, occurredAt: now.toISOString(), ...told })
        counts.withdrawn += 1
      } else if (!isOfNothing) left.push(key)
    }
    await insertPendingEvents(tx, further)
    const details = { counts: { ...result, ...counts, left: left.length } }
    await recordAudit(tx, { action: 'feed.restored', actor, objectId: null, details, at: now })
    await notifyReaders(tx, head.position)
    return { ...result, ...counts, left }
  })
}

function positionOf(event: unknown): number {
  const { sequence } = (event ?? {}) as Partial<FeedEvent>
  if (!/^[1-9]\d{0,15}$/.test(String(sequence))) throw new BrokenChain(0, 'a line of the copy is no event of the feed')
  return Number(sequence)
}

/** The event that takes a thing out of view which only the lost part of the log knew; null where there is none. */
function withdrawalOf({ type, data }: FeedEvent): Pick<PendingEvent, 'type' | 'data'> | null {
  const { id, list, name, regionCode, listingId } = data
  const [kind] = type.split('.')
  if (listingId !== undefined) {
    return {
      type: 'subject.changed',
      data: { listingId, list, name, regionCode, measures: [], shown: false, changed: ['sanctions'] },
    }
  }
  if (kind === 'listing') {
    return { type: 'listing.revoked', data: { id, list, status: 'revoked', name, regionCode, shown: false } }
  }
  if (kind === 'penalty') {
    return { type: 'penalty.withdrawn', data: { id, name, regionCode, shown: false, reason: 'changed' } }
  }
  return null
}

/** The row of an event that is delivered; what readers filter by stands in its data. */
function rowOf(event: FeedEvent): LogRow {
  const { list = null, regionCode = '' } = event.data as { list?: string | null; regionCode?: string }
  return {
    ...{ id: event.id, type: event.type, key: keyOf(event), uscc: event.subject, list, regionCode },
    ...{ occurredAt: event.time, data: event.data },
    ...{ position: Number(event.sequence), event, hash: event.hash },
  }
}
