import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Authenticate } from '../platform/auth.ts'
import type { Db } from '../platform/db.ts'
import { afterOf, listName, pageOf } from '../platform/pagination.ts'
import { Problem, problemResponses, problems } from '../platform/problem.ts'
import { existsPresence, findPage, listVisits } from './repository.ts'
import { presenceParams, visitParams, visitsPage, visitsQuery } from './schemas.ts'

interface Options {
  db: Db
  authenticate: Authenticate
}

/** What the visits of a site or shop met, for staff who decide on it. */
export const webCheckRoutes: FastifyPluginCallbackZod<Options> = (app, { db, authenticate }, done) => {
  app.get(
    '/v1/web-presences/:id/checks',
    {
      onRequest: authenticate('registry:write', 'admin'),
      schema: {
        operationId: 'listWebChecks',
        tags: ['Staff'],
        summary: 'The visits of a site or shop with their evidence, newest first',
        security: [{ key: [] }],
        params: presenceParams,
        querystring: visitsQuery,
        response: { 200: visitsPage, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { limit, cursor } = request.query
      const { id } = request.params
      const list = listName(`/v1/web-presences/${id}/checks`, {})
      const after = afterOf(list, cursor, z.uuid())
      const rows = await listVisits(db, { webPresenceId: id, after, limit: limit + 1 })
      if (rows.length === 0 && !(await existsPresence(db, id))) {
        throw new Problem('unknown-web-presence', {
          zh: '没有此编号的网站或网店。',
          en: 'No site or shop has this identifier.',
        })
      }
      void reply.header('cache-control', 'no-store')
      return pageOf(rows, { list, limit, keyOf: (row) => row.id, request, reply })
    },
  )
  app.get(
    '/v1/web-presences/:id/checks/:checkId/page',
    {
      onRequest: authenticate('registry:write', 'admin'),
      schema: {
        operationId: 'getWebCheckPage',
        tags: ['Staff'],
        summary: 'The page that a visit judged, as it came, while it is kept',
        security: [{ key: [] }],
        params: visitParams,
        produces: ['application/octet-stream'],
        response: {
          200: z.any().meta({ description: 'The bytes of the page, to be saved and not opened' }),
          ...problemResponses,
        },
      },
    },
    async (request, reply) => {
      const { id, checkId } = request.params
      const page = await findPage(db, id, checkId)
      if (page === null) throw new Problem('not-found', problems['not-found'].meaning)
      // Never as HTML: it is a stranger's page on our host.
      return reply
        .type('application/octet-stream')
        .header('content-disposition', `attachment; filename="${checkId}.html"`)
        .header('cache-control', 'no-store')
        .send(page)
    },
  )
  done()
}
