import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Guards } from '../platform/auth.ts'
import { notModified, notModifiedResponse, tagged } from '../platform/caching.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import type { DirectRead } from '../platform/direct-answers.ts'
import { languageOf } from '../platform/language.ts'
import { afterOf, listName, pageOf, pageQuery } from '../platform/pagination.ts'
import { problemResponses } from '../platform/problem.ts'
import { readEntriesPage } from './entries-page.ts'
import { readEntry } from './listing-service.ts'
import {
  creditFileQuery,
  creditFileSchema,
  entriesAnswer,
  entriesQuery,
  entryParams,
  listedEntrySchema,
  listParams,
  lookupQuery,
  lookupSchema,
  timelineAnswer,
  usccParameter,
  type CreditFile,
} from './schemas.ts'
import type { PresentFiles } from './present-files.ts'
import { findOwner, readCreditFile, readPresentFile, type Reader } from './service.ts'
import { keyOf, timelineOf } from './timeline.ts'

interface Options {
  db: Db
  /** For readers without a key, who have written nothing. */
  reads: Db
  clock: Clock
  files: PresentFiles
  /** Needs no key; one with the scope `history` sees further. */
  identify: Guards['identify']
}

const fileRoute = '/v1/credit-files/:uscc'

/** The file of a business as of now for anybody, by its address alone. */
export function presentFileRead(files: PresentFiles): DirectRead {
  // Codes as they are written; what is written otherwise, or is no code, the route reads.
  const path = /^\/v1\/credit-files\/([0-9A-Z]{18})$/
  return { route: fileRoute, path, find: (uscc, language) => files.find(uscc, language) }
}

const tags = ['Public lookup']
/** A key is not needed. */
const security = [{}, { key: [] }]

/** The public lookup by code and by address, and the two lists (contract section 2). */
export const creditFileRoutes: FastifyPluginCallbackZod<Options> = (
  app,
  { db, reads, clock, files, identify },
  done,
) => {
  const readerOf = (request: FastifyRequest): Reader => ({
    db: request.principal === null ? reads : db,
    clock,
    files,
    language: languageOf(request),
    seesHistory: request.principal?.scopes.includes('history') ?? false,
  })
  /** Like `notModified`; what a key sees is for its holder alone. */
  const knows = (request: FastifyRequest, reply: FastifyReply, content: unknown) => {
    const known = notModified(request, reply, content)
    if (request.principal !== null) void reply.header('cache-control', 'private, no-cache')
    return known
  }

  app.get(
    fileRoute,
    {
      onRequest: identify,
      schema: {
        operationId: 'getCreditFile',
        tags,
        security,
        summary: 'The credit file of a business, now or as of a past day',
        params: z.strictObject({ uscc: usccParameter }),
        querystring: creditFileQuery,
        response: { 200: creditFileSchema, 304: notModifiedResponse, ...problemResponses },
      },
    },
    async (request, reply) => {
      const reader = readerOf(request)
      const { asOf, knownAt } = request.query
      if (asOf === undefined && knownAt === undefined && request.principal === null) {
        const { bytes, etag } = await readPresentFile(files, reader.language, request.params.uscc)
        if (tagged(request, reply, etag)) return reply.code(304).send()
        // Written as JSON once for all who read it, so that it is not gone through by the schema each time.
        return reply.type('application/json; charset=utf-8').send(Buffer.from(bytes, 'latin1') as unknown as CreditFile)
      }
      const file = await readCreditFile(reader, request.params.uscc, request.query)
      // The moment of reading and the head of the log change without the file changing.
      const { knownAt: _, position: __, ...content } = file
      if (knows(request, reply, content)) return reply.code(304).send()
      return file
    },
  )

  app.get(
    '/v1/credit-files/:uscc/timeline',
    {
      onRequest: identify,
      schema: {
        operationId: 'getTimeline',
        tags,
        security,
        summary: 'Every published fact of a credit file in order',
        params: z.strictObject({ uscc: usccParameter }),
        querystring: z.strictObject(pageQuery),
        response: { 200: timelineAnswer, 304: notModifiedResponse, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { uscc } = request.params
      const { limit, cursor } = request.query
      const list = listName(`/v1/credit-files/${uscc}/timeline`, {})
      const after = afterOf(list, cursor, z.string().min(1))
      const reader = readerOf(request)
      const items = timelineOf(await readCreditFile(reader, uscc), reader.language)
      const rest = items.filter((item) => after === null || keyOf(item) > after)
      const page = pageOf(rest, { list, limit, keyOf, request, reply })
      if (knows(request, reply, page)) return reply.code(304).send()
      return page
    },
  )

  app.get(
    '/v1/lists/:list/entries',
    {
      onRequest: identify,
      schema: {
        operationId: 'listEntries',
        tags,
        security,
        summary: 'The published entries of a list, newest first',
        params: listParams,
        querystring: entriesQuery,
        response: { 200: entriesAnswer, 304: notModifiedResponse, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { list } = request.params
      const path = `/v1/lists/${list}/entries`
      const page = await readEntriesPage(readerOf(request), list, request.query, { path, request, reply })
      if (knows(request, reply, page)) return reply.code(304).send()
      return page
    },
  )

  app.get(
    '/v1/lists/:list/entries/:id',
    {
      onRequest: identify,
      schema: {
        operationId: 'getEntry',
        tags,
        security,
        summary: 'One published entry of a list',
        params: entryParams,
        querystring: z.strictObject({}),
        response: { 200: listedEntrySchema, 304: notModifiedResponse, ...problemResponses },
      },
    },
    async (request, reply) => {
      const entry = await readEntry(readerOf(request), request.params.list, request.params.id)
      if (knows(request, reply, entry)) return reply.code(304).send()
      return entry
    },
  )

  app.get(
    '/v1/lookup',
    {
      config: { budget: 'search' },
      schema: {
        operationId: 'lookUpWebPresence',
        tags,
        summary: 'The business behind a web site or online shop',
        querystring: lookupQuery,
        response: { 200: lookupSchema, 304: notModifiedResponse, ...problemResponses },
      },
    },
    async (request, reply) => {
      const reader = { db: reads, clock, files, language: languageOf(request) }
      const { webPresence, file, otherClaimants } = await findOwner(reader, request.query.url)
      const answer = { webPresence, subject: file.subject, standing: file.standing, otherClaimants }
      if (notModified(request, reply, answer)) return reply.code(304).send()
      return answer
    },
  )
  done()
}
