import type { FastifyRequest } from 'fastify'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { principalOf, type Authenticate } from '../platform/auth.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { writeOnce } from '../platform/idempotency.ts'
import { afterOf, listName, pageOf } from '../platform/pagination.ts'
import { problemResponses } from '../platform/problem.ts'
import { listAlerts, listMembersOf, listMonitors } from './monitor-repository.ts'
import {
  alertsAnswer,
  alertsQuery,
  deletedResponse,
  memberBody,
  memberParameters,
  membersAnswer,
  membersBody,
  membersPage,
  monitorBody,
  monitorId,
  monitorSchema,
  monitorsAnswer,
  monitorsQuery,
  uuid,
} from './monitor-schemas.ts'
import { createMonitor, putMembers, readMonitor, removeMember, removeMonitor } from './monitor-service.ts'
import { memberRef, noQuery } from './schemas.ts'

interface Options {
  db: Db
  clock: Clock
  authenticate: Authenticate
}

const common = { tags: ['Screening'], security: [{ key: [] }], querystring: noQuery }
const ofOne = { ...common, params: monitorId }
/** 10,000 members with names and addresses. */
const bulkBytes = 16 * 1024 * 1024

/** A platform's own sellers, watched (contract section 3). */
export const monitorRoutes: FastifyPluginCallbackZod<Options> = (app, { db, clock, authenticate }, done) => {
  const onRequest = authenticate('screening')
  const partnerOf = (request: FastifyRequest) => principalOf(request).partnerId

  app.post(
    '/v1/monitors',
    {
      onRequest,
      schema: {
        ...common,
        operationId: 'createMonitor',
        summary: 'Make a monitor, to put sellers in',
        body: monitorBody,
        response: { 201: monitorSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const now = clock.now()
      return writeOnce(db, { request, reply, status: 201, now, audit: 'monitor.created' }, (tx) =>
        createMonitor(tx, partnerOf(request), request.body, now),
      )
    },
  )

  app.get(
    '/v1/monitors',
    {
      onRequest,
      schema: {
        ...common,
        operationId: 'listMonitors',
        summary: "The caller's monitors, oldest first",
        querystring: monitorsQuery,
        response: { 200: monitorsAnswer, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { cursor, limit } = request.query
      const partnerId = partnerOf(request)
      const list = listName('/v1/monitors', { partnerId })
      const rows = await listMonitors(db, partnerId, afterOf(list, cursor, uuid), limit + 1)
      void reply.header('cache-control', 'private, no-store')
      return pageOf(rows, { list, limit, keyOf: ({ id }) => id, request, reply })
    },
  )

  app.get(
    '/v1/monitors/:id',
    {
      onRequest,
      schema: {
        ...ofOne,
        operationId: 'getMonitor',
        summary: 'A monitor, with how many members it has',
        response: { 200: monitorSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'private, no-store')
      return readMonitor(db, partnerOf(request), request.params.id)
    },
  )

  app.delete(
    '/v1/monitors/:id',
    {
      onRequest,
      schema: {
        ...ofOne,
        operationId: 'deleteMonitor',
        summary: 'Delete a monitor with its members and alerts',
        response: { 204: deletedResponse, ...problemResponses },
      },
    },
    async (request, reply) => {
      await writeOnce(db, { request, reply, status: 204, now: clock.now(), audit: 'monitor.deleted' }, async (tx) => {
        await removeMonitor(tx, partnerOf(request), request.params.id)
        return {}
      })
      return reply.send(undefined)
    },
  )

  app.get(
    '/v1/monitors/:id/members',
    {
      onRequest,
      schema: {
        ...ofOne,
        operationId: 'listMonitorMembers',
        summary: 'The members of a monitor, in the order of their refs, each with the decision of the last look',
        querystring: monitorsQuery,
        response: { 200: membersPage, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { cursor, limit } = request.query
      const { id } = await readMonitor(db, partnerOf(request), request.params.id)
      const list = listName('/v1/monitors/members', { id })
      const rows = await listMembersOf(db, id, afterOf(list, cursor, memberRef), limit + 1)
      void reply.header('cache-control', 'private, no-store')
      return pageOf(rows, { list, limit, keyOf: ({ ref }) => ref, request, reply })
    },
  )

  app.post(
    '/v1/monitors/:id/members',
    {
      onRequest,
      bodyLimit: bulkBytes,
      schema: {
        ...ofOne,
        operationId: 'putMonitorMembers',
        summary: 'Add up to 10,000 members, or change those with the same ref',
        body: membersBody,
        response: { 200: membersAnswer, ...problemResponses },
      },
    },
    async (request, reply) =>
      writeOnce(
        db,
        {
          request,
          reply,
          now: clock.now(),
          audit: { action: 'monitor.members-put', details: { members: request.body.members.length } },
        },
        (tx) => putMembers(tx, partnerOf(request), request.params.id, request.body.members),
      ),
  )

  app.put(
    '/v1/monitors/:id/members/:ref',
    {
      onRequest,
      schema: {
        ...common,
        params: memberParameters,
        operationId: 'putMonitorMember',
        summary: 'Add a member, or change the one with this ref',
        body: memberBody,
        response: { 200: membersAnswer, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { id, ref } = request.params
      return writeOnce(
        db,
        { request, reply, now: clock.now(), audit: { action: 'monitor.members-put', details: { members: 1 } } },
        (tx) => putMembers(tx, partnerOf(request), id, [{ ...request.body, ref }]),
      )
    },
  )

  app.delete(
    '/v1/monitors/:id/members/:ref',
    {
      onRequest,
      schema: {
        ...common,
        params: memberParameters,
        operationId: 'deleteMonitorMember',
        summary: 'Watch a member no longer; its alerts stay',
        response: { 204: deletedResponse, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { id, ref } = request.params
      await writeOnce(
        db,
        { request, reply, status: 204, now: clock.now(), audit: 'monitor.member-removed' },
        async (tx) => {
          await removeMember(tx, partnerOf(request), id, ref)
          return {}
        },
      )
      return reply.send(undefined)
    },
  )

  app.get(
    '/v1/monitors/:id/alerts',
    {
      onRequest,
      schema: {
        ...ofOne,
        operationId: 'listMonitorAlerts',
        summary: "Every change of a member's standing, in order",
        querystring: alertsQuery,
        response: { 200: alertsAnswer, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { after, limit } = request.query
      const monitor = await readMonitor(db, partnerOf(request), request.params.id)
      const items = await listAlerts(db, monitor.id, after, limit)
      void reply.header('cache-control', 'private, no-store')
      return { items, next: items.at(-1)?.sequence ?? after }
    },
  )
  done()
}
