import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { Problem, problems } from './problem.ts'

/** Who is calling, as the key tells. */
export interface Principal {
  partnerId: string
  keyId: string
  scopes: readonly string[]
}

/** Answers the holder of a key, or null for one that is unknown, revoked or malformed. */
export type KeyVerifier = (key: string) => Promise<Principal | null>

/** Makes the guard of a route that needs one of these scopes. */
export type Authenticate = (...scopes: string[]) => onRequestAsyncHookHandler

/**
 * Bearer keys (RFC 6750): no key or a bad one is 401 with `WWW-Authenticate`, a good one without the scope is 403 that
 * names the scope.
 */
export function bearerKeys(verify: KeyVerifier): Authenticate {
  return (...scopes) =>
    async (request) => {
      const principal = await principalOf(request, verify)
      if (scopes.some((scope) => principal.scopes.includes(scope))) return
      throw new Problem(
        'insufficient-scope',
        { zh: `此操作需要权限范围 ${scopes.join(' 或 ')}。`, en: `This call needs the scope ${scopes.join(' or ')}.` },
        { headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"` } },
      )
    }
}

async function principalOf(request: FastifyRequest, verify: KeyVerifier): Promise<Principal> {
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
