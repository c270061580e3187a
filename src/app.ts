import type { Socket } from 'node:net'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { v7 as uuidv7 } from 'uuid'
import { badgeRoutes } from './credit-files/badge.tsx'
import { certificateRoutes } from './credit-files/certificate.ts'
import { creditFileRoutes } from './credit-files/routes.ts'
import type { FeedListener } from './feed/listener.ts'
import { exportRoutes } from './feed/exports/routes.ts'
import { feedRoutes } from './feed/routes.ts'
import { lawRoutes } from './law/routes.ts'
import { decisionRoutes } from './listings/decisions/routes.ts'
import { presentRulebook } from './law/service.ts'
import { snapshotRoutes } from './feed/snapshots/routes.ts'
import { keyVerifier } from './partners/service.ts'
import { bearerKeys } from './platform/auth.ts'
import type { Config } from './config.ts'
import type { Clock } from './platform/clock.ts'
import type { Db } from './platform/db.ts'
import { honourRoutes } from './honours/routes.ts'
import { objectionRoutes } from './objections/routes.ts'
import { penaltyRoutes } from './penalties/routes.ts'
import { repairRoutes } from './repairs/routes.ts'
import { healthRoutes } from './platform/health.ts'
import { jwksRoutes } from './platform/jwks.ts'
import { useBothLanguagesInZod } from './platform/language.ts'
import { snapshotDirOf } from './platform/open.ts'
import { openapiOptions } from './platform/openapi.ts'
import { openOutbound } from './platform/outbound.ts'
import { refuseConnection, registerProblems, sendError } from './platform/problem.ts'
import type { Signing } from './platform/signing.ts'
import { sanctionRoutes } from './sanctions/routes.ts'
import { codeListRoutes } from './registry/routes.ts'
import { monitorRoutes } from './screening/monitor-routes.ts'
import { reconcileRoutes } from './screening/reconcile-routes.ts'
import { screeningRoutes } from './screening/routes.ts'
import { createScreener, type Screener } from './screening/screener.ts'
import { startFollowingNames, type FollowedNames } from './search/follower.ts'
import { searchRoutes } from './search/routes.ts'
import { createPasses } from './sessions/passes.ts'
import { siteRoutes } from './site/routes.ts'
import { workspaceRoutes } from './site/workspace/routes.ts'
import { sourceRoutes } from './sources/routes.ts'
import { statisticsRoutes } from './statistics/routes.ts'
import { subscriptionRoutes } from './subscriptions/routes.ts'

export interface AppOptions {
  db: Db
  config: Config
  clock: Clock
  listener: FeedListener
  signing: Signing
  /** The names in this process's memory, and the lists; of the app's own without them. */
  names?: FollowedNames
  screener?: Screener
  /** Where the public reaches the service, without a slash at the end. */
  publicUrl: () => string
  logger?: FastifyBaseLogger
}

/**
 * The whole service without a port: everything registered in the order written here.
 * Closing it answers who is waiting and stops `listener` and `names`; `db` belongs to the caller, who closes it afterwards.
 */
export async function buildApp({
  db,
  config,
  clock,
  listener,
  signing,
  publicUrl,
  logger,
  names = startFollowingNames(db, listener, clock, logger),
  screener = createScreener(names),
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

  const outbound = openOutbound({ allowedHosts: config.WEBHOOK_ALLOWED_HOSTS })
  app.addHook('onClose', () => outbound.close())
  app.addHook('onClose', () => names.stop())
  const passes = createPasses()
  const { authenticate, identify } = bearerKeys(app, passes.orKeys(keyVerifier(db)))
  await app.register(healthRoutes, { db })
  await app.register(jwksRoutes, { signing })
  await app.register(creditFileRoutes, { db, clock, identify })
  await app.register(searchRoutes, { db, clock, names })
  await app.register(lawRoutes, { db })
  await app.register(feedRoutes, { db, clock, listener, signing, authenticate })
  await app.register(decisionRoutes, { db, clock, authenticate })
  await app.register(objectionRoutes, { db, clock, authenticate })
  await app.register(repairRoutes, { db, clock, authenticate })
  await app.register(penaltyRoutes, { db, clock, authenticate })
  await app.register(honourRoutes, { db, clock, authenticate })
  await app.register(sanctionRoutes, { db, clock, authenticate, presentLaw: () => presentRulebook(db) })
  await app.register(certificateRoutes, { db, clock, signing, publicUrl })
  await app.register(badgeRoutes, { db, clock, publicUrl })
  await app.register(codeListRoutes)
  await app.register(statisticsRoutes, { db, clock })
  await app.register(snapshotRoutes, { db, authenticate, folder: snapshotDirOf(config) })
  await app.register(exportRoutes, { db, authenticate, publicUrl })
  await app.register(subscriptionRoutes, { db, clock, outbound, authenticate })
  await app.register(screeningRoutes, { db, clock, signing, screener, authenticate, publicUrl })
  await app.register(monitorRoutes, { db, clock, authenticate })
  await app.register(reconcileRoutes, { db, clock, names, publicUrl })
  await app.register(sourceRoutes, { db, authenticate })
  await app.register(workspaceRoutes, { db, clock, config, passes, publicUrl })
  await app.register(siteRoutes, { db, clock, names, publicUrl })
  return app
}
