import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'

/** How a public read may be kept: caches must ask each time, since an old file could call a listed business clear. */
export const publicRead = { 'cache-control': 'public, no-cache', vary: 'Accept-Language' } as const

/** The answer to a client that has the content already: no body. */
export const notModifiedResponse = z.undefined().meta({ description: 'Not modified' })

/** The tag of a content, by its hash. */
export function etagOf(content: string): string {
  return `W/"${createHash('sha256').update(content).digest('base64url').slice(0, 27)}"`
}

/**
 * Sets the caching headers of a public read and tells whether the client has this content already (RFC 9110 13.1.2).
 */
export function notModified(request: FastifyRequest, reply: FastifyReply, content: unknown): boolean {
  return tagged(request, reply, etagOf(JSON.stringify(content)))
}

/** `notModified` for a content whose tag is known. */
export function tagged(request: FastifyRequest, reply: FastifyReply, etag: string): boolean {
  void reply.headers({ etag, ...publicRead })
  return etagMatches(request, etag)
}

/** Whether the client says in `If-None-Match` that it has what has this tag (weak comparison, RFC 9110 13.1.2). */
export function etagMatches({ headers }: Pick<IncomingMessage, 'headers'>, etag: string): boolean {
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '')
  const known = headers['if-none-match']
  return known?.split(',').some((tag) => tag.trim() === '*' || opaque(tag) === opaque(etag)) ?? false
}
