import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { notModified } from '../platform/caching.ts'
import { languageOf, type Language } from '../platform/language.ts'
import { problems, logFault, sendError, toProblem } from '../platform/problem.ts'
import type { PageFrame } from './layout.tsx'
import { faultPage } from './problem-page.tsx'

/** Nothing is loaded or asked but from ourselves, nothing inline runs, nobody frames a page. */
const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
}

/** A reader's choice is remembered for a year. */
const languageMaxAge = 365 * 24 * 60 * 60

/** What the language of a page depends on. */
const varies = 'Accept-Language, Cookie'

/**
 * Makes a plugin's routes pages: their headers, the choice of the language by `?lang=`, and faults that are pages too.
 * To be called once, in the plugin that has the routes.
 * @param frameOf what stands around a fault for who has signed in
 */
export function servePages(
  app: FastifyInstance,
  frameOf: (request: FastifyRequest) => Promise<PageFrame> = () => Promise.resolve({}),
): void {
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(securityHeaders)
    const chosen = chosenLanguage(request)
    if (chosen === null) return
    const secure = request.protocol === 'https' ? '; Secure' : ''
    void reply.header(
      'set-cookie',
      `lang=${chosen}; Path=/; Max-Age=${languageMaxAge}; SameSite=Lax; HttpOnly${secure}`,
    )
  })

  app.setErrorHandler(async (error, request, reply) => {
    // Also what is refused before its handler, such as a compressed body at an address of the API that there is not.
    if (isOfProgram(request)) return sendError(error, request, reply)
    const problem = toProblem(error)
    const { status } = problems[problem.code]
    logFault(request, problem, error)
    // Whatever is at fault may keep the frame from being made too.
    const frame = await frameOf(request).catch(() => ({}))
    return reply
      .code(status)
      .headers({ ...problem.headers, vary: varies, 'cache-control': 'no-store' })
      .type('text/html; charset=utf-8')
      .send(
        faultPage({
          language: languageOfPage(request),
          here: addressOf(request),
          problem,
          requestId: request.id,
          frame,
        }),
      )
  })
}

/** A person who follows a wrong link reads a page, a program reads a problem. */
export function isOfProgram({ url, routeOptions, headers }: FastifyRequest): boolean {
  return url.startsWith('/v1/') || (routeOptions.url === '/*' && headers.accept?.includes('text/html') !== true)
}

/** Where the page is read again; what a form was sent to is no page. */
function addressOf({ method, url }: FastifyRequest): string {
  return method === 'POST' ? '/' : url
}

/** The language that the address of the page asks for. */
function chosenLanguage(request: FastifyRequest): Language | null {
  // Read from the address itself: the schema of a page has no such parameter and drops it.
  const at = request.url.indexOf('?')
  const lang = at < 0 ? null : new URLSearchParams(request.url.slice(at)).get('lang')
  return lang === 'zh' || lang === 'en' ? lang : null
}

/** The reader's language: what the address asks for, else what was chosen before, else what the browser prefers. */
export function languageOfPage(request: FastifyRequest): Language {
  const [, kept] = /(?:^|;\s*)lang=(zh|en)(?:;|$)/.exec(request.headers.cookie ?? '') ?? []
  return chosenLanguage(request) ?? (kept as Language | undefined) ?? languageOf(request)
}

/** Sends a public page, or 304 to who has it already. The page as a whole is its content: it changes with the layout. */
export function sendPage(request: FastifyRequest, reply: FastifyReply, page: string): FastifyReply {
  return sendFile(request, reply, page, 'text/html')
}

/** Sends what is no page but is read like one: a picture, a table, a feed of news. */
export function sendFile(request: FastifyRequest, reply: FastifyReply, content: string, type: string): FastifyReply {
  const isKnown = notModified(request, reply, content)
  void reply.header('vary', varies)
  // Nobody else is given what one reader chose.
  if (reply.hasHeader('set-cookie')) void reply.header('cache-control', 'private, no-cache')
  return isKnown ? reply.code(304).send() : reply.type(`${type}; charset=utf-8`).send(content)
}
