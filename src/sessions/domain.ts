import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** How long a session lives: unused, and at most. */
export interface SessionLimits {
  idleMinutes: number
  maximumHours: number
}

const tokenForm = /^[A-Za-z0-9_-]{43}$/

/** A new token of 256 random bits for the cookie. */
export function makeToken(): string {
  return randomBytes(32).toString('base64url')
}

/** What is kept of a token; null for what has not the form of one. */
export function hashToken(token: string): string | null {
  return tokenForm.test(token) ? createHash('sha256').update(token).digest('hex') : null
}

/**
 * What a form of the session carries to prove that it came from one of our pages: another site can send the cookie along,
 * but cannot read it, and so cannot make this.
 */
export function formTokenOf(token: string): string {
  return createHmac('sha256', token).update('form').digest('base64url')
}

/** Compares in constant time. */
export function matchesFormToken(token: string, given: string): boolean {
  const [expected, actual] = [Buffer.from(formTokenOf(token)), Buffer.from(given)]
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

interface Lifetime {
  lastUsedAt: Date
  expiresAt: Date
  endedAt: Date | null
}

/** Whether a session still holds at `now`. */
export function isLive(
  { lastUsedAt, expiresAt, endedAt }: Lifetime,
  { idleMinutes }: SessionLimits,
  now: Date,
): boolean {
  return endedAt === null && now < expiresAt && now.getTime() - lastUsedAt.getTime() < idleMinutes * 60_000
}
