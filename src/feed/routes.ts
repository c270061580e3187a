import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Authenticate } from '../platform/auth.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { negotiate } from '../platform/negotiation.ts'
import { Problem, problemResponses } from '../platform/problem.ts'
import type { Signing } from '../platform/signing.ts'
import { signCheckpoint } from './checkpoint.ts'
import type { EventFilter } from './domain.ts'
import type { FeedListener } from './listener.ts'
import { makeFeedPages } from './pages.ts'
import type { PageForm, PageText } from './repository.ts'
import { checkpoint, eventsAnswer, eventsHeaders, eventsLines, eventsQuery, eventsStream } from './schemas.ts'
import { eventStream } from './stream.ts'
import type { FeedTail } from './tail.ts'

type PageQuery = EventFilter & { after: number; limit: number; wait: number }

interface Options {
  db: Db
  clock: Clock
  listener: FeedListener
  tail: FeedTail
  /** Hears how far a reader knows the log that is answered. */
  told: (position: number) => void
  signing: Signing
  authenticate: Authenticate
}

const jsonType = 'application/json; charset=utf-8'
const mediaTypes = ['application/json', 'application/x-ndjson', 'text/event-stream'] as const

/** The change feed for partner agencies: one log, read from any position (contract section 4). */
export const feedRoutes: FastifyPluginCallbackZod<Options> = (app, options, done) => {
  const { db, clock, listener, tail, told, signing, authenticate } = options
  const readOnce = makeFeedPages(db)
  const guard = authenticate('feed')

  /** A page after a position; when there is none yet, held for as long as the caller waits. */
  const readPage = async (
    { after, limit, wait, ...filter }: PageQuery,
    form: PageForm,
    gone: AbortSignal,
  ): Promise<PageText> => {
    const until = Date.now() + wait * 1000
    for (let from = after; ;) {
      const since = listener.count
      const page = await readOnce(from, limit, filter, form)
      const left = until - Date.now()
      if (page.count > 0 || left <= 0 || gone.aborted || listener.closed) return page
      // What the filter left out is not read again at each waking.
      from = page.next
      await listener.wait(left, gone, since)
    }
  }

  app.get(
    '/v1/feed/events',
    {
      onRequest: guard,
      schema: {
        operationId: 'listFeedEvents',
        tags: ['Feed'],
        summary: 'Events after a position, in order',
        description:
          'As `application/json` a page; as `application/x-ndjson` the same page, one event a line, with `next` and `head` in the headers `X-Next` and `X-Head`; as `text/event-stream` a live stream without end, in which `id` is the position and a comment comes every 15 s. `limit` and `wait` do not concern the stream.',
        security: [{ key: [] }],
        querystring: eventsQuery,
        headers: eventsHeaders,
        response: {
          200: {
            description: 'Events in the order of their positions',
            content: {
              'application/json': { schema: eventsAnswer },
              'application/x-ndjson': { schema: eventsLines },
              'text/event-stream': { schema: eventsStream },
            },
          },
          ...problemResponses,
        },
      },
    },
    async (request, reply) => {
      const gone = goneOf(reply)
      void reply.header('cache-control', 'no-store')
      const type = negotiate(request, reply, mediaTypes)
      if (type === 'text/event-stream') {
        const { after, limit: _, wait: __, ...filter } = request.query
        const stream = eventStream(tail, {
          after: request.headers['last-event-id'] ?? after,
          filter,
          signal: gone,
          mayRead: () => stillMayRead(() => guard.call(app, request, reply)),
        })
        // The connection ends with the stream; proxies must not hold it back.
        void reply.header('connection', 'close').header('x-accel-buffering', 'no')
        return reply.type(type).send(stream as never)
      }
      const isJson = type === 'application/json'
      const { bytes, next, head } = await readPage(request.query, isJson ? 'json' : 'lines', gone)
      told(head)
      linkNext(request, reply, next)
      if (!isJson) void reply.header('x-next', next).header('x-head', head)
      // Written as JSON when the event was numbered: the schema would take each apart and write it again (decision 34).
      const answer = isJson ? pageAround(bytes, { next, head }) : bytes
      return reply.type(isJson ? jsonType : type).send(answer as never)
    },
  )

  app.get(
    '/v1/feed/checkpoint',
    {
      onRequest: guard,
      schema: {
        operationId: 'getFeedCheckpoint',
        tags: ['Feed'],
        summary: 'The newest position and its hash, signed now',
        description:
          'Signed at each call, also in quiet times, so that a service that is silent and one that fails differ.',
        security: [{ key: [] }],
        querystring: z.strictObject({}),
        response: { 200: checkpoint, ...problemResponses },
      },
    },
    async (_request, reply) => {
      void reply.header('cache-control', 'no-store')
      return signCheckpoint(db, signing, clock.now())
    },
  )
  done()
}

/** Aborts when the client has gone or was answered. */
function goneOf(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  return gone.signal
}

/** Whether the guard still lets the caller in; a database that is away revokes nothing. */
async function stillMayRead(guard: () => Promise<unknown>): Promise<boolean> {
  try {
    await guard()
    return true
  } catch (error) {
    return !(error instanceof Problem)
  }
}

/** A page as JSON, its events between brackets. */
function pageAround(events: Buffer, { next, head }: { next: number; head: number }): Buffer {
  return Buffer.concat([Buffer.from('{"events":['), events, Buffer.from(`],"next":${next},"head":${head}}`)])
}

function linkNext(request: FastifyRequest, reply: FastifyReply, next: number): void {
  const url = new URL(request.url, 'http://host')
  url.searchParams.set('after', String(next))
  void reply.header('link', `<${url.pathname}${url.search}>; rel="next"`)
}
