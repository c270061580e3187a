import type { FastifyInstance } from 'fastify'
import type { Attributes } from '@opentelemetry/api'
import type { Config } from '../config.ts'
import { version } from './project.ts'

/** The part of a trace that is one request, or one query of it. */
export interface Span {
  readonly traceId: string
  /** Begins a query; the answer ends it. */
  query(statement: string): (error?: unknown) => void
  end(outcome: { name: string; attributes: Attributes; failed: boolean }): void
}

/** Traces of requests and of what they ask the database, in OpenTelemetry's terms. */
export interface Tracing {
  /** Begins the span of a request, as a child of the caller's where it names one (W3C Trace Context). */
  begin(headers: NodeJS.Dict<string | string[]>): Span | null
  /** Sends what is left. */
  stop(): Promise<void>
}

/**
 * Sends traces to the collector that the settings name; null without one. What it takes is loaded only then: without a
 * collector it costs nothing.
 * @param options.intervalMs how long spans are collected before they are sent
 */
export async function openTracing(config: Config, options: { intervalMs?: number } = {}): Promise<Tracing | null> {
  const endpoint = config.OTEL_EXPORTER_OTLP_ENDPOINT
  if (endpoint === undefined) return null
  const [api, core, resources, sdk, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/core'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace-base'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ])
  const exporter = new OTLPTraceExporter({
    url: `${endpoint}/v1/traces`,
    headers: Object.fromEntries((config.OTEL_EXPORTER_OTLP_HEADERS ?? []) as [string, string][]) as Record<
      string,
      string
    >,
  })
  const provider = new sdk.BasicTracerProvider({
    resource: resources.resourceFromAttributes({
      'service.name': config.OTEL_SERVICE_NAME,
      'service.version': version,
    }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(config.OTEL_TRACES_SAMPLER_ARG) }),
    spanProcessors: [new sdk.BatchSpanProcessor(exporter, { scheduledDelayMillis: options.intervalMs ?? 5000 })],
  })
  const tracer = provider.getTracer('xinjian', version)
  const propagator = new core.W3CTraceContextPropagator()

  return {
    begin: (headers) => {
      const caller = propagator.extract(api.ROOT_CONTEXT, headers, api.defaultTextMapGetter)
      const span = tracer.startSpan('request', { kind: api.SpanKind.SERVER }, caller)
      if (!span.isRecording()) return null
      const here = api.trace.setSpan(caller, span)
      return {
        traceId: span.spanContext().traceId,
        query: (statement) => {
          const name = statement.trimStart().split(/\s/, 1)[0]?.toUpperCase() ?? 'QUERY'
          const attributes = { 'db.system.name': 'postgresql', 'db.query.text': statement }
          const query = tracer.startSpan(name, { kind: api.SpanKind.CLIENT, attributes }, here)
          return (error) => {
            // Its message may quote values.
            if (error !== undefined) query.setStatus({ code: api.SpanStatusCode.ERROR })
            query.end()
          }
        },
        end: ({ name, attributes, failed }) => {
          span.updateName(name)
          span.setAttributes(attributes)
          if (failed) span.setStatus({ code: api.SpanStatusCode.ERROR })
          span.end()
        },
      }
    },
    stop: () => provider.shutdown(),
  }
}

/** Makes a span of each request. Of its address the route is told alone, since addresses hold what people search for. */
export function traceRequests(app: FastifyInstance, tracing: Tracing): void {
  app.addHook('onRequest', async (request) => {
    request.context.span = tracing.begin(request.headers)
  })
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    request.context.span?.end({
      name: `${request.method} ${route}`,
      attributes: {
        'http.request.method': request.method,
        'http.route': route,
        'http.response.status_code': reply.statusCode,
        'xinjian.request_id': request.id,
      },
      failed: reply.statusCode >= 500,
    })
  })
}
