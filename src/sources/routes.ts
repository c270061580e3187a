import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { principalOf, type Authenticate } from '../platform/auth.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { writeOnce } from '../platform/idempotency.ts'
import { afterOf, listName, pageOf } from '../platform/pagination.ts'
import { problemResponses } from '../platform/problem.ts'
import { discardQuarantined, retryQuarantined } from './quarantine.ts'
import { listQuarantine } from './repository.ts'
import {
  collectionParameters,
  discardBody,
  quarantineItem,
  quarantinePage,
  quarantineParameters,
  quarantineQuery,
  recordsQuery,
  resumeBody,
  retriedRecord,
  retryBody,
  sourceList,
  sourceSchema,
  tracedRecords,
} from './schemas.ts'
import { listSources, resumeAndTell } from './source-state.ts'
import { traceRecords } from './trace.ts'

interface Options {
  db: Db
  clock: Clock
  authenticate: Authenticate
}

/** What sources sent, what of it could not be taken, and how the sources behave, for staff (contract section 5). */
export const sourceRoutes: FastifyPluginCallbackZod<Options> = (app, { db, clock, authenticate }, done) => {
  const staff = { onRequest: authenticate('registry:write', 'admin') }
  const common = { tags: ['Staff'], security: [{ key: [] }] }
  app.get(
    '/v1/quarantine',
    {
      ...staff,
      schema: {
        ...common,
        operationId: 'listQuarantine',
        summary: 'Records that could not be taken, with the reason, newest first',
        querystring: quarantineQuery,
        response: { 200: quarantinePage, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { limit, cursor, ...filter } = request.query
      const list = listName('/v1/quarantine', filter)
      const rows = await listQuarantine(db, { ...filter, after: afterOf(list, cursor, z.uuid()), limit: limit + 1 })
      void reply.header('cache-control', 'no-store')
      return pageOf(rows, { list, limit, keyOf: (row) => row.id, request, reply })
    },
  )

  app.post(
    '/v1/quarantine/:id/retry',
    {
      ...staff,
      schema: {
        ...common,
        operationId: 'retryQuarantinedRecord',
        summary: 'Try a record again, as it came or put right; the answer says whether it was taken',
        params: quarantineParameters,
        body: retryBody,
        response: { 200: retriedRecord, ...problemResponses },
      },
    },
    async (request, reply) => {
      const now = clock.now()
      const act = { by: principalOf(request).partnerId, now }
      return writeOnce(db, { request, reply, audit: 'quarantine.retried', now }, (tx) =>
        retryQuarantined(tx, request.params.id, request.body ?? {}, act),
      )
    },
  )

  app.post(
    '/v1/quarantine/:id/discard',
    {
      ...staff,
      schema: {
        ...common,
        operationId: 'discardQuarantinedRecord',
        summary: 'Throw a record away for good, with the reason',
        params: quarantineParameters,
        body: discardBody,
        response: { 200: quarantineItem, ...problemResponses },
      },
    },
    async (request, reply) => {
      const now = clock.now()
      const act = { by: principalOf(request).partnerId, now }
      return writeOnce(db, { request, reply, audit: 'quarantine.discarded', now }, (tx) =>
        discardQuarantined(tx, request.params.id, request.body, act),
      )
    },
  )

  app.get(
    '/v1/sources',
    {
      ...staff,
      schema: {
        ...common,
        operationId: 'listSources',
        summary: 'How each source behaves: whether it is pulled, how fresh it is, why it is stopped',
        querystring: z.strictObject({}),
        response: { 200: sourceList, ...problemResponses },
      },
    },
    async (_request, reply) => {
      void reply.header('cache-control', 'no-store')
      return { items: await listSources(db, clock.now()) }
    },
  )

  app.post(
    '/v1/sources/:collection/resume',
    {
      ...staff,
      schema: {
        ...common,
        operationId: 'resumeSource',
        summary: 'Let a source that is stopped or left alone be pulled again, with the reason',
        params: collectionParameters,
        body: resumeBody,
        response: { 200: sourceSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const now = clock.now()
      const resumed = { ...request.body, by: principalOf(request).partnerId, now }
      return writeOnce(db, { request, reply, audit: 'source.resumed', now }, (tx) =>
        resumeAndTell(tx, request.params.collection, resumed),
      )
    },
  )

  app.get(
    '/v1/sources/records',
    {
      ...staff,
      schema: {
        ...common,
        operationId: 'traceRecords',
        summary: 'The raw records that what is held came from, and the page or file in which they came',
        querystring: recordsQuery,
        response: { 200: tracedRecords, ...problemResponses },
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store')
      return { items: await traceRecords(db, request.query) }
    },
  )
  done()
}
