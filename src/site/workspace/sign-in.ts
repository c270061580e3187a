import type { FastifyInstance } from 'fastify'
import { nameOfPartner } from '../../partners/service.ts'
import { keyVerifier } from '../../partners/verifier.ts'
import { Problem, problems } from '../../platform/problem.ts'
import { endSession, listOwnSessions } from '../../sessions/service.ts'
import { beginSession, endOwnSession, fromOf, openLookOf } from './begin-session.ts'
import type { SessionCookie } from './cookie.ts'
import { formOf } from './form.ts'
import { assertSameOrigin } from './origin.ts'
import { accountPage, signInPage } from './sign-in-pages.tsx'
import { hasOidc, send, sessionLimits, type Pages, type WorkspaceOptions } from './visit.ts'

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

  pages.open('/sign-in', async (look) => ({
    html: signInPage(look, { next: look.query['next'] ?? '', refused: null, hasOidc: hasOidc(options) }),
  }))

  app.post('/sign-in', { schema: { hide: true } }, async (request, reply) => {
    assertSameOrigin(request, publicUrl())
    const form = formOf(request.body)
    const principal = await verify(form.text('key').trim(), fromOf(request))
    const next = form.text('next')
    if (principal === null) {
      await options.limits.countRefused(request, reply)
      const look = openLookOf(request, options, '/sign-in')
      return send(reply, { html: signInPage(look, { next, refused: 'key', hasOidc: hasOidc(options) }), status: 401 })
    }
    const name = (await nameOfPartner(db, principal.partnerId)) ?? ''
    return send(reply, { to: await beginSession({ options, cookie, request, reply }, { principal, name, next }) })
  })

  app.post('/sign-out', { schema: { hide: true } }, async (request, reply) => {
    assertSameOrigin(request, publicUrl())
    await endOwnSession({ options, cookie, request, reply })
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
