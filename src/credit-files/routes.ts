import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { languageOf } from '../platform/language.ts'
import { notModified, notModifiedResponse } from '../platform/caching.ts'
import { problemResponses } from '../platform/problem.ts'
import { creditFileSchema, lookupQuery, lookupSchema, usccParameter } from './schemas.ts'
import { findOwner, readCreditFile } from './service.ts'

interface Options {
  db: Db
  clock: Clock
}

/** The public lookup by code and by address (contract section 2). */
export const creditFileRoutes: FastifyPluginCallbackZod<Options> = (app, { db, clock }, done) => {
  app.get(
    '/v1/credit-files/:uscc',
    {
      schema: {
        operationId: 'getCreditFile',
        tags: ['Public lookup'],
        summary: 'The credit file of a business',
        params: z.strictObject({ uscc: usccParameter }),
        querystring: z.strictObject({}),
        response: { 200: creditFileSchema, 304: notModifiedResponse, ...problemResponses },
      },
    },
    async (request, reply) => {
      const file = await readCreditFile({ db, clock, language: languageOf(request) }, request.params.uscc)
      // The moment of reading and the head of the log change without the file changing.
      const { knownAt: _, position: __, ...content } = file
      if (notModified(request, reply, content)) return reply.code(304).send()
      return file
    },
  )

  app.get(
    '/v1/lookup',
    {
      schema: {
        operationId: 'lookUpWebPresence',
        tags: ['Public lookup'],
        summary: 'The business behind a web site or online shop',
        querystring: lookupQuery,
        response: { 200: lookupSchema, 304: notModifiedResponse, ...problemResponses },
      },
    },
    async (request, reply) => {
      const reader = { db, clock, language: languageOf(request) }
      const { webPresence, file, otherClaimants } = await findOwner(reader, request.query.url)
      const answer = { webPresence, subject: file.subject, standing: file.standing, otherClaimants }
      if (notModified(request, reply, answer)) return reply.code(304).send()
      return answer
    },
  )
  done()
}
