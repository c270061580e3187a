import { Agent, createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import type { Database } from '../../src/platform/db.ts'
import { subjectItem } from '../support/businesses.ts'
import { cloneDatabase } from '../support/database.ts'
import { take } from '../support/take.ts'
import { serve, stop, type Serving } from './cli.ts'

let database: Database | undefined
afterAll(() => database?.close())

interface Backend {
  serving: Serving
  isReady: boolean
}

/** A balancer as they all are: asks /readyz every so often, sends to the ready ones in turn, over kept connections. */
async function openBalancer(backends: Backend[]): Promise<{ server: Server; address: string; stop: () => void }> {
  const agent = new Agent({ keepAlive: true })
  const probing = setInterval(() => {
    for (const backend of backends) {
      void fetch(`${backend.serving.address}/readyz`).then(
        ({ status }) => (backend.isReady = status === 200),
        () => (backend.isReady = false),
      )
    }
  }, 50)
  let turn = 0
  const server = createServer((incoming, outgoing) => {
    const ready = backends.filter(({ isReady }) => isReady)
    const backend = ready[(turn += 1) % ready.length]
    if (backend === undefined) {
      outgoing.writeHead(502).end()
      return
    }
    const { hostname, port } = new URL(backend.serving.address)
    const sent = request({ hostname, port, path: incoming.url, method: incoming.method, agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502)
      answer.pipe(outgoing)
    })
    sent.on('error', () => outgoing.writeHead(502).end())
    incoming.pipe(sent)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    server,
    address,
    stop: () => {
      clearInterval(probing)
      agent.destroy()
      server.closeAllConnections()
      server.close()
    },
  }
}

test('two processes are replaced one after the other under load, and no request fails', async () => {
  database = await cloneDatabase()
  await take(database.db, 'subjects', [subjectItem(1)])
  const env = { DATABASE_URL: database.url, SHUTDOWN_DELAY_MS: '1500' }
  const begin = async (): Promise<Backend> => {
    const serving = await serve(env)
    while ((await fetch(`${serving.address}/readyz`)).status !== 200);
    return { serving, isReady: true }
  }
  const backends = await Promise.all([begin(), begin()])
  const balancer = await openBalancer(backends)
  const statuses = new Map<number, number>()
  let isOver = false
  const clients = Array.from({ length: 4 }, async () => {
    while (!isOver) {
      const response = await fetch(`${balancer.address}/v1/search?q=虚构`)
      await response.arrayBuffer()
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
    }
  })
  for (const [i, old] of [...backends].entries()) {
    backends.push(await begin())
    const stopping = stop(old.serving)
    while ((await fetch(`${old.serving.address}/readyz`).catch(() => ({ status: 503 }))).status === 200);
    // It says that it is not ready, and still answers.
    const answer = await fetch(`${old.serving.address}/v1/regions`)
    expect([i, answer.status, answer.headers.get('connection')]).toEqual([i, 200, 'close'])
    expect((await stopping).code).toBe(0)
    backends.splice(backends.indexOf(old), 1)
  }
  isOver = true
  await Promise.all(clients)
  expect([...statuses.keys()]).toEqual([200])
  expect(statuses.get(200)).toBeGreaterThan(50)
  balancer.stop()
  for (const { serving } of backends) await stop(serving)
})
