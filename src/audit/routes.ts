import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import type { Authenticate } from '../platform/auth.ts'
import type { Db } from '../platform/db.ts'
import { afterOf, listName, pageOf } from '../platform/pagination.ts'
import { problemResponses } from '../platform/problem.ts'
import { listEntries, type AuditRow } from './repository.ts'
import { auditPage, auditPlace, auditQuery } from './schemas.ts'

/** Who did what, when, from where (contract section 5). */
export const auditRoutes: FastifyPluginCallbackZod<{ db: Db; authenticate: Authenticate }> = (
  app,
  { db, authenticate },
  done,
) => {
  app.get(
    '/v1/audit',
    {
      onRequest: authenticate('admin'),
      schema: {
        tags: ['Staff'],
        security: [{ key: [] }],
        operationId: 'listAudit',
        summary: 'Who did what, when, from where, newest first; append-only and hash-chained',
        querystring: auditQuery,
        response: { 200: auditPage, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { limit, cursor, object, ...filter } = request.query
      const list = listName('/v1/audit', { object, ...filter })
      const [at = '', id = ''] = afterOf(list, cursor, auditPlace)?.split(' ') ?? []
      const [objectType, objectId] = object?.split(':') ?? []
      const which = { ...filter, objectType, objectId }
      const rows = await listEntries(db, which, id === '' ? null : { at, id }, limit + 1)
      void reply.header('cache-control', 'no-store')
      const page = pageOf(rows, { list, limit, keyOf: (row) => `${row.at} ${row.id}`, request, reply })
      return { items: page.items.map(present), next: page.next }
    },
  )
  done()
}

function present(row: AuditRow) {
  const { via, partnerId, partnerName, keyId, person, objectType, objectId, details, outcome, ...rest } = row
  return {
    ...rest,
    outcome: outcome as 'done',
    object: { type: objectType, id: objectId },
    actor: { via: via as 'key', partnerId, partnerName, keyId, person },
    details: details as Record<string, unknown>,
  }
}
