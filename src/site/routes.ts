import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { usccParameter } from '../credit-files/schemas.ts'
import { readCreditFile } from '../credit-files/service.ts'
import { findHead } from '../feed/repository.ts'
import { notModified } from '../platform/caching.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { languageOf } from '../platform/language.ts'
import { Problem, problems, toProblem, type ProblemCode } from '../platform/problem.ts'
import type { FollowedNames } from '../search/follower.ts'
import { assets } from './assets.ts'
import { creditFilePage } from './credit-file-page.tsx'
import { feedPage } from './feed-page.tsx'
import { homePage } from './home.tsx'
import { faultPage, problemPage } from './problem-page.tsx'
import { findPage } from './search.ts'

interface Options {
  db: Db
  clock: Clock
  names: FollowedNames
  /** Where the public reaches the service, without a slash at the end. */
  publicUrl: () => string
}

/** Nothing is loaded but our own style and images, nothing runs, nobody frames a page. */
const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
}

/** Links are shared with all sorts of parameters added: a page leaves those that it does not know alone. */
const nothing = z.object({})

/** What a person pastes may have control characters in it, which PostgreSQL refuses (NUL) and no name has. */
const searchQuery = z.object({
  q: z
    .string()
    .max(4000)
    .default('')
    .transform((text) => text.replace(/\p{Cc}+/gu, ' ').trim()),
})

/** The public pages. Their faults are pages too, so the plugin has an error handler of its own. */
export const siteRoutes: FastifyPluginCallbackZod<Options> = (app, { db, clock, names, publicUrl }, done) => {
  app.addHook('onRequest', async (_request, reply) => {
    void reply.headers(securityHeaders)
  })

  app.setErrorHandler(async (error, request, reply) => {
    const problem = toProblem(error)
    const { status } = problems[problem.code]
    if (status >= 500) request.log.error({ err: error }, 'page failed')
    return reply
      .code(status)
      .headers({ ...problem.headers, vary: 'Accept-Language', 'cache-control': 'no-store' })
      .type('text/html; charset=utf-8')
      .send(faultPage({ language: languageOf(request), problem, requestId: request.id }))
  })

  app.get('/', { schema: { hide: true, querystring: nothing } }, async (request, reply) =>
    sendPage(request, reply, homePage({ language: languageOf(request), publicUrl: publicUrl() })),
  )

  app.get(
    '/search',
    { config: { budget: 'search' }, schema: { hide: true, querystring: searchQuery } },
    async (request, reply) => {
      const found = await findPage({ db, clock, names }, languageOf(request), request.query.q)
      if ('uscc' in found) return reply.redirect(`/credit-files/${found.uscc}`, 303)
      return sendPage(request, reply, found.page)
    },
  )

  app.get(
    '/credit-files/:uscc',
    { schema: { hide: true, params: z.strictObject({ uscc: usccParameter }), querystring: nothing } },
    async (request, reply) => {
      const language = languageOf(request)
      const file = await readCreditFile({ db, clock, language }, request.params.uscc)
      return sendPage(request, reply, creditFilePage({ language, file, publicUrl: publicUrl() }))
    },
  )

  app.get('/feed', { schema: { hide: true, querystring: nothing } }, async (request, reply) => {
    const { position } = await findHead(db)
    return sendPage(request, reply, feedPage({ language: languageOf(request), head: position, publicUrl: publicUrl() }))
  })

  app.get(
    '/problems/:code',
    { schema: { hide: true, params: z.strictObject({ code: z.string() }), querystring: nothing } },
    async (request, reply) => {
      const { code } = request.params
      if (!isProblemCode(code)) throw new Problem('not-found', problems['not-found'].meaning)
      return sendPage(request, reply, problemPage({ language: languageOf(request), code, publicUrl: publicUrl() }))
    },
  )

  app.get('/*', { schema: { hide: true } }, async (request, reply) => {
    // A person who follows a wrong link reads a page, a program reads a problem.
    const isPerson = request.headers.accept?.includes('text/html') === true && !request.url.startsWith('/v1/')
    if (isPerson) throw new Problem('not-found', problems['not-found'].meaning)
    reply.callNotFound()
    return reply
  })

  for (const { name, type, text, fingerprint } of assets) {
    app.get(
      `/assets/${name}`,
      { schema: { hide: true, querystring: z.strictObject({ v: z.string().optional() }) } },
      async (request, reply) => {
        void reply.type(type)
        if (notModified(request, reply, text)) return reply.code(304).send()
        if (request.query.v === fingerprint) {
          void reply.header('cache-control', 'public, max-age=31536000, immutable')
        }
        return text
      },
    )
  }
  done()
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code)
}

function sendPage(request: FastifyRequest, reply: FastifyReply, page: string): FastifyReply {
  // The page as a whole is its content: it changes with the layout of a new version too.
  if (notModified(request, reply, page)) return reply.code(304).send()
  return reply.type('text/html; charset=utf-8').send(page)
}
