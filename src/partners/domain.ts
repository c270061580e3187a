import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { apart, scopesOfKind, type partnerKinds, type scopes } from './vocabulary.ts'

export type PartnerKind = (typeof partnerKinds)[number]
export type Scope = (typeof scopes)[number]

/** A key as its holder sees it once: `xj_<id of the key>_<secret of 256 random bits>`. */
const keyForm = /^xj_([0-9a-f]{32})_([A-Za-z0-9_-]{43})$/

export interface NewKey {
  key: string
  secretHash: string
}

/** Makes the key with the given id (a UUID). Only the hash is kept. */
export function makeKey(id: string): NewKey {
  const secret = randomBytes(32).toString('base64url')
  return { key: `xj_${id.replaceAll('-', '')}_${secret}`, secretHash: hashSecret(secret) }
}

/** Takes a key apart; null when it does not have the form of one. */
export function parseKey(key: string): { id: string; secret: string } | null {
  const [, id, secret] = keyForm.exec(key) ?? []
  if (id === undefined || secret === undefined) return null
  return { id: id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'), secret }
}

/** Compares in constant time. */
export function matchesSecret(secret: string, secretHash: string): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(secret), 'hex'), Buffer.from(secretHash, 'hex'))
}

function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** The scopes that a partner of this kind may not hold. */
export function scopesBeyond(kind: PartnerKind, wanted: readonly Scope[]): Scope[] {
  const allowed: readonly Scope[] = scopesOfKind[kind]
  return wanted.filter((scope) => !allowed.includes(scope))
}

/** Whether these scopes make one person both give out keys and approve decisions. */
export function joinsDuties(wanted: readonly Scope[]): boolean {
  return apart.every((scope) => wanted.includes(scope))
}

/** Why a key with the right secret may not be used all the same. */
export type Refusal = 'expired' | 'revoked' | 'other-network' | 'suspended'
