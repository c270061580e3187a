import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { principalOf, type Authenticate } from '../platform/auth.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { writeOnce } from '../platform/idempotency.ts'
import { problemResponses } from '../platform/problem.ts'
import { honourBody, honourSchema } from './schemas.ts'
import { awardHonour } from './service.ts'

interface Options {
  db: Db
  clock: Clock
  authenticate: Authenticate
}

/** Honours that authorities award (contract section 5). */
export const honourRoutes: FastifyPluginCallbackZod<Options> = (app, { db, clock, authenticate }, done) => {
  app.post(
    '/v1/honours',
    {
      onRequest: authenticate('registry:write'),
      schema: {
        tags: ['Staff'],
        security: [{ key: [] }],
        operationId: 'awardHonour',
        summary: 'Publish an honour that an authority has awarded',
        body: honourBody,
        response: { 201: honourSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const now = clock.now()
      const act = { by: principalOf(request).partnerId, now }
      return writeOnce(db, { request, reply, status: 201, now, audit: 'honour.awarded' }, (tx) =>
        awardHonour(tx, request.body, act),
      )
    },
  )
  done()
}
