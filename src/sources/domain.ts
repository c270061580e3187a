import type { SourceStatus, StopReason } from './vocabulary.ts'

/** When a source is left alone, and when it is stopped. Shares are from 0 to 1. */
export interface Guards {
  /** A pull stops when more of its records than this share cannot be read … */
  refusedShare: number
  /** … of at least so many. */
  refusedAtLeast: number
  /** A pull stops when less than this share of what the source had is there … */
  shrunkShare: number
  /** … of a source that had at least so many. */
  shrunkAtLeast: number
  /** Of the page at which a pull stops, so many refused records are put in quarantine; its bytes are kept whole. */
  quarantinedOfLastPage: number
  /** After so many failed runs in a row the source is left alone. */
  failuresToOpen: number
  /** For so long at first, doubled each time that it fails again. Milliseconds. */
  coolDownMs: number
  maxCoolDownMs: number
}

export const defaultGuards: Guards = {
  refusedShare: 0.2,
  refusedAtLeast: 50,
  shrunkShare: 0.5,
  shrunkAtLeast: 100,
  quarantinedOfLastPage: 1000,
  failuresToOpen: 3,
  coolDownMs: 10 * 60_000,
  maxCoolDownMs: 6 * 3_600_000,
}

/** How far the pulling of a collection has come. Instants are RFC 3339 in UTC. */
export interface Checkpoint {
  watermark: string | null
  updatedSince: string | null
  cursor: string | null
  highestUpdatedAt: string | null
  /** Records of the walk under way. */
  walkRecords: number
  completedAt: string | null
}

/**
 * A pull asks again for the last minutes before the watermark: a source may commit a record late, with an `updatedAt`
 * that it has already passed (style.md trap 10). Records that come twice change nothing.
 */
const overlapMs = 10 * 60_000

/** A new walk from a little before the watermark. */
export function beginWalk(last: Checkpoint | null): Checkpoint {
  const watermark = last?.watermark ?? null
  return {
    watermark,
    updatedSince: watermark === null ? null : new Date(Date.parse(watermark) - overlapMs).toISOString(),
    cursor: null,
    highestUpdatedAt: null,
    walkRecords: 0,
    completedAt: last?.completedAt ?? null,
  }
}

/** The checkpoint after a page; after the last one the watermark moves to the newest record of the walk. */
export function advance(
  at: Checkpoint,
  page: { next: string | null; records: number; newestUpdatedAt: string | null },
  startedAt: string,
  beganEarlier: boolean,
): Checkpoint {
  const highestUpdatedAt = newestOf(at.highestUpdatedAt, page.newestUpdatedAt)
  const walkRecords = at.walkRecords + page.records
  if (page.next !== null) return { ...at, cursor: page.next, highestUpdatedAt, walkRecords }
  // A record stamped with a time to come must not shut out those that are written until then.
  const reached = highestUpdatedAt !== null && highestUpdatedAt > startedAt ? startedAt : highestUpdatedAt
  return {
    watermark: newestOf(at.watermark, reached),
    updatedSince: null,
    cursor: null,
    highestUpdatedAt: null,
    walkRecords: 0,
    completedAt: beganEarlier ? at.completedAt : startedAt,
  }
}

/** The later of instants in one form. */
export function newestOf(...instants: (string | null)[]): string | null {
  return instants.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null)
}

/** Counts records by minute, of the last minutes alone, to know how many the next pull must see again. */
export function countOverlap() {
  const byMinute = new Map<string, number>()
  return {
    add(updatedAts: readonly string[]) {
      for (const at of updatedAts) {
        const minute = at.slice(0, 16)
        byMinute.set(minute, (byMinute.get(minute) ?? 0) + 1)
      }
      // The walk is in the order of `updatedAt`: what lies long before the newest will not be asked for again.
      if (byMinute.size < 1000) return
      const newest = [...byMinute.keys()].reduce((a, b) => (b > a ? b : a))
      const from = minutesBefore(newest)
      for (const minute of byMinute.keys()) if (minute < from) byMinute.delete(minute)
    },
    /** Records that a pull from `watermark` on asks for again. */
    since(watermark: string | null): number {
      if (watermark === null) return 0
      const from = minutesBefore(watermark)
      // The minute in which the overlap begins is left out: some of it is not asked for.
      return [...byMinute].reduce((sum, [minute, count]) => (minute > from ? sum + count : sum), 0)
    },
    clear: () => byMinute.clear(),
  }
}

function minutesBefore(instant: string): string {
  return new Date(Date.parse(`${instant.slice(0, 16)}:00.000Z`) - overlapMs).toISOString().slice(0, 16)
}

/** What is wrong with the records that a run has read so far, or null. Unknown businesses are no fault of the source. */
export function unreadableFault(read: { records: number; unreadable: number }, guards: Guards): string | null {
  const { records, unreadable } = read
  if (records < guards.refusedAtLeast || unreadable <= records * guards.refusedShare) return null
  return `${unreadable} of ${records} records could not be read`
}

/**
 * What is wrong with how many records a complete walk has found, or null. A walk from the beginning must find most of what
 * the source is known to have; a later one asks again for the newest of the walk before, which must still be there.
 */
export function shrunkFault(
  walk: { fromTheBeginning: boolean; records: number },
  known: { heldRecords: number; overlapRecords: number },
  guards: Guards,
): string | null {
  const expected = walk.fromTheBeginning ? known.heldRecords : known.overlapRecords
  if (expected < guards.shrunkAtLeast || walk.records >= expected * guards.shrunkShare) return null
  return walk.fromTheBeginning
    ? `it sent ${walk.records} records from the beginning, and is known to have ${expected}`
    : `it sent ${walk.records} records, and has sent ${expected} of the same days before`
}

/** Until when a source is left alone after so many failed runs in a row; null when the next run tries as usual. */
export function retryAt(failures: number, now: Date, guards: Guards, askedMs: number | null): Date | null {
  const over = failures - guards.failuresToOpen
  const coolDown = over < 0 ? 0 : Math.min(guards.maxCoolDownMs, guards.coolDownMs * 2 ** Math.min(over, 30))
  // A source that asks for years is asked again all the same.
  const ms = Math.max(coolDown, Math.min(askedMs ?? 0, 24 * 3_600_000))
  return ms === 0 ? null : new Date(now.getTime() + ms)
}

/** What a source is to be called at a moment. */
export function statusOf(
  source: { stop: StopReason | null; failures: number; retryAt: string | null; pulled: boolean },
  now: string,
): SourceStatus {
  if (source.stop !== null) return 'stopped'
  if (source.retryAt !== null) return source.retryAt > now ? 'open-circuit' : 'half-open'
  if (source.failures > 0) return 'failing'
  return source.pulled ? 'ok' : 'never-pulled'
}
