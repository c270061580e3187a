import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import * as client from 'openid-client'
import { v7 as uuidv7 } from 'uuid'
import type { Config } from '../config.ts'
import { recordAudit, theService } from '../platform/audit.ts'
import type { Caller, KeyVerifier, Principal } from '../platform/auth.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { Problem, problems } from '../platform/problem.ts'
import { joinsDuties, type Scope } from './domain.ts'
import { findPartnerBySubject, insertPartner, type PartnerRow } from './repository.ts'
import { scopes } from './vocabulary.ts'

interface Log {
  warn(context: object, message: string): void
}

/** The identity provider of staff. */
export interface Oidc {
  /** Who an access token (a JWT) stands for; null for one that may not be used. */
  verifyToken: KeyVerifier
  /**
   * The client at the provider, for signing in with a browser; learnt from the provider when it is first needed.
   * @throws Problem unavailable while the provider cannot be reached
   */
  client(): Promise<client.Configuration>
  /** The member of staff that claims of a verified token stand for, registered at the first time; null for nobody. */
  personOf(claims: JWTPayload, caller: Caller): Promise<(Principal & { name: string }) | null>
}

/** Asymmetric alone: with a shared secret whoever checks could also make tokens. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
/** An access token says what it is (RFC 9068), or says nothing: tokens of another purpose, such as logout, do not count. */
const tokenTypes = [undefined, 'at+jwt', 'application/at+jwt', 'jwt']
/** OpenID Connect Core 2: at most 255 ASCII characters. */
const subjectForm = /^[\x20-\x7e]{1,255}$/
const clockToleranceSeconds = 30
/** A key that is not in the kept set makes it be read again, at most this often: a stream of made-up keys is no load. */
const cooldownMs = 30_000
const keySetMaxAgeMs = 10 * 60_000
const timeoutMs = 5000

/** The identity provider of the settings, or null where there is none. Nothing is fetched before it is needed. */
export function openOidc(options: { db: Db; clock: Clock; config: Config; log?: Log | undefined }): Oidc | null {
  const { config, clock, db, log } = options
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience, OIDC_SCOPES_CLAIM: scopesClaim } = config
  if (issuer === undefined) return null
  let found: Promise<client.Configuration> | null = null
  let keySet: JWTVerifyGetKey | null = null

  const discovered = async (): Promise<client.Configuration> => {
    found ??= discover(config, issuer)
    try {
      return await found
    } catch (error) {
      found = null
      log?.warn({ err: error }, 'the identity provider could not be reached')
      throw providerAway()
    }
  }
  const keysOfProvider = async (): Promise<JWTVerifyGetKey> => {
    if (keySet !== null) return keySet
    const { jwks_uri: uri } = (await discovered()).serverMetadata()
    if (uri === undefined) throw providerAway()
    keySet = createRemoteJWKSet(new URL(uri), {
      cooldownDuration: cooldownMs,
      cacheMaxAge: keySetMaxAgeMs,
      timeoutDuration: timeoutMs,
    })
    return keySet
  }

  const personOf: Oidc['personOf'] = async (claims, { address, requestId }) => {
    const granted = scopesOf(claims, scopesClaim)
    const { sub } = claims
    if (sub === undefined || !subjectForm.test(sub) || granted.length === 0) return null
    const now = clock.now()
    const partner = await personFor(db, issuer, sub, claims, now)
    if (partner.suspendedAt !== null) {
      const actor = { via: 'oidc', partnerId: partner.id, keyId: null, person: sub, address, requestId } as const
      const details = { reason: 'suspended' }
      await recordAudit(db, { actor, action: 'token.used', objectId: null, outcome: 'refused', details, at: now })
      return null
    }
    const { id: partnerId, kind, agencyCode, name } = partner
    return { partnerId, kind, agencyCode, keyId: null, scopes: granted, via: 'oidc', person: sub, name }
  }

  return {
    client: discovered,
    personOf,
    verifyToken: async (token, caller) => {
      if (audience === undefined || token.split('.').length !== 3) return null
      const claims = await claimsOf(token, await keysOfProvider(), { issuer, audience, now: clock.now() })
      return claims === null ? null : personOf(claims, caller)
    },
  }
}

/**
 * The claims of a token that the provider signed for this audience, and that holds now; null for any other.
 * @throws Problem unavailable when the keys are needed and cannot be read
 */
async function claimsOf(
  token: string,
  keys: JWTVerifyGetKey,
  { issuer, audience, now }: { issuer: string; audience: string; now: Date },
): Promise<JWTPayload | null> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms,
      clockTolerance: clockToleranceSeconds,
      currentDate: now,
      requiredClaims: ['sub', 'exp'],
    })
    return tokenTypes.includes(protectedHeader.typ?.toLowerCase()) ? payload : null
  } catch (error) {
    const isVerdict =
      error instanceof errors.JOSEError &&
      !(error instanceof errors.JWKSTimeout) &&
      error.code !== errors.JOSEError.code
    if (isVerdict) return null
    throw providerAway()
  }
}

function discover(config: Config, issuer: string): Promise<client.Configuration> {
  const { OIDC_CLIENT_ID: clientId = 'xinjian', OIDC_CLIENT_SECRET: secret } = config
  const authentication = secret === undefined ? client.None() : client.ClientSecretBasic(secret)
  return client.discovery(new URL(issuer), clientId, undefined, authentication, {
    timeout: timeoutMs / 1000,
    // A provider on the same machine or network; whoever sets such an issuer knows.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so that nobody does it unawares
    execute: issuer.startsWith('http:') ? [client.allowInsecureRequests] : [],
  })
}

/** The provider cannot be reached: try again soon. */
export function providerAway(): Problem {
  return new Problem('unavailable', problems.unavailable.meaning, { headers: { 'retry-after': '5' } })
}

/**
 * The scopes that a claim grants: a list or words in a text, at a name or a path with dots (Keycloak's
 * `realm_access.roles`). What is no scope of ours says nothing. Who approves decisions does not administer, so a token with
 * both is taken without `admin`.
 */
export function scopesOf(claims: JWTPayload, claim: string): Scope[] {
  const inner = claim
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | null)?.[name], claims)
  const granted = claims[claim] ?? inner
  const words: unknown[] = typeof granted === 'string' ? granted.split(/\s+/) : Array.isArray(granted) ? granted : []
  const known = scopes.filter((scope) => words.includes(scope))
  return joinsDuties(known) ? known.filter((scope) => scope !== 'admin') : known
}

/** The partner that stands for this person: whoever they sign in as, they are one for the two-person rule. */
async function personFor(db: Db, issuer: string, subject: string, claims: JWTPayload, now: Date): Promise<PartnerRow> {
  const known = await findPartnerBySubject(db, issuer, subject)
  if (known !== null) return known
  const id = uuidv7()
  const called = [claims['name'], claims['preferred_username']].find((text) => typeof text === 'string') ?? subject
  const name =
    Array.from(called.replace(/[\p{Cc}\p{Cs}]/gu, ''))
      .slice(0, 200)
      .join('') || subject
  try {
    await db.transaction(async (tx) => {
      await insertPartner(tx, { id, name, kind: 'staff', issuer, subject, createdAt: now })
      const actor = { ...theService, via: 'oidc' as const, person: subject }
      await recordAudit(tx, { actor, action: 'partner.created', objectId: id, details: { kind: 'staff' }, at: now })
    })
  } catch (error) {
    // Another request of the same person came first.
    const registered = await findPartnerBySubject(db, issuer, subject)
    if (registered === null) throw error
    return registered
  }
  const registered = await findPartnerBySubject(db, issuer, subject)
  if (registered === null) throw new Error(`the partner ${id} was not kept`)
  return registered
}
