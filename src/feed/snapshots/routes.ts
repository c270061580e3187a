import type { Readable } from 'node:stream'
import { send } from '@fastify/send'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Authenticate } from '../../platform/auth.ts'
import { etagMatches, notModifiedResponse } from '../../platform/caching.ts'
import type { Db } from '../../platform/db.ts'
import { Problem, problemResponses, problems } from '../../platform/problem.ts'
import { findLatestSnapshot, findSnapshot } from './repository.ts'
import { fileParameters, manifest, snapshotParameters } from './schemas.ts'
import { folderOf } from './service.ts'

interface Options {
  db: Db
  authenticate: Authenticate
  /** Where snapshots lie. */
  folder: string
}

const gzip = (description: string) => ({
  description,
  content: { 'application/gzip': { schema: z.string().meta({ format: 'binary' }) } },
})

/** Full copies of the published lists for partner agencies, each consistent with one position (contract section 4). */
export const snapshotRoutes: FastifyPluginCallbackZod<Options> = (app, { db, authenticate, folder }, done) => {
  app.get(
    '/v1/feed/snapshots/latest',
    {
      onRequest: authenticate('feed'),
      schema: {
        operationId: 'getLatestSnapshot',
        tags: ['Feed'],
        summary: 'The manifest of the newest full copy of the lists',
        security: [{ key: [] }],
        querystring: z.strictObject({}),
        response: { 200: manifest, ...problemResponses },
      },
    },
    async (_request, reply) => {
      void reply.header('cache-control', 'no-store')
      return (await findLatestSnapshot(db)) ?? unknownSnapshot()
    },
  )

  app.get(
    '/v1/feed/snapshots/:id',
    {
      onRequest: authenticate('feed'),
      schema: {
        operationId: 'getSnapshot',
        tags: ['Feed'],
        summary: 'The manifest of a full copy of the lists',
        security: [{ key: [] }],
        params: snapshotParameters,
        querystring: z.strictObject({}),
        response: { 200: manifest, ...problemResponses },
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store')
      return (await findSnapshot(db, request.params.id)) ?? unknownSnapshot()
    },
  )

  app.get(
    '/v1/feed/snapshots/:id/:name',
    {
      onRequest: authenticate('feed'),
      schema: {
        operationId: 'getSnapshotFile',
        tags: ['Feed'],
        summary: 'A file of a full copy, whole or in ranges',
        security: [{ key: [] }],
        params: fileParameters,
        querystring: z.strictObject({}),
        response: {
          200: gzip('The file'),
          206: gzip('The range that was asked for'),
          304: notModifiedResponse,
          ...problemResponses,
        },
      },
    },
    async (request, reply) => {
      const { id, name } = request.params
      const file = (await findSnapshot(db, id))?.files.find((candidate) => candidate.name === name)
      if (file === undefined) return unknownSnapshot()
      // A strong tag: the library's own, of size and time, is weak and cannot join two parts of a download (RFC 9110 13.1.5).
      const etag = `"${file.sha256}"`
      const caching = { etag, 'cache-control': 'private, max-age=86400, immutable' }
      if (etagMatches(request, etag)) {
        void reply.headers(caching)
        return reply.code(304).send()
      }
      const { range, 'if-range': ifRange } = request.headers
      const asked = range !== undefined && (ifRange === undefined || ifRange === etag) ? { range } : {}
      const { statusCode, headers, stream } = await send(
        // It reads these two alone.
        { method: request.method, headers: asked } as unknown as typeof request.raw,
        `/${name}`,
        { root: folderOf(folder, id), etag: false, lastModified: false, cacheControl: false, dotfiles: 'deny' },
      )
      if (statusCode === 416) throw unsatisfiable(file.bytes)
      if (statusCode !== 200 && statusCode !== 206) return unknownSnapshot()
      return reply
        .code(statusCode)
        .headers({ ...headers, ...caching, 'content-type': 'application/gzip' })
        .send(stream satisfies Readable as unknown as string)
    },
  )
  done()
}

function unknownSnapshot(): never {
  throw new Problem('unknown-snapshot', problems['unknown-snapshot'].meaning)
}

function unsatisfiable(bytes: number): Problem {
  return new Problem(
    'range-not-satisfiable',
    { zh: `文件只有 ${bytes} 字节。`, en: `The file has ${bytes} bytes.` },
    { headers: { 'content-range': `bytes */${bytes}` } },
  )
}
