import { v7 as uuidv7 } from 'uuid'
import { principalOfPartner } from '../partners/service.ts'
import { principalOfKey } from '../partners/verifier.ts'
import { recordAudit, type Actor } from '../platform/audit.ts'
import type { Principal } from '../platform/auth.ts'
import type { Db, DbOrTx } from '../platform/db.ts'
import { seldom } from '../platform/seldom.ts'
import { hashToken, isLive, makeToken, type SessionLimits } from './domain.ts'
import {
  deleteOldSessions,
  findSessionByHash,
  insertSession,
  listSessionsOfPartner,
  updateEnded,
  updateLastUse,
  type SessionRow,
} from './repository.ts'
import type { SessionWay } from './vocabulary.ts'

/** How long sessions that are over are kept. */
const keptDays = 30
/** The last use is written down at most this often: reading a page should not write each time. */
const useMs = 60_000

/** Who signs in: by a key, or as a login outside says. */
export interface SignIn {
  partnerId: string
  /** The key, with which the session ends; null for a login without one. */
  keyId: string | null
  /** Who it is, as the pages show it. */
  name: string
  scopes: readonly string[]
  via: SessionWay
  userAgent?: string | undefined
  from: From
}

/** From where somebody comes, and in which request. */
export interface From {
  address: string | null
  requestId: string
}

export interface Session {
  id: string
  name: string
  way: SessionWay
  principal: Principal
}

/**
 * Begins a session, always under a new token. The answer is the only place where the token is ever told.
 * @returns the token for the cookie
 */
export async function startSession(
  db: Db,
  { partnerId, keyId, name, scopes, via, userAgent = '', from }: SignIn,
  limits: SessionLimits,
  now: Date,
): Promise<{ id: string; token: string }> {
  const token = makeToken()
  const expiresAt = new Date(now.getTime() + limits.maximumHours * 3_600_000)
  const id = uuidv7()
  await db.transaction(async (tx) => {
    await deleteOldSessions(tx, partnerId, new Date(now.getTime() - keptDays * 86_400_000))
    await insertSession(tx, {
      ...{ id, tokenHash: hashToken(token) ?? '', partnerId, keyId, name, scopes: [...scopes], way: via },
      userAgent: userAgent.replace(/\p{Cc}/gu, '').slice(0, 300),
      ...{ createdAt: now, lastUsedAt: now, expiresAt, endedAt: null },
    })
    const actor = actorOf({ partnerId, keyId }, from)
    await recordAudit(tx, { actor, action: 'session.started', objectId: id, details: { by: via }, at: now })
  })
  return { id, token }
}

/** Why a login outside led to no session. */
export type SignInRefusal = 'not-begun-here' | 'not-confirmed' | 'no-rights' | 'provider-away'

/** Keeps that a login outside was refused, seldom for the same reason from the same place. */
export function refusedSignIns(db: DbOrTx): (reason: SignInRefusal, from: From, now: Date) => Promise<void> {
  const isNew = seldom(10 * 60_000)
  return async (reason, from, now) => {
    if (!isNew(`${reason} ${from.address}`, now)) return
    const actor: Actor = { via: 'oidc', partnerId: null, keyId: null, person: null, ...from }
    const details = { by: 'oidc', reason }
    await recordAudit(db, { actor, action: 'session.started', objectId: null, outcome: 'refused', details, at: now })
  }
}

/**
 * The session under a token, with what it may do now: that of a key that was revoked is over at once. Null for one that is
 * unknown, ended or was left unused for too long.
 */
export async function findSession(
  db: Db,
  token: string | undefined,
  limits: SessionLimits,
  { address, now }: { address: string | null; now: Date },
): Promise<Session | null> {
  const tokenHash = token === undefined ? null : hashToken(token)
  const row = tokenHash === null ? null : await findSessionByHash(db, tokenHash)
  if (row === null || !isLive(row, limits, now)) return null
  const principal = await principalOf(db, row, { address, now })
  if (principal === null) return null
  if (now.getTime() - row.lastUsedAt.getTime() >= useMs) await updateLastUse(db, row.id, now)
  return { id: row.id, name: row.name, way: row.way, principal: { ...principal, via: 'session' } }
}

async function principalOf(
  db: DbOrTx,
  { keyId, partnerId, scopes }: SessionRow,
  use: { address: string | null; now: Date },
): Promise<Principal | null> {
  return keyId === null ? principalOfPartner(db, partnerId, scopes) : principalOfKey(db, keyId, use)
}

function actorOf({ partnerId, keyId }: Pick<SignIn, 'partnerId' | 'keyId'>, from: From): Actor {
  return { via: 'session', partnerId, keyId, person: null, ...from }
}

/** Ends a session of the partner, whichever it is; false where it has none with this id. */
export async function endSession(
  db: Db,
  ended: Pick<SignIn, 'partnerId' | 'keyId' | 'from'>,
  id: string,
  now: Date,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    if (!(await updateEnded(tx, ended.partnerId, id, now))) return false
    await recordAudit(tx, { actor: actorOf(ended, ended.from), action: 'session.ended', objectId: id, at: now })
    return true
  })
}

export interface OwnSession {
  id: string
  way: SessionWay
  userAgent: string
  createdAt: Date
  lastUsedAt: Date
  expiresAt: Date
}

/** The sessions of a partner that go on, newest first: those of keys that were revoked are not among them. */
export async function listOwnSessions(
  db: DbOrTx,
  partnerId: string,
  limits: SessionLimits,
  { address, now }: { address: string | null; now: Date },
): Promise<OwnSession[]> {
  const own: OwnSession[] = []
  for (const row of await listSessionsOfPartner(db, partnerId)) {
    if (!isLive(row, limits, now) || (await principalOf(db, row, { address, now })) === null) continue
    const { id, way, userAgent, createdAt, lastUsedAt, expiresAt } = row
    own.push({ id, way, userAgent, createdAt, lastUsedAt, expiresAt })
  }
  return own
}
