import type { Socket } from 'node:net'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { v7 as uuidv7 } from 'uuid'
import { creditFileRoutes } from './credit-files/routes.ts'
import type { FeedListener } from './feed/listener.ts'
import { feedRoutes } from './feed/routes.ts'
import { keyVerifier } from './partners/service.ts'
import { bearerKeys } from './platform/auth.ts'
import type { Config } from './config.ts'
import type { Clock } from './platform/clock.ts'
import type { Db } from './platform/db.ts'
import { healthRoutes } from './platform/health.ts'
import { jwksRoutes } from './platform/jwks.ts'
import { useBothLanguagesInZod } from './platform/language.ts'
import { openapiOptions } from './platform/openapi.ts'
import { refuseConnection, registerProblems, sendError } from './platform/problem.ts'
import type { Signing } from './platform/signing.ts'
import { monitorRoutes } from './screening/monitor-routes.ts'
import { reconcileRoutes } from './screening/reconcile-routes.ts'
import { screeningRoutes } from './screening/routes.ts'
import { createScreener, type Screener } from './screening/screener.ts'
import { startFollowingNames } from './search/follower.ts'
import { searchRoutes } from './search/routes.ts'
import { siteRoutes } from './site/routes.ts'
import { sourceRoutes } from './sources/routes.ts'

export interface AppOptions {
  db: Db
  config: Config
  clock: Clock
  listener: FeedListener
  signing: Signing
  /** The lists in this process's memory; one of its own without it. */
  screener?: Screener
  /** Where the public reaches the service, without a slash at the end. */
  publicUrl: () => string
  logger?: FastifyBaseLogger
}

/**
 * The whole service without a port: everything registered in the order written here.
 * Closing it answers who is waiting and stops `listener`; `db` belongs to the caller, who closes it afterwards.
 */
export async function buildApp({
  db,
  clock,
  listener,
  signing,
  screener = createScreener(),
  publicUrl,
  logger,
}: AppOptions): Promise<FastifyInstance> {
  useBothLanguagesInZod()
  const app = Fastify({
    ...(logger ? { loggerInstance: logger } : { logger: false }),
    genReqId: () => uuidv7(),
    bodyLimit: 1024 * 1024,
    requestTimeout: 60_000,
    keepAliveTimeout: 72_000,
    // Whatever is pasted in the place of a code is told to be no code.
    routerOptions: { maxParamLength: 8000 },
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply),
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff')
  })
  registerProblems(app)
  // A connection that is in use when the closing begins would be kept alive, and the closing with it.
  let closing = false
  // One that was opened in reserve and never used is not idle to Node, and would hold the closing for a minute.
  const unused = new Set<Socket>()
  app.server.on('connection', (socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  app.addHook('onRequest', async (request) => void unused.delete(request.raw.socket))
  app.addHook('preClose', async () => {
    closing = true
    await listener.stop()
    for (const socket of unused) socket.destroy()
  })
  app.addHook('onSend', async (_request, reply) => {
    if (closing) void reply.header('connection', 'close')
  })

  await app.register(swagger, openapiOptions)
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    theme: { title: 'Xinjian 信鉴 API' },
    // Without the bar in which one opens other documents.
    uiConfig: { layout: 'BaseLayout' },
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())

  const names = startFollowingNames(db, listener, logger)
  app.addHook('onClose', () => names.stop())

  const { authenticate } = bearerKeys(app, keyVerifier(db))
  await app.register(healthRoutes, { db })
  await app.register(jwksRoutes, { signing })
  await app.register(creditFileRoutes, { db, clock })
  await app.register(searchRoutes, { db, clock, names })
  await app.register(feedRoutes, { db, clock, listener, signing, authenticate })
  await app.register(screeningRoutes, { db, clock, signing, screener, authenticate, publicUrl })
  await app.register(monitorRoutes, { db, clock, authenticate })
  await app.register(reconcileRoutes, { db, clock, names, publicUrl })
  await app.register(sourceRoutes, { db, authenticate })
  await app.register(siteRoutes, { db, clock, names, publicUrl })
  return app
}
