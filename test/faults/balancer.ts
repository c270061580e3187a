import { once } from 'node:events'
import { Agent, createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A balancer that knows nothing of its services but what their answers tell. */
export interface TestBalancer {
  address: string
  close(): Promise<void>
}

/**
 * Sends each request to the next service, and to the one after it when that cannot be reached, hangs up before it answers or
 * answers 503, as nginx does by `proxy_next_upstream error timeout http_503 non_idempotent`: every call here may be repeated,
 * since a write carries its Idempotency-Key.
 * @param backends where services answer at this moment, kept up to date by whoever starts and stops them
 */
export async function startBalancer(backends: readonly string[]): Promise<TestBalancer> {
  const agent = new Agent({ keepAlive: true })
  let turn = 0
  const ask = (address: string, incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(address)
      const { url: path, method, headers } = incoming
      request({ hostname, port, path, method, headers, agent }, resolve).on('error', reject).end(body)
    })
  const server = createServer((incoming, outgoing) => {
    const pass = async () => {
      const chunks: Buffer[] = []
      for await (const chunk of incoming) chunks.push(chunk as Buffer)
      for (let tries = 0; tries < 4; tries += 1) {
        const backend = backends[(turn += 1) % backends.length] ?? ''
        const answer = await ask(backend, incoming, Buffer.concat(chunks)).catch(() => null)
        if (answer === null) continue
        if (answer.statusCode === 503) {
          answer.resume()
          continue
        }
        const { connection: _, ...headers } = answer.headers
        outgoing.writeHead(answer.statusCode ?? 502, { ...headers, 'x-answered-by': backend })
        answer.on('error', () => outgoing.destroy()).pipe(outgoing)
        outgoing.on('close', () => answer.destroy())
        return
      }
      outgoing.writeHead(502).end('{}')
    }
    pass().catch(() => outgoing.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      agent.destroy()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
