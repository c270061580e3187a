import type { Db, Tx } from '../platform/db.ts'
import {
  deleteEntriesWithoutDecision,
  listDecisionsByListing,
  listDecisionsOfListings,
  lockEntries,
  upsertEntries,
} from './decisions/repository.ts'
import { foldEntry, type Decision, type Entry } from './domain.ts'

export interface RebuiltCounts {
  decisions: number
  entries: number
  /** Entries that were missing, or other than what their decisions come to. */
  changed: number
  /** Entries that no decision made. */
  deleted: number
}

const chunkSize = 5000

/**
 * Makes the list entries anew from the decisions (design rule 4), a chunk of entries at a time and each in a transaction
 * of its own, so that it may run while the service does. Whether an entry is `shown` is what the feed was told last, also
 * by the end of a publication, which is no decision: that is kept where the entry's state is right.
 */
export async function rebuildEntries(
  db: Db,
  { onProgress, signal }: { onProgress?: (counts: RebuiltCounts) => void; signal?: AbortSignal | undefined } = {},
): Promise<RebuiltCounts> {
  const counts: RebuiltCounts = { decisions: 0, entries: 0, changed: 0, deleted: 0 }
  let after: string | null = null
  for (;;) {
    signal?.throwIfAborted()
    const from: string | null = after
    const last: string | null = await db.transaction((tx) => rebuildChunk(tx, from, counts))
    if (last === null) break
    after = last
    onProgress?.(counts)
  }
  counts.deleted = await deleteEntriesWithoutDecision(db)
  return counts
}

async function rebuildChunk(tx: Tx, after: string | null, counts: RebuiltCounts): Promise<string | null> {
  const found = await listDecisionsByListing(tx, after, chunkSize)
  const usccs = new Map(found.map(({ listingId, uscc }) => [listingId, uscc]))
  const told = [...usccs].map(([id, uscc]) => ({ id, uscc }))
  // The last entry of a full page may have more decisions than the page holds.
  const complete = found.length < chunkSize ? told : told.slice(0, -1)
  const last = complete.at(-1)?.id
  if (last === undefined) return null
  const ids = complete.map(({ id }) => id)
  const held = new Map((await lockEntries(tx, ids)).map((entry) => [entry.id, entry]))
  // Read again: whoever changed an entry before the lock has committed.
  const decisions = await listDecisionsOfListings(tx, complete)
  const lives = groupByListing(decisions)
  const entries = [...lives.values()].flatMap((life) => foldEntry(life) ?? []).map((entry) => keepShown(entry, held))
  counts.decisions += decisions.length
  counts.entries += entries.length
  counts.changed += await upsertEntries(tx, entries)
  return last
}

/** Decisions by their entry, in the order of the rows. */
export function groupByListing(decisions: readonly Decision[]): Map<string, Decision[]> {
  const lives = new Map<string, Decision[]>()
  for (const decision of decisions) {
    const life = lives.get(decision.listingId)
    if (life === undefined) lives.set(decision.listingId, [decision])
    else life.push(decision)
  }
  return lives
}

function keepShown(entry: Entry, held: ReadonlyMap<string, Entry>): Entry {
  const before = held.get(entry.id)
  const wasTold = before !== undefined && !before.shown && before.status === entry.status
  return wasTold ? { ...entry, shown: false } : entry
}
