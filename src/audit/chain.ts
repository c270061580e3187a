import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'

/** An entry of the audit log, all of it. */
export interface LoggedEntry {
  id: string
  at: string
  via: string
  partnerId: string | null
  keyId: string | null
  person: string | null
  address: string | null
  requestId: string | null
  action: string
  objectType: string
  objectId: string | null
  outcome: string
  details: unknown
}

/** The newest place of the chain; position 0 and an empty hash before the first. */
export interface ChainHead {
  position: number
  hash: string
}

/**
 * The hash of the entry that follows `head`: SHA-256, in lower-case hexadecimal, over the hash before it (the empty string
 * for the first) followed by the RFC 8785 form of the entry with its position.
 */
export function nextHash(head: ChainHead, entry: LoggedEntry): string {
  const { id, at, via, partnerId, keyId, person, address, requestId } = entry
  const { action, objectType, objectId, outcome, details } = entry
  const who = { via, partnerId, keyId, person, address, requestId }
  const what = { action, objectType, objectId, outcome, details }
  return createHash('sha256')
    .update(head.hash)
    .update(canonicalize({ position: head.position + 1, id, at, ...who, ...what }) ?? '')
    .digest('hex')
}
