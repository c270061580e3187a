import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { beginSignIn, finishSignIn } from '../../partners/oidc-sign-in.ts'
import { Problem, type ProblemCode } from '../../platform/problem.ts'
import { refusedSignIns, type SignInRefusal } from '../../sessions/service.ts'
import { beginSession, endOwnSession, fromOf, openLookOf } from './begin-session.ts'
import { oidcPath, pendingCookie, type SessionCookie } from './cookie.ts'
import { goOnPage, signInPage } from './sign-in-pages.tsx'
import { hasOidc, send, type WorkspaceOptions } from './visit.ts'

const callbackPath = `${oidcPath}/callback`

const statusOf = { 'not-begun-here': 400, 'not-confirmed': 401, 'no-rights': 403, 'provider-away': 503 } as const

const refusalOf: Partial<Record<ProblemCode, SignInRefusal>> = {
  unauthorized: 'not-confirmed',
  'insufficient-scope': 'no-rights',
  unavailable: 'provider-away',
}

/** Signing in at the identity provider of the authority (OpenID Connect, authorization code with PKCE), where there is one. */
export function registerOidcSignIn(parts: {
  app: FastifyInstance
  options: WorkspaceOptions
  cookie: SessionCookie
}): void {
  const { app, options, cookie } = parts
  const { oidc, db, clock, publicUrl } = options
  if (oidc === null || !hasOidc(options)) return
  const pendingOf = pendingCookie(publicUrl)
  const redirectUri = () => `${publicUrl()}${callbackPath}`
  const recordRefused = refusedSignIns(db)

  const refuse = async (request: FastifyRequest, reply: FastifyReply, reason: SignInRefusal, next: string) => {
    if (reason === 'provider-away') void reply.header('retry-after', '5')
    else await options.limits.countRefused(request, reply)
    await recordRefused(reason, fromOf(request), clock.now())
    const look = openLookOf(request, options, '/sign-in')
    return send(reply, { html: signInPage(look, { next, refused: reason, hasOidc: true }), status: statusOf[reason] })
  }

  app.get(oidcPath, { schema: { hide: true } }, async (request, reply) => {
    const next = valueIn(request, 'next')
    const begun = await whatItIs(beginSignIn(oidc, redirectUri()))
    if ('refusal' in begun) return refuse(request, reply, begun.refusal, next)
    // On the way back the strict cookie of a session does not come along: it is ended here.
    await endOwnSession({ options, cookie, request, reply })
    pendingOf.set(reply, { ...begun.pending, next })
    return send(reply, { to: begun.url })
  })

  app.get(callbackPath, { schema: { hide: true } }, async (request, reply) => {
    const pending = pendingOf.read(request)
    // Whatever becomes of it, one answer ends the login that was begun.
    pendingOf.clear(reply)
    if (pending === null || valueIn(request, 'state') !== pending.state) {
      return refuse(request, reply, 'not-begun-here', pending?.next ?? '')
    }
    const returned = new URL(`${redirectUri()}${queryIn(request)}`)
    const { next } = pending
    const person = await whatItIs(finishSignIn(oidc, returned, pending, fromOf(request)))
    if ('refusal' in person) return refuse(request, reply, person.refusal, next)
    const { name, ...principal } = person
    const to = await beginSession({ options, cookie, request, reply }, { principal, name, next })
    // A redirect would still count as coming from the other site, so that the strict cookie would stay behind.
    return send(reply, { html: goOnPage(openLookOf(request, options, '/sign-in'), to) })
  })
}

/** What a step of the login leads to, or why it is refused. */
async function whatItIs<Of extends object>(step: Promise<Of>): Promise<Of | { refusal: SignInRefusal }> {
  try {
    return await step
  } catch (error) {
    const refusal = error instanceof Problem ? refusalOf[error.code] : undefined
    if (refusal === undefined) throw error
    return { refusal }
  }
}

function queryIn({ url }: FastifyRequest): string {
  const at = url.indexOf('?')
  return at < 0 ? '' : url.slice(at)
}

/** A parameter of the address, the first where there are several. */
function valueIn(request: FastifyRequest, name: string): string {
  return new URLSearchParams(queryIn(request)).get(name) ?? ''
}
