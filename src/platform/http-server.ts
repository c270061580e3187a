import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../config.ts'
import { Problem } from './problem.ts'

/** A body is no larger unless its route takes lists: a thousand candidates, receipts or members. */
const bodyLimit = 128 * 1024
/** Of routes that take up to a thousand of something in one call. */
export const listBodyLimit = 1024 * 1024

/** No schema of ours nests deeper; what does is meant for parsers and serialisers that call themselves. */
const deepest = 32

/** What the server gives a connection, in time and bytes. */
export function httpLimits(config: Config) {
  return {
    bodyLimit,
    requestTimeout: config.REQUEST_TIMEOUT_MS,
    // Longer than the idle time of usual balancers (60 s), so that none sends into a connection that is being closed.
    keepAliveTimeout: 72_000,
    http: {
      maxHeaderSize: 16 * 1024,
      headersTimeout: config.HEADERS_TIMEOUT_MS,
      // How often the two times are looked at.
      connectionsCheckingInterval: Math.min(5000, config.HEADERS_TIMEOUT_MS, config.REQUEST_TIMEOUT_MS),
    },
  }
}

/**
 * Bodies are JSON, and forms where a route takes them: no plain text, nothing compressed (a small body may unpack to a huge
 * one), and nothing nested without end.
 */
export function takeOnlyJson(app: FastifyInstance): void {
  app.removeContentTypeParser(['application/json', 'text/plain'])
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (nestsDeeperThan(text, deepest)) {
      const detail = {
        zh: `JSON的嵌套层数不得超过${deepest}层。`,
        en: `JSON must not nest deeper than ${deepest} levels.`,
      }
      done(new Problem('invalid-request', detail, { errors: [{ pointer: '/body', detail }] }), undefined)
    } else void parse(request, text, done)
  })
  app.addHook('onRequest', (request, _reply, done) => {
    const encoding = request.headers['content-encoding']
    if (encoding === undefined || encoding.trim().toLowerCase() === 'identity') {
      done()
      return
    }
    const detail = {
      zh: '请求内容不得压缩（Content-Encoding）。',
      en: 'Bodies are not taken compressed (Content-Encoding).',
    }
    done(new Problem('unsupported-media-type', detail))
  })
}

const [quote, backslash, brace, bracket, endBrace, endBracket] = ['"', '\\', '{', '[', '}', ']'].map((sign) =>
  sign.charCodeAt(0),
)

/** Whether JSON text nests deeper than so many levels; looks at each character once, and at none twice. */
export function nestsDeeperThan(text: string, levels: number): boolean {
  if (text.length <= levels) return false
  let depth = 0
  let isInString = false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (isInString) {
      if (code === backslash) at += 1
      else if (code === quote) isInString = false
    } else if (code === quote) isInString = true
    else if (code === brace || code === bracket) {
      depth += 1
      if (depth > levels) return true
    } else if (code === endBrace || code === endBracket) depth -= 1
  }
  return false
}

/**
 * Ends connections when the process stops: whoever is answered is told that the connection closes, and what was opened in
 * reserve is closed.
 * @param options.isStopping already before the server closes, so that balancers open their next connection elsewhere
 * @param options.whileClosing ends whoever waits for something
 * @returns whether connections are being closed
 */
export function closeConnections(
  app: FastifyInstance,
  { isStopping, whileClosing }: { isStopping: () => boolean; whileClosing: () => Promise<void> },
): () => boolean {
  // A connection that is in use when the closing begins would be kept alive, and the closing with it.
  let closing = false
  // One that was opened in reserve and never used is not idle to Node, and would hold the closing for a minute.
  const unused = new Set<Socket>()
  app.server.on('connection', (socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  // Beside whatever answers requests, also what does so before Fastify.
  app.addHook('onReady', async () => {
    app.server.on('request', ({ socket }: IncomingMessage) => unused.delete(socket))
  })
  const isClosing = () => closing || isStopping()
  app.addHook('preClose', async () => {
    closing = true
    await whileClosing()
    for (const socket of unused) socket.destroy()
  })
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (isClosing()) void reply.header('connection', 'close')
    done(null, payload)
  })
  return isClosing
}
