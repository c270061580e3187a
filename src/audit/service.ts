import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../platform/db.ts'
import { nextHash } from './chain.ts'
import {
  countPendingEntries,
  deletePendingEntries,
  existsPendingEntry,
  findChainHead,
  findUnchainedEntry,
  insertLinks,
  listLinks,
  listPendingEntries,
  tryLockChain,
  type Link,
} from './repository.ts'

const batchSize = 1000
/** Nobody waits for a place in the chain, so it is looked for seldom. */
const pollMs = 1000

/**
 * Gives committed entries their places in the hash chain. Whoever acts never waits for this, and the lock belongs to the
 * transaction, as the sequencer's does (design rule 2): two processes never give out the same place.
 * @returns how many were given; 0 also while another process is at it
 */
export async function chainPending(db: Db, limit = batchSize): Promise<number> {
  return db.transaction(async (tx) => {
    if (!(await tryLockChain(tx))) return 0
    const pending = await listPendingEntries(tx, limit)
    if (pending.length === 0) return 0
    let head = await findChainHead(tx)
    const links = pending.map(({ seq: _, ...entry }): Link => {
      head = { position: head.position + 1, hash: nextHash(head, entry) }
      return { ...head, entryId: entry.id }
    })
    await insertLinks(tx, links)
    await deletePendingEntries(
      tx,
      pending.map(({ seq }) => seq),
    )
    return pending.length
  })
}

/** Chains for ever, through lost connections. Every `serve` process runs one. */
export function startAuditChaining(
  db: Db,
  log: { warn(context: object, message: string): void },
): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const run = async () => {
    while (!stopping.signal.aborted) {
      try {
        while ((await existsPendingEntry(db)) && (await chainPending(db)) === batchSize);
      } catch (error) {
        log.warn({ err: error }, 'the audit log could not be chained; it is tried again')
      }
      await sleep(pollMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }
  const running = run()
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

/** The first place at which the audit log is not what was written. */
export class BrokenAuditLog extends Error {
  override name = 'BrokenAuditLog'
  /** Null for an entry that has no place. */
  readonly position: number | null
  constructor(position: number | null, message: string) {
    super(position === null ? message : `position ${position}: ${message}`)
    this.position = position
  }
}

export interface VerifiedAudit {
  position: number
  hash: string
  /** Entries that await their place. */
  pending: number
}

/**
 * Verifies the audit log in the database: places contiguous from 1, every hash, and no entry without a place.
 * @param kept the position and hash of a head that was kept elsewhere: only that shows a log rewritten from end to end, or
 *   cut off at its end
 * @throws BrokenAuditLog naming the first place at which it is not what was written
 */
export async function verifyAudit(
  db: Db,
  kept: { position: number; hash: string } | null,
  onProgress: (progress: { position: number }) => void = () => undefined,
): Promise<VerifiedAudit> {
  let head = { position: 0, hash: '' }
  for (;;) {
    const links = await listLinks(db, head.position, batchSize)
    if (links.length === 0) break
    for (const { position, hash, entry } of links) {
      const next = head.position + 1
      if (position !== next) throw new BrokenAuditLog(next, `the place is missing; ${position} follows`)
      if (entry === null) throw new BrokenAuditLog(next, 'the entry is missing')
      if (hash !== nextHash(head, entry)) {
        throw new BrokenAuditLog(next, `the entry ${entry.id} was altered, or is not the one that stood here`)
      }
      if (kept?.position === next && kept.hash !== hash) {
        throw new BrokenAuditLog(next, 'the log up to here is another one than the head that was kept tells of')
      }
      head = { position, hash }
    }
    onProgress({ position: head.position })
  }
  if (kept !== null && kept.position > head.position) {
    throw new BrokenAuditLog(head.position + 1, `the entry is missing: a head of position ${kept.position} was kept`)
  }
  const unchained = await findUnchainedEntry(db)
  if (unchained !== null) throw new BrokenAuditLog(null, `the entry ${unchained} has no place in the chain`)
  return { ...head, pending: await countPendingEntries(db) }
}
