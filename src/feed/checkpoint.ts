import type { Clock } from '../platform/clock.ts'
import type { DbOrTx } from '../platform/db.ts'
import type { Signing } from '../platform/signing.ts'
import { findHead } from './repository.ts'

/** The newest position of the log and its hash, signed: kept elsewhere, it shows a log that was rewritten. */
export interface Checkpoint {
  position: number
  hash: string
  createdAt: string
  signature: string
}

/** Signs the head of the log as it is at `now`. */
export async function signCheckpoint(db: DbOrTx, signing: Signing, now: Date): Promise<Checkpoint> {
  const statement = { ...(await findHead(db)), createdAt: now.toISOString() }
  return { ...statement, signature: await signing.sign(statement, { typ: 'feed-checkpoint+jws' }) }
}

const keptMs = 60_000

/** Reads the checkpoint of the head, up to a minute old: so what shows it stays the same while nothing happens. */
export function checkpointReader(db: DbOrTx, signing: Signing, clock: Clock): () => Promise<Checkpoint> {
  let kept: Checkpoint | null = null
  return async () => {
    const now = clock.now()
    const { position } = await findHead(db)
    const isFresh = kept?.position === position && now.getTime() - Date.parse(kept.createdAt) < keptMs
    kept = kept !== null && isFresh ? kept : await signCheckpoint(db, signing, now)
    return kept
  }
}
