import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { caseRoutes } from './cases/routes.ts'
import { badgeRoutes } from './credit-files/badge.tsx'
import { certificateRoutes } from './credit-files/certificate.ts'
import { startPresentFiles, type PresentFiles } from './credit-files/present-files.ts'
import { creditFileRoutes, presentFileRead } from './credit-files/routes.ts'
import type { FeedListener } from './feed/listener.ts'
import { exportRoutes } from './feed/exports/routes.ts'
import { feedRoutes } from './feed/routes.ts'
import { makeFeedTail, type FeedTail } from './feed/tail.ts'
import { lawRoutes } from './law/routes.ts'
import { leadRoutes } from './leads/routes.ts'
import { decisionRoutes } from './listings/decisions/routes.ts'
import { presentRulebook } from './law/service.ts'
import { snapshotRoutes } from './feed/snapshots/routes.ts'
import { auditRoutes } from './audit/routes.ts'
import { openOidc } from './partners/oidc.ts'
import { partnerRoutes } from './partners/routes.ts'
import { keyVerifier } from './partners/verifier.ts'
import { bearerKeys } from './platform/auth.ts'
import type { Config } from './config.ts'
import type { Clock } from './platform/clock.ts'
import type { Db } from './platform/db.ts'
import { honourRoutes } from './honours/routes.ts'
import type { ReaderPositions } from './operations/measurements.ts'
import { namesCheck, operationRoutes, sequencerCheck } from './operations/routes.ts'
import { objectionRoutes } from './objections/routes.ts'
import { penaltyRoutes } from './penalties/routes.ts'
import { repairRoutes } from './repairs/routes.ts'
import { jobRunRoutes } from './job-runs/routes.ts'
import type { Job } from './platform/jobs.ts'
import { answerDirectly } from './platform/direct-answers.ts'
import { databaseCheck, healthRoutes, stoppingCheck } from './platform/health.ts'
import { closeConnections, httpLimits, takeOnlyJson } from './platform/http-server.ts'
import { jwksRoutes } from './platform/jwks.ts'
import { useBothLanguagesInZod } from './platform/language.ts'
import { makeLoadShedding } from './platform/load-shedding.ts'
import { makeMetrics } from './platform/metrics.ts'
import { snapshotDirOf } from './platform/open.ts'
import { openapiOptions } from './platform/openapi.ts'
import { readsOf, type Reads } from './platform/replica.ts'
import { openOutbound } from './platform/outbound.ts'
import { registerRateLimits } from './platform/rate-limits.ts'
import { refuseConnection, registerProblems, sendError } from './platform/problem.ts'
import type { PoolState } from './platform/queries.ts'
import { followRequests, newRequestId } from './platform/request-context.ts'
import { logRequests } from './platform/request-log.ts'
import { documentationPolicy, sendSecurityHeaders } from './platform/security-headers.ts'
import type { Signing } from './platform/signing.ts'
import { traceRequests, type Tracing } from './platform/tracing.ts'
import { sanctionRoutes } from './sanctions/routes.ts'
import { provenanceRoutes } from './registry/claims/routes.ts'
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
import { webCheckRoutes } from './web-checks/routes.ts'
import { subscriptionRoutes } from './subscriptions/routes.ts'

export interface AppOptions {
  db: Db
  /** Where public reads go: `db` itself without it. */
  reads?: Reads
  config: Config
  clock: Clock
  listener: FeedListener
  signing: Signing
  /** The names in this process's memory, and the lists; of the app's own without them. */
  names?: FollowedNames
  screener?: Screener
  /** The credit files in this process's memory; of the app's own without them. */
  files?: PresentFiles
  /** The end of the log, of the app's own without it. */
  tail?: FeedTail
  /** Called when a request has committed something. */
  committed?: () => void
  /** The jobs, which `src` does not know by itself: to be listed and started. */
  jobs?: readonly Job[]
  /** Whether this process is ready only once it knows of a leader of the scheduled jobs. */
  waitForLeader?: boolean
  /** Where the public reaches the service, without a slash at the end. */
  publicUrl: () => string
  logger?: FastifyBaseLogger
  /** For the series of /metrics: the pool of `db`, and readers of the log beside those of the app. */
  pool?: PoolState
  readers?: ReaderPositions
  tracing?: Tracing | null
  /** Whether the process was told to stop; it serves on for a while, and says in each answer that it will close. */
  isStopping?: () => boolean
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A call that is no GET and yet changes nothing of what is published. */
    writesNothing?: boolean
  }
}

const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * The whole service without a port: everything registered in the order written here.
 * Closing it answers who is waiting and stops `listener`, `names` and `files`; `db` belongs to the caller, who closes it afterwards.
 */
export async function buildApp({
  db,
  reads = readsOf(db),
  config,
  clock,
  listener,
  signing,
  publicUrl,
  logger,
  names = startFollowingNames(db, listener, clock, logger),
  screener = createScreener(names),
  files = startPresentFiles(db, listener, clock, logger, reads.db),
  tail = makeFeedTail(db, listener, logger, files.told),
  committed = () => undefined,
  jobs = [],
  waitForLeader = false,
  pool,
  readers = {},
  tracing = null,
  isStopping = () => false,
}: AppOptions): Promise<FastifyInstance> {
  useBothLanguagesInZod()
  const app = Fastify({
    ...(logger ? { loggerInstance: logger } : { logger: false }),
    // One line for each answer, by `logRequests`.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: newRequestId,
    ...httpLimits(config),
    // What a balancer sent into a kept connection before it knew of the stop is answered, not refused (`closeConnections`).
    return503OnClosing: false,
    trustProxy: config.TRUSTED_PROXIES,
    // Whatever is pasted in the place of a code is told to be no code.
    routerOptions: { maxParamLength: 8000 },
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply),
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  followRequests(app)
  logRequests(app)
  if (tracing !== null) traceRequests(app, tracing)
  const metrics = makeMetrics(app)
  // Hooks that wait for nothing are no promises: a dozen of these cost a lookup more than all else (decision 35).
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id)
    done()
  })
  sendSecurityHeaders(app)
  registerProblems(app)
  takeOnlyJson(app)
  const isClosing = closeConnections(app, { isStopping, whileClosing: () => listener.stop() })
  const load = makeLoadShedding(config)
  await load.register(app)

  const limits = await registerRateLimits(app, { config, log: logger })
  await app.register(swagger, openapiOptions)
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    theme: { title: 'Xinjian 信鉴 API' },
    // Without the bar in which one opens other documents.
    uiConfig: { layout: 'BaseLayout' },
    staticCSP: documentationPolicy,
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())

  const outbound = openOutbound({ allowedHosts: config.WEBHOOK_ALLOWED_HOSTS })
  app.addHook('onClose', () => outbound.close())
  app.addHook('onClose', () => names.stop())
  app.addHook('onClose', () => files.stop())
  // Who has written reads what he wrote, though the log has not told this process yet.
  app.addHook('onSend', (request, reply, payload, done) => {
    if (!readingMethods.has(request.method) && reply.statusCode < 400 && !request.routeOptions.config.writesNothing) {
      files.wrote()
      reads.wrote()
      committed()
    }
    done(null, payload)
  })
  const oidc = openOidc({ db, clock, config, log: logger })
  const verifier = keyVerifier({ db, clock, ...(logger && { log: logger }), verifyToken: oidc?.verifyToken })
  const passes = createPasses()
  const { authenticate, identify } = bearerKeys(app, passes.orKeys(verifier), limits)
  const checks = [stoppingCheck(isStopping), databaseCheck(db), namesCheck(db, names), sequencerCheck(db)]
  await app.register(healthRoutes, { db, checks, waitForLeader })
  const positions = { names: () => names.present?.position ?? null, ...readers }
  await app.register(operationRoutes, { db, clock, config, metrics, load, pool, readers: positions })
  await app.register(jwksRoutes, { signing })
  await app.register(creditFileRoutes, { db, reads: reads.db, clock, files, identify })
  await app.register(searchRoutes, { db: reads.db, clock, names })
  await app.register(lawRoutes, { db })
  await app.register(feedRoutes, { db, clock, listener, tail, told: files.told, signing, authenticate })
  await app.register(decisionRoutes, { db, clock, authenticate })
  await app.register(objectionRoutes, { db, clock, authenticate })
  await app.register(repairRoutes, { db, clock, authenticate })
  await app.register(penaltyRoutes, { db, clock, authenticate })
  await app.register(honourRoutes, { db, clock, authenticate })
  await app.register(caseRoutes, { db, clock, authenticate })
  await app.register(sanctionRoutes, { db, clock, authenticate, presentLaw: () => presentRulebook(db) })
  await app.register(certificateRoutes, { db: reads.db, clock, files, signing, publicUrl })
  await app.register(badgeRoutes, { db: reads.db, clock, files, publicUrl })
  await app.register(codeListRoutes)
  await app.register(statisticsRoutes, { db: reads.db, clock })
  await app.register(snapshotRoutes, { db, authenticate, folder: snapshotDirOf(config) })
  await app.register(exportRoutes, { db, authenticate, publicUrl })
  await app.register(subscriptionRoutes, { db, clock, outbound, authenticate })
  await app.register(screeningRoutes, { db, clock, signing, screener, authenticate, publicUrl })
  await app.register(monitorRoutes, { db, clock, authenticate })
  await app.register(reconcileRoutes, { db: reads.db, clock, names, publicUrl })
  await app.register(sourceRoutes, { db, clock, authenticate })
  await app.register(partnerRoutes, { db, clock, authenticate, issuer: config.OIDC_ISSUER })
  await app.register(auditRoutes, { db, authenticate })
  await app.register(jobRunRoutes, { db, clock, config, authenticate, jobs })
  await app.register(leadRoutes, { db, clock, authenticate })
  await app.register(provenanceRoutes, { db, authenticate })
  await app.register(webCheckRoutes, { db, authenticate })
  await app.register(workspaceRoutes, { db, clock, config, limits, passes, oidc, publicUrl })
  await app.register(siteRoutes, { db: reads.db, clock, files, names, signing, publicUrl })
  // Not while traces are made of requests.
  if (tracing === null) {
    const read = presentFileRead(files)
    answerDirectly(app, { read, config, limits, metrics, admission: load.admission, log: logger, isClosing })
  }
  return app
}
