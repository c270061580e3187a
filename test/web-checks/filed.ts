import { sql, type SQL } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { openDatabase, rowsOf, type Database } from '../../src/platform/db.ts'
import { checkWebPresences, type WebCheckOptions } from '../../src/web-checks/service.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'
import { pacedClock, startSites, type Handler, type TestSites } from './sites.ts'

export interface Filed {
  uscc: string
  /** Of its first address, in order of key. */
  id: string
}

export interface SeenVisit {
  outcome: string
  licence: string
  reason: string | null
  finalUrl: string
  httpStatus: number | null
  evidence: Record<string, unknown> | null
}

export const plain = '<p>欢迎光临本店，我们出售各种商品。</p>'
export const licensed = ({ uscc }: { uscc: string }) => `<footer>统一社会信用代码：${uscc}</footer>`

/** A service, sites to be visited, and what was filed of them, for the tests of the file that calls this. */
export function useSites() {
  let service: TestService
  let other: Database
  let sites: TestSites
  let clock: ReturnType<typeof pacedClock>
  let number = 0

  beforeAll(async () => {
    service = await startTestService('2026-11-20T04:00:00.000Z')
    // Another process has a pool of its own.
    other = openDatabase(service.database.url, { max: 3 })
  })
  beforeEach(async () => {
    clock = pacedClock('2026-11-20T04:00:00.000Z')
    sites = await startSites(() => clock.now().getTime())
    // What earlier tests filed is visited no more.
    await service.db.execute(sql`update web_check_states set due_on = null, checked_at = null`)
    await service.db.execute(sql`delete from web_check_sites`)
  })
  afterEach(() => sites.close())
  afterAll(async () => {
    await other.close()
    await service.close()
  })

  const rows = <Row>(query: SQL) => rowsOf<Row>(service.db, query)
  /** A new business that reports these addresses. */
  const file = async (...urls: string[]): Promise<Filed> => {
    number += 1
    await take(service.db, 'subjects', [subjectItem(number)])
    return report(madeUpUscc(number), urls)
  }
  const report = async (uscc: string, urls: string[], fields: object = {}): Promise<Filed> => {
    const webPresences = urls.map((url) => ({ kind: 'website', name: '站', url }))
    await take(service.db, 'annual-reports', [reportItem(0, { uscc, sourceId: uscc, webPresences, ...fields })])
    const [row] = await rows<{ id: string }>(sql`select id from web_presences where uscc = ${uscc} order by key`)
    return { uscc, id: row!.id }
  }
  /** A run of the job as if `on` were today, beginning at noon. */
  const check = (on: string, options: Partial<WebCheckOptions> = {}) => {
    clock.set(`${on}T04:00:00.000Z`)
    return checkWebPresences({
      ...{ db: service.db, databaseUrl: service.database.url, on, now: () => clock.now(), pace: clock },
      ...{ publicUrl: 'https://credit.example', delayMs: 10_000, parallelSites: 4, keepPagesDays: 180 },
      outbound: sites.outbound,
      ...options,
    })
  }
  const presence = async ({ uscc }: Filed) => {
    const [row] = await rows<{ status: string; licenceDisplay: string }>(
      sql`select status, licence_display as "licenceDisplay" from web_presences where uscc = ${uscc} order by key`,
    )
    return row
  }
  const visits = ({ id }: Filed) =>
    rows<SeenVisit>(sql`select outcome, licence, reason, final_url as "finalUrl", http_status as "httpStatus", evidence
      from web_check_visits where web_presence_id = ${id} order by id`)
  const events = async ({ uscc }: Filed) => {
    const found = await rows<{ changed: string[] }>(
      sql`select data -> 'changed' as changed from feed_outbox where key = ${`subject:${uscc}`} order by seq`,
    )
    return found.map(({ changed }) => changed)
  }
  return {
    service: () => service,
    other: () => other,
    sites: () => sites,
    clock: () => clock,
    rows,
    file,
    report,
    check,
    presence,
    visits,
    lastVisit: async (filed: Filed) => (await visits(filed)).at(-1),
    events,
    page: (host: string, html: string, robots?: string) => sites.page(host, html, robots),
    serve: (host: string, handler: Handler, robots?: string | Handler) => sites.serve(host, handler, robots),
    paths: (host: string) => sites.requests.filter((request) => request.host === host).map(({ path }) => path),
  }
}
