import { recordAudit } from '../platform/audit.ts'
import type { Caller, KeyVerifier, Principal } from '../platform/auth.ts'
import { isWithin } from '../platform/addresses.ts'
import { systemClock, type Clock } from '../platform/clock.ts'
import type { Db, DbOrTx } from '../platform/db.ts'
import { seldom } from '../platform/seldom.ts'
import { matchesSecret, parseKey, type Refusal } from './domain.ts'
import { findHeldKey, updateLastUse, type HeldKey } from './repository.ts'

interface Log {
  warn(context: object, message: string): void
}

export interface VerifierOptions {
  db: Db
  clock?: Clock
  log?: Log
  /** Who a token of the identity provider stands for, where there is one. */
  verifyToken?: KeyVerifier | undefined
}

/** A last use is kept at most this often, and a refusal told at most this often: neither is a write on every request. */
const seldomMs = 10 * 60_000
/** What the secret of a key that does not exist is compared with, so that it takes as long. */
const nobodysHash = '0'.repeat(64)

/**
 * Looks up keys for the guards of the routes. A key with the right secret that may not be used is told in the log and in
 * the audit log, with the reason; the caller only learns that it is not valid.
 */
export function keyVerifier({ db, clock = systemClock, log, verifyToken }: VerifierOptions): KeyVerifier {
  const isNew = seldom(seldomMs)

  const tellRefusal = async (key: HeldKey, reason: Refusal, { address, requestId }: Caller, now: Date) => {
    if (!isNew(`${key.id} ${reason} ${address}`, now)) return
    log?.warn({ keyId: key.id, partnerId: key.partnerId, reason, address }, 'a key was refused')
    const actor = { via: 'key', partnerId: key.partnerId, keyId: key.id, person: null, address, requestId } as const
    const outcome = 'refused'
    await recordAudit(db, { actor, action: 'key.used', objectId: key.id, outcome, details: { reason }, at: now })
  }

  return async (given, caller) => {
    const parsed = parseKey(given)
    if (parsed === null) return (await verifyToken?.(given, caller)) ?? null
    const key = await findHeldKey(db, parsed.id)
    const matches = matchesSecret(parsed.secret, key?.secretHash ?? nobodysHash)
    if (key === null || !matches) return null
    const now = clock.now()
    const reason = refusalOf(key, caller.address, now)
    if (reason !== null) {
      await tellRefusal(key, reason, caller, now)
      return null
    }
    if (key.lastUsedAt === null || now.getTime() - Date.parse(key.lastUsedAt) >= seldomMs) {
      // Nobody waits for it, and losing it loses a time of day.
      void updateLastUse(db, key.id, now).catch((error: unknown) =>
        log?.warn({ err: error, keyId: key.id }, 'the last use of a key was not kept'),
      )
    }
    const { partnerId, kind, agencyCode, id: keyId, scopes } = key
    return { partnerId, kind, agencyCode, keyId, scopes }
  }
}

/** Who holds a key now, used from this address, with what it may do; null for one that is unknown or may not be used. */
export async function principalOfKey(
  db: DbOrTx,
  id: string,
  { address, now }: { address: string | null; now: Date },
): Promise<Principal | null> {
  const key = await findHeldKey(db, id)
  if (key === null || refusalOf(key, address, now) !== null) return null
  const { partnerId, kind, agencyCode, scopes } = key
  return { partnerId, kind, agencyCode, keyId: id, scopes }
}

/** Why the key may not be used from there now, or null when it may. */
function refusalOf(key: HeldKey, address: string | null, now: Date): Refusal | null {
  if (key.revokedAt !== null) return 'revoked'
  if (key.expiresAt !== null && Date.parse(key.expiresAt) <= now.getTime()) return 'expired'
  if (key.suspendedAt !== null) return 'suspended'
  if (key.networks.length > 0 && (address === null || !isWithin(address, key.networks))) return 'other-network'
  return null
}
