import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { timingSafeEqual, createHash } from 'node:crypto'
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics, type RegistryContentType } from 'prom-client'
import type { Config } from '../config.ts'
import { clientAddress, isWithin } from './addresses.ts'
import { negotiate } from './negotiation.ts'
import { Problem, problems } from './problem.ts'

type Metrics = Registry<RegistryContentType>

/** What can be told at the moment of a scrape: one series for each combination of labels. */
export interface Measurement {
  name: string
  help: string
  /** A counter never falls; its name ends in `_total`. */
  kind: 'gauge' | 'counter'
  labels?: readonly string[]
  read: () => readonly { value: number; labels?: Record<string, string> }[]
}

/** Seconds; the pages and lookups take milliseconds, held calls of the feed up to 30 s. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Methods that are told apart; what else a client may invent is one. */
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

let ofProcess: Metrics | null = null

/** A request that has its answer; `durationMs` from its head on. */
export interface Answered {
  method: string
  /** As the router names it; null for none. */
  route: string | null
  status: number
  durationMs: number
}

/** Memory, CPU, event loop and garbage collection, measured once for the process. */
function processMetrics(): Metrics {
  if (ofProcess === null) {
    ofProcess = new Registry()
    collectDefaultMetrics({ register: ofProcess })
    // Gauges whose names end as those of counters must, which parsers take for one; their sums are told by label anyway.
    for (const kind of ['resources', 'handles', 'requests']) ofProcess.removeSingleMetric(`nodejs_active_${kind}_total`)
  }
  return ofProcess
}

export interface MetricsCollection {
  /** Counts an answer that no hook of the app is told of. */
  observe: (answered: Answered) => void
  /** Adds what is read at each scrape. */
  add: (...measurements: Measurement[]) => void
  /** The text of all series, in the form that the reader likes best. */
  textFor: (request: FastifyRequest, reply: FastifyReply) => Promise<string>
}

/** Collects the series of one app, with those of its HTTP requests: by route, never by address, so their number is bounded. */
export function makeMetrics(app: FastifyInstance): MetricsCollection {
  const registry: Metrics = new Registry()
  const registers = [registry]
  const durations = new Histogram({
    name: 'xinjian_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets,
    registers,
  })
  const observe = ({ method, route, status, durationMs }: Answered) => {
    const labels = {
      method: methods.includes(method) ? method : 'other',
      route: route ?? 'none',
      status: String(status),
    }
    durations.observe(labels, durationMs / 1000)
  }
  app.addHook('onResponse', (request, reply, done) => {
    const [route, status, durationMs] = [request.routeOptions.url ?? null, reply.statusCode, reply.elapsedTime]
    observe({ method: request.method, route, status, durationMs })
    done()
  })

  return {
    observe,
    add: (...measurements) => {
      for (const { name, help, kind, labels = [], read } of measurements) {
        const common = { name, help, labelNames: [...labels], registers }
        if (kind === 'gauge') {
          const gauge: Gauge = new Gauge({
            ...common,
            collect: () => {
              gauge.reset()
              // After a reset one without labels is nought, which is not the same as unknown.
              if (labels.length === 0) gauge.remove()
              for (const { value, labels = {} } of read()) gauge.set(labels, value)
            },
          })
        } else {
          const counter: Counter = new Counter({
            ...common,
            collect: () => {
              counter.reset()
              for (const { value, labels = {} } of read()) counter.inc(labels, value)
            },
          })
        }
      }
    },
    textFor: async (request, reply) => {
      // Prometheus asks with versions and ways of escaping; there is one of each form here.
      const accept = request.headers.accept?.replace(/;\s*(version|escaping|charset)=[^;,]*/gi, '')
      const headers = accept === undefined ? {} : { accept }
      const wished = negotiate({ headers }, reply, ['application/openmetrics-text', 'text/plain'])
      const isPlain = wished === 'text/plain'
      void reply.header('content-type', isPlain ? Registry.PROMETHEUS_CONTENT_TYPE : Registry.OPENMETRICS_CONTENT_TYPE)
      const all = [registry, processMetrics()]
      for (const one of all) one.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
      const text = await (Registry as unknown as { merge(all: Metrics[]): Metrics }).merge(all).metrics()
      // A quantile of nothing; prom-client spells it as neither format does.
      const valid = text.replace(/ Nan$/gm, ' NaN')
      return isPlain ? asPrometheusText(valid) : valid
    },
  }
}

/**
 * The older form, in which a counter is called as its samples are. Made from the newer one, since prom-client renames a
 * counter for good when it writes that.
 */
function asPrometheusText(openMetrics: string): string {
  const counters = new Set([...openMetrics.matchAll(/^# TYPE (\S+) counter$/gm)].map(([, name = '']) => name))
  return openMetrics
    .replace(/^# (HELP|TYPE) (\S+)/gm, (line, _kind, name: string) => (counters.has(name) ? `${line}_total` : line))
    .replace(/^# EOF\n/m, '')
}

/**
 * Who may read the series: anybody, unless `METRICS_NETWORKS` or `METRICS_TOKEN` are set; then whoever calls from one of
 * the networks, or has the token.
 * @throws Problem unauthorized
 */
export function assertMayScrape(request: FastifyRequest, config: Config): void {
  const { METRICS_NETWORKS: networks, METRICS_TOKEN: token } = config
  if (networks.length === 0 && token === undefined) return
  const address = clientAddress(request)
  if (address !== null && isWithin(address, networks)) return
  const given = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token !== undefined && given !== undefined && isSame(given, token)) return
  throw new Problem('unauthorized', problems.unauthorized.meaning, { headers: { 'www-authenticate': 'Bearer' } })
}

/** Compared by their hashes, which are of equal length, in constant time. */
function isSame(given: string, token: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(given), hash(token))
}
