import type postgres from 'postgres'
import { currentRequest, type RequestContext } from './request-context.ts'
import type { SentQuery, SilenceWatch } from './silence.ts'

/** How busy a pool is. */
export interface PoolState {
  /** Connections that it may open. */
  readonly max: number
  /** Queries and transactions that have begun, or wait for a connection. */
  readonly inFlight: number
  /** Those of them that wait, since every connection is taken. */
  readonly waiting: number
  /** Queries answered so far, and how many of them took longer than `slowMs`. */
  readonly queries: number
  readonly slowQueries: number
}

/** A query that took long. The statement has placeholders in the place of values. */
export interface SlowQuery {
  statement: string
  ms: number
  requestId: string | null
}

export interface QueryOptions {
  /** From so many milliseconds on a query is slow, the wait for a connection included. */
  slowMs?: number
  onSlow?: (query: SlowQuery) => void
}

/** No more of a statement is kept in logs and traces. */
const statementMost = 1000

/** A query of postgres.js, which begins when somebody asks for its result. */
interface Query extends SentQuery {
  handle: () => Promise<void>
  resolve: (rows: unknown) => void
  reject: (error: unknown) => void
}

type Unsafe = (statement: string, parameters?: unknown[], options?: { prepare?: boolean }) => Query
type Scope = (scope: Client) => unknown
interface Client {
  unsafe: Unsafe
  begin: (...given: (string | Scope)[]) => Promise<unknown>
  savepoint: (...given: (string | Scope)[]) => Promise<unknown>
}

/**
 * Observes all that is asked through a client: how much is under way, what is slow, and, while traces are on, a span for
 * each query. Statements of a request end in a comment with its id, by which `pg_stat_activity`, PostgreSQL's own log and
 * `auto_explain` lead to the request; `pg_stat_statements` leaves comments out. One that is prepared has none: each
 * connection keeps its plan under its text for as long as it lives, and would keep one for each request.
 */
export function observeQueries(
  sql: postgres.Sql,
  max: number,
  options: QueryOptions = {},
  watch: SilenceWatch | null = null,
): PoolState {
  const { slowMs = Infinity, onSlow } = options
  const state = { inFlight: 0, queries: 0, slowQueries: 0 }

  const observe = (client: Client, ownsConnection: boolean): void => {
    const unsafe = client.unsafe.bind(client)
    client.unsafe = (statement, parameters, given) => {
      const request = currentRequest()
      // Our own ids are UUIDs, so nothing in them ends the comment.
      const isSameForAll = request === undefined || given?.prepare === true
      const text = isSameForAll ? statement : `${statement} /* request=${request.requestId} */`
      const query = unsafe(text, parameters, given)
      // A transaction counts as one, by `begin` below.
      follow(query, statement, request, ownsConnection, ownsConnection || statement.startsWith('begin ') ? 0 : 1)
      return query
    }
  }

  const follow = (
    query: Query,
    statement: string,
    request: RequestContext | undefined,
    ownsConnection: boolean,
    weight: number,
  ): void => {
    const { handle, resolve, reject } = query
    let from = 0
    let end: ((error?: unknown) => void) | null = null
    query.handle = () => {
      // Asked for again (`begin` is executed, then awaited): one that was refused is never sent.
      if (from < 0) return Promise.resolve()
      if (from === 0) {
        const refusal = ownsConnection ? null : (watch?.refusal() ?? null)
        if (refusal !== null) {
          from = -1
          reject(refusal)
          return Promise.resolve()
        }
        from = performance.now()
        watch?.began(query, ownsConnection)
        state.inFlight += weight
        end = request?.span?.query(statement.slice(0, statementMost)) ?? null
      }
      return handle.call(query)
    }
    const settle = (error?: unknown) => {
      if (from <= 0) return
      watch?.ended(query)
      const ms = performance.now() - from
      from = -1
      state.inFlight -= weight
      state.queries += 1
      end?.(error)
      if (ms < slowMs) return
      state.slowQueries += 1
      onSlow?.({ statement: statement.slice(0, statementMost), ms, requestId: request?.requestId ?? null })
    }
    query.resolve = (rows) => {
      settle()
      resolve(rows)
    }
    query.reject = (error) => {
      settle(error)
      reject(error)
    }
  }

  const inScope = (given: (string | Scope)[]): (string | Scope)[] =>
    given.map((one) => {
      if (typeof one === 'string') return one
      return (scope: Client) => {
        observe(scope, true)
        observeSavepoints(scope)
        return one(scope)
      }
    })
  const observeSavepoints = (scope: Client): void => {
    const savepoint = scope.savepoint.bind(scope)
    scope.savepoint = (...given) => savepoint(...inScope(given))
  }

  const client = sql as unknown as Client
  observe(client, false)
  const begin = client.begin.bind(client)
  client.begin = async (...given) => {
    state.inFlight += 1
    try {
      return await begin(...inScope(given))
    } finally {
      state.inFlight -= 1
    }
  }
  return {
    max,
    get inFlight() {
      return state.inFlight
    },
    get waiting() {
      return Math.max(0, state.inFlight - max)
    },
    get queries() {
      return state.queries
    },
    get slowQueries() {
      return state.slowQueries
    },
  }
}
