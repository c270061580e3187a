import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { languageOf } from '../platform/language.ts'
import { problemResponses } from '../platform/problem.ts'
import type { Signing } from '../platform/signing.ts'
import { usccParameter } from './schemas.ts'
import type { PresentFiles } from './present-files.ts'
import { readCreditFile } from './service.ts'

interface Options {
  db: Db
  clock: Clock
  files: PresentFiles
  signing: Signing
  publicUrl: () => string
}

/** How long a certificate says what it says: an old one could call a listed business clear. */
const validForSeconds = 24 * 60 * 60

/** A signed statement of a credit file, to be shown and verified without asking the service again. */
export const certificateRoutes: FastifyPluginCallbackZod<Options> = (
  app,
  { db, clock, files, signing, publicUrl },
  done,
) => {
  app.get(
    '/v1/credit-files/:uscc/certificate',
    {
      schema: {
        operationId: 'getCertificate',
        tags: ['Public lookup'],
        summary: 'A signed statement of the credit file as of now',
        description:
          'A compact JWS (EdDSA). Its payload is the credit file with `iss`, `iat` and `exp` (RFC 7519); the keys of `/.well-known/jwks.json` verify it.',
        params: z.strictObject({ uscc: usccParameter }),
        querystring: z.strictObject({}),
        response: {
          200: { description: 'The certificate', content: { 'application/jose': { schema: z.string() } } },
          ...problemResponses,
        },
      },
    },
    async (request, reply) => {
      const file = await readCreditFile({ db, clock, files, language: languageOf(request) }, request.params.uscc)
      const iat = Math.floor(clock.now().getTime() / 1000)
      const payload = { ...file, iss: publicUrl(), iat, exp: iat + validForSeconds }
      void reply.header('cache-control', 'no-store').header('vary', 'Accept-Language').type('application/jose')
      return signing.sign(payload, { typ: 'credit-file+jwt' })
    },
  )
  done()
}
