import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { parseConfig } from '../../src/config.ts'
import { openTracing } from '../../src/platform/tracing.ts'
import { startTestService } from '../support/service.ts'

interface SentSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  attributes: { key: string; value: object }[]
}

/** A collector that keeps what it is sent by OTLP in JSON. */
async function startCollector() {
  const spans: SentSpan[] = []
  const heads: IncomingHttpHeaders[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      heads.push({ ...request.headers, path: request.url })
      const body = JSON.parse(Buffer.concat(parts).toString()) as {
        resourceSpans: { scopeSpans: { spans: SentSpan[] }[] }[]
      }
      spans.push(...body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)))
      response.setHeader('content-type', 'application/json').end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, spans, heads, close: () => server.close() }
}

it('sends a request and its queries as one trace, below that of the caller, without what was asked', async () => {
  const collector = await startCollector()
  const config = parseConfig({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=abc%20d',
  })
  const tracing = await openTracing(config)
  const service = await startTestService(undefined, {}, [], { tracing })
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const response = await service.app.inject({
    url: '/v1/search?q=11010519491231002X',
    headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
  })
  await service.app.inject('/v1/credit-files/91999900MA0000015N')
  await service.close()
  await tracing?.stop()
  expect(collector.heads[0]).toMatchObject({ path: '/v1/traces', 'x-collector-key': 'abc d' })
  const root = collector.spans.find(({ name }) => name === 'GET /v1/search')
  expect(root).toMatchObject({ traceId, parentSpanId: '00f067aa0ba902b7' })
  const told = Object.fromEntries(
    root?.attributes.map(({ key, value }) => [key, Object.values(value)[0] as unknown]) ?? [],
  )
  expect(told).toMatchObject({ 'http.route': '/v1/search', 'xinjian.request_id': response.headers['x-request-id'] })
  const file = collector.spans.find(({ name }) => name === 'GET /v1/credit-files/:uscc')
  const queries = collector.spans.filter(({ parentSpanId }) => parentSpanId === file?.spanId)
  expect(queries.length).toBeGreaterThan(0)
  expect(JSON.stringify(queries[0]?.attributes)).toContain('db.query.text')
  expect(JSON.stringify(collector.spans)).not.toMatch(/11010519491231002X|91999900MA0000015N/)
  collector.close()
})

it('is nothing without a collector', async () => {
  expect(await openTracing(parseConfig({}))).toBeNull()
})
