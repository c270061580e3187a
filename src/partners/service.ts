import { v7 as uuidv7 } from 'uuid'
import { recordAudit, theService, type Actor } from '../platform/audit.ts'
import type { Principal } from '../platform/auth.ts'
import type { DbOrTx, Tx } from '../platform/db.ts'
import { Problem, problems } from '../platform/problem.ts'
import { findAgency } from '../rulebook/agencies.ts'
import { agencies } from '../rulebook/data/agencies.ts'
import { joinsDuties, makeKey, scopesBeyond, type PartnerKind, type Scope } from './domain.ts'
import {
  findPartner,
  findPartnerBySubject,
  insertKey,
  insertPartner,
  lockKey,
  lockPartner,
  updateKey,
  updatePartner,
  type KeyRow,
  type PartnerRow,
} from './repository.ts'

export type { PartnerKind, Scope } from './domain.ts'

export interface Partner {
  id: string
  name: string
  kind: PartnerKind
}

/** Who asks for a change of partners and keys, and when. */
export interface Change {
  actor: Actor
  now: Date
  /** The key or person behind a request; what it lacks it cannot give itself. None on the command line. */
  principal?: Principal
}

/**
 * The code of the agency that is called so: by a code, an official name, the name it had in 2015 or a short one; null for
 * one that the rulebook does not know, to which no order is addressed.
 */
export function agencyCodeOf(called: string): string | null {
  return findAgency(agencies, called)?.code ?? null
}

/**
 * Registers an agency, a platform or a member of staff. A name of an agency is kept as its code, any other as it is.
 * @param partner.oidc the user of the identity provider that a member of staff is
 * @throws Problem already-a-partner
 */
export async function createPartner(
  db: DbOrTx,
  partner: {
    name: string
    kind: PartnerKind
    agencyCode?: string | undefined
    oidc?: { issuer: string; subject: string } | undefined
  },
  now: Date,
  actor: Actor = theService,
): Promise<Partner> {
  const id = uuidv7()
  const { name, kind, agencyCode, oidc } = partner
  await db.transaction(async (tx) => {
    if (oidc !== undefined) await refuseKnownSubject(tx, oidc, id)
    await insertPartner(tx, { id, name, kind, agencyCode: codeToKeep(agencyCode), ...oidc, createdAt: now })
    await recordAudit(tx, { actor, action: 'partner.created', objectId: id, details: { kind }, at: now })
  })
  return { id, name, kind }
}

function codeToKeep(called: string | undefined): string | null {
  return called === undefined ? null : (agencyCodeOf(called) ?? called)
}

async function refuseKnownSubject(tx: Tx, { issuer, subject }: { issuer: string; subject: string }, id: string) {
  const known = await findPartnerBySubject(tx, issuer, subject)
  if (known === null || known.id === id) return
  throw new Problem('already-a-partner', problems['already-a-partner'].meaning)
}

/**
 * Renames, suspends or lets back in; a suspended partner's keys and tokens stop at once.
 * @throws Problem unknown-partner, already-a-partner
 */
export async function changePartner(
  tx: Tx,
  id: string,
  changes: {
    name?: string | undefined
    suspended?: boolean | undefined
    oidc?: { issuer: string; subject: string } | null | undefined
  },
  { actor, now }: Change,
): Promise<PartnerRow> {
  const before = await lockPartner(tx, id)
  if (before === null) throw new Problem('unknown-partner', problems['unknown-partner'].meaning)
  const { name = before.name, suspended = before.suspendedAt !== null, oidc } = changes
  if (oidc != null) await refuseKnownSubject(tx, oidc, id)
  const after: PartnerRow = {
    ...before,
    name,
    suspendedAt: suspended ? (before.suspendedAt ?? now.toISOString()) : null,
    ...(oidc !== undefined && { issuer: oidc?.issuer ?? null, subject: oidc?.subject ?? null }),
  }
  await updatePartner(tx, after)
  const changed = Object.keys(changes).filter((field) => changes[field as keyof typeof changes] !== undefined)
  const action =
    changes.suspended === undefined || changed.length > 1
      ? 'partner.changed'
      : suspended
        ? 'partner.suspended'
        : 'partner.resumed'
  await recordAudit(tx, { actor, action, objectId: id, details: { changed }, at: now })
  return after
}

/** No partner has the id that a key was asked for. */
export class UnknownPartnerError extends Error {
  override name = 'UnknownPartnerError'
}

/** What a key is asked to be. */
export interface KeyRequest {
  partnerId: string
  scopes: readonly Scope[]
  label?: string | null | undefined
  expiresAt?: Date | null | undefined
  /** As `readNetwork` reads them; none for everywhere. */
  networks?: readonly string[] | undefined
}

/** A key that was just made, with the only telling of the key itself. */
export interface IssuedKey extends KeyRow {
  key: string
}

/**
 * Issues a key on the operator's word. The answer is the only place where the key itself is ever told.
 * @throws UnknownPartnerError, Problem scope-not-for-kind, invalid-request for an expiry in the past
 */
export async function createKey(
  db: DbOrTx,
  request: KeyRequest,
  now: Date,
  actor: Actor = theService,
): Promise<{ id: string; key: string; scopes: Scope[] }> {
  const { id, key, scopes } = await db.transaction((tx) => issueKey(tx, request, { actor, now }))
  return { id, key, scopes }
}

/**
 * Issues a key. Over the API (with a `principal`) the duties are kept apart, and nobody gives themselves what they lack.
 * @throws UnknownPartnerError, Problem scope-not-for-kind, duties-not-separate, scope-not-held, and
 *   invalid-request for an expiry in the past
 */
export async function issueKey(tx: Tx, request: KeyRequest, change: Change): Promise<IssuedKey> {
  const issued = await makeAndKeep(tx, request, change)
  const { id, partnerId, scopes, networks, expiresAt } = issued
  const details = { of: partnerId, scopes, networks, expiresAt }
  await recordAudit(tx, { actor: change.actor, action: 'key.created', objectId: id, details, at: change.now })
  return issued
}

async function makeAndKeep(tx: Tx, request: KeyRequest, { now, principal }: Change): Promise<IssuedKey> {
  const { partnerId, label = null, expiresAt = null, networks = [] } = request
  const partner = await findPartner(tx, partnerId)
  if (partner === null) throw new UnknownPartnerError(`no partner has the id ${partnerId}`)
  const scopes = [...new Set(request.scopes)]
  refuseScopes(partner, scopes, principal)
  if (expiresAt !== null && expiresAt <= now) {
    const detail = { zh: '失效时间须在将来。', en: 'The expiry must lie in the future.' }
    throw new Problem('invalid-request', detail, { errors: [{ pointer: '/body/expiresAt', detail }] })
  }
  const id = uuidv7()
  const { key, secretHash } = makeKey(id)
  const row = { id, partnerId, scopes, label, networks: [...networks], replacedBy: null }
  await insertKey(tx, { ...row, secretHash, expiresAt, createdAt: now })
  const until = expiresAt?.toISOString() ?? null
  return { ...row, key, expiresAt: until, createdAt: now.toISOString(), lastUsedAt: null, revokedAt: null }
}

function refuseScopes({ id, kind }: PartnerRow, scopes: readonly Scope[], principal: Principal | undefined): void {
  const beyond = scopesBeyond(kind, scopes)
  if (beyond.length > 0) {
    throw new Problem('scope-not-for-kind', {
      zh: `${kind} 类合作方不能持有 ${beyond.join('、')}。`,
      en: `A partner of kind ${kind} cannot hold ${beyond.join(', ')}.`,
    })
  }
  // On the command line the operator has the database in hand, and is only told.
  if (principal === undefined) return
  if (joinsDuties(scopes)) throw new Problem('duties-not-separate', problems['duties-not-separate'].meaning)
  if (principal.partnerId === id && scopes.some((scope) => !principal.scopes.includes(scope))) {
    throw new Problem('scope-not-held', problems['scope-not-held'].meaning)
  }
}

async function keyToChange(tx: Tx, id: string): Promise<KeyRow> {
  const key = await lockKey(tx, id)
  if (key === null) throw new Problem('unknown-key', problems['unknown-key'].meaning)
  return key
}

/**
 * Ends a key at once and for ever; one that is revoked already stays as it is.
 * @throws Problem unknown-key
 */
export async function revokeKey(tx: Tx, id: string, { actor, now }: Change): Promise<KeyRow> {
  const key = await keyToChange(tx, id)
  const revoked = { ...key, revokedAt: key.revokedAt ?? now.toISOString() }
  await updateKey(tx, revoked)
  await recordAudit(tx, { actor, action: 'key.revoked', objectId: id, details: { of: key.partnerId }, at: now })
  return revoked
}

const hourMs = 3_600_000

/**
 * Makes a key with the same rights, and lets the old one work on for `overlapHours`, so that its holder changes over
 * without a gap. A key that had an expiry is followed by one that lives as long as it was to live.
 * @throws Problem unknown-key, key-not-live, scope-not-held, duties-not-separate
 */
export async function rotateKey(tx: Tx, id: string, overlapHours: number, change: Change): Promise<IssuedKey> {
  const { actor, now } = change
  const old = await keyToChange(tx, id)
  const expired = old.expiresAt !== null && new Date(old.expiresAt) <= now
  if (old.revokedAt !== null || old.replacedBy !== null || expired) {
    throw new Problem('key-not-live', problems['key-not-live'].meaning)
  }
  const livedMs = old.expiresAt === null ? null : Date.parse(old.expiresAt) - Date.parse(old.createdAt)
  const { partnerId, scopes, label, networks } = old
  const expiresAt = livedMs === null ? null : new Date(now.getTime() + livedMs)
  const issued = await makeAndKeep(tx, { partnerId, scopes, label, networks, expiresAt }, change)
  const overlapEnd = now.getTime() + overlapHours * hourMs
  const end = Math.min(overlapEnd, old.expiresAt === null ? Infinity : Date.parse(old.expiresAt))
  await updateKey(tx, { ...old, expiresAt: new Date(end).toISOString(), replacedBy: issued.id })
  const details = { of: partnerId, replacedBy: issued.id, until: new Date(end).toISOString() }
  await recordAudit(tx, { actor, action: 'key.rotated', objectId: id, details, at: now })
  return issued
}

/** A partner who came without a key and may do this; null for one that is unknown. */
export async function principalOfPartner(
  db: DbOrTx,
  partnerId: string,
  scopes: readonly string[],
): Promise<Principal | null> {
  const partner = await findPartner(db, partnerId)
  if (partner === null || partner.suspendedAt !== null) return null
  return { partnerId, kind: partner.kind, agencyCode: partner.agencyCode, keyId: null, scopes }
}

/** The name of a partner, as it was registered; null for one that is unknown. */
export async function nameOfPartner(db: DbOrTx, id: string): Promise<string | null> {
  return (await findPartner(db, id))?.name ?? null
}
