import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { getHeapStatistics } from 'node:v8'
import underPressure from '@fastify/under-pressure'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import { makeAdmission, type Admission } from './admission.ts'
import { Problem, problems } from './problem.ts'
import { newRequestId } from './request-context.ts'
import { seldom } from './seldom.ts'

/** Whoever is refused may ask again after this many seconds. */
const retryAfter = '1'

/** The log is told so often of one reason; each answer has its own line and is counted. */
const toldEveryMs = 10_000

/** Probes and measurements are needed most when all else is refused. */
const alwaysServed = /^\/(livez|readyz|metrics)(\?|$)/

export interface LoadShedding {
  /** The requests that do work. */
  admission: Admission
  /** The streams and held calls that are open. */
  readonly streams: number
  register: (app: FastifyInstance) => Promise<void>
}

/**
 * Sheds load before the process falls: more requests than can be answered in time, more streams than fit into memory, an
 * event loop that is late or a heap that is full are all answered 503 with `Retry-After`, at little cost.
 */
export function makeLoadShedding(config: Config): LoadShedding {
  const admission = makeAdmission({
    running: config.MAX_REQUESTS,
    waiting: config.MAX_WAITING_REQUESTS,
    burstMs: config.MAX_BURST_MS,
  })
  const streams = new Set<string>()
  const isNews = seldom(toldEveryMs)
  const overloaded = (request: FastifyRequest, why: object): Problem => {
    if (isNews(Object.keys(why).join(), new Date())) request.log.warn(why, 'load is shed')
    return new Problem('overloaded', problems.overloaded.meaning, { headers: { 'retry-after': retryAfter } })
  }

  const enter = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    if (request.leave !== null || alwaysServed.test(request.url)) {
      done()
    } else if (isHeld(request)) {
      if (streams.size >= config.MAX_STREAMS) {
        done(overloaded(request, { streams: streams.size }))
        return
      }
      streams.add(request.id)
      request.leave = () => void streams.delete(request.id)
      // A reader who goes away ends the stream without an end of the answer, of which no hook is told.
      reply.raw.once('close', request.leave)
      done()
    } else {
      const take = (leave: (() => void) | null) => {
        request.leave = leave
        done(leave === null ? overloaded(request, { waiting: admission.state.waiting }) : undefined)
      }
      const entered = admission.enter(() => request.signal)
      if (entered instanceof Promise) void entered.then(take)
      else take(entered)
    }
  }

  return {
    admission,
    get streams() {
      return streams.size
    },
    register: async (app) => {
      // Before anything is made of a request, routes and hooks included: a refusal must cost next to nothing.
      const handlers = app.server.listeners('request') as RequestListener[]
      app.server.removeAllListeners('request')
      app.server.on('request', (request, response) => {
        if (!alwaysServed.test(request.url ?? '') && admission.refusesNow()) refuse(request, response)
        else for (const handle of handlers) handle(request, response)
      })
      app.decorateRequest('leave', null)
      await app.register(underPressure, {
        maxEventLoopDelay: config.MAX_EVENT_LOOP_DELAY_MS,
        maxHeapUsedBytes:
          config.MAX_HEAP_MB > 0 ? config.MAX_HEAP_MB * 2 ** 20 : getHeapStatistics().heap_size_limit * 0.9,
        pressureHandler: (request: FastifyRequest, _reply: unknown, type: string, value: number | undefined) => {
          // Without a sample of a whole second the plugin takes the delay for endless, also after one stall.
          if (alwaysServed.test(request.url) || value === Infinity) return
          throw overloaded(request, { type, value })
        },
      })
      app.addHook('onRequest', (request, reply, done) => {
        // One with a body is worked on when the body is here: who sends slowly takes nobody's place.
        if (hasBody(request)) done()
        else enter(request, reply, done)
      })
      app.addHook('preValidation', enter)
      app.addHook('onSend', (request, _reply, payload, done) => {
        // What is left is the network's work; a stream is open until it ends.
        if (!streams.has(request.id)) request.leave?.()
        done(null, payload)
      })
      app.addHook('onResponse', (request, _reply, done) => {
        request.leave?.()
        done()
      })
    },
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Gives back the place that the request takes among those worked on. */
    leave: (() => void) | null
  }
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** Live streams, and calls that wait for an event, which take next to no work while they last. */
function isHeld({ url, headers }: FastifyRequest): boolean {
  if (!url.startsWith('/v1/feed/events')) return false
  return /[?&]wait=0*[1-9]/.test(url) || headers.accept?.includes('text/event-stream') === true
}

/** The same answer without a framework: there is no time to read languages. */
function refuse(request: IncomingMessage, response: ServerResponse): void {
  const { title, meaning, status } = problems.overloaded
  const body = JSON.stringify({
    type: '/problems/overloaded',
    title: title.zh,
    status,
    detail: `${meaning.zh} ${meaning.en}`,
    instance: (request.url ?? '/').split('?')[0],
  })
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    'retry-after': retryAfter,
    'cache-control': 'no-store',
    'x-request-id': newRequestId(),
    'x-content-type-options': 'nosniff',
    // A body that nobody reads would stand in the way of the next request.
    ...(request.method !== 'GET' && request.method !== 'HEAD' && { connection: 'close' }),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}
