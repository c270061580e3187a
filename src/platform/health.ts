import { sql } from 'drizzle-orm'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { migrationsAreCurrent, type Db } from './db.ts'
import { findLeader } from './job-schedule.ts'
import { Problem, problemResponses } from './problem.ts'

/** How long a readiness probe waits for the database. */
const probeMs = 2000

interface Options {
  db: Db
  /** Whether this process is ready only once it knows of a leader of the scheduled jobs. */
  waitForLeader: boolean
}

/** Liveness and readiness (contract section 7). */
export const healthRoutes: FastifyPluginCallbackZod<Options> = (app, { db, waitForLeader }, done) => {
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
    async () => ({ status: 'ok' as const }),
  )

  app.get(
    '/readyz',
    {
      config: { budget: 'none' },
      schema: {
        operationId: 'ready',
        tags: ['Operations'],
        summary: 'The database is reachable, its migrations are current, and a process leads the scheduled jobs',
        response: { 200: readiness, ...problemResponses },
      },
    },
    async (request) => {
      const found = await Promise.race([
        db.execute(sql`select 1`).then(async () => ({
          current: await migrationsAreCurrent(db),
          leader: await leaderSoon(),
        })),
        new Promise<null>((resolve) => setTimeout(resolve, probeMs, null).unref()),
      ]).catch((error: unknown) => {
        request.log.warn({ err: error }, 'not ready')
        return null
      })
      const leader = found?.leader ?? null
      knewLeader ||= leader !== null
      if (found?.current === true && knewLeader) {
        return { status: 'ok' as const, jobs: leader && { leader: 'known' as const, since: leader.since } }
      }
      throw new Problem(
        'unavailable',
        found === null
          ? { zh: '数据库无法访问。', en: 'The database cannot be reached.' }
          : found.current
            ? { zh: '尚无进程主管定时任务。', en: 'No process leads the scheduled jobs yet.' }
            : { zh: '数据库结构尚未升级到当前版本。', en: 'The database is not migrated to this version.' },
        { headers: { 'retry-after': '2' } },
      )
    },
  )
  done()
}
