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
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      let page: EventPage
      let from = after
      for (;;) {
        const since = listener.count
        page = await listEvents(db, from, limit, filter)
        const left = until - Date.now()
        if (page.events.length > 0 || left <= 0 || gone.signal.aborted || listener.closed) break
        // What the filter left out is not read again at each waking.
        from = page.next
        await listener.wait(left, gone.signal, since)
      }
      void reply.header('cache-control', 'no-store')
      return page
    },
  )
  done()
}
