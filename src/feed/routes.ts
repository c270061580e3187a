import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import type { Authenticate } from '../platform/auth.ts'
import type { Db } from '../platform/db.ts'
import { problemResponses } from '../platform/problem.ts'
import type { FeedListener } from './listener.ts'
import { listEvents, type EventPage } from './repository.ts'
import { eventsAnswer, eventsQuery } from './schemas.ts'

interface Options {
  db: Db
  listener: FeedListener
  authenticate: Authenticate
}

/** The change feed for partner agencies: one log, read from any position (contract section 4). */
export const feedRoutes: FastifyPluginCallbackZod<Options> = (app, { db, listener, authenticate }, done) => {
  app.get(
    '/v1/feed/events',
    {
      onRequest: authenticate('feed'),
      schema: {
        operationId: 'listFeedEvents',
        tags: ['Feed'],
        summary: 'Events after a position, in order',
        security: [{ key: [] }],
        querystring: eventsQuery,
        response: { 200: eventsAnswer, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { after, limit, wait, ...filter } = request.query
      const until = Date.now() + wait * 1000
      const answered = new AbortController()
      const gone = () => answered.abort()
      request.raw.once('close', gone)
      let page: EventPage
      let from = after
      for (;;) {
        const left = until - Date.now()
        const woken = left > 0 ? listener.wait(left, answered.signal) : null
        page = await listEvents(db, from, limit, filter)
        if (page.events.length > 0 || woken === null || answered.signal.aborted || listener.closed) break
        // What the filter left out is not read again at each waking.
        from = Math.max(from, page.head)
        await woken
      }
      answered.abort()
      const last = page.events.at(-1)
      // A page that is not full has seen everything up to the head, whatever the filter left out.
      const next =
        last !== undefined && page.events.length === limit ? Number(last.sequence) : Math.max(after, page.head)
      void reply.header('cache-control', 'no-store')
      return { events: page.events, next, head: page.head }
    },
  )
  done()
}
