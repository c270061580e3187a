import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { notModified, notModifiedResponse } from '../platform/caching.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { afterOf, listName, pageOf } from '../platform/pagination.ts'
import { problemResponses } from '../platform/problem.ts'
import type { FollowedNames } from './follower.ts'
import { positionHeader, rankKey, rankOf, searchAnswer, searchQuery } from './schemas.ts'
import { search } from './service.ts'

interface Options {
  db: Db
  clock: Clock
  names: FollowedNames
}

/** Public search by name, code or address (contract section 2). */
export const searchRoutes: FastifyPluginCallbackZod<Options> = (app, { db, clock, names }, done) => {
  app.get(
    '/v1/search',
    {
      config: { budget: 'search' },
      schema: {
        operationId: 'searchSubjects',
        tags: ['Public lookup'],
        summary: 'Businesses by name, code or address, best match first',
        description:
          'At most some 300 businesses are found: say more of the name for others. `X-Position` tells the position of ' +
          'the feed up to which every change has been taken into account.',
        querystring: searchQuery,
        response: { 200: searchAnswer, 304: notModifiedResponse, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { q, limit, cursor, ...filter } = request.query
      const list = listName('/v1/search', { q, ...filter })
      const after = rankOf(afterOf(list, cursor, rankKey))
      const { items, position } = await search({ db, clock, names }, q, filter, { limit: limit + 1, after })
      void reply.header(positionHeader, position)
      const page = pageOf(items, { list, limit, keyOf: ({ score, key }) => `${score} ${key}`, request, reply })
      const answer = { items: page.items.map(({ key: _, ...item }) => item), next: page.next }
      if (notModified(request, reply, answer)) return reply.code(304).send()
      return answer
    },
  )
  done()
}
