import type { FastifyRequest } from 'fastify'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actorOf, recordAudit } from '../platform/audit.ts'
import { principalOf, type Authenticate } from '../platform/auth.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { writeOnce } from '../platform/idempotency.ts'
import type { Outbound } from '../platform/outbound.ts'
import { afterOf, listName, pageOf } from '../platform/pagination.ts'
import { problemResponses } from '../platform/problem.ts'
import { listDeliveries, listSubscriptions, type DeliveryRow, type SubscriptionRow } from './repository.ts'
import {
  deletedResponse,
  deliveryPage,
  noBody,
  replayBody,
  subscriptionBody,
  subscriptionChanges,
  subscriptionPage,
  subscriptionParams,
  subscriptionSchema,
  subscriptionsQuery,
  subscriptionWithSecret,
  testAnswer,
} from './schemas.ts'
import {
  changeSubscription,
  createSubscription,
  ownSubscription,
  removeSubscription,
  replaySubscription,
  rotateSecret,
  testSubscription,
} from './service.ts'

interface Options {
  db: Db
  clock: Clock
  outbound: Outbound
  authenticate: Authenticate
}

const iso = (instant: Date | null) => instant?.toISOString() ?? null

/** What is told of a subscription; the secret is told by the two calls that make one. */
function present(row: SubscriptionRow) {
  const { id, url, status, pauseReason, regionCode, position, attempts } = row
  const types = row.types as z.output<typeof subscriptionSchema>['types']
  const lists = row.lists as z.output<typeof subscriptionSchema>['lists']
  return {
    ...{ id, url, types, lists, regionCode, status, pauseReason, position, attempts },
    pausedAt: iso(row.pausedAt),
    nextAttemptAt: iso(row.nextAttemptAt),
    createdAt: row.createdAt.toISOString(),
  }
}

function presentDelivery({ subscriptionId: _, ...row }: DeliveryRow) {
  return {
    ...row,
    firstAttemptAt: row.firstAttemptAt.toISOString(),
    lastAttemptAt: row.lastAttemptAt.toISOString(),
    nextAttemptAt: iso(row.nextAttemptAt),
  }
}

/** Webhooks by Standard Webhooks 1.0.0, for partner agencies and platforms (contract section 4). */
export const subscriptionRoutes: FastifyPluginCallbackZod<Options> = (app, options, done) => {
  const { db, clock, outbound, authenticate } = options
  const guarded = { onRequest: authenticate('feed', 'screening') }
  const common = { tags: ['Webhooks'], security: [{ key: [] }] }
  const ofOne = { ...common, params: subscriptionParams }
  const callOf = (request: FastifyRequest) => ({ principal: principalOf(request), now: clock.now() })

  app.post(
    '/v1/subscriptions',
    {
      ...guarded,
      schema: {
        ...common,
        operationId: 'createSubscription',
        summary: 'Subscribe an address to events; the secret is shown once',
        body: subscriptionBody,
        response: { 201: subscriptionWithSecret, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { principal, now } = callOf(request)
      return writeOnce(db, { request, reply, status: 201, now, audit: 'subscription.created' }, async (tx) => {
        const row = await createSubscription(tx, principal, request.body, { outbound, now })
        return { ...present(row), secret: row.secret }
      })
    },
  )

  app.get(
    '/v1/subscriptions',
    {
      ...guarded,
      schema: {
        ...common,
        operationId: 'listSubscriptions',
        summary: 'The subscriptions of the caller, oldest first',
        querystring: subscriptionsQuery,
        response: { 200: subscriptionPage, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { principal } = callOf(request)
      const { limit, cursor } = request.query
      const list = listName('/v1/subscriptions', { partnerId: principal.partnerId })
      const after = afterOf(list, cursor, z.uuid())
      const alertsAlone = !principal.scopes.includes('feed')
      const rows = await listSubscriptions(db, { partnerId: principal.partnerId, alertsAlone, after, limit: limit + 1 })
      void reply.header('cache-control', 'no-store')
      return pageOf(rows.map(present), { list, limit, keyOf: ({ id }) => id, request, reply })
    },
  )

  app.get(
    '/v1/subscriptions/:id',
    {
      ...guarded,
      schema: {
        ...ofOne,
        operationId: 'readSubscription',
        summary: 'One subscription, with where it stands and why it is paused',
        response: { 200: subscriptionSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store')
      return present(await ownSubscription(db, principalOf(request), request.params.id))
    },
  )

  app.patch(
    '/v1/subscriptions/:id',
    {
      ...guarded,
      schema: {
        ...ofOne,
        operationId: 'changeSubscription',
        summary: 'Change, pause or resume a subscription; it goes on from where it stands',
        body: subscriptionChanges,
        response: { 200: subscriptionSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { principal, now } = callOf(request)
      return writeOnce(db, { request, reply, now, audit: 'subscription.changed' }, async (tx) =>
        present(await changeSubscription(tx, principal, request.params.id, request.body, { outbound, now })),
      )
    },
  )

  app.delete(
    '/v1/subscriptions/:id',
    {
      ...guarded,
      schema: {
        ...ofOne,
        operationId: 'deleteSubscription',
        summary: 'Delete a subscription with its history',
        response: { 204: deletedResponse, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { principal, now } = callOf(request)
      await writeOnce(db, { request, reply, status: 204, now, audit: 'subscription.deleted' }, async (tx) => {
        await removeSubscription(tx, principal, request.params.id)
        return {}
      })
      return reply.send(undefined)
    },
  )

  app.post(
    '/v1/subscriptions/:id/rotate-secret',
    {
      ...guarded,
      schema: {
        ...ofOne,
        operationId: 'rotateSubscriptionSecret',
        summary: 'Make a new secret, shown once; for 24 hours the old one signs too',
        body: noBody,
        response: { 200: subscriptionWithSecret, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { principal, now } = callOf(request)
      return writeOnce(db, { request, reply, now, audit: 'subscription.secret-rotated' }, async (tx) => {
        const row = await rotateSecret(tx, principal, request.params.id, now)
        return { ...present(row), secret: row.secret }
      })
    },
  )

  app.post(
    '/v1/subscriptions/:id/replay',
    {
      ...guarded,
      schema: {
        ...ofOne,
        operationId: 'replaySubscription',
        summary: 'Deliver everything after a position again, in order',
        body: replayBody,
        response: { 200: subscriptionSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { principal, now } = callOf(request)
      return writeOnce(db, { request, reply, now, audit: 'subscription.replayed' }, async (tx) =>
        present(await replaySubscription(tx, principal, request.params.id, request.body.after)),
      )
    },
  )

  app.get(
    '/v1/subscriptions/:id/deliveries',
    {
      ...guarded,
      schema: {
        ...ofOne,
        operationId: 'listDeliveries',
        summary: 'What was sent and what came back, newest first, for 90 days',
        querystring: subscriptionsQuery,
        response: { 200: deliveryPage, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { id } = await ownSubscription(db, principalOf(request), request.params.id)
      const { limit, cursor } = request.query
      const list = listName('/v1/subscriptions/deliveries', { id })
      const before = afterOf(list, cursor, z.uuid())
      const rows = await listDeliveries(db, { subscriptionId: id, before, limit: limit + 1 })
      void reply.header('cache-control', 'no-store')
      return pageOf(rows.map(presentDelivery), { list, limit, keyOf: (row) => row.id, request, reply })
    },
  )

  app.post(
    '/v1/subscriptions/:id/test',
    {
      ...guarded,
      schema: {
        ...ofOne,
        operationId: 'testSubscription',
        summary: 'Send a test message now, and answer what came back',
        body: noBody,
        response: { 200: testAnswer, ...problemResponses },
      },
    },
    // Not through writeOnce: nothing changes, and a transaction would stay open as long as a receiver likes.
    async (request, reply) => {
      const { error, responseStatus, ...sent } = await testSubscription(
        db,
        principalOf(request),
        request.params.id,
        options,
      )
      const { id } = request.params
      const tested = { actor: actorOf(request), action: 'subscription.tested' as const, objectId: id, at: clock.now() }
      await recordAudit(db, tested)
      const { messageId, durationMs, responseBody } = sent
      const delivered = responseStatus !== null && responseStatus >= 200 && responseStatus < 300
      void reply.header('cache-control', 'no-store')
      return { messageId, delivered, responseStatus, error, durationMs, responseBody }
    },
  )
  done()
}
