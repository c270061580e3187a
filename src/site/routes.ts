import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { usccParameter } from '../credit-files/schemas.ts'
import type { PresentFiles } from '../credit-files/present-files.ts'
import { readCreditFile } from '../credit-files/service.ts'
import { checkpointReader } from '../feed/checkpoint.ts'
import { notModified } from '../platform/caching.ts'
import { presentRulebook } from '../law/service.ts'
import { dayOf, type Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { Problem, problems, type ProblemCode } from '../platform/problem.ts'
import type { Signing } from '../platform/signing.ts'
import type { FollowedNames } from '../search/follower.ts'
import { statisticsReader } from '../statistics/service.ts'
import { aboutPage } from './about-page.tsx'
import { assets } from './assets.ts'
import { casePageRoutes } from './cases/routes.ts'
import { creditFilePage } from './credit-file-page.tsx'
import { feedPage } from './feed-page.tsx'
import { homePage } from './home.tsx'
import { listPageRoutes } from './lists/routes.ts'
import { isOfProgram, languageOfPage, sendPage, servePages } from './pages.ts'
import { printPage } from './print-page.tsx'
import { problemPage } from './problem-page.tsx'
import { rulebookPageRoutes } from './rulebook/routes.tsx'
import { findPage } from './search.ts'
import { statisticsPageRoutes } from './statistics/routes.ts'

interface Options {
  db: Db
  clock: Clock
  files: PresentFiles
  names: FollowedNames
  signing: Signing
  /** Where the public reaches the service, without a slash at the end. */
  publicUrl: () => string
}

/** Links are shared with all sorts of parameters added: a page leaves those that it does not know alone. */
const nothing = z.object({})

/** A form sends a day that was left empty as an empty text. */
const fileQuery = z.object({
  asOf: z.preprocess((value) => (value === '' ? undefined : value), z.iso.date().optional()),
})

/** What a person pastes may have control characters in it, which PostgreSQL refuses (NUL) and no name has. */
const searchQuery = z.object({
  q: z
    .string()
    .max(4000)
    .default('')
    .transform((text) => text.replace(/\p{Cc}+/gu, ' ').trim()),
  cursor: z.string().min(1).max(1000).optional(),
})

/** The public pages. Their faults are pages too, so the plugin has an error handler of its own. */
export const siteRoutes: FastifyPluginCallbackZod<Options> = (app, options, done) => {
  const { db, clock, files, names, signing, publicUrl } = options
  servePages(app)
  const readStatistics = statisticsReader(db, clock)
  const readCheckpoint = checkpointReader(db, signing, clock)
  void app.register(listPageRoutes, { db, clock, readStatistics, publicUrl })
  void app.register(statisticsPageRoutes, { db, readStatistics, publicUrl })
  void app.register(rulebookPageRoutes, { db, clock, publicUrl })
  void app.register(casePageRoutes, { db, clock, publicUrl })

  app.get('/', { schema: { hide: true, querystring: nothing } }, async (request, reply) =>
    sendPage(request, reply, homePage({ language: languageOfPage(request), publicUrl: publicUrl() })),
  )

  app.get('/about', { schema: { hide: true, querystring: nothing } }, async (request, reply) =>
    sendPage(request, reply, aboutPage({ language: languageOfPage(request), publicUrl: publicUrl() })),
  )

  app.get(
    '/search',
    { config: { budget: 'search' }, schema: { hide: true, querystring: searchQuery } },
    async (request, reply) => {
      const found = await findPage({ db, clock, names }, languageOfPage(request), request.query, { request, reply })
      if ('uscc' in found) return reply.redirect(`/credit-files/${found.uscc}`, 303)
      return sendPage(request, reply, found.page)
    },
  )

  const fileParams = z.strictObject({ uscc: usccParameter })
  app.get(
    '/credit-files/:uscc',
    { schema: { hide: true, params: fileParams, querystring: fileQuery } },
    async (request, reply) => {
      const language = languageOfPage(request)
      const { asOf } = request.query
      const file = await readCreditFile({ db, clock, files, language }, request.params.uscc, { asOf })
      const rulebook = await presentRulebook(db)
      const today = dayOf(clock.now())
      return sendPage(request, reply, creditFilePage({ language, file, rulebook, today, publicUrl: publicUrl() }))
    },
  )

  app.get(
    '/credit-files/:uscc/print',
    { schema: { hide: true, params: fileParams, querystring: nothing } },
    async (request, reply) => {
      const language = languageOfPage(request)
      const file = await readCreditFile({ db, clock, files, language }, request.params.uscc)
      return sendPage(request, reply, printPage({ language, file, publicUrl: publicUrl() }))
    },
  )

  app.get('/feed', { schema: { hide: true, querystring: nothing } }, async (request, reply) => {
    const checkpoint = await readCheckpoint()
    return sendPage(request, reply, feedPage({ language: languageOfPage(request), checkpoint, publicUrl: publicUrl() }))
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
    if (!isOfProgram(request)) throw new Problem('not-found', problems['not-found'].meaning)
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
