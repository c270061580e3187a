import type { FastifyRequest } from 'fastify'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { inLanguage, languageOf } from '../platform/language.ts'
import { listBodyLimit } from '../platform/http-server.ts'
import { Problem, problemResponses, problems } from '../platform/problem.ts'
import type { FollowedNames } from '../search/follower.ts'
import { previewHeaders, previewPage } from './reconcile-preview.tsx'
import {
  askedAnswer,
  endpointAnswer,
  endpointBody,
  endpointQuery,
  extensionQuery,
  htmlPage,
  previewQuery,
  proposeAnswer,
  proposeQuery,
  queryBatch,
  suggestAnswer,
  suggestQuery,
} from './reconcile-schemas.ts'
import {
  allProperties,
  allTypes,
  extend,
  findFile,
  manifestOf,
  reconcile,
  suggestEntities,
  suggestOf,
} from './reconcile-service.ts'
import { noQuery } from './schemas.ts'

interface Options {
  db: Db
  clock: Clock
  names: FollowedNames
  publicUrl: () => string
}

const tags = ['Reconciliation']
const form = 'application/x-www-form-urlencoded'

/**
 * The W3C Reconciliation Service API 0.2, for OpenRefine and its like (contract section 3). Public, and for pages of any
 * origin: nothing in it depends on who asks.
 */
export const reconcileRoutes: FastifyPluginCallbackZod<Options> = (app, { db, clock, names, publicUrl }, done) => {
  const readerOf = (request: FastifyRequest) => ({ db, clock, names, language: languageOf(request) })

  app.addHook('onRequest', async (_request, reply) => {
    void reply.headers({ 'access-control-allow-origin': '*', 'cache-control': 'no-store', vary: 'Accept-Language' })
  })
  app.addContentTypeParser(form, { parseAs: 'string' }, async (_request: FastifyRequest, body: string) =>
    Object.fromEntries(new URLSearchParams(body)),
  )

  const answer = async (request: FastifyRequest, asked: { queries?: unknown; extend?: unknown }) => {
    const reader = readerOf(request)
    if (asked.queries !== undefined) return reconcile(reader, parsed(queryBatch, asked.queries, 'queries'))
    if (asked.extend !== undefined) return extend(reader, parsed(extensionQuery, asked.extend, 'extend'))
    return null
  }

  app.get(
    '/v1/reconcile',
    {
      config: { budget: 'search' },
      schema: {
        operationId: 'reconcileByGet',
        tags,
        summary: 'The manifest of the reconciliation service; with `queries` or `extend` the answers to them',
        querystring: endpointQuery,
        response: { 200: endpointAnswer, ...problemResponses },
      },
    },
    async (request) => (await answer(request, request.query)) ?? manifestOf(publicUrl(), languageOf(request)),
  )

  app.post(
    '/v1/reconcile',
    {
      config: { budget: 'search', writesNothing: true },
      bodyLimit: listBodyLimit,
      schema: {
        operationId: 'reconcile',
        tags,
        summary: 'Candidates for names in a spreadsheet, or values of properties',
        consumes: [form, 'application/json'],
        querystring: noQuery,
        body: endpointBody,
        response: { 200: askedAnswer, ...problemResponses },
      },
    },
    async (request) => {
      const answered = await answer(request, request.body)
      if (answered !== null) return answered
      throw faultAt('queries', { zh: '须有 queries 或 extend。', en: 'It needs queries, or extend.' })
    },
  )

  app.options('/v1/reconcile', { schema: { hide: true } }, async (_request, reply) =>
    reply
      .code(204)
      .headers({ 'access-control-allow-methods': 'GET, POST', 'access-control-allow-headers': 'content-type' })
      .send(),
  )

  for (const what of ['entity', 'property', 'type'] as const) {
    app.get(
      `/v1/reconcile/suggest/${what}`,
      {
        config: { budget: 'search' },
        schema: {
          operationId: `suggest${what[0]?.toUpperCase() ?? ''}${what.slice(1)}`,
          tags,
          summary: { entity: 'Complete a business', property: 'Complete a property', type: 'Complete a type' }[what],
          querystring: suggestQuery,
          response: { 200: suggestAnswer, ...problemResponses },
        },
      },
      async (request) => {
        const { prefix, cursor } = request.query
        const language = languageOf(request)
        if (what === 'entity') return suggestEntities(readerOf(request), prefix, cursor)
        return suggestOf(what === 'property' ? allProperties(language) : allTypes(language), prefix, cursor)
      },
    )
  }

  app.get(
    '/v1/reconcile/properties',
    {
      schema: {
        operationId: 'proposeProperties',
        tags,
        summary: 'Properties that a spreadsheet can be extended with',
        querystring: proposeQuery,
        response: { 200: proposeAnswer, ...problemResponses },
      },
    },
    async (request) => {
      const { type = 'business', limit } = request.query
      const some = allProperties(languageOf(request)).slice(0, limit)
      return { type, ...(limit !== undefined && { limit }), properties: some }
    },
  )

  app.get(
    '/v1/reconcile/preview',
    {
      schema: {
        operationId: 'previewBusiness',
        tags,
        summary: 'A small page about a business, for a frame',
        querystring: previewQuery,
        response: { 200: htmlPage, ...problemResponses },
      },
    },
    async (request, reply) => {
      const file = await findFile(readerOf(request), request.query.id)
      if (file === null) throw new Problem('unknown-subject', problems['unknown-subject'].meaning)
      void reply.headers(previewHeaders).type('text/html; charset=utf-8')
      return previewPage(file, languageOf(request), publicUrl())
    },
  )
  done()
}

/** JSON in a field of a form, or as it is. @throws Problem invalid-request, pointing into the field */
function parsed<Schema extends z.ZodType>(schema: Schema, given: unknown, field: string): z.output<Schema> {
  let value = given
  if (typeof given === 'string') {
    try {
      value = JSON.parse(given)
    } catch {
      throw faultAt(field, { zh: '不是有效的 JSON。', en: 'It is no JSON.' })
    }
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw faultAt([field, ...(issue?.path ?? [])].map(String).join('/'), inLanguage(issue?.message ?? ''))
}

function faultAt(pointer: string, detail: { zh: string; en: string }): Problem {
  return new Problem('invalid-request', detail, { errors: [{ pointer: `/${pointer}`, detail }] })
}
