import type { FastifyReply, FastifyRequest } from 'fastify'
import { clientAddress } from '../../platform/addresses.ts'
import type { Principal } from '../../platform/auth.ts'
import { dayOf } from '../../platform/clock.ts'
import { endSession, findSession, startSession, type From } from '../../sessions/service.ts'
import { languageOfPage } from '../pages.ts'
import type { SessionCookie } from './cookie.ts'
import { homeOf } from './frame.tsx'
import { sessionLimits, type OpenLook, type WorkspaceOptions } from './visit.ts'

/** What a sign-in, by whatever way, works with. */
export interface SignInOf {
  options: WorkspaceOptions
  cookie: SessionCookie
  request: FastifyRequest
  reply: FastifyReply
}

export function fromOf(request: FastifyRequest): From {
  return { address: clientAddress(request), requestId: request.id }
}

/**
 * Begins the session of who has signed in and gives the browser its cookie.
 * @param signedIn.next the page that it was for, as the browser told it
 * @returns the path of the page to go on to, always one of ours
 */
export async function beginSession(
  of: SignInOf,
  { principal, name, next }: { principal: Principal; name: string; next: string },
): Promise<string> {
  const { options, cookie, request, reply } = of
  const limits = sessionLimits(options.config)
  await endOwnSession(of)
  const { partnerId, keyId, scopes } = principal
  const via = keyId === null ? 'oidc' : 'key'
  const userAgent = request.headers['user-agent']
  const signIn = { partnerId, keyId, name, scopes, via, userAgent, from: fromOf(request) } as const
  const { token } = await startSession(options.db, signIn, limits, options.clock.now())
  cookie.set(reply, token, limits.maximumHours * 3600)
  return ownPath(next) ?? homeOf({ id: '', name, way: via, principal })
}

/** Ends whatever session this browser had: a token that somebody planted in it is of no use. */
export async function endOwnSession({ options, cookie, request }: SignInOf): Promise<void> {
  const { db, clock, config } = options
  const now = clock.now()
  const from = fromOf(request)
  const before = await findSession(db, cookie.read(request), sessionLimits(config), { ...from, now })
  if (before !== null) await endSession(db, { ...before.principal, from }, before.id, now)
}

/** The look of somebody who is not signed in, at a page that shows what was refused. */
export function openLookOf(request: FastifyRequest, options: WorkspaceOptions, path: string): OpenLook {
  const { clock, publicUrl } = options
  return {
    ...{ language: languageOfPage(request), today: dayOf(clock.now()), publicUrl: publicUrl() },
    ...{ path, query: {}, params: {}, visit: null },
  }
}

/** The address of a page of ours to go on to; null for any other, so that a link cannot lead away through the sign-in. */
function ownPath(next: string): string | null {
  return /^\/(staff|partners|account)(?![^/?])[^\\\p{Cc}]*$/u.test(next) ? next : null
}
