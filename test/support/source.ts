import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface TestSource {
  /** Base URL, to be pulled from. */
  url: string
  /** Path and query of every request that came. */
  requests: string[]
  headers: IncomingMessage['headers'][]
  close(): Promise<void>
}

/** A source whose answers a test writes, over real HTTP. */
export async function startSource(
  handle: (url: URL, response: ServerResponse, requestNumber: number) => void,
): Promise<TestSource> {
  const requests: string[] = []
  const headers: IncomingMessage['headers'][] = []
  const server = createServer((request, response) => {
    requests.push(request.url ?? '')
    headers.push(request.headers)
    handle(new URL(request.url ?? '', 'http://source'), response, requests.length)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    headers,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** Answers a page. */
export function sendPage(response: ServerResponse, items: unknown[], next: string | null = null): void {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ items, next }))
}
