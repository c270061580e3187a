import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { notModified, notModifiedResponse } from '../platform/caching.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { problemResponses } from '../platform/problem.ts'
import { searchAnswer, searchQuery } from './schemas.ts'
import { search } from './service.ts'

interface Options {
  db: Db
  clock: Clock
}

/** Public search by name, code or address (contract section 2). */
export const searchRoutes: FastifyPluginCallbackZod<Options> = (app, { db, clock }, done) => {
  app.get(
    '/v1/search',
    {
      schema: {
        operationId: 'searchSubjects',
        tags: ['Public lookup'],
        summary: 'Businesses by name, code or address, best match first',
        querystring: searchQuery,
        response: { 200: searchAnswer, 304: notModifiedResponse, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { q, limit, ...filter } = request.query
      const answer = { items: await search(db, clock, q, filter, limit), next: null }
      if (notModified(request, reply, answer)) return reply.code(304).send()
      return answer
    },
  )
  done()
}
