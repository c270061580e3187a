import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { startAuditChaining } from './audit/service.ts'
import { buildApp } from './app.ts'
import type { Config } from './config.ts'
import { startPresentFiles } from './credit-files/present-files.ts'
import { startFeedListener } from './feed/listener.ts'
import { startNatsPublisher } from './feed/nats.ts'
import { startSequencer, type Sequencer } from './feed/sequencer.ts'
import { makeFeedTail } from './feed/tail.ts'
import { systemClock } from './platform/clock.ts'
import type { Database } from './platform/db.ts'
import { within } from './platform/health.ts'
import type { Job } from './platform/jobs.ts'
import { openOutbound } from './platform/outbound.ts'
import { requestPool } from './platform/open.ts'
import { openReplica, readsOf } from './platform/replica.ts'
import { createScreener } from './screening/screener.ts'
import { startScreening } from './screening/worker.ts'
import { openSigning } from './platform/signing.ts'
import { openTracing } from './platform/tracing.ts'
import { startFollowingNames } from './search/follower.ts'
import { queueAlerts } from './subscriptions/service.ts'
import { startDelivery } from './subscriptions/worker.ts'

export interface Server {
  /** Where it listens, e.g. http://127.0.0.1:3000. */
  address: string
  publicUrl: string
  stop(): Promise<void>
}

/** Work under way has this long to end in each phase of stopping; what has not is cut off. */
const phaseMs = { requests: 10_000, work: 5000 }

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
      : openReplica(database, config.DATABASE_REPLICA_URL, log, requestPool(config))
  const files = startPresentFiles(database.db, listener, systemClock, log, reads.db)
  const tail = makeFeedTail(database.db, listener, log, files.told)
  const tracing = await openTracing(config)
  let isStopping = false
  let publishedPosition: () => number | null = () => null
  const app = await buildApp({
    db: database.db,
    reads,
    config,
    clock: systemClock,
    listener,
    signing,
    names,
    screener,
    files,
    tail,
    committed: () => working.sequencer?.wake(),
    jobs,
    waitForLeader: config.JOBS === 'on' && jobs.length > 0,
    publicUrl: () => publicUrl,
    logger: log,
    pool: database.pool,
    readers: { nats: () => publishedPosition() },
    tracing,
    isStopping: () => isStopping,
  })
  let address: string
  try {
    address = await app.listen({ port: config.PORT, host: config.HOST })
  } catch (error) {
    await app.close()
    throw error
  }
  publicUrl ||= address
  working.sequencer = startSequencer(database.db, log, tail.take)
  const auditChaining = startAuditChaining(database.db, log)
  const outbound = openOutbound({ allowedHosts: config.WEBHOOK_ALLOWED_HOSTS })
  const delivery = startDelivery({ db: database.db, outbound, clock: systemClock, log, tail })
  const screening = startScreening({ db: database.db, listener, clock: systemClock, screener, queueAlerts }, log)
  const publisher =
    config.NATS_URL === undefined ? null : startNatsPublisher({ database, listener, natsUrl: config.NATS_URL, log })
  if (publisher !== null) publishedPosition = () => publisher.position
  return {
    address,
    publicUrl,
    stop: async () => {
      // Balancers see it at /readyz and open their next connections elsewhere, while all that comes is still answered.
      isStopping = true
      if (config.SHUTDOWN_DELAY_MS > 0) await sleep(config.SHUTDOWN_DELAY_MS)
      await inTime('requests', Promise.all([app.close(), delivery.stop()]), log, () => app.server.closeAllConnections())
      await inTime('work', screening.stop(), log)
      await inTime(
        'work',
        Promise.all([outbound.close(), publisher?.stop(), auditChaining.stop(), working.sequencer?.stop()]),
        log,
      )
      await inTime('work', reads.stop(), log)
      await inTime('work', tracing?.stop() ?? Promise.resolve(), log)
    },
  }
}

/** Waits for a phase of stopping as long as it may take, then cuts off what is left; the database undoes what it began. */
async function inTime(
  phase: keyof typeof phaseMs,
  ending: Promise<unknown>,
  log: Logger,
  cutOff: () => void = () => undefined,
): Promise<void> {
  const done = await within(
    phaseMs[phase],
    ending.then(() => true),
  )
  if (done === true) return
  log.warn({ phase }, 'stopping takes too long; cutting off what is left')
  cutOff()
}
