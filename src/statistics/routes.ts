import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { notModified, notModifiedResponse } from '../platform/caching.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { problemResponses } from '../platform/problem.ts'
import { statisticsAnswer, statisticsQuery } from './schemas.ts'
import { statisticsReader } from './service.ts'

/** What the lists and the registry come to, counted (contract section 2). */
export const statisticsRoutes: FastifyPluginCallbackZod<{ db: Db; clock: Clock }> = (app, { db, clock }, done) => {
  const readStatistics = statisticsReader(db, clock)
  app.get(
    '/v1/statistics',
    {
      schema: {
        operationId: 'getStatistics',
        tags: ['Public lookup'],
        summary: 'Counts of entries, reports, licence display and web presences',
        querystring: statisticsQuery,
        response: { 200: statisticsAnswer, 304: notModifiedResponse, ...problemResponses },
      },
    },
    async (request, reply) => {
      const statistics = await readStatistics(request.query.regionCode ?? '')
      if (notModified(request, reply, statistics)) return reply.code(304).send()
      return statistics
    },
  )
  done()
}
