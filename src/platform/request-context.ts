import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Span } from './tracing.ts'

/** The request on whose behalf code runs: what it asks of the database bears its id. */
export interface RequestContext {
  requestId: string
  /** The trace of the request; null while traces are off. */
  span: Span | null
}

/** What a request is called in its answer, the log and the database. */
export const newRequestId = (): string => randomUUID()

const storage = new AsyncLocalStorage<RequestContext>()

/** The request at hand; undefined in jobs, readers of the log and other work of nobody's request. */
export function currentRequest(): RequestContext | undefined {
  return storage.getStore()
}

/** Runs something as the work of a request. */
export function asRequest<Result>(context: RequestContext, run: () => Result): Result {
  return storage.run(context, run)
}

declare module 'fastify' {
  interface FastifyRequest {
    context: RequestContext
  }
}

/** Makes every hook and handler run in the context of its request. Registered before all that asks the database. */
export function followRequests(app: FastifyInstance): void {
  app.decorateRequest('context')
  app.addHook('onRequest', (request, _reply, done) => {
    request.context = { requestId: request.id, span: null }
    storage.run(request.context, done)
  })
  // A body comes by events of the socket, which know nothing of the request: what follows it is told again.
  app.addHook('preValidation', (request, _reply, done) => storage.run(request.context, done))
}
