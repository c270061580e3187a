import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { Problem, problems } from './problem.ts'

/** Who is calling, as the key tells. */
export interface Principal {
  partnerId: string
  /** `agency`, `platform` or `staff`. */
  kind: string
  /** Code of the agency, for a partner that receives sanction orders. */
  agencyCode: string | null
  /** The key; null for a login without one. */
  keyId: string | null
  scopes: readonly string[]
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is calling; null where no key was needed and none was sent. */
    principal: Principal | null
  }
}

/** Answers the holder of a key, or null for one that is unknown, revoked or malformed. */
export type KeyVerifier = (key: string) => Promise<Principal | null>

export interface Guards {
  /** Makes the guard of a route that needs one of these scopes. */
  authenticate: (...scopes: string[]) => onRequestAsyncHookHandler
  /** The guard of a public route on which a key shows more: none is needed, a bad one is refused. */
  identify: onRequestAsyncHookHandler
}

export type Authenticate = Guards['authenticate']

/**
 * Bearer keys (RFC 6750): no key or a bad one is 401 with `WWW-Authenticate`, a good one without the scope is 403 that
 * names the scope. A request that passes a guard has its `principal`.
 */
export function bearerKeys(app: FastifyInstance, verify: KeyVerifier): Guards {
  app.decorateRequest('principal', null)
  return {
    authenticate:
      (...scopes) =>
      async (request) => {
        const principal = await verifiedPrincipal(request, verify)
        if (!scopes.some((scope) => principal.scopes.includes(scope))) throw insufficientScope(scopes)
        request.principal = principal
      },
    identify: async (request) => {
      if (request.headers.authorization !== undefined) request.principal = await verifiedPrincipal(request, verify)
    },
  }
}

/** The 403 of a key that lacks the scope, naming it. */
export function insufficientScope(scopes: readonly string[]): Problem {
  return new Problem(
    'insufficient-scope',
    { zh: `此操作需要权限范围 ${scopes.join(' 或 ')}。`, en: `This call needs the scope ${scopes.join(' or ')}.` },
    { headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"` } },
  )
}

/**
 * Who is calling on a route with a guard that needs a key.
 * @throws Problem unauthorized on a route without one, which is a mistake in the route
 */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal !== null) return request.principal
  throw new Problem('unauthorized', problems.unauthorized.meaning)
}

async function verifiedPrincipal(request: FastifyRequest, verify: KeyVerifier): Promise<Principal> {
  const [, key] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  if (key === undefined) {
    throw new Problem('unauthorized', problems.unauthorized.meaning, { headers: { 'www-authenticate': 'Bearer' } })
  }
  const principal = await verify(key)
  if (principal !== null) return principal
  throw new Problem('unauthorized', problems.unauthorized.meaning, {
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  })
}
