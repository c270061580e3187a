import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { notModified, notModifiedResponse } from '../platform/caching.ts'
import { languageOf } from '../platform/language.ts'
import { problemResponses } from '../platform/problem.ts'
import { industriesIn, regions } from './code-lists.ts'
import { industryList, regionList } from './schemas.ts'

/** The code lists in use (contract section 2): each is short enough to be answered whole. */
export const codeListRoutes: FastifyPluginCallbackZod = (app, _options, done) => {
  app.get(
    '/v1/regions',
    {
      schema: {
        operationId: 'listRegions',
        tags: ['Public lookup'],
        summary: 'Provinces, cities and counties (GB/T 2260)',
        querystring: z.strictObject({}),
        response: { 200: regionList, 304: notModifiedResponse, ...problemResponses },
      },
    },
    async (request, reply) => {
      if (notModified(request, reply, regions)) return reply.code(304).send()
      return { items: [...regions], next: null }
    },
  )

  app.get(
    '/v1/industries',
    {
      schema: {
        operationId: 'listIndustries',
        tags: ['Public lookup'],
        summary: 'Sections and divisions of economic activities (GB/T 4754-2017)',
        querystring: z.strictObject({}),
        response: { 200: industryList, 304: notModifiedResponse, ...problemResponses },
      },
    },
    async (request, reply) => {
      const items = industriesIn(languageOf(request))
      if (notModified(request, reply, items)) return reply.code(304).send()
      return { items, next: null }
    },
  )
  done()
}
