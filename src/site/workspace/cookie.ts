import type { FastifyReply, FastifyRequest } from 'fastify'

/** With this prefix a browser takes the cookie over https alone, for this host alone and for all of it (RFC 6265bis). */
const secureName = '__Host-xinjian'
const plainName = 'xinjian-session'

/** The cookie that holds the token of a session, and nothing else. */
export interface SessionCookie {
  read: (request: FastifyRequest) => string | undefined
  set: (reply: FastifyReply, token: string, maxAgeSeconds: number) => void
  clear: (reply: FastifyReply) => void
}

/** By https it is `Secure` with the prefix `__Host-`; always out of reach of scripts and of other sites. */
export function sessionCookie(publicUrl: () => string): SessionCookie {
  const isSecure = () => publicUrl().startsWith('https:')
  const name = () => (isSecure() ? secureName : plainName)
  const options = () => ({ path: '/', httpOnly: true, sameSite: 'strict' as const, secure: isSecure() })
  return {
    read: (request) => request.cookies[name()],
    // By age, not by date: the clock of the browser may be another.
    set: (reply, token, maxAge) => void reply.setCookie(name(), token, { ...options(), maxAge }),
    clear: (reply) => void reply.clearCookie(name(), options()),
  }
}
