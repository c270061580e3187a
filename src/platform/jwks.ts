import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { notModified, notModifiedResponse } from './caching.ts'
import { problemResponses } from './problem.ts'
import { publicKey, type Signing } from './signing.ts'

/** The keys by which anybody verifies what the service signs (RFC 7517; contract section 4). */
export const jwksRoutes: FastifyPluginCallbackZod<{ signing: Signing }> = (app, { signing }, done) => {
  app.get(
    '/.well-known/jwks.json',
    {
      schema: {
        operationId: 'getSigningKeys',
        tags: ['Operations'],
        summary: 'Public keys of everything the service signs, old ones too',
        response: {
          200: z.object({ keys: z.array(publicKey) }).meta({ id: 'KeySet' }),
          304: notModifiedResponse,
          ...problemResponses,
        },
      },
    },
    async (request, reply) => {
      const keys = signing.jwks()
      const known = notModified(request, reply, keys)
      // A key that is not in a kept copy makes every verifier ask again, so this may be kept for a while.
      void reply.header('cache-control', 'public, max-age=300')
      if (known) return reply.code(304).send()
      return keys
    },
  )
  done()
}
