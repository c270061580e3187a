import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { principalOf, type Authenticate } from '../platform/auth.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { writeStatementOnce } from '../platform/idempotency.ts'
import { afterOf, listName, pageOf } from '../platform/pagination.ts'
import { listBodyLimit } from '../platform/http-server.ts'
import { problemResponses } from '../platform/problem.ts'
import type { Signing } from '../platform/signing.ts'
import { listScreenings } from './repository.ts'
import {
  certificate,
  keptScreening,
  noQuery,
  screeningAnswer,
  screeningId,
  screeningPage,
  screeningRequest,
  screeningsQuery,
} from './schemas.ts'
import type { Screener } from './screener.ts'
import { certifyScreening, readScreening, screen } from './service.ts'

interface Options {
  db: Db
  clock: Clock
  signing: Signing
  screener: Screener
  authenticate: Authenticate
  publicUrl: () => string
}

const tags = ['Screening']
const security = [{ key: [] }]
/** A place in the list of screenings as its cursor carries it. */
const placeInList = z.string().regex(/^\d{4}-\d\d-\d\dT[\d:.]+Z [0-9a-f-]{36}$/)

/** Screening of a platform's sellers, with evidence (contract section 3). */
export const screeningRoutes: FastifyPluginCallbackZod<Options> = (app, options, done) => {
  const { db, clock, signing, screener, authenticate, publicUrl } = options
  const onRequest = authenticate('screening')

  app.post(
    '/v1/screenings',
    {
      config: { writesNothing: true },
      bodyLimit: listBodyLimit,
      onRequest,
      schema: {
        operationId: 'screen',
        tags,
        summary: 'Screen up to 1,000 candidates against both lists',
        security,
        body: screeningRequest,
        response: { 200: screeningAnswer, ...problemResponses },
      },
    },
    async (request, reply) => {
      const now = clock.now()
      const { partnerId, scopes } = principalOf(request)
      let text = ''
      const answer = await writeStatementOnce(db, { request, reply, now }, async (dbOrTx) => {
        const done = await screen(dbOrTx, screener, request.body, {
          partnerId,
          seesHistory: scopes.includes('history'),
          now,
        })
        text = done.text
        return done.answer
      })
      // Made once for the digest: written again by the schema it would take longer than the screening.
      if (text !== '') void reply.header('content-type', 'application/json; charset=utf-8').serializer(() => text)
      return answer
    },
  )

  app.get(
    '/v1/screenings',
    {
      onRequest,
      schema: {
        operationId: 'listScreenings',
        tags,
        summary: "The caller's screenings, newest first",
        security,
        querystring: screeningsQuery,
        response: { 200: screeningPage, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { limit, cursor } = request.query
      const { partnerId } = principalOf(request)
      const list = listName('/v1/screenings', { partnerId })
      const [screenedAt = '', id = ''] = afterOf(list, cursor, placeInList)?.split(' ') ?? []
      const rows = await listScreenings(db, partnerId, id === '' ? null : { screenedAt, id }, limit + 1)
      void reply.header('cache-control', 'private, no-store')
      const keyOf = (row: (typeof rows)[number]) => `${row.screenedAt} ${row.screeningId}`
      return pageOf(rows, { list, limit, keyOf, request, reply })
    },
  )

  app.get(
    '/v1/screenings/:id',
    {
      onRequest,
      schema: {
        operationId: 'getScreening',
        tags,
        summary: 'What was asked and answered, to the partner that asked',
        security,
        params: screeningId,
        querystring: noQuery,
        response: { 200: keptScreening, ...problemResponses },
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'private, no-store')
      return readScreening(db, principalOf(request).partnerId, request.params.id)
    },
  )

  app.get(
    '/v1/screenings/:id/certificate',
    {
      onRequest,
      schema: {
        operationId: 'getScreeningCertificate',
        tags,
        summary: 'A signed proof of what was asked and answered, at which position',
        security,
        params: screeningId,
        querystring: noQuery,
        response: { 200: certificate, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { partnerId } = principalOf(request)
      void reply.header('cache-control', 'private, no-store').type('application/jose')
      return certifyScreening({ db, signing, issuer: publicUrl() }, partnerId, request.params.id)
    },
  )
  done()
}
