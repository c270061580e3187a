import type { FastifyRequest } from 'fastify'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { presentRulebook } from '../law/service.ts'
import { answerDeadlines } from '../listings/decisions/answer.ts'
import { principalOf, type Authenticate } from '../platform/auth.ts'
import { dayOf, type Clock } from '../platform/clock.ts'
import type { Db, DbOrTx } from '../platform/db.ts'
import { writeOnce } from '../platform/idempotency.ts'
import { languageOf } from '../platform/language.ts'
import { afterOf, listName, pageOf } from '../platform/pagination.ts'
import { Problem, problemResponses, problems } from '../platform/problem.ts'
import type { Objection } from './domain.ts'
import { findObjection, listObjections } from './repository.ts'
import {
  acceptanceBody,
  objectionBody,
  objectionPage,
  objectionParams,
  objectionSchema,
  objectionsQuery,
  objectionVerdict,
  refusalBody,
} from './schemas.ts'
import { answerObjection, deadlinesOfObjection, decideObjection, fileObjection } from './service.ts'

interface Options {
  db: Db
  clock: Clock
  authenticate: Authenticate
}

const readers = ['decisions:propose', 'decisions:approve', 'admin']

/** Objections (异议) of listed businesses against their entries (contract section 5). */
export const objectionRoutes: FastifyPluginCallbackZod<Options> = (app, { db, clock, authenticate }, done) => {
  const common = { tags: ['Staff'], security: [{ key: [] }] }
  const answers = { response: { 200: objectionSchema, ...problemResponses } }
  /** With the deadlines that are open today. */
  const answer = async (from: DbOrTx, row: Objection, request: FastifyRequest) => {
    const today = dayOf(clock.now())
    const deadlines = await deadlinesOfObjection(from, await presentRulebook(from), row, today)
    return { ...row, deadlines: answerDeadlines(deadlines, { today, language: languageOf(request), isClosed: false }) }
  }
  const actOf = (request: FastifyRequest) => ({ by: principalOf(request).partnerId, now: clock.now() })

  app.post(
    '/v1/objections',
    {
      onRequest: authenticate('decisions:propose'),
      schema: {
        ...common,
        operationId: 'fileObjection',
        summary: 'File an objection of a listed business against its entry',
        body: objectionBody,
        response: { 201: objectionSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const act = actOf(request)
      return writeOnce(db, { request, reply, status: 201, now: act.now, audit: 'objection.filed' }, async (tx) =>
        answer(tx, await fileObjection(tx, request.body, act), request),
      )
    },
  )

  app.post(
    '/v1/objections/:id/accept',
    {
      onRequest: authenticate('decisions:propose'),
      schema: {
        ...common,
        ...answers,
        operationId: 'acceptObjection',
        summary: 'Accept an objection, to verify it',
        params: objectionParams,
        body: acceptanceBody,
      },
    },
    async (request, reply) => {
      const act = actOf(request)
      const { on, note = null } = request.body
      return writeOnce(db, { request, reply, now: act.now, audit: 'objection.accepted' }, async (tx) =>
        answer(tx, await answerObjection(tx, request.params.id, { on, accept: true, reason: note }, act), request),
      )
    },
  )

  app.post(
    '/v1/objections/:id/refuse',
    {
      onRequest: authenticate('decisions:propose'),
      schema: {
        ...common,
        ...answers,
        operationId: 'refuseObjection',
        summary: 'Refuse an objection, with the reason',
        params: objectionParams,
        body: refusalBody,
      },
    },
    async (request, reply) => {
      const act = actOf(request)
      return writeOnce(db, { request, reply, now: act.now, audit: 'objection.refused' }, async (tx) =>
        answer(tx, await answerObjection(tx, request.params.id, { ...request.body, accept: false }, act), request),
      )
    },
  )

  app.post(
    '/v1/objections/:id/decide',
    {
      onRequest: authenticate('decisions:approve'),
      schema: {
        ...common,
        ...answers,
        operationId: 'decideObjection',
        summary: 'Say what was found; an upheld objection proposes the correction',
        params: objectionParams,
        body: objectionVerdict,
      },
    },
    async (request, reply) => {
      const act = actOf(request)
      return writeOnce(db, { request, reply, now: act.now, audit: 'objection.decided' }, async (tx) =>
        answer(tx, await decideObjection(tx, request.params.id, request.body, act), request),
      )
    },
  )

  app.get(
    '/v1/objections',
    {
      onRequest: authenticate(...readers),
      schema: {
        ...common,
        operationId: 'listObjections',
        summary: 'Objections, newest first, with their legal deadlines',
        querystring: objectionsQuery,
        response: { 200: objectionPage, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { limit, cursor, ...filter } = request.query
      const list = listName('/v1/objections', filter)
      const status = filter.status === undefined ? undefined : [filter.status]
      const after = afterOf(list, cursor, z.uuid())
      const rows = await listObjections(db, { uscc: filter.uscc, status, after, limit: limit + 1 })
      void reply.header('cache-control', 'no-store')
      const { items, next } = pageOf(rows, { list, limit, keyOf: (row) => row.id, request, reply })
      return { items: await Promise.all(items.map((row) => answer(db, row, request))), next }
    },
  )

  app.get(
    '/v1/objections/:id',
    {
      onRequest: authenticate(...readers),
      schema: {
        ...common,
        ...answers,
        operationId: 'getObjection',
        summary: 'An objection with its legal deadlines',
        params: objectionParams,
      },
    },
    async (request, reply) => {
      const row = await findObjection(db, request.params.id)
      if (row === null) throw new Problem('unknown-objection', problems['unknown-objection'].meaning)
      void reply.header('cache-control', 'no-store')
      return answer(db, row, request)
    },
  )
  done()
}
