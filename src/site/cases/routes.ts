import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { readCasesPage } from '../../cases/cases-page.ts'
import { caseParams } from '../../cases/schemas.ts'
import { readCase } from '../../cases/service.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/db.ts'
import { languageOfPage, sendPage } from '../pages.ts'
import { casePage, casesPage } from './case-pages.tsx'

interface Options {
  db: Db
  clock: Clock
  publicUrl: () => string
}

const casesOnPage = 20

/** The pages of typical cases. */
export const casePageRoutes: FastifyPluginCallbackZod<Options> = (app, { db, clock, publicUrl }, done) => {
  const query = z.object({ cursor: z.string().max(1000).optional() })
  app.get('/cases', { schema: { hide: true, querystring: query } }, async (request, reply) => {
    const reader = { db, clock, language: languageOfPage(request) }
    const { cursor } = request.query
    const where = { path: '/cases', request, reply }
    const page = await readCasesPage(reader, { limit: casesOnPage, cursor }, where)
    const view = { ...page, language: reader.language, isFirst: cursor === undefined, publicUrl: publicUrl() }
    return sendPage(request, reply, casesPage(view))
  })

  app.get(
    '/cases/:id',
    { schema: { hide: true, params: caseParams, querystring: z.object({}) } },
    async (request, reply) => {
      const reader = { db, clock, language: languageOfPage(request) }
      const read = await readCase(reader, request.params.id)
      return sendPage(request, reply, casePage({ language: reader.language, read, publicUrl: publicUrl() }))
    },
  )
  done()
}
