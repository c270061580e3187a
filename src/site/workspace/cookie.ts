import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { PendingSignIn } from '../../partners/oidc-sign-in.ts'

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

/** Where a login at the identity provider begins, and below which it comes back. */
export const oidcPath = '/sign-in/oidc'

/** A login at the identity provider that was begun in this browser, and the page that it was for. */
export interface Pending extends PendingSignIn {
  next: string
}

const pendingForm = z.strictObject({
  state: z.string().min(1),
  nonce: z.string().min(1),
  codeVerifier: z.string().min(1),
  next: z.string(),
})
/** As long as a person may take to sign in there. */
const pendingSeconds = 600
const longestNext = 1000

/** The cookie of a login that has been begun. */
export interface PendingCookie {
  /** Null where none was begun in this browser, or too long ago. */
  read: (request: FastifyRequest) => Pending | null
  set: (reply: FastifyReply, pending: Pending) => void
  clear: (reply: FastifyReply) => void
}

/**
 * `SameSite=Lax`: the browser comes back from another site, and a strict cookie would not come along. It goes to the
 * addresses of this login alone and holds nothing of use to anybody without the provider's answer.
 */
export function pendingCookie(publicUrl: () => string): PendingCookie {
  const isSecure = () => publicUrl().startsWith('https:')
  const name = () => (isSecure() ? '__Secure-xinjian-oidc' : 'xinjian-oidc')
  const options = () => ({ path: oidcPath, httpOnly: true, sameSite: 'lax' as const, secure: isSecure() })
  return {
    read: (request) => {
      try {
        const text = Buffer.from(request.cookies[name()] ?? '', 'base64url').toString()
        return pendingForm.parse(JSON.parse(text))
      } catch {
        return null
      }
    },
    set: (reply, { next, ...pending }) => {
      const text = JSON.stringify({ ...pending, next: next.slice(0, longestNext) })
      void reply.setCookie(name(), Buffer.from(text).toString('base64url'), { ...options(), maxAge: pendingSeconds })
    },
    clear: (reply) => void reply.clearCookie(name(), options()),
  }
}
