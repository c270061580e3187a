import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { principalOf, type Authenticate } from '../platform/auth.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { writeOnce } from '../platform/idempotency.ts'
import { languageOf, type Language, type Text } from '../platform/language.ts'
import { afterOf, listName, pageOf } from '../platform/pagination.ts'
import { Problem, problemResponses, problems } from '../platform/problem.ts'
import type { Lead } from './domain.ts'
import { findLead, listLeads } from './repository.ts'
import { closeLeadBody, leadPage, leadParams, leadSchema, leadsQuery } from './schemas.ts'
import { closeLead } from './service.ts'
import type { LeadKind } from './vocabulary.ts'

interface Options {
  db: Db
  clock: Clock
  authenticate: Authenticate
}

const labels: Record<LeadKind, Text> = {
  'claimed-by-two': { zh: '同一网站或网店被两个以上主体填报', en: 'A site or shop that two businesses or more claim' },
  'icp-owner-differs': {
    zh: 'ICP备案主体与填报主体不一致',
    en: 'The ICP filing of the site names another owner than who reports it',
  },
  'name-differs': { zh: '代码与名称不符', en: 'A code that is given with another name' },
  'unknown-code': { zh: '填报的代码没有登记主体', en: 'A code that nobody is registered under' },
  'closed-business': {
    zh: '已注销或被吊销的主体仍有在用的网站或网店',
    en: 'A cancelled or revoked business with a site or shop in use',
  },
}

const goneByItself: Text = {
  zh: '各来源的记录已不再矛盾，自动办结。',
  en: 'The records of the sources no longer contradict each other: closed by itself.',
}

const readers = ['registry:write', 'decisions:propose', 'admin']

/** Contradictions between sources (线索), for staff to look into: never public, and in no feed. */
export const leadRoutes: FastifyPluginCallbackZod<Options> = (app, { db, clock, authenticate }, done) => {
  const common = { tags: ['Staff'], security: [{ key: [] }] }
  const answer = (lead: Lead, language: Language) => ({
    ...lead,
    label: labels[lead.kind][language],
    closeReason: lead.closeReason ?? (lead.status === 'closed' ? goneByItself[language] : null),
  })

  app.get(
    '/v1/leads',
    {
      onRequest: authenticate(...readers),
      schema: {
        ...common,
        operationId: 'listLeads',
        summary: 'Contradictions between sources, newest first, with the records of both sides',
        querystring: leadsQuery,
        response: { 200: leadPage, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { limit, cursor, ...filter } = request.query
      const list = listName('/v1/leads', filter)
      const rows = await listLeads(db, { ...filter, after: afterOf(list, cursor, z.uuid()), limit: limit + 1 })
      void reply.header('cache-control', 'no-store')
      const { items, next } = pageOf(rows, { list, limit, keyOf: (row) => row.id, request, reply })
      return { items: items.map((lead) => answer(lead, languageOf(request))), next }
    },
  )

  app.get(
    '/v1/leads/:id',
    {
      onRequest: authenticate(...readers),
      schema: {
        ...common,
        operationId: 'getLead',
        summary: 'A contradiction between sources with the records of both sides',
        params: leadParams,
        response: { 200: leadSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const lead = await findLead(db, request.params.id)
      if (lead === null) throw new Problem('unknown-lead', problems['unknown-lead'].meaning)
      void reply.header('cache-control', 'no-store')
      return answer(lead, languageOf(request))
    },
  )

  app.post(
    '/v1/leads/:id/close',
    {
      onRequest: authenticate(...readers),
      schema: {
        ...common,
        operationId: 'closeLead',
        summary: 'Close a lead, with the reason; it is opened anew only when something new comes to it',
        params: leadParams,
        body: closeLeadBody,
        response: { 200: leadSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const now = clock.now()
      const by = principalOf(request).partnerId
      return writeOnce(db, { request, reply, audit: 'lead.closed', now }, async (tx) =>
        answer(await closeLead(tx, request.params.id, { ...request.body, by, now }), languageOf(request)),
      )
    },
  )
  done()
}
