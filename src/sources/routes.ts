import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Authenticate } from '../platform/auth.ts'
import type { Db } from '../platform/db.ts'
import { afterOf, listName, pageOf } from '../platform/pagination.ts'
import { problemResponses } from '../platform/problem.ts'
import { listQuarantine } from './repository.ts'
import { quarantinePage, quarantineQuery } from './schemas.ts'

interface Options {
  db: Db
  authenticate: Authenticate
}

/** What sources sent and could not be taken, for staff (contract section 5). */
export const sourceRoutes: FastifyPluginCallbackZod<Options> = (app, { db, authenticate }, done) => {
  app.get(
    '/v1/quarantine',
    {
      onRequest: authenticate('registry:write', 'admin'),
      schema: {
        operationId: 'listQuarantine',
        tags: ['Staff'],
        summary: 'Records that could not be taken, with the reason, newest first',
        security: [{ key: [] }],
        querystring: quarantineQuery,
        response: { 200: quarantinePage, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { limit, cursor, ...filter } = request.query
      const list = listName('/v1/quarantine', filter)
      const rows = await listQuarantine(db, { ...filter, after: afterOf(list, cursor, z.uuid()), limit: limit + 1 })
      void reply.header('cache-control', 'no-store')
      return pageOf(rows, { list, limit, keyOf: (row) => row.id, request, reply })
    },
  )
  done()
}
