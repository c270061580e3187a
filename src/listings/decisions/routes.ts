import type { FastifyRequest } from 'fastify'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { presentRulebook } from '../../law/service.ts'
import { principalOf, type Authenticate } from '../../platform/auth.ts'
import { dayOf, type Clock } from '../../platform/clock.ts'
import type { Db, DbOrTx } from '../../platform/db.ts'
import { writeOnce } from '../../platform/idempotency.ts'
import { languageOf } from '../../platform/language.ts'
import { afterOf, listName, pageOf } from '../../platform/pagination.ts'
import { Problem, problemResponses, problems } from '../../platform/problem.ts'
import { answerDecision } from './answer.ts'
import { findProposal, listProposals, type ProposalRow } from './repository.ts'
import {
  approvalBody,
  decisionBody,
  decisionPage,
  decisionParams,
  decisionSchema,
  decisionsQuery,
  rejectionBody,
} from './schemas.ts'
import { approveDecision, proposeDecision, rejectDecision } from './service.ts'

interface Options {
  db: Db
  clock: Clock
  authenticate: Authenticate
}

/** Decisions of staff: one proposes, another approves or rejects (contract section 5). */
export const decisionRoutes: FastifyPluginCallbackZod<Options> = (app, { db, clock, authenticate }, done) => {
  const common = { tags: ['Staff'], security: [{ key: [] }] }
  const answer = async (from: DbOrTx, row: ProposalRow, request: FastifyRequest) =>
    answerDecision(await presentRulebook(from), row, { today: dayOf(clock.now()), language: languageOf(request) })

  app.post(
    '/v1/decisions',
    {
      onRequest: authenticate('decisions:propose'),
      schema: {
        ...common,
        operationId: 'proposeDecision',
        summary: 'Propose to enter a business on a list, or to end, void or restore an entry',
        body: decisionBody,
        response: { 201: decisionSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const now = clock.now()
      const act = { by: principalOf(request).partnerId, now }
      return writeOnce(db, { request, reply, status: 201, now, audit: 'decision.proposed' }, async (tx) =>
        answer(tx, await proposeDecision(tx, request.body, act), request),
      )
    },
  )

  app.post(
    '/v1/decisions/:id/approve',
    {
      onRequest: authenticate('decisions:approve'),
      schema: {
        ...common,
        operationId: 'approveDecision',
        summary: 'Approve a decision that somebody else has proposed; the list and the feed change with it',
        params: decisionParams,
        body: approvalBody,
        response: { 200: decisionSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const now = clock.now()
      const act = { by: principalOf(request).partnerId, now }
      return writeOnce(db, { request, reply, now, audit: 'decision.approved' }, async (tx) =>
        answer(tx, await approveDecision(tx, request.params.id, act), request),
      )
    },
  )

  app.post(
    '/v1/decisions/:id/reject',
    {
      onRequest: authenticate('decisions:approve'),
      schema: {
        ...common,
        operationId: 'rejectDecision',
        summary: 'Reject a decision that somebody else has proposed',
        params: decisionParams,
        body: rejectionBody,
        response: { 200: decisionSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const now = clock.now()
      const act = { by: principalOf(request).partnerId, now }
      return writeOnce(db, { request, reply, now, audit: 'decision.rejected' }, async (tx) =>
        answer(tx, await rejectDecision(tx, request.params.id, request.body?.reason ?? null, act), request),
      )
    },
  )

  app.get(
    '/v1/decisions',
    {
      onRequest: authenticate('decisions:propose', 'decisions:approve', 'admin'),
      schema: {
        ...common,
        operationId: 'listDecisions',
        summary: 'The work list: decisions of staff, newest first, with their legal deadlines',
        querystring: decisionsQuery,
        response: { 200: decisionPage, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { limit, cursor, ...filter } = request.query
      const list = listName('/v1/decisions', filter)
      const view = { today: dayOf(clock.now()), language: languageOf(request) }
      const after = afterOf(list, cursor, z.uuid())
      const rows = await listProposals(db, { ...filter, today: view.today, after, limit: limit + 1 })
      const rulebook = await presentRulebook(db)
      void reply.header('cache-control', 'no-store')
      const { items, next } = pageOf(rows, { list, limit, keyOf: (row) => row.id, request, reply })
      return { items: items.map((row) => answerDecision(rulebook, row, view)), next }
    },
  )

  app.get(
    '/v1/decisions/:id',
    {
      onRequest: authenticate('decisions:propose', 'decisions:approve', 'admin'),
      schema: {
        ...common,
        operationId: 'getDecision',
        summary: 'A decision of staff with its legal deadlines',
        params: decisionParams,
        response: { 200: decisionSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const row = await findProposal(db, request.params.id)
      if (row === null) throw new Problem('unknown-decision', problems['unknown-decision'].meaning)
      void reply.header('cache-control', 'no-store')
      return answer(db, row, request)
    },
  )
  done()
}
