import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify'
import { pino, type DestinationStream, type Logger } from 'pino'
import type { Config } from '../config.ts'
import { faultOf } from './db.ts'
import type { Answered } from './metrics.ts'

/** Names under which secrets travel: never written, wherever in a line they stand. */
const secretNames = ['authorization', 'cookie', 'set-cookie', 'password', 'secret', 'token', 'key', 'x-api-key']

/**
 * The log, one JSON object a line on standard error, so that standard output stays free for answers of commands. Requests
 * are told by their route: headers, bodies and addresses are never written, and what is called like a secret is blotted
 * out should some line have it all the same.
 */
export function openLog(config: Config, destination: DestinationStream = pino.destination(2)): Logger {
  const paths = secretNames.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`])
  return pino(
    { level: config.LOG_LEVEL, serializers: { err: faultOf, req: requestOf }, redact: { paths, censor: '(secret)' } },
    destination,
  )
}

/** A request as the log tells it: by its route, since addresses hold what people search for, identity numbers too. */
function requestOf({ method, routeOptions, ip }: Partial<FastifyRequest>) {
  // Also what is no request of ours and only called so.
  return { method, route: routeOptions?.url ?? null, remoteAddress: ip }
}

/** Writes the line of an answer: what was asked, by whose key, what became of it and how long it took. */
export function logAnswer(
  log: Pick<FastifyBaseLogger, 'info'>,
  { durationMs, ...answered }: Answered & { remoteAddress: string } & Record<string, unknown>,
): void {
  log.info({ ...answered, durationMs: Math.round(durationMs * 10) / 10 }, 'answered')
}

/** One line for each answer. */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { principal } = request
    logAnswer(request.log, {
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      durationMs: reply.elapsedTime,
      remoteAddress: request.ip,
      ...(principal !== null && { keyId: principal.keyId, partnerId: principal.partnerId }),
      ...(request.context.span !== null && { traceId: request.context.span.traceId }),
    })
    done()
  })
}
