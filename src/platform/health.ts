import { sql } from 'drizzle-orm'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { migrationsAreCurrent, type Db } from './db.ts'
import { findLeader } from './job-schedule.ts'
import type { Text } from './language.ts'
import { Problem, problemResponses } from './problem.ts'

/** How long a readiness probe waits for everything together. */
const probeMs = 2000

/** One of the things without which a process had better be sent no requests. */
export interface Check {
  name: string
  /** Answers what is wrong, or null. A rejection counts as `late`. */
  run: () => Promise<Text | null>
  /** What is said when it does not answer in time. */
  late: Text
}

const away: Text = { zh: '数据库无法访问。', en: 'The database cannot be reached.' }

/** The database answers, and has every migration that this build knows. */
export function databaseCheck(db: Db): Check {
  return {
    name: 'database',
    run: async () => {
      await db.execute(sql`select 1`)
      if (await migrationsAreCurrent(db)) return null
      return { zh: '数据库结构尚未升级到当前版本。', en: 'The database is not migrated to this version.' }
    },
    late: away,
  }
}

/** Fails from the moment on at which the process was told to stop, while it still serves. */
export function stoppingCheck(isStopping: () => boolean): Check {
  const stopping: Text = { zh: '服务正在停止。', en: 'The process is about to stop.' }
  return { name: 'stopping', run: async () => (isStopping() ? stopping : null), late: stopping }
}

/** What a promise resolves to, or null when it takes longer. */
export async function within<Value>(ms: number, promise: Promise<Value>): Promise<Value | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => (timer = setTimeout(resolve, ms, null)))
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

interface Options {
  db: Db
  checks: readonly Check[]
  /** Whether this process is ready only once it knows of a leader of the scheduled jobs. */
  waitForLeader: boolean
}

const noLeader: Text = { zh: '尚无进程主管定时任务。', en: 'No process leads the scheduled jobs yet.' }

/** Liveness and readiness (contract section 7). The checks are asked in their order, at the same time. */
export const healthRoutes: FastifyPluginCallbackZod<Options> = (app, { db, checks, waitForLeader }, done) => {
  const answer = z.object({ status: z.literal('ok') })
  const readiness = z.object({
    status: z.literal('ok'),
    jobs: z
      .object({ leader: z.literal('known'), since: z.iso.datetime() })
      .nullable()
      .meta({ description: 'Since when a process leads the scheduled jobs; null when none does' }),
  })
  // Once it has known one, the moments until another takes over do not take all processes out of service together.
  let knewLeader = !waitForLeader
  // A process that has just started leads a moment later: a probe waits for that, as long as it may.
  const leaderSoon = async () => {
    const until = Date.now() + probeMs / 2
    for (;;) {
      const leader = await findLeader(db).catch(() => null)
      if (leader !== null || knewLeader || Date.now() >= until) return leader
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  app.get(
    '/livez',
    {
      config: { budget: 'none' },
      schema: {
        operationId: 'live',
        tags: ['Operations'],
        summary: 'The process answers',
        response: { 200: answer, ...problemResponses },
      },
    },
    async (_request, reply) => {
      void reply.header('cache-control', 'no-store')
      return { status: 'ok' as const }
    },
  )

  app.get(
    '/readyz',
    {
      config: { budget: 'none' },
      schema: {
        operationId: 'ready',
        tags: ['Operations'],
        summary: 'The database is reachable, its migrations are current, and a process leads the scheduled jobs',
        description:
          'Also that the names are in memory, that events get their positions, and that the process is not about to stop; `errors` names the checks that failed, as `/checks/<name>`.',
        response: { 200: readiness, ...problemResponses },
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store')
      const led = leaderSoon()
      const found = await Promise.all(
        checks.map(async ({ name, run, late }) => {
          const fault = await within(
            probeMs,
            run().then(
              (fault) => ({ fault }),
              (error: unknown) => {
                request.log.warn({ err: error, check: name }, 'not ready')
                return { fault: late }
              },
            ),
          )
          const detail = fault === null ? late : fault.fault
          return detail === null ? [] : [{ pointer: `/checks/${name}`, detail }]
        }),
      )
      const leader = await within(probeMs, led)
      knewLeader ||= leader !== null
      if (!knewLeader) found.push([{ pointer: '/checks/jobs', detail: noLeader }])
      const [first, ...others] = found.flat()
      if (first === undefined) {
        return { status: 'ok' as const, jobs: leader && { leader: 'known' as const, since: leader.since } }
      }
      throw new Problem('unavailable', first.detail, {
        errors: [first, ...others],
        headers: { 'retry-after': '2' },
      })
    },
  )
  done()
}
