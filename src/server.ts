import type { FastifyRequest } from 'fastify'
import { pino, type Logger } from 'pino'
import { startAuditChaining } from './audit/service.ts'
import { buildApp } from './app.ts'
import type { Config } from './config.ts'
import { startFeedListener } from './feed/listener.ts'
import { startNatsPublisher } from './feed/nats.ts'
import { startSequencer, type Sequencer } from './feed/sequencer.ts'
import { systemClock } from './platform/clock.ts'
import { faultOf, type Database } from './platform/db.ts'
import type { Job } from './platform/jobs.ts'
import { openOutbound } from './platform/outbound.ts'
import { openReplica, readsOf } from './platform/replica.ts'
import { createScreener } from './screening/screener.ts'
import { startScreening } from './screening/worker.ts'
import { openSigning } from './platform/signing.ts'
import { startFollowingNames } from './search/follower.ts'
import { queueAlerts } from './subscriptions/service.ts'
import { startDelivery } from './subscriptions/worker.ts'

export interface Server {
  /** Where it listens, e.g. http://127.0.0.1:3000. */
  address: string
  publicUrl: string
  stop(): Promise<void>
}

/** The log, one JSON object a line on standard error, so that standard output stays free for answers of commands. */
export function openLog(config: Config): Logger {
  return pino({ level: config.LOG_LEVEL, serializers: { err: faultOf, req: requestOf } }, pino.destination(2))
}

/** A request as the log tells it: by its route, since addresses hold what people search for, identity numbers too. */
function requestOf({ method, routeOptions, ip }: FastifyRequest) {
  return { method, route: routeOptions.url, remoteAddress: ip }
}

/**
 * Listens, sequences the feed and delivers webhooks: one `serve` process of any number. The database must be migrated.
 * @throws Error when the port cannot be had, ConfigError when the signing keys cannot be used
 */
export async function startServer(
  database: Database,
  config: Config,
  log: Logger,
  jobs: readonly Job[] = [],
): Promise<Server> {
  const signing = await openSigning(config)
  const listener = startFeedListener(database.url)
  const names = startFollowingNames(database.db, listener, systemClock, log)
  const screener = createScreener(names)
  const working: { sequencer?: Sequencer } = {}
  let publicUrl = config.PUBLIC_URL ?? ''
  const reads =
    config.DATABASE_REPLICA_URL === undefined
      ? readsOf(database.db)
      : openReplica(database, config.DATABASE_REPLICA_URL, log)
  const app = await buildApp({
    db: database.db,
    reads,
    config,
    clock: systemClock,
    listener,
    signing,
    names,
    screener,
    committed: () => working.sequencer?.wake(),
    jobs,
    waitForLeader: config.JOBS === 'on' && jobs.length > 0,
    publicUrl: () => publicUrl,
    logger: log,
  })
  let address: string
  try {
    address = await app.listen({ port: config.PORT, host: config.HOST })
  } catch (error) {
    await app.close()
    throw error
  }
  publicUrl ||= address
  working.sequencer = startSequencer(database.db, log)
  const auditChaining = startAuditChaining(database.db, log)
  const outbound = openOutbound({ allowedHosts: config.WEBHOOK_ALLOWED_HOSTS })
  const delivery = startDelivery({ db: database.db, outbound, clock: systemClock, log, listener })
  const screening = startScreening({ db: database.db, listener, clock: systemClock, screener, queueAlerts }, log)
  const publisher =
    config.NATS_URL === undefined ? null : startNatsPublisher({ database, listener, natsUrl: config.NATS_URL, log })
  return {
    address,
    publicUrl,
    stop: async () => {
      await Promise.all([app.close(), delivery.stop()])
      await screening.stop()
      await outbound.close()
      await publisher?.stop()
      await auditChaining.stop()
      await working.sequencer?.stop()
      await reads.stop()
    },
  }
}
