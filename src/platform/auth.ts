import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onRequestAsyncHookHandler,
  onRequestHookHandler,
} from 'fastify'
import { clientAddress } from './addresses.ts'
import { Problem, problems } from './problem.ts'

/** Who is calling, as the key, the token or the session tells. */
export interface Principal {
  /** One person of staff is one partner, whatever they sign in with: the two-person rule compares this. */
  partnerId: string
  /** `agency`, `platform` or `staff`. */
  kind: string
  /** Code of the agency, for a partner that receives sanction orders. */
  agencyCode: string | null
  /** Null for a person whom the identity provider vouches for. */
  keyId: string | null
  scopes: readonly string[]
  /** How; a key without it. */
  via?: 'key' | 'session' | 'oidc'
  /** The person, where the key does not say it. */
  person?: string
}

/** From where a key is shown, and in which request. */
export interface Caller {
  address: string | null
  requestId: string
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is calling; null where no key was needed and none was sent. */
    principal: Principal | null
  }
}

/** Answers the holder of a key or token, or null for one that may not be used: why is never told to a stranger. */
export type KeyVerifier = (key: string, caller: Caller) => Promise<Principal | null>

/** Counts what is asked for, and refuses what is too much. */
export interface KeyLimits {
  /** One more request of this partner's key. */
  countKey(request: FastifyRequest, reply: FastifyReply, principal: Principal): Promise<void>
  /** One more key from there that may not be used. */
  countRefused(request: FastifyRequest, reply: FastifyReply): Promise<void>
}

const noLimits: KeyLimits = { countKey: () => Promise.resolve(), countRefused: () => Promise.resolve() }

export interface Guards {
  /** Makes the guard of a route that needs one of these scopes. */
  authenticate: (...scopes: string[]) => onRequestAsyncHookHandler
  /** The guard of a public route on which a key shows more: none is needed, a bad one is refused. */
  identify: onRequestHookHandler
}

export type Authenticate = Guards['authenticate']

/**
 * Bearer keys (RFC 6750): no key or a bad one is 401 with `WWW-Authenticate`, a good one without the scope is 403 that
 * names the scope. A request that passes a guard has its `principal`.
 */
export function bearerKeys(app: FastifyInstance, verify: KeyVerifier, limits: KeyLimits = noLimits): Guards {
  app.decorateRequest('principal', null)
  const verified = async (request: FastifyRequest, reply: FastifyReply): Promise<Principal> => {
    const key = keyOf(request)
    const principal = await verify(key, { address: clientAddress(request), requestId: request.id })
    if (principal !== null) {
      await limits.countKey(request, reply, principal)
      return principal
    }
    await limits.countRefused(request, reply)
    throw new Problem('unauthorized', problems.unauthorized.meaning, {
      headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    })
  }
  return {
    authenticate:
      (...scopes) =>
      async (request, reply) => {
        const principal = await verified(request, reply)
        if (!scopes.some((scope) => principal.scopes.includes(scope))) throw insufficientScope(scopes)
        request.principal = principal
      },
    identify: (request, reply, done) => {
      if (request.headers.authorization === undefined) {
        done()
        return
      }
      verified(request, reply).then(
        (principal) => {
          request.principal = principal
          done()
        },
        (error: unknown) => done(error as Error),
      )
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

function keyOf(request: FastifyRequest): string {
  const [, key] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  if (key !== undefined) return key
  throw new Problem('unauthorized', problems.unauthorized.meaning, { headers: { 'www-authenticate': 'Bearer' } })
}
