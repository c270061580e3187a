import { Readable } from 'node:stream'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Authenticate } from '../../platform/auth.ts'
import type { Db } from '../../platform/db.ts'
import { problemResponses } from '../../platform/problem.ts'
import { exportEntities } from './service.ts'

interface Options {
  db: Db
  authenticate: Authenticate
  publicUrl: () => string
}

/** What OpenSanctions' tools call lines of FollowTheMoney entities. */
const mediaType = 'application/json+ftm'

/** The lists in the form that other systems of the field read (contract section 4). */
export const exportRoutes: FastifyPluginCallbackZod<Options> = (app, { db, authenticate, publicUrl }, done) => {
  app.get(
    '/v1/feed/exports/entities.ftm.json',
    {
      onRequest: authenticate('feed'),
      schema: {
        operationId: 'exportEntities',
        tags: ['Feed'],
        summary: 'The lists in force as FollowTheMoney entities, one a line',
        security: [{ key: [] }],
        querystring: z.strictObject({}),
        response: {
          200: { description: 'Businesses and their entries', content: { [mediaType]: { schema: z.string() } } },
          ...problemResponses,
        },
      },
    },
    async (_request, reply) => {
      const entities = exportEntities(db, publicUrl())
      // A fault before the first line is answered as one.
      const first = await entities.next()
      const lines = async function* () {
        if (first.done !== true) yield first.value
        yield* entities
      }
      void reply.header('cache-control', 'no-store').type(mediaType)
      return reply.send(Readable.from(lines()) as unknown as string)
    },
  )
  done()
}
