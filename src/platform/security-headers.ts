import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import helmet, { type HelmetOptions } from 'helmet'

/** What every answer says unless a page says more: there is nothing in it to run, to load or to frame. */
const nothing = "default-src 'none'; frame-ancestors 'none'"

/** For answers that no hook sees, such as the router's own refusals. */
export const bareHeaders = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': nothing,
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
} as const

const options: HelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
  },
  // Published data and the badge are for the pages of others.
  crossOriginResourcePolicy: { policy: 'cross-origin' },
  // `frame-ancestors` says it, and lets the preview of OpenRefine be framed.
  frameguard: false,
  referrerPolicy: { policy: 'no-referrer' },
}

/**
 * Helmet's headers. They are the same for all, so it is asked once: asked with each request, it was a tenth of the
 * processor's time of a lookup (decision 35).
 */
export const securityHeaders = helmetsHeaders()

function helmetsHeaders(): Record<string, string> {
  const request = new IncomingMessage(new Socket())
  const response = new ServerResponse(request)
  helmet(options)(request, response, () => undefined)
  return response.getHeaders() as Record<string, string>
}

/**
 * Security headers on every answer (Helmet's, for a service whose answers are data for anybody). Pages, the badge and the
 * preview set a policy of their own after it.
 */
export function sendSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(securityHeaders)
    done()
  })
}

/** The interactive documentation runs scripts and styles of its own, from here alone, and shows what calls answer. */
export const documentationPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
