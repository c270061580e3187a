import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Config } from '../config.ts'
import { principalOf, type Authenticate } from '../platform/auth.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { writeOnce } from '../platform/idempotency.ts'
import { findRun, listLastRuns, listLog, listRuns } from '../platform/job-runs.ts'
import { findLeader } from '../platform/job-schedule.ts'
import { nextSlot, scheduleZone } from '../platform/job-slots.ts'
import type { Job } from '../platform/jobs.ts'
import { afterOf, listName, pageOf } from '../platform/pagination.ts'
import { Problem, problemResponses, problems } from '../platform/problem.ts'
import { jobList, jobRunBody, jobRunPage, jobRunParams, jobRunSchema, jobRunsQuery, jobRunWithLog } from './schemas.ts'
import { requestRun } from './service.ts'

interface Options {
  db: Db
  clock: Clock
  config: Config
  authenticate: Authenticate
  /** The jobs that can be started; `src` does not know them by itself. */
  jobs: readonly Job[]
}

/** What ran, when, how far it came, and starting a job by hand (contract section 5). */
export const jobRunRoutes: FastifyPluginCallbackZod<Options> = (
  app,
  { db, clock, config, authenticate, jobs },
  done,
) => {
  const common = { tags: ['Staff'], security: [{ key: [] }] }
  const onRequest = authenticate('registry:write', 'admin')

  app.get(
    '/v1/jobs',
    {
      onRequest,
      schema: {
        ...common,
        operationId: 'listJobs',
        summary: 'The scheduled jobs, when each runs next, and how its last run ended',
        querystring: z.strictObject({}),
        response: { 200: jobList, ...problemResponses },
      },
    },
    async (_request, reply) => {
      const lastRuns = await listLastRuns(
        db,
        jobs.map((job) => job.name),
      )
      void reply.header('cache-control', 'no-store')
      const items = jobs.map(({ name, description, cron, catchUp = 'latest', canDryRun = false, notReady }) => ({
        name,
        description,
        cron,
        timeZone: scheduleZone,
        catchUp,
        canDryRun,
        nextSlotAt: nextSlot(cron, clock.now()).toISOString(),
        notReady: notReady?.(config) ?? null,
        lastRun: lastRuns.find((run) => run.job === name) ?? null,
      }))
      return { items, next: null, leader: await findLeader(db) }
    },
  )

  app.get(
    '/v1/job-runs',
    {
      onRequest,
      schema: {
        ...common,
        operationId: 'listJobRuns',
        summary: 'Runs of jobs, newest first',
        querystring: jobRunsQuery,
        response: { 200: jobRunPage, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { limit, cursor, ...filter } = request.query
      const list = listName('/v1/job-runs', filter)
      const rows = await listRuns(db, { ...filter, after: afterOf(list, cursor, z.uuid()), limit: limit + 1 })
      void reply.header('cache-control', 'no-store')
      return pageOf(rows, { list, limit, keyOf: (row) => row.id, request, reply })
    },
  )

  app.get(
    '/v1/job-runs/:id',
    {
      onRequest,
      schema: {
        ...common,
        operationId: 'getJobRun',
        summary: 'A run with its log',
        params: jobRunParams,
        querystring: z.strictObject({}),
        response: { 200: jobRunWithLog, ...problemResponses },
      },
    },
    async (request, reply) => {
      const run = await findRun(db, request.params.id)
      if (run === null) throw new Problem('unknown-job-run', problems['unknown-job-run'].meaning)
      void reply.header('cache-control', 'no-store')
      return { ...run, log: await listLog(db, run.id) }
    },
  )

  app.post(
    '/v1/job-runs',
    {
      onRequest,
      schema: {
        ...common,
        operationId: 'startJobRun',
        summary: 'Start a job: it runs in the background, in whichever process runs jobs',
        body: jobRunBody,
        response: { 202: jobRunSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const now = clock.now()
      const by = principalOf(request).partnerId
      const run = await writeOnce(db, { request, reply, status: 202, now, audit: 'job-run.requested' }, (tx) =>
        requestRun(tx, jobs, config, { ...request.body, by, now }),
      )
      void reply.header('location', `/v1/job-runs/${run.id}`)
      return reply.code(202).send(run)
    },
  )
  done()
}
