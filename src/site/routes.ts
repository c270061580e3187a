import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { usccParameter } from '../credit-files/schemas.ts'
import { readCreditFile } from '../credit-files/service.ts'
import { findHead } from '../feed/repository.ts'
import { notModified } from '../platform/caching.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { Problem, problems, type ProblemCode } from '../platform/problem.ts'
import type { FollowedNames } from '../search/follower.ts'
import { assets } from './assets.ts'
import { creditFilePage } from './credit-file-page.tsx'
import { feedPage } from './feed-page.tsx'
import { homePage } from './home.tsx'
import { languageOfPage, sendPage, servePages } from './pages.ts'
import { problemPage } from './problem-page.tsx'
import { findPage } from './search.ts'

interface Options {
  db: Db
  clock: Clock
  names: FollowedNames
  /** Where the public reaches the service, without a slash at the end. */
  publicUrl: () => string
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
  servePages(app)

  app.get('/', { schema: { hide: true, querystring: nothing } }, async (request, reply) =>
    sendPage(request, reply, homePage({ language: languageOfPage(request), publicUrl: publicUrl() })),
  )

  app.get('/search', { schema: { hide: true, querystring: searchQuery } }, async (request, reply) => {
    const found = await findPage({ db, clock, names }, languageOfPage(request), request.query.q)
    if ('uscc' in found) return reply.redirect(`/credit-files/${found.uscc}`, 303)
    return sendPage(request, reply, found.page)
  })

  app.get(
    '/credit-files/:uscc',
    { schema: { hide: true, params: z.strictObject({ uscc: usccParameter }), querystring: nothing } },
    async (request, reply) => {
      const language = languageOfPage(request)
      const file = await readCreditFile({ db, clock, language }, request.params.uscc)
      return sendPage(request, reply, creditFilePage({ language, file, publicUrl: publicUrl() }))
    },
  )

  app.get('/feed', { schema: { hide: true, querystring: nothing } }, async (request, reply) => {
    const { position } = await findHead(db)
    return sendPage(
      request,
      reply,
      feedPage({ language: languageOfPage(request), head: position, publicUrl: publicUrl() }),
    )
  })

  app.get(
    '/problems/:code',
    { schema: { hide: true, params: z.strictObject({ code: z.string() }), querystring: nothing } },
    async (request, reply) => {
      const { code } = request.params
      if (!isProblemCode(code)) throw new Problem('not-found', problems['not-found'].meaning)
      return sendPage(request, reply, problemPage({ language: languageOfPage(request), code, publicUrl: publicUrl() }))
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
