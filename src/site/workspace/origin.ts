import type { FastifyRequest } from 'fastify'
import { Problem, problems } from '../../platform/problem.ts'

/**
 * Refuses a form that another site sent: browsers tell where a request comes from (Fetch Metadata, RFC 6454), and what
 * tells neither is no browser that has signed in here.
 * @throws Problem cross-site-request
 */
export function assertSameOrigin(request: FastifyRequest, publicUrl: string): void {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) {
    if (site === 'same-origin') return
    throw crossSite()
  }
  const { origin } = request.headers
  if (origin === undefined || !URL.canParse(origin)) throw crossSite()
  const { host } = new URL(origin)
  if (origin === new URL(publicUrl).origin || host === request.headers.host) return
  throw crossSite()
}

export function crossSite(): Problem {
  return new Problem('cross-site-request', problems['cross-site-request'].meaning)
}
