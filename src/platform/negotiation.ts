import type { FastifyReply, FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'

/**
 * The media type that the client likes best of those that there are, by `Accept` with its weights (RFC 9110 12.5.1); the
 * first one where it has no wish, or none that can be met. Tells caches that the answer depends on it.
 */
export function negotiate<Type extends string>(
  request: Pick<FastifyRequest, 'headers'>,
  reply: FastifyReply,
  types: readonly [Type, ...Type[]],
): Type {
  void reply.header('vary', 'Accept')
  const liked = new Negotiator(request).mediaType(types)
  return types.find((type) => type === liked) ?? types[0]
}
