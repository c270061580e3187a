import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { principalOf, type Authenticate } from '../platform/auth.ts'
import { notModified, notModifiedResponse } from '../platform/caching.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { writeOnce } from '../platform/idempotency.ts'
import { languageOf } from '../platform/language.ts'
import { problemResponses } from '../platform/problem.ts'
import { readCasesPage } from './cases-page.ts'
import { caseBody, caseParams, casePatch, casesAnswer, caseSchema, casesQuery, keptCaseSchema } from './schemas.ts'
import { changeCase, publishCase, readCase, withdrawCase } from './service.ts'

interface Options {
  db: Db
  clock: Clock
  authenticate: Authenticate
}

/** Typical cases: read by everybody, published by staff. */
export const caseRoutes: FastifyPluginCallbackZod<Options> = (app, { db, clock, authenticate }, done) => {
  const staff = { onRequest: authenticate('registry:write', 'decisions:approve') }
  const ofStaff = { tags: ['Staff'], security: [{ key: [] }] }
  const act = (request: Parameters<typeof principalOf>[0], now: Date) => ({ by: principalOf(request).partnerId, now })

  app.get(
    '/v1/cases',
    {
      schema: {
        operationId: 'listCases',
        tags: ['Public lookup'],
        summary: 'Typical cases, newest first',
        querystring: casesQuery,
        response: { 200: casesAnswer, 304: notModifiedResponse, ...problemResponses },
      },
    },
    async (request, reply) => {
      const reader = { db, clock, language: languageOf(request) }
      const page = await readCasesPage(reader, request.query, { path: '/v1/cases', request, reply })
      if (notModified(request, reply, page)) return reply.code(304).send()
      return page
    },
  )

  app.get(
    '/v1/cases/:id',
    {
      schema: {
        operationId: 'getCase',
        tags: ['Public lookup'],
        summary: 'One typical case',
        params: caseParams,
        querystring: z.strictObject({}),
        response: { 200: caseSchema, 304: notModifiedResponse, ...problemResponses },
      },
    },
    async (request, reply) => {
      const read = await readCase({ db, clock, language: languageOf(request) }, request.params.id)
      if (notModified(request, reply, read)) return reply.code(304).send()
      return read
    },
  )

  app.post(
    '/v1/cases',
    {
      ...staff,
      schema: {
        ...ofStaff,
        operationId: 'publishCase',
        summary: 'Publish a typical case',
        body: caseBody,
        response: { 201: keptCaseSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const now = clock.now()
      return writeOnce(db, { request, reply, audit: 'case.published', status: 201, now }, (tx) =>
        publishCase(tx, request.body, act(request, now)),
      )
    },
  )

  app.patch(
    '/v1/cases/:id',
    {
      ...staff,
      schema: {
        ...ofStaff,
        operationId: 'changeCase',
        summary: 'Change a typical case',
        params: caseParams,
        body: casePatch,
        response: { 200: keptCaseSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const now = clock.now()
      return writeOnce(db, { request, reply, audit: 'case.changed', now }, (tx) =>
        changeCase(tx, request.params.id, request.body, act(request, now)),
      )
    },
  )

  app.post(
    '/v1/cases/:id/withdraw',
    {
      ...staff,
      schema: {
        ...ofStaff,
        operationId: 'withdrawCase',
        summary: 'Take a typical case out of view, for good',
        params: caseParams,
        response: { 200: keptCaseSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const now = clock.now()
      return writeOnce(db, { request, reply, audit: 'case.withdrawn', now }, (tx) =>
        withdrawCase(tx, request.params.id, act(request, now)),
      )
    },
  )
  done()
}
