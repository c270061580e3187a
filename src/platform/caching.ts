import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'

/** The answer to a client that has the content already: no body. */
export const notModifiedResponse = z.undefined().meta({ description: 'Not modified' })

/**
 * Sets the caching headers of a public read and tells whether the client has this content already (RFC 9110 13.1.2).
 * Caches must ask each time: an old file could call a listed business clear.
 */
export function notModified(request: FastifyRequest, reply: FastifyReply, content: unknown): boolean {
  const hash = createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 27)
  const etag = `W/"${hash}"`
  void reply.header('etag', etag).header('cache-control', 'public, no-cache').header('vary', 'Accept-Language')
  return etagMatches(request, etag)
}

/** Whether the client says in `If-None-Match` that it has what has this tag (weak comparison, RFC 9110 13.1.2). */
export function etagMatches(request: FastifyRequest, etag: string): boolean {
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '')
  const known = request.headers['if-none-match']
  return known?.split(',').some((tag) => tag.trim() === '*' || opaque(tag) === opaque(etag)) ?? false
}
