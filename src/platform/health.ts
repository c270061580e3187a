import { sql } from 'drizzle-orm'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { migrationsAreCurrent, type Db } from './db.ts'
import { Problem, problemResponses } from './problem.ts'

/** How long a readiness probe waits for the database. */
const probeMs = 2000

/** Liveness and readiness (contract section 7). */
export const healthRoutes: FastifyPluginCallbackZod<{ db: Db }> = (app, { db }, done) => {
  const answer = z.object({ status: z.literal('ok') })

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
        summary: 'The database is reachable and its migrations are current',
        response: { 200: answer, ...problemResponses },
      },
    },
    async (request) => {
      const current = await Promise.race([
        db.execute(sql`select 1`).then(() => migrationsAreCurrent(db)),
        new Promise<null>((resolve) => setTimeout(resolve, probeMs, null).unref()),
      ]).catch((error: unknown) => {
        request.log.warn({ err: error }, 'not ready')
        return null
      })
      if (current === true) return { status: 'ok' as const }
      throw new Problem(
        'unavailable',
        current === null
          ? { zh: '数据库无法访问。', en: 'The database cannot be reached.' }
          : { zh: '数据库结构尚未升级到当前版本。', en: 'The database is not migrated to this version.' },
        { headers: { 'retry-after': '2' } },
      )
    },
  )
  done()
}
