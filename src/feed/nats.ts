import { setTimeout as sleep } from 'node:timers/promises'
import { jetstream, JetStreamApiError, type JetStreamClient } from '@nats-io/jetstream'
import { connect, headers, type NodeConnectionOptions } from '@nats-io/transport-node'
import { openConnection, type Database } from '../platform/db.ts'
import type { FeedEvent } from './domain.ts'
import type { FeedListener } from './listener.ts'
import { logOf, readLog } from './reader.ts'
import { findHead, listEvents } from './repository.ts'

/** Any constant: the process whose connection holds it publishes. */
const publisherLock = 7_310_004
/** How often the others ask whether it is free. */
const standbyMs = 2000
/** Rest after a failure, such as a NATS server that restarts. */
const restMs = 1000
/** Messages under way at once. */
const pageSize = 500

const streamName = 'xinjian-feed'
const subjects = 'xinjian.feed.>'

/** NATS's own code for a subject that no stream takes. */
const streamNotFound = 10_059

interface Log {
  info(context: object, text: string): void
  warn(context: object, text: string): void
}

interface Options {
  database: Database
  listener: FeedListener
  /** One or more URLs, separated by commas. */
  natsUrl: string
  log: Log
}

export interface NatsPublisher {
  /** How far this process has published; null while another one does. */
  readonly position: number | null
  stop(): Promise<void>
}

/**
 * Publishes the log to NATS JetStream, for ever: each event once, in order, under `xinjian.feed.<type>`, its position as
 * the message id. One process at a time does it; another takes over when that one is gone. How far it came is what the
 * stream itself holds, so nothing is kept here, and after NATS was down the missing events follow.
 */
export function startNatsPublisher(options: Options): NatsPublisher {
  const { listener, log } = options
  const stopping = new AbortController()
  let position: number | null = null
  const run = async () => {
    while (!stopping.signal.aborted && !listener.closed) {
      try {
        await publishAlone(options, stopping.signal, (published) => (position = published))
      } catch (error) {
        position = null
        log.warn({ err: error }, 'the feed could not be published to NATS; trying again')
      }
      await sleep(restMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }
  const running = run()
  return {
    get position() {
      return position
    },
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

/** Publishes while this process holds the lock, whose connection tells when it is lost. */
async function publishAlone(options: Options, stopping: AbortSignal, tell: (position: number) => void): Promise<void> {
  const lost = new AbortController()
  const lock = openConnection(options.database.url, () => lost.abort())
  const signal = AbortSignal.any([stopping, lost.signal])
  try {
    for (;;) {
      const [locked] = await lock<{ free: boolean }[]>`select pg_try_advisory_lock(${publisherLock}) as free`
      if (locked?.free) break
      await sleep(standbyMs, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
    }
    // Not opened again by the client itself: what the stream holds must be asked anew.
    const nats = await connect({ ...natsOptions(options.natsUrl), reconnect: false, name: 'xinjian' })
    try {
      await publish(options, jetstream(nats), signal, tell)
    } finally {
      await nats.close()
    }
  } finally {
    await lock.end({ timeout: 2 })
  }
}

async function publish(
  { database, listener, log }: Options,
  js: JetStreamClient,
  signal: AbortSignal,
  tell: (position: number) => void,
): Promise<void> {
  const { stream, position, lastSequence } = await findEnd(js, database)
  log.info({ stream, position }, 'publishing the feed to NATS')
  const source = logOf(listener, (after, limit, filter) => listEvents(database.db, after, limit, filter))
  let expected = lastSequence
  tell(position)
  for await (const { events, next } of readLog(source, { after: position, limit: pageSize, signal })) {
    // Each names the message that it must follow, so that one that fails stops those behind it, and a second publisher,
    // should there ever be one, is refused.
    const base = expected
    const sent = events.map((event, i) => {
      const head = headers()
      head.set('content-type', 'application/cloudevents+json')
      return js.publish(`xinjian.feed.${event.type}`, JSON.stringify(event), {
        msgID: event.sequence,
        headers: head,
        expect: { streamName: stream, lastSequence: base + i },
      })
    })
    const failed = (await Promise.allSettled(sent)).find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    expected = base + events.length
    tell(next)
  }
}

/**
 * The stream that takes our subjects, made where there is none, and how far it has come.
 * @throws Error when what it holds is not from this log
 */
async function findEnd(
  js: JetStreamClient,
  { db }: Database,
): Promise<{ stream: string; position: number; lastSequence: number }> {
  const manager = await js.jetstreamManager()
  const stream = await manager.streams.find(subjects).catch(async (error: unknown) => {
    if (!(error instanceof JetStreamApiError && error.code === streamNotFound)) throw error
    return (await manager.streams.add({ name: streamName, subjects: [subjects] })).config.name
  })
  const { state } = await manager.streams.info(stream)
  // Emptied by its limits or by hand: its own numbers go on, and they are our positions.
  if (state.messages === 0) return { stream, position: state.last_seq, lastSequence: state.last_seq }
  const last = await manager.streams.getMessage(stream, { last_by_subj: subjects })
  const position = Number(last?.header.get('Nats-Msg-Id') ?? 0)
  const { events } = await listEvents(db, position - 1, 1, {})
  if (last !== null && events[0]?.hash !== last.json<FeedEvent>().hash) {
    const head = await findHead(db)
    throw new Error(
      `the stream ${stream} ends with an event of position ${position} that is not in this log, which goes to ${head.position}; ` +
        'it is from another database, or this one was restored from an old copy: remove the stream, and it is written anew',
    )
  }
  return { stream, position, lastSequence: state.last_seq }
}

/** The settings of a connection; the client itself takes no user from a URL. */
function natsOptions(natsUrl: string): NodeConnectionOptions {
  const urls = natsUrl.split(',').map((text) => new URL(text.trim()))
  const { username = '', password = '', protocol } = urls[0] ?? {}
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)]
  return {
    servers: urls.map((url) => url.host),
    ...(pass !== '' ? { user, pass } : user !== '' && { token: user }),
    ...(protocol === 'tls:' && { tls: {} }),
  }
}
