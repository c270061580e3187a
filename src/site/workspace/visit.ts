import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../../config.ts'
import { insufficientScope } from '../../platform/auth.ts'
import { dayOf, type Clock } from '../../platform/clock.ts'
import type { Oidc } from '../../partners/oidc.ts'
import type { Db } from '../../platform/db.ts'
import type { Language } from '../../platform/language.ts'
import { languageOfPage } from '../pages.ts'
import { formTokenOf, matchesFormToken, type SessionLimits } from '../../sessions/domain.ts'
import type { Passes } from '../../sessions/passes.ts'
import { clientAddress } from '../../platform/addresses.ts'
import type { KeyLimits } from '../../platform/auth.ts'
import { findSession, type From, type Session } from '../../sessions/service.ts'
import { apiFor, type Api } from './api.ts'
import type { SessionCookie } from './cookie.ts'
import { formOf, type Form } from './form.ts'
import { assertSameOrigin, crossSite } from './origin.ts'

export interface WorkspaceOptions {
  /** Signing in with what is no key is limited as bad keys are. */
  limits: KeyLimits
  db: Db
  clock: Clock
  config: Config
  passes: Passes
  /** The identity provider of staff; null where there is none. */
  oidc: Oidc | null
  /** Where the public reaches the service, without a slash at the end. */
  publicUrl: () => string
}

/** What a page needs to know of a request. */
interface Look {
  language: Language
  today: string
  publicUrl: string
  /** The address without its query. */
  path: string
  query: Readonly<Record<string, string>>
  params: Readonly<Record<string, string>>
}

/** A look of somebody who has signed in. */
export interface Visit extends Look {
  from: From
  session: Session
  /** What its forms carry. */
  formToken: string
  api: Api
}

/** A look of anybody; `visit` is that of who has signed in. */
export interface OpenLook extends Look {
  visit: Visit | null
}

/** What is answered: a page, the way to another one, or a file to keep. */
export type Answer = { html: string; status?: number } | { to: string } | { file: string; type: string; text: string }

export type Handler<Of> = (of: Of) => Promise<Answer>

/** Registers pages: every one of them but the open ones needs a session, and every form proves where it comes from. */
export interface Pages {
  open: (path: string, handler: Handler<OpenLook>) => void
  get: (path: string, handler: Handler<Visit>) => void
  post: (path: string, handler: Handler<Visit & { form: Form }>) => void
}

export function sessionLimits({ SESSION_IDLE_MINUTES, SESSION_MAX_HOURS }: Config): SessionLimits {
  return { idleMinutes: SESSION_IDLE_MINUTES, maximumHours: SESSION_MAX_HOURS }
}

/** Whether staff may sign in at an identity provider with their browsers. */
export function hasOidc({ oidc, config }: WorkspaceOptions): boolean {
  return oidc !== null && config.OIDC_CLIENT_ID !== undefined
}

/** How a request is looked at, and who has sent it. */
export interface Visitors {
  lookOf: (request: FastifyRequest) => Look
  /** Null where nobody has signed in. */
  visitOf: (request: FastifyRequest) => Promise<Visit | null>
}

/** Knows who is on a page by the session of their browser. */
export function visitorsOf(app: FastifyInstance, options: WorkspaceOptions, cookie: SessionCookie): Visitors {
  const { db, clock, config, passes, publicUrl } = options
  const lookOf = (request: FastifyRequest): Look => ({
    language: languageOfPage(request),
    today: dayOf(clock.now()),
    publicUrl: publicUrl(),
    path: request.url.split('?')[0] ?? request.url,
    query: textsOf(request.query),
    params: textsOf(request.params),
  })
  const visitOf = async (request: FastifyRequest): Promise<Visit | null> => {
    const token = cookie.read(request)
    const session = await findSession(db, token, sessionLimits(config), {
      address: clientAddress(request),
      now: clock.now(),
    })
    if (session === null || token === undefined) return null
    const look = lookOf(request)
    const { principal } = session
    const api = apiFor({ app, passes, request, principal, language: look.language })
    const from = { address: clientAddress(request), requestId: request.id }
    return { ...look, session, from, formToken: formTokenOf(token), api }
  }
  return { lookOf, visitOf }
}

interface PagesOptions {
  visitors: Visitors
  cookie: SessionCookie
  publicUrl: () => string
}

/** The ways of a plugin to register its pages. */
export function pagesOf(app: FastifyInstance, { visitors, cookie, publicUrl }: PagesOptions): Pages {
  const { lookOf, visitOf } = visitors
  return {
    open: (path, handler) => {
      app.get(path, { schema: { hide: true } }, async (request, reply) =>
        send(reply, await handler({ ...lookOf(request), visit: await visitOf(request) })),
      )
    },
    get: (path, handler) => {
      app.get(path, { schema: { hide: true } }, async (request, reply) => {
        const visit = await visitOf(request)
        return send(reply, visit === null ? toSignIn(request.url) : await handler(visit))
      })
    },
    post: (path, handler) => {
      app.post(path, { schema: { hide: true } }, async (request, reply) => {
        assertSameOrigin(request, publicUrl())
        const visit = await visitOf(request)
        if (visit === null) return send(reply, toSignIn(path.includes(':') ? '' : path))
        const form = formOf(request.body)
        if (!matchesFormToken(cookie.read(request) ?? '', form.text('_form'))) throw crossSite()
        return send(reply, await handler({ ...visit, form }))
      })
    },
  }
}

/** The way to the sign-in page, which leads back to `next`. */
function toSignIn(next: string): Answer {
  return { to: next === '' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}` }
}

/** Sends what a page answers; nothing of it is kept by caches. */
export function send(reply: FastifyReply, answer: Answer): FastifyReply {
  void reply.header('cache-control', 'no-store').header('vary', 'Accept-Language, Cookie')
  if ('to' in answer) return reply.redirect(answer.to, 303)
  if ('file' in answer) {
    return reply
      .header('content-disposition', `attachment; filename="${answer.file}"`)
      .type(answer.type)
      .send(answer.text)
  }
  return reply
    .code(answer.status ?? 200)
    .type('text/html; charset=utf-8')
    .send(answer.html)
}

/**
 * Refuses who may do none of this, as the API does: for pages that call it only when a form is sent.
 * @throws Problem insufficient-scope
 */
export function assertScope({ session }: Visit, ...scopes: string[]): void {
  if (!maySome(session, ...scopes)) throw insufficientScope(scopes)
}

/** Whether somebody has one of these scopes. */
export function maySome({ principal }: Session, ...scopes: string[]): boolean {
  return scopes.some((scope) => principal.scopes.includes(scope))
}

/** Parameters as texts, the first of each; without control characters, which no parameter of ours has. */
function textsOf(values: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries((values ?? {}) as Record<string, unknown>).flatMap(([name, value]) => {
      const first: unknown = Array.isArray(value) ? value[0] : value
      return typeof first === 'string' ? [[name, first.replace(/\p{Cc}/gu, '').slice(0, 4000)]] : []
    }),
  )
}
