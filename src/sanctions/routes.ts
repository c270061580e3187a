import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { principalOf, type Authenticate } from '../platform/auth.ts'
import { dayOf, type Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { writeOnce } from '../platform/idempotency.ts'
import { listBodyLimit } from '../platform/http-server.ts'
import { languageOf } from '../platform/language.ts'
import { afterOf, listName, pageOf } from '../platform/pagination.ts'
import { Problem, problemResponses, problems } from '../platform/problem.ts'
import { findAgency } from '../rulebook/agencies.ts'
import { overdueSince } from '../rulebook/measures.ts'
import type { SanctionLaw } from '../rulebook/rulebook.ts'
import { awaited, respondBy, summarise, wordsOf } from './domain.ts'
import {
  countOrders,
  listLateOrders,
  listOrders,
  listOrdersOfAgency,
  type LatePlace,
  type LateSince,
  type Order,
} from './repository.ts'
import {
  ordersOfAgencyPage,
  ordersOfAgencyQuery,
  ordersPage,
  ordersQuery,
  receiptsAnswer,
  receiptsBody,
  summaryAnswer,
} from './schemas.ts'
import { takeReceipts } from './service.ts'
import { openStatuses, orderStatuses, refusalTexts, statusesOfKind, type OrderStatus } from './vocabulary.ts'

interface Options {
  db: Db
  clock: Clock
  authenticate: Authenticate
  /** The law of joint sanctions as it stands, with what an operator has added. */
  presentLaw: (db: Db) => Promise<SanctionLaw>
}

const security = [{ key: [] }]

/** Sanction orders: for the agency they are addressed to (contract section 4), and for staff across agencies (section 5). */
export const sanctionRoutes: FastifyPluginCallbackZod<Options> = (
  app,
  { db, clock, authenticate, presentLaw },
  done,
) => {
  app.get(
    '/v1/feed/orders',
    {
      onRequest: authenticate('feed'),
      schema: {
        operationId: 'listOrdersOfAgency',
        tags: ['Feed'],
        summary: 'Sanction orders addressed to your agency, oldest first',
        security,
        querystring: ordersOfAgencyQuery,
        response: { 200: ordersOfAgencyPage, ...problemResponses },
      },
    },
    async (request, reply) => {
      const agencyCode = agencyOf(request)
      const { limit, status, after } = request.query
      const list = listName('/v1/feed/orders', { status, agencyCode })
      const orders = await listOrdersOfAgency(db, {
        agencyCode,
        statuses: statusesOf(status),
        after: afterOf(list, after, z.uuid(), 'after'),
        limit: limit + 1,
      })
      void reply.header('cache-control', 'no-store')
      const page = pageOf(orders, { list, limit, keyOf: ({ id }) => id, request, reply, parameter: 'after' })
      const law = await presentLaw(db)
      return { items: page.items.map((order) => shown(law, order, request)), next: page.next }
    },
  )

  app.post(
    '/v1/feed/receipts',
    {
      bodyLimit: listBodyLimit,
      onRequest: authenticate('feed'),
      schema: {
        operationId: 'sendReceipts',
        tags: ['Feed'],
        summary: 'Answer sanction orders: received, executed, not applicable, lifted',
        security,
        body: receiptsBody,
        response: { 200: receiptsAnswer, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { partnerId, keyId } = principalOf(request)
      // Only a member of staff signs in without a key.
      if (keyId === null) throw new Problem('not-an-agency', problems['not-an-agency'].meaning)
      const by = { agencyCode: agencyOf(request), partnerId, keyId }
      const now = clock.now()
      return writeOnce(
        db,
        {
          request,
          reply,
          now,
          audit: { action: 'order.answered', details: { receipts: request.body.receipts.length } },
        },
        async (tx) => {
          const results = await takeReceipts(tx, by, request.body.receipts, { today: dayOf(now), now })
          const language = languageOf(request)
          return {
            results: results.map(({ error, ...result }) => ({
              ...result,
              ...(error !== null && { error: { code: error, detail: refusalTexts[error][language] } }),
            })),
          }
        },
      )
    },
  )

  const forStaff = authenticate('decisions:propose', 'decisions:approve', 'admin')

  app.get(
    '/v1/orders',
    {
      onRequest: forStaff,
      schema: {
        operationId: 'listOrders',
        tags: ['Staff'],
        summary: 'Sanction orders across agencies: who has received, executed and lifted, and who is late',
        security,
        querystring: ordersQuery,
        response: { 200: ordersPage, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { limit, cursor, overdue, agency, uscc, ...which } = request.query
      const law = await presentLaw(db)
      const lateSince = lateSinceOf(law, dayOf(clock.now()))
      const list = listName('/v1/orders', { overdue, agency, uscc, ...which })
      const filter = {
        agency: agency === undefined ? undefined : (findAgency(law.agencies, agency)?.code ?? agency),
        uscc,
        statuses: statusesOf(which.status).filter((status) => statusesOfKind(which.kind).includes(status)),
        limit: limit + 1,
      }
      void reply.header('cache-control', 'no-store')
      const show = (order: Order) => ({
        ...shown(law, order, request),
        agency: order.agencyCode,
        agencyName: wordsOf(law, order).agency[languageOf(request)],
        receivedOn: order.receivedOn,
        overdue: isLate(lateSince, order),
      })
      if (overdue === 'true') {
        const after = placeOf(afterOf(list, cursor, latePlace))
        const orders = await listLateOrders(db, { ...filter, lateSince, after })
        const keyOf = ({ rank, awaitedSince, id }: (typeof orders)[number]) => `${rank} ${awaitedSince ?? ''} ${id}`
        const page = pageOf(orders, { list, limit, keyOf, request, reply })
        return { items: page.items.map(show), next: page.next }
      }
      const orders = await listOrders(db, { ...filter, after: afterOf(list, cursor, z.uuid()) })
      const page = pageOf(orders, { list, limit, keyOf: ({ id }) => id, request, reply })
      return { items: page.items.map(show), next: page.next }
    },
  )

  app.get(
    '/v1/orders/summary',
    {
      onRequest: forStaff,
      schema: {
        operationId: 'summariseOrders',
        tags: ['Staff'],
        summary: 'How many orders each agency has in each status, and how many answers are late',
        security,
        querystring: z.strictObject({}),
        response: { 200: summaryAnswer, ...problemResponses },
      },
    },
    async (request, reply) => {
      const law = await presentLaw(db)
      const counts = await countOrders(db, lateSinceOf(law, dayOf(clock.now())))
      void reply.header('cache-control', 'no-store')
      return summarise(law, counts, languageOf(request))
    },
  )
  done()
}

/**
 * The agency that calls: its own orders are all that it may see.
 * @throws Problem not-an-agency
 */
function agencyOf(request: FastifyRequest): string {
  const { kind, agencyCode } = principalOf(request)
  if (kind === 'agency' && agencyCode !== null) return agencyCode
  throw new Problem('not-an-agency', problems['not-an-agency'].meaning)
}

function statusesOf(status: OrderStatus | 'open' | undefined): readonly OrderStatus[] {
  if (status === undefined) return orderStatuses
  return status === 'open' ? openStatuses : [status]
}

function shown(law: SanctionLaw, order: Order, request: FastifyRequest) {
  const language = languageOf(request)
  const { label, basis } = wordsOf(law, order)
  return {
    ...order,
    label: label[language],
    basis: basis[language],
    respondBy: respondBy(law, order.status, order.awaitedSince),
  }
}

function lateSinceOf(law: SanctionLaw, today: string): LateSince {
  return {
    'lift-pending': overdueSince(law, awaited['lift-pending'], today),
    pending: overdueSince(law, awaited.pending, today),
    received: overdueSince(law, awaited.received, today),
  }
}

function isLate(lateSince: LateSince, { status, awaitedSince }: Order): boolean {
  const since = (lateSince as Partial<Record<OrderStatus, string | null>>)[status] ?? null
  return awaitedSince !== null && since !== null && awaitedSince <= since
}

/** A place in the list of late orders as its cursor carries it. */
const latePlace = z.string().regex(/^\d \d{4}-\d\d-\d\d [0-9a-f-]{36}$/)

function placeOf(after: string | null): LatePlace | null {
  const [rank = '', since = '', id = ''] = after?.split(' ') ?? []
  return after === null ? null : { rank: Number(rank), since, id }
}
