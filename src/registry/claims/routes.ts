import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import type { Authenticate } from '../../platform/auth.ts'
import type { Db } from '../../platform/db.ts'
import { Problem, problemResponses, problems } from '../../platform/problem.ts'
import { originOf, publishedFields } from '../domain.ts'
import { listSubjectsByCodes } from '../repository.ts'
import { listPresencesWithClaims } from './repository.ts'
import { provenanceParams, provenanceSchema } from './schemas.ts'

interface Options {
  db: Db
  authenticate: Authenticate
}

/** Which source said what of a business, for staff. */
export const provenanceRoutes: FastifyPluginCallbackZod<Options> = (app, { db, authenticate }, done) => {
  app.get(
    '/v1/credit-files/:uscc/provenance',
    {
      onRequest: authenticate('registry:write', 'admin'),
      schema: {
        operationId: 'getProvenance',
        tags: ['Staff'],
        summary: 'Which source said each field of a business, and who says that it runs each site or shop',
        security: [{ key: [] }],
        params: provenanceParams,
        response: { 200: provenanceSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { uscc } = request.params
      const [subject] = await listSubjectsByCodes(db, { usccs: [uscc], registrationNumbers: [] })
      if (subject === undefined) throw new Problem('unknown-subject', problems['unknown-subject'].meaning)
      void reply.header('cache-control', 'no-store')
      return {
        uscc,
        fields: publishedFields.map((field) => {
          const origin = originOf(subject, field)
          return { field, value: subject[field], origin: origin && { source: 'subjects' as const, ...origin } }
        }),
        webPresences: await listPresencesWithClaims(db, uscc),
      }
    },
  )
  done()
}
