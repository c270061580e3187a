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
import type { Repair } from './domain.ts'
import { findRepair, listRepairs } from './repository.ts'
import {
  acceptanceBody,
  cancellationBody,
  repairBody,
  repairPage,
  repairParams,
  repairSchema,
  repairsQuery,
  repairVerdict,
  refusalBody,
} from './schemas.ts'
import { answerRepair, cancelRepair, deadlinesOfRepair, decideRepair, fileRepair } from './service.ts'

interface Options {
  db: Db
  clock: Clock
  authenticate: Authenticate
}

const readers = ['decisions:propose', 'decisions:approve', 'admin']

/** Credit repair (信用修复): exits from the lists, and early ends of the publication of penalties (contract section 5). */
export const repairRoutes: FastifyPluginCallbackZod<Options> = (app, { db, clock, authenticate }, done) => {
  const common = { tags: ['Staff'], security: [{ key: [] }] }
  const answers = { response: { 200: repairSchema, ...problemResponses } }
  /** With the deadlines that are open today. */
  const answer = async (from: DbOrTx, row: Repair, request: FastifyRequest) => {
    const today = dayOf(clock.now())
    const deadlines = await deadlinesOfRepair(from, await presentRulebook(from), row, today)
    return { ...row, deadlines: answerDeadlines(deadlines, { today, language: languageOf(request), isClosed: false }) }
  }
  const actOf = (request: FastifyRequest) => ({ by: principalOf(request).partnerId, now: clock.now() })

  app.post(
    '/v1/repairs',
    {
      onRequest: authenticate('decisions:propose'),
      schema: {
        ...common,
        operationId: 'fileRepair',
        summary: 'File an application for an exit from a list, or for an early end of the publication of a penalty',
        body: repairBody,
        response: { 201: repairSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const act = actOf(request)
      return writeOnce(db, { request, reply, status: 201, now: act.now, audit: 'repair.filed' }, async (tx) =>
        answer(tx, await fileRepair(tx, request.body, act), request),
      )
    },
  )

  app.post(
    '/v1/repairs/:id/accept',
    {
      onRequest: authenticate('decisions:propose'),
      schema: {
        ...common,
        ...answers,
        operationId: 'acceptRepair',
        summary: 'Accept an application, to verify it',
        params: repairParams,
        body: acceptanceBody,
      },
    },
    async (request, reply) => {
      const act = actOf(request)
      const { on, note = null } = request.body
      return writeOnce(db, { request, reply, now: act.now, audit: 'repair.accepted' }, async (tx) =>
        answer(tx, await answerRepair(tx, request.params.id, { on, accept: true, reason: note }, act), request),
      )
    },
  )

  app.post(
    '/v1/repairs/:id/refuse',
    {
      onRequest: authenticate('decisions:propose'),
      schema: {
        ...common,
        ...answers,
        operationId: 'refuseRepair',
        summary: 'Do not accept an application, with the reason',
        params: repairParams,
        body: refusalBody,
      },
    },
    async (request, reply) => {
      const act = actOf(request)
      return writeOnce(db, { request, reply, now: act.now, audit: 'repair.refused' }, async (tx) =>
        answer(tx, await answerRepair(tx, request.params.id, { ...request.body, accept: false }, act), request),
      )
    },
  )

  app.post(
    '/v1/repairs/:id/decide',
    {
      onRequest: authenticate('decisions:approve'),
      schema: {
        ...common,
        ...answers,
        operationId: 'decideRepair',
        summary: 'Grant or refuse; a granted exit proposes the decision',
        params: repairParams,
        body: repairVerdict,
      },
    },
    async (request, reply) => {
      const act = actOf(request)
      return writeOnce(db, { request, reply, now: act.now, audit: 'repair.decided' }, async (tx) =>
        answer(tx, await decideRepair(tx, request.params.id, request.body, act), request),
      )
    },
  )

  app.post(
    '/v1/repairs/:id/cancel',
    {
      onRequest: authenticate('decisions:approve'),
      schema: {
        ...common,
        ...answers,
        operationId: 'cancelRepair',
        summary: 'Cancel a repair that was got by false material; what it ended is to come back',
        params: repairParams,
        body: cancellationBody,
      },
    },
    async (request, reply) => {
      const act = actOf(request)
      return writeOnce(db, { request, reply, now: act.now, audit: 'repair.cancelled' }, async (tx) =>
        answer(tx, await cancelRepair(tx, request.params.id, request.body, act), request),
      )
    },
  )

  app.get(
    '/v1/repairs',
    {
      onRequest: authenticate(...readers),
      schema: {
        ...common,
        operationId: 'listRepairs',
        summary: 'Applications for credit repair, newest first, with their legal deadlines',
        querystring: repairsQuery,
        response: { 200: repairPage, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { limit, cursor, ...filter } = request.query
      const list = listName('/v1/repairs', filter)
      const status = filter.status === undefined ? undefined : [filter.status]
      const after = afterOf(list, cursor, z.uuid())
      const rows = await listRepairs(db, { uscc: filter.uscc, status, after, limit: limit + 1 })
      void reply.header('cache-control', 'no-store')
      const { items, next } = pageOf(rows, { list, limit, keyOf: (row) => row.id, request, reply })
      return { items: await Promise.all(items.map((row) => answer(db, row, request))), next }
    },
  )

  app.get(
    '/v1/repairs/:id',
    {
      onRequest: authenticate(...readers),
      schema: {
        ...common,
        ...answers,
        operationId: 'getRepair',
        summary: 'An application for credit repair with its legal deadlines',
        params: repairParams,
      },
    },
    async (request, reply) => {
      const row = await findRepair(db, request.params.id)
      if (row === null) throw new Problem('unknown-repair', problems['unknown-repair'].meaning)
      void reply.header('cache-control', 'no-store')
      return answer(db, row, request)
    },
  )
  done()
}
