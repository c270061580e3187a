import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import proxyAddress from '@fastify/proxy-addr'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Config } from '../config.ts'
import { clientAddress } from './addresses.ts'
import type { Admission } from './admission.ts'
import { etagMatches, publicRead } from './caching.ts'
import { languageOf, type Language } from './language.ts'
import type { MetricsCollection } from './metrics.ts'
import type { RateLimits } from './rate-limits.ts'
import { asRequest, newRequestId } from './request-context.ts'
import { logAnswer } from './request-log.ts'
import { securityHeaders } from './security-headers.ts'

/** A JSON document with the tag of its content. */
export interface TaggedJson {
  /** UTF-8, a character for each byte (`latin1` of Node), which a socket takes without going through them. */
  readonly bytes: string
  readonly etag: string
}

/** A public read that is told by its path and the reader's language alone. */
export interface DirectRead {
  /** As the router names it. */
  route: string
  /** The paths that are answered; what stands in the group is asked for. Whatever else is sent is for the router. */
  path: RegExp
  /** At once where it is in memory; null where the router has to say what is wrong. */
  find: (asked: string, language: Language) => TaggedJson | Promise<TaggedJson | null>
}

interface Options {
  read: DirectRead
  config: Config
  limits: RateLimits
  metrics: MetricsCollection
  admission: Admission
  log: FastifyBaseLogger | undefined
  /** Whether connections are being closed, which the router's answers say. */
  isClosing: () => boolean
}

const always = Object.entries(securityHeaders).flat()
const tagHeaders = Object.entries(publicRead).flat()

/**
 * Answers a read before Fastify, so that what is asked for most costs little more than finding it (decision 35): the same
 * answer, limits, log line and series as the router's, made by the same functions. Only the plainest request is taken: GET
 * with neither a key nor a body. One that would be refused, or fails, goes to the router, which says why. Registered after
 * all that serves requests.
 */
export function answerDirectly(
  app: FastifyInstance,
  { read, config, limits, metrics, admission, log, isClosing }: Options,
): void {
  const isTrusted = proxyAddress.compile(config.TRUSTED_PROXIES)
  const handlers = app.server.listeners('request') as RequestListener[]
  const pass = (request: IncomingMessage, response: ServerResponse) => {
    for (const handle of handlers) handle(request, response)
  }

  let ready: (() => void)[] = []
  /** Writes at the end of the turn all answers that were found in it: whoever reads them wakes once and not for each. */
  const writeSoon = (write: () => void) => {
    ready.push(write)
    if (ready.length > 1) return
    setImmediate(() => {
      const writes = ready
      ready = []
      for (const one of writes) one()
    })
  }

  const send = (
    request: IncomingMessage,
    response: ServerResponse,
    { bytes, etag }: TaggedJson,
    { requestId, from, limited }: { requestId: string; from: number; limited: readonly string[] },
  ): void => {
    const headers = ['x-request-id', requestId, ...always, ...limited, 'etag', etag, ...tagHeaders]
    const status = etagMatches(request, etag) ? 304 : 200
    if (status === 304) response.writeHead(status, headers).end()
    else {
      headers.push('content-type', 'application/json; charset=utf-8', 'content-length', String(bytes.length))
      response.writeHead(status, headers).end(bytes, 'latin1')
    }
    const answered = { method: 'GET', route: read.route, status, durationMs: performance.now() - from }
    metrics.observe(answered)
    if (log !== undefined) logAnswer(log, { requestId, ...answered, remoteAddress: proxyAddress(request, isTrusted) })
  }

  const answer = (
    request: IncomingMessage,
    response: ServerResponse,
    asked: string,
    limited: readonly string[] = [],
  ): void => {
    const leave = app.isUnderPressure() ? null : admission.enterAtOnce()
    if (leave === null) {
      pass(request, response)
      return
    }
    const told = { requestId: newRequestId(), from: performance.now(), limited }
    const take = (found: TaggedJson | null) => {
      leave()
      if (found === null) pass(request, response)
      else writeSoon(() => send(request, response, found, told))
    }
    const found = asRequest({ requestId: told.requestId, span: null }, () => read.find(asked, languageOf(request)))
    if (found instanceof Promise) found.then(take, () => take(null))
    else take(found)
  }

  app.server.removeAllListeners('request')
  app.server.on('request', (request, response) => {
    const asked = isPlain(request) && !isClosing() ? read.path.exec(request.url ?? '')?.[1] : undefined
    if (asked === undefined) pass(request, response)
    else if (limits.countPublic === null) answer(request, response, asked)
    else {
      const address = clientAddress({ ip: proxyAddress(request, isTrusted), socket: request.socket })
      limits.countPublic(request, address).then(
        (limited) => {
          if (limited === null) pass(request, response)
          else answer(request, response, asked, Object.entries(limited).flat())
        },
        () => pass(request, response),
      )
    }
  })
}

/** Whether there is nothing in a request but its address and what its sender likes. */
function isPlain({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    headers.authorization === undefined &&
    headers['content-length'] === undefined &&
    headers['transfer-encoding'] === undefined &&
    headers['content-encoding'] === undefined
  )
}
