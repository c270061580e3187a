import { v7 as uuidv7 } from 'uuid'
import type { KeyVerifier, Principal } from '../platform/auth.ts'
import type { DbOrTx } from '../platform/db.ts'
import { findAgency } from '../rulebook/agencies.ts'
import { agencies } from '../rulebook/data/agencies.ts'
import { makeKey, matchesSecret, parseKey } from './domain.ts'
import { existsPartner, findLiveKey, findPartner, insertKey, insertPartner } from './repository.ts'
import type { partnerKinds, scopes } from './vocabulary.ts'

export type PartnerKind = (typeof partnerKinds)[number]
export type Scope = (typeof scopes)[number]

export interface Partner {
  id: string
  name: string
  kind: PartnerKind
}

/**
 * The code of the agency that is called so: by a code, an official name, the name it had in 2015 or a short one; null for
 * one that the rulebook does not know, to which no order is addressed.
 */
export function agencyCodeOf(called: string): string | null {
  return findAgency(agencies, called)?.code ?? null
}

/** Registers an agency, a platform or a member of staff. A name of an agency is kept as its code, any other as it is. */
export async function createPartner(
  db: DbOrTx,
  partner: { name: string; kind: PartnerKind; agencyCode?: string | undefined },
  now: Date,
): Promise<Partner> {
  const id = uuidv7()
  const { name, kind, agencyCode } = partner
  await insertPartner(db, { id, name, kind, agencyCode: codeToKeep(agencyCode), createdAt: now })
  return { id, name, kind }
}

function codeToKeep(called: string | undefined): string | null {
  return called === undefined ? null : (agencyCodeOf(called) ?? called)
}

/** No partner has the id that a key was asked for. */
export class UnknownPartnerError extends Error {
  override name = 'UnknownPartnerError'
}

/**
 * Issues a key. The answer is the only place where the key itself is ever told.
 * @throws UnknownPartnerError
 */
export async function createKey(
  db: DbOrTx,
  request: { partnerId: string; scopes: readonly Scope[] },
  now: Date,
): Promise<{ id: string; key: string; scopes: Scope[] }> {
  if (!(await existsPartner(db, request.partnerId))) {
    throw new UnknownPartnerError(`no partner has the id ${request.partnerId}`)
  }
  const id = uuidv7()
  const scopes = [...new Set(request.scopes)]
  const { key, secretHash } = makeKey(id)
  await insertKey(db, { id, partnerId: request.partnerId, secretHash, scopes, createdAt: now, revokedAt: null })
  return { id, key, scopes }
}

/** Looks up keys for the guards of the routes. */
export function keyVerifier(db: DbOrTx): KeyVerifier {
  return async (key) => {
    const parsed = parseKey(key)
    if (parsed === null) return null
    const row = await findLiveKey(db, parsed.id)
    if (row === null || !matchesSecret(parsed.secret, row.secretHash)) return null
    const { partnerId, kind, agencyCode, id: keyId, scopes } = row
    return { partnerId, kind, agencyCode, keyId, scopes }
  }
}

/** Who holds a key now, with what it may do; null for one that is unknown or was revoked. */
export async function principalOfKey(db: DbOrTx, keyId: string): Promise<Principal | null> {
  const row = await findLiveKey(db, keyId)
  if (row === null) return null
  const { partnerId, kind, agencyCode, scopes } = row
  return { partnerId, kind, agencyCode, keyId, scopes }
}

/** A partner who came without a key and may do this; null for one that is unknown. */
export async function principalOfPartner(
  db: DbOrTx,
  partnerId: string,
  scopes: readonly string[],
): Promise<Principal | null> {
  const partner = await findPartner(db, partnerId)
  if (partner === null) return null
  return { partnerId, kind: partner.kind, agencyCode: partner.agencyCode, keyId: null, scopes }
}

/** The name of a partner, as it was registered; null for one that is unknown. */
export async function nameOfPartner(db: DbOrTx, id: string): Promise<string | null> {
  return (await findPartner(db, id))?.name ?? null
}
