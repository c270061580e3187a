import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Config } from '../config.ts'
import { within, type Check } from '../platform/health.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import type { LoadShedding } from '../platform/load-shedding.ts'
import { assertMayScrape, type MetricsCollection } from '../platform/metrics.ts'
import { problemResponses } from '../platform/problem.ts'
import type { PoolState } from '../platform/queries.ts'
import { databaseMeasurements, loadMeasurements, readerMeasurement, type ReaderPositions } from './measurements.ts'
import { findProgress, readCounts, type Counts } from './repository.ts'

interface Options {
  db: Db
  clock: Clock
  config: Config
  metrics: MetricsCollection
  load: LoadShedding
  pool?: PoolState | undefined
  readers: ReaderPositions
}

/** Counts are read at most so often, however many scrape. */
const keptMs = 10_000
/** A scrape waits no longer for them: what the process itself knows is told all the same. */
const readingMs = 2000

/** `GET /metrics` (contract section 7). */
export const operationRoutes: FastifyPluginCallbackZod<Options> = (app, options, done) => {
  const { db, clock, config, metrics, load, pool, readers } = options
  let counts: Counts | null = null
  let reading: Promise<void> | null = null
  let readAt = -Infinity
  const read = () => {
    if (performance.now() - readAt < keptMs) return Promise.resolve()
    reading ??= readCounts(db)
      .then(
        (read) => {
          counts = read
          readAt = performance.now()
        },
        (error: unknown) => {
          counts = null
          app.log.warn({ err: error }, 'the database could not be asked for its counts')
        },
      )
      .finally(() => (reading = null))
    return reading
  }
  metrics.add(
    ...databaseMeasurements(
      () => counts,
      () => clock.now(),
    ),
    readerMeasurement(() => counts, readers),
    ...loadMeasurements(load, pool),
  )

  app.get(
    '/metrics',
    {
      onRequest: async (request) => assertMayScrape(request, config),
      schema: {
        operationId: 'readMetrics',
        tags: ['Operations'],
        summary: 'Series for Prometheus, as OpenMetrics text',
        description:
          'Counts and durations, and nothing of any business. `METRICS_NETWORKS` and `METRICS_TOKEN` limit who may read it.',
        response: {
          200: {
            description: 'The series',
            content: {
              'application/openmetrics-text': { schema: z.string() },
              'text/plain': { schema: z.string() },
            },
          },
          ...problemResponses,
        },
      },
    },
    async (request, reply) => {
      const inTime = await within(
        readingMs,
        read().then(() => true),
      )
      // What was read long ago is not told as if it were so now.
      if (inTime !== true) counts = null
      void reply.header('cache-control', 'no-store').serializer((text: string) => text)
      return metrics.textFor(request, reply)
    },
  )
  done()
}

/** How long something may stand still before this process is said not to be ready. */
const standstillMs = 60_000

/**
 * The names in the memory of this process are there, and follow the log. A process that is new says so until they are; one
 * that fell behind is let off a minute, since a large job puts all processes behind at the same time.
 */
export function namesCheck(db: Db, names: { present: { position: number } | null; built: Promise<void> }): Check {
  let behindSince: number | null = null
  return {
    name: 'names',
    run: async () => {
      await names.built
      const { head } = await findProgress(db)
      if (names.present !== null && names.present.position >= head) behindSince = null
      else behindSince ??= performance.now()
      if (behindSince === null || performance.now() - behindSince < standstillMs) return null
      return { zh: '内存中的名称索引没有跟上日志。', en: 'The names in memory do not follow the log.' }
    },
    late: { zh: '内存中的名称索引尚未建成。', en: 'The names in memory are not loaded yet.' },
  }
}

/** Committed events get their positions: the one that is next does not stay the same. */
export function sequencerCheck(db: Db): Check {
  let stuck: { next: string; since: number } | null = null
  return {
    name: 'sequencer',
    run: async () => {
      const { nextPending } = await findProgress(db)
      if (nextPending === null) stuck = null
      else if (stuck?.next !== nextPending) stuck = { next: nextPending, since: performance.now() }
      if (stuck === null || performance.now() - stuck.since < standstillMs) return null
      return { zh: '已提交的事件没有进入日志。', en: 'Committed events do not get their positions in the log.' }
    },
    late: { zh: '数据库无法访问。', en: 'The database cannot be reached.' },
  }
}
