import type { FastifyInstance, FastifyRequest } from 'fastify'
import { nameOfPartner } from '../../partners/service.ts'
import { keyVerifier } from '../../partners/verifier.ts'
import { clientAddress } from '../../platform/addresses.ts'
import { languageOfPage } from '../pages.ts'
import { dayOf } from '../../platform/clock.ts'
import { Problem, problems } from '../../platform/problem.ts'
import {
  endSession,
  findSession,
  listOwnSessions,
  startSession,
  type From,
  type Session,
} from '../../sessions/service.ts'
import type { SessionCookie } from './cookie.ts'
import { formOf } from './form.ts'
import { homeOf } from './frame.tsx'
import { assertSameOrigin } from './origin.ts'
import { accountPage, signInPage } from './sign-in-pages.tsx'
import { send, sessionLimits, type OpenLook, type Pages, type WorkspaceOptions } from './visit.ts'

interface Parts {
  app: FastifyInstance
  pages: Pages
  options: WorkspaceOptions
  cookie: SessionCookie
}

/** Signing in with a key, signing out, and the sessions that go on. */
export function registerSignIn({ app, pages, options, cookie }: Parts): void {
  const { db, clock, config, publicUrl } = options
  const limits = sessionLimits(config)
  const verify = keyVerifier({ db, clock })
  const fromOf = (request: FastifyRequest): From => ({ address: clientAddress(request), requestId: request.id })

  const enderOf = ({ principal }: Session, request: FastifyRequest) => ({ ...principal, from: fromOf(request) })

  pages.open('/sign-in', async (look) => ({
    html: signInPage(look, { next: look.query['next'] ?? '', isRefused: false }),
  }))

  app.post('/sign-in', { schema: { hide: true } }, async (request, reply) => {
    assertSameOrigin(request, publicUrl())
    const now = clock.now()
    const form = formOf(request.body)
    const principal = await verify(form.text('key').trim(), fromOf(request))
    const next = form.text('next')
    if (principal === null) {
      await options.limits.countRefused(request, reply)
      const look: OpenLook = {
        ...{ language: languageOfPage(request), today: dayOf(now), publicUrl: publicUrl(), path: '/sign-in' },
        ...{ query: {}, params: {}, visit: null },
      }
      return send(reply, { html: signInPage(look, { next, isRefused: true }), status: 401 })
    }
    // Whatever session this browser had ends with it: a token that somebody planted is of no use.
    const before = await findSession(db, cookie.read(request), limits, { address: clientAddress(request), now })
    if (before !== null) await endSession(db, enderOf(before, request), before.id, now)
    const { partnerId, keyId, scopes } = principal
    const name = (await nameOfPartner(db, partnerId)) ?? ''
    const { token } = await startSession(
      db,
      { partnerId, keyId, name, scopes, via: 'key', userAgent: request.headers['user-agent'], from: fromOf(request) },
      limits,
      now,
    )
    cookie.set(reply, token, limits.maximumHours * 3600)
    return send(reply, { to: ownPath(next) ?? homeOf({ id: '', name, way: 'key', principal }) })
  })

  app.post('/sign-out', { schema: { hide: true } }, async (request, reply) => {
    assertSameOrigin(request, publicUrl())
    const session = await findSession(db, cookie.read(request), limits, {
      address: clientAddress(request),
      now: clock.now(),
    })
    if (session !== null) await endSession(db, enderOf(session, request), session.id, clock.now())
    cookie.clear(reply)
    return send(reply, { to: '/sign-in?done=signed-out' })
  })

  pages.get('/account', async (visit) => ({
    html: accountPage(
      visit,
      await listOwnSessions(db, visit.session.principal.partnerId, limits, {
        address: visit.from.address,
        now: clock.now(),
      }),
    ),
  }))

  pages.post('/account/sessions/:id/end', async (visit) => {
    const { id = '' } = visit.params
    const isId = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(id)
    if (!isId || !(await endSession(db, { ...visit.session.principal, from: visit.from }, id, clock.now()))) {
      throw new Problem('not-found', problems['not-found'].meaning)
    }
    return { to: id === visit.session.id ? '/sign-in?done=signed-out' : '/account?done=ended' }
  })
}

/** The address of a page of ours to go on to; null for any other, so that a link cannot lead away through the sign-in. */
function ownPath(next: string): string | null {
  return /^\/(staff|partners|account)(?![^/?])[^\\\p{Cc}]*$/u.test(next) ? next : null
}
