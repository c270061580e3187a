import type { Measurement } from '../platform/metrics.ts'
import type { PoolState } from '../platform/queries.ts'
import type { LoadShedding } from '../platform/load-shedding.ts'
import type { Counts } from './repository.ts'

/** Readers of the log in this process: how far each has come; null while it does not know. */
export type ReaderPositions = Record<string, () => number | null>

type Reading = () => Counts | null

const gauge = (name: string, help: string, read: Measurement['read'], labels?: readonly string[]): Measurement => ({
  name,
  help,
  kind: 'gauge',
  read,
  ...(labels && { labels }),
})
const counter = (name: string, help: string, read: () => number): Measurement => ({
  name,
  help,
  kind: 'counter',
  read: () => [{ value: read() }],
})
/** A series that is not told while its value is not known, rather than told to be nothing. */
const known = (value: number | null | undefined) => (value === null || value === undefined ? [] : [{ value }])

/** What the database counts, as of the last reading. Documented in docs/operating/metrics.md. */
export function databaseMeasurements(reading: Reading, now: () => Date): Measurement[] {
  const seconds = () => now().getTime() / 1000
  const ageOf = (at: number | null | undefined) =>
    at === null || at === undefined ? null : Math.max(0, seconds() - at)
  return [
    gauge('xinjian_database_up', 'Whether the database answered the last reading', () => [
      { value: reading() === null ? 0 : 1 },
    ]),
    gauge('xinjian_feed_head_position', 'Newest position of the log', () => known(reading()?.head)),
    gauge('xinjian_feed_outbox_waiting', 'Committed events that have no position yet', () =>
      known(reading()?.outboxWaiting),
    ),
    gauge('xinjian_feed_outbox_oldest_seconds', 'Age of the oldest event without a position', () => {
      const counts = reading()
      return known(counts === null ? null : (ageOf(counts.outboxOldestAt) ?? 0))
    }),
    gauge(
      'xinjian_subscriptions',
      'Webhook subscriptions by status',
      () => {
        const counts = reading()
        if (counts === null) return []
        return [
          { labels: { status: 'active' }, value: counts.subscriptionsActive },
          { labels: { status: 'paused' }, value: counts.subscriptionsPaused },
        ]
      },
      ['status'],
    ),
    gauge('xinjian_subscription_messages_waiting', 'Alerts of monitors that are not delivered yet', () =>
      known(reading()?.messagesWaiting),
    ),
    gauge(
      'xinjian_source_age_seconds',
      'Time since the last complete pull of a source began',
      () =>
        (reading()?.sources ?? []).flatMap(({ collection, completedAt }) =>
          known(ageOf(completedAt)).map(({ value }) => ({ labels: { collection }, value })),
        ),
      ['collection'],
    ),
    gauge(
      'xinjian_quarantine_open',
      'Records in quarantine',
      () =>
        (reading()?.quarantine ?? []).map(({ open, collection, reason }) => ({
          labels: { collection, reason },
          value: open,
        })),
      ['collection', 'reason'],
    ),
    gauge(
      'xinjian_overdue_steps',
      'Steps past their statutory day in the newest report',
      () => (reading()?.overdueSteps ?? []).map(({ kind, steps }) => ({ labels: { kind }, value: steps })),
      ['kind'],
    ),
    gauge(
      'xinjian_sanction_orders_open',
      'Sanction orders whose answer is awaited; lift-pending are the open lifts',
      () => (reading()?.orders ?? []).map(({ status, orders }) => ({ labels: { status }, value: orders })),
      ['status'],
    ),
    gauge('xinjian_open_lift_oldest_seconds', 'Age of the oldest lift that is not confirmed', () => {
      const counts = reading()
      return known(counts === null ? null : (ageOf(counts.liftsOldestAt) ?? 0))
    }),
    gauge('xinjian_audit_chain_position', 'Newest place in the hash chain of the audit log', () =>
      known(reading()?.auditPosition),
    ),
    gauge('xinjian_audit_waiting', 'Entries of the audit log that have no place in its chain yet', () =>
      known(reading()?.auditWaiting),
    ),
    gauge('xinjian_audit_oldest_waiting_seconds', 'Age of the oldest of them', () => {
      const counts = reading()
      return known(counts === null ? null : (ageOf(counts.auditOldestAt) ?? 0))
    }),
    gauge(
      'xinjian_partition_overflow',
      'Whether rows of a table lie in its default partition',
      () =>
        (reading()?.overflows ?? []).map(({ table, overflows }) => ({ labels: { table }, value: overflows ? 1 : 0 })),
      ['table'],
    ),
    gauge(
      'xinjian_job_last_success_timestamp_seconds',
      'When a job last succeeded',
      () =>
        (reading()?.jobs ?? []).flatMap(({ job, lastSuccessAt }) =>
          known(lastSuccessAt).map(({ value }) => ({ labels: { job }, value })),
        ),
      ['job'],
    ),
    gauge(
      'xinjian_job_failures_since_success',
      'Runs of a job that failed or were interrupted since it last succeeded',
      () => (reading()?.jobs ?? []).map(({ job, failedSince }) => ({ labels: { job }, value: failedSince })),
      ['job'],
    ),
    gauge(
      'xinjian_job_running',
      'Runs of a job under way',
      () => (reading()?.jobs ?? []).map(({ job, running }) => ({ labels: { job }, value: running })),
      ['job'],
    ),
  ]
}

/** How far each reader is behind the head: those that keep their position in the database, and those of this process. */
export function readerMeasurement(reading: Reading, readers: ReaderPositions): Measurement {
  return gauge(
    'xinjian_reader_lag_events',
    'Events of the log that a reader has not taken yet',
    () => {
      const counts = reading()
      if (counts === null) return []
      const positions: [string, number | null][] = [
        ['monitors', counts.monitorsPosition],
        ['webhooks', counts.subscriptionsPosition],
        ...Object.entries(readers).map(([reader, position]): [string, number | null] => [reader, position()]),
      ]
      return positions.flatMap(([reader, position]) =>
        known(position).map(({ value }) => ({ labels: { reader }, value: Math.max(0, counts.head - value) })),
      )
    },
    ['reader'],
  )
}

/** The process itself: its pool, and what it takes on and refuses. */
export function loadMeasurements(load: LoadShedding, pool?: PoolState): Measurement[] {
  const { state } = load.admission
  const one = (value: number) => [{ value }]
  return [
    gauge('xinjian_http_requests_running', 'Requests that are worked on', () => one(state.running)),
    gauge('xinjian_http_requests_waiting', 'Requests that wait for their turn', () => one(state.waiting)),
    counter(
      'xinjian_http_requests_refused_total',
      'Requests refused because there was too much to do',
      () => state.refused,
    ),
    gauge('xinjian_http_overloaded', 'Whether more is asked than can be answered', () => one(state.overloaded ? 1 : 0)),
    gauge('xinjian_feed_streams_open', 'Live streams and held calls of the feed', () => one(load.streams)),
    ...(pool === undefined
      ? []
      : [
          gauge('xinjian_database_pool_connections', 'Connections that the pool may open', () => one(pool.max)),
          gauge('xinjian_database_pool_in_flight', 'Queries and transactions that have begun or wait', () =>
            one(pool.inFlight),
          ),
          gauge('xinjian_database_pool_waiting', 'Queries and transactions that wait for a connection', () =>
            one(pool.waiting),
          ),
          counter('xinjian_database_queries_total', 'Queries that the database has answered', () => pool.queries),
          counter(
            'xinjian_database_slow_queries_total',
            'Queries that took longer than SLOW_QUERY_MS',
            () => pool.slowQueries,
          ),
        ]),
  ]
}
