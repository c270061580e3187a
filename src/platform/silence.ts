import { connect, type Socket } from 'node:net'
import postgres from 'postgres'

/** So often it is looked whether anything came. */
const tickMs = 100
/** After so long without a word the server is asked whether it is there. */
const suspectMs = 1000
/** A statement that PostgreSQL should have ended by then is waited for no longer. */
const lateMs = 2000

/** A query as postgres.js keeps it. */
export interface SentQuery {
  /** Null until a connection has it. */
  state: unknown
  cancel: () => unknown
}

export interface SilenceOptions {
  /** A server that says nothing for so many milliseconds is away. */
  silenceMs: number
  /** PostgreSQL ends a statement after so long; 0 where it does not. */
  statementTimeoutMs: number
  /** Told when the server falls silent, and when it answers again. */
  onSilence?: ((silent: boolean) => void) | undefined
}

/** A question to the server on a connection of its own. */
interface Probe {
  client: postgres.Sql
  at: number
  answered: boolean
}

/** Notices a server that takes requests and answers none: a frozen machine, a network that swallows all. */
export interface SilenceWatch {
  /** Opens the sockets of the pool: `socket` of postgres.js. */
  socket: (target: { host: string[]; port: number[]; path?: string | false | null }) => Socket
  /** Why a query need not be sent now; null while the server answers. */
  refusal(): Error | null
  /** @param owned in the middle of a transaction, whose connection it shares */
  began(query: SentQuery, owned: boolean): void
  ended(query: SentQuery): void
  stop(): void
}

/**
 * PostgreSQL's own limits bind a server that runs; one that is frozen keeps them no more than its answers, and TCP keeps a
 * connection to it alive. So where queries wait and nothing at all comes, the server is asked on a connection of its own.
 * When that is silent too, it is away: what waits fails, and what comes fails at once, until it answers again. A single
 * connection that swallows what it is sent is cut when a statement is later than PostgreSQL lets it be.
 */
export function watchSilence(url: string, options: SilenceOptions): SilenceWatch {
  const { silenceMs, statementTimeoutMs, onSilence } = options
  const sockets = new Map<Socket, { read: number; written: number; at: number }>()
  const waiting = new Map<SentQuery, { at: number; owned: boolean }>()
  let silentMs = 0
  let away = false
  let tickedAt = performance.now()
  let hosts = 0
  let probe: Probe | null = null

  const open: SilenceWatch['socket'] = ({ host, port, path }) => {
    const at = hosts++ % port.length
    const [toHost = 'localhost', toPort = 5432] = [host[at], port[at]]
    const socket = path ? connect(path) : connect(toPort, toHost)
    // What postgres.js asks of the sockets that it opens itself.
    return path ? socket : Object.assign(socket, { host: toHost, port: toPort })
  }

  const ask = () => {
    const client = postgres(url, {
      ...{ max: 1, fetch_types: false, onnotice: () => undefined, connect_timeout: silenceMs / 1000 },
      connection: { application_name: 'xinjian-probe' },
    })
    const asking: Probe = { client, at: performance.now(), answered: false }
    probe = asking
    const end = (answered: boolean) => {
      asking.answered = answered
      // One that is refused is tried again.
      if (!answered && probe === asking) probe = null
      void client.end({ timeout: 0 })
    }
    client`select 1`.then(
      () => end(true),
      () => end(false),
    )
  }

  const fallSilent = () => {
    away = true
    onSilence?.(true)
    for (const [query, { owned }] of waiting) if (!owned && query.state === null) query.cancel()
    for (const socket of sockets.keys()) socket.destroy()
  }

  const heardSince = (now: number): boolean => {
    let heard = false
    for (const [socket, seen] of sockets) {
      const { bytesRead, bytesWritten } = socket
      if (bytesRead !== seen.read) heard = true
      if (bytesRead !== seen.read || bytesWritten !== seen.written) {
        sockets.set(socket, { read: bytesRead, written: bytesWritten, at: now })
      }
    }
    if (probe?.answered) {
      probe = null
      heard = true
    }
    return heard
  }

  const tick = () => {
    const now = performance.now()
    // A process that was itself held up has not listened.
    const passed = Math.min(now - tickedAt, 2 * tickMs)
    tickedAt = now
    if (heardSince(now) || (waiting.size === 0 && !away)) {
      silentMs = 0
      if (away) onSilence?.(false)
      away = false
      cutLate(now)
      return
    }
    silentMs += passed
    if (probe !== null && now - probe.at > silenceMs) {
      const { client } = probe
      probe = null
      void client.end({ timeout: 0 })
    }
    if (probe === null && silentMs >= Math.min(suspectMs, silenceMs / 2)) ask()
    if (silentMs >= silenceMs && !away) fallSilent()
  }

  const cutLate = (now: number) => {
    const [oldest] = waiting.values()
    const limit = statementTimeoutMs + lateMs
    if (statementTimeoutMs === 0 || oldest === undefined || now - oldest.at < limit) return
    for (const [socket, { at }] of sockets) if (now - at > limit) socket.destroy()
  }

  const timer = setInterval(tick, tickMs).unref()
  return {
    socket: (target) => {
      const socket = open(target)
      sockets.set(socket, { read: 0, written: 0, at: performance.now() })
      socket.once('close', () => sockets.delete(socket))
      return socket
    },
    refusal: () =>
      away ? Object.assign(new Error('the database does not answer'), { code: 'CONNECTION_SILENT' }) : null,
    began: (query, owned) => void waiting.set(query, { at: performance.now(), owned }),
    ended: (query) => void waiting.delete(query),
    stop: () => {
      clearInterval(timer)
      void probe?.client.end({ timeout: 0 })
    },
  }
}
