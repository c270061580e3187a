import { sql } from 'drizzle-orm'
import { rowsOf, type DbOrTx } from '../platform/db.ts'

/** What operators watch, as counts: nothing of any business. Times are seconds since 1970, null where there is none. */
export interface Counts {
  head: number
  outboxWaiting: number
  outboxOldestAt: number | null
  /** Where those stand that read the log from a position kept in the database. */
  monitorsPosition: number
  subscriptionsActive: number
  subscriptionsPaused: number
  /** Of the active subscription that is furthest behind. */
  subscriptionsPosition: number | null
  messagesWaiting: number
  sources: { collection: string; completedAt: number | null }[]
  quarantine: { collection: string; reason: string; open: number }[]
  /** Of the newest report of overdue steps. */
  overdueSteps: { kind: string; steps: number }[]
  orders: { status: string; orders: number }[]
  /** Lifts that an agency has not confirmed, and since when the oldest waits. */
  liftsOldestAt: number | null
  auditPosition: number
  auditWaiting: number
  auditOldestAt: number | null
  /** Whether rows lie where no range was made for them. */
  overflows: { table: string; overflows: boolean }[]
  jobs: { job: string; lastSuccessAt: number | null; failedSince: number; running: number }[]
}

/** All counts in one statement, of one moment. Each part is answered from an index or a small table. */
export async function readCounts(db: DbOrTx): Promise<Counts> {
  const rows = await rowsOf<{ counts: Counts }>(
    db,
    sql`select json_build_object(
      'head', (select coalesce(max(e.position), 0) from feed_events e),
      'outboxWaiting', (select count(*) from feed_outbox),
      'outboxOldestAt', (select extract(epoch from o.occurred_at) from feed_outbox o order by o.seq limit 1),
      'monitorsPosition', (select coalesce(max(r.position), 0) from monitor_reader r),
      'subscriptionsActive', (select count(*) from subscriptions s where s.status = 'active'),
      'subscriptionsPaused', (select count(*) from subscriptions s where s.status = 'paused'),
      'subscriptionsPosition', (select min(s.position) from subscriptions s where s.status = 'active'),
      'messagesWaiting', (select count(*) from subscription_messages),
      'sources', (select coalesce(json_agg(c), '[]') from (
        select s.collection, extract(epoch from s.completed_at) as "completedAt" from source_checkpoints s) c),
      'quarantine', (select coalesce(json_agg(c), '[]') from (
        select q.collection, q.reason, count(*) as open from quarantine q where q.status = 'open' group by 1, 2) c),
      'overdueSteps', (select coalesce(json_agg(c), '[]') from (
        select s.kind, count(*) as steps from overdue_steps s
        where s.reported_on = (select max(n.reported_on) from overdue_steps n) group by 1) c),
      'orders', (select coalesce(json_agg(c), '[]') from (
        select o.status, count(*) as orders from sanction_orders o
        where o.status in ('pending', 'received', 'lift-pending') group by 1) c),
      'liftsOldestAt', (select extract(epoch from min(o.lift_recorded_at)) from sanction_orders o where o.status = 'lift-pending'),
      'auditPosition', (select coalesce(max(c.position), 0) from audit_chain c),
      'auditWaiting', (select count(*) from audit_pending),
      'auditOldestAt', (select extract(epoch from l.at) from audit_pending p join audit_log l on l.id = p.entry_id
        order by p.seq limit 1),
      'overflows', (select json_agg(c) from (values
        ('feed_events', exists (select from feed_events_default)),
        ('annual_report_revisions', exists (select from annual_report_revisions_default))) c ("table", overflows)),
      'jobs', (select coalesce(json_agg(c), '[]') from (
        select r.job, extract(epoch from max(r.finished_at) filter (where r.status = 'succeeded')) as "lastSuccessAt",
          count(*) filter (where r.status in ('failed', 'interrupted') and r.started_at >= coalesce((
            select max(g.started_at) from job_runs g where g.job = r.job and g.status = 'succeeded'), r.started_at)) as "failedSince",
          count(*) filter (where r.status = 'running') as running
        from job_runs r where r.started_at > now() - interval '90 days' group by r.job) c)
    ) as counts`,
  )
  const [row] = rows
  if (row === undefined) throw new Error('PostgreSQL answered a select of constants with no row')
  return row.counts
}

/** The newest position of the log, and the next number in the outbox, null when nothing waits. */
export async function findProgress(db: DbOrTx): Promise<{ head: number; nextPending: string | null }> {
  const [row] = await rowsOf<{ head: string; nextPending: string | null }>(
    db,
    sql`select (select coalesce(max(e.position), 0) from feed_events e) as head, (select min(o.seq) from feed_outbox o) as "nextPending"`,
  )
  return { head: Number(row?.head ?? 0), nextPending: row?.nextPending ?? null }
}
