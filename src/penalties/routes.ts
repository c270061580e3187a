import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { principalOf, type Authenticate } from '../platform/auth.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { writeOnce } from '../platform/idempotency.ts'
import { problemResponses } from '../platform/problem.ts'
import { penaltyBody, penaltyParams, penaltySchema, withdrawalBody } from './schemas.ts'
import { publishPenalty, withdrawPenalty } from './service.ts'

interface Options {
  db: Db
  clock: Clock
  authenticate: Authenticate
}

/** Penalty decisions: published, and withdrawn when they fall (contract section 5). */
export const penaltyRoutes: FastifyPluginCallbackZod<Options> = (app, { db, clock, authenticate }, done) => {
  const common = { tags: ['Staff'], security: [{ key: [] }] }
  app.post(
    '/v1/penalties',
    {
      onRequest: authenticate('registry:write'),
      schema: {
        ...common,
        operationId: 'publishPenalty',
        summary: 'Publish a penalty decision for as long as the rules allow',
        body: penaltyBody,
        response: { 201: penaltySchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const now = clock.now()
      const act = { by: principalOf(request).partnerId, now }
      return writeOnce(db, { request, reply, status: 201, now, audit: 'penalty.published' }, (tx) =>
        publishPenalty(tx, request.body, act),
      )
    },
  )
  app.post(
    '/v1/penalties/:id/withdraw',
    {
      onRequest: authenticate('registry:write'),
      schema: {
        ...common,
        operationId: 'withdrawPenalty',
        summary: 'End the publication of a penalty that was annulled, changed or declared void',
        params: penaltyParams,
        body: withdrawalBody,
        response: { 200: penaltySchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const now = clock.now()
      const act = { by: principalOf(request).partnerId, now }
      return writeOnce(db, { request, reply, now, audit: 'penalty.withdrawn' }, (tx) =>
        withdrawPenalty(tx, request.params.id, request.body, act),
      )
    },
  )
  done()
}
