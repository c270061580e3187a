import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openOutbound, type Outbound } from '../../src/platform/outbound.ts'
import { siteOf, type Pace } from '../../src/web-checks/sites.ts'

export type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => void

export interface Request {
  host: string
  path: string
  /** The time of the paced clock when it came. */
  at: number
  headers: IncomingMessage['headers']
}

/** Sites of made-up hosts, each a real HTTP server on a port of its own; a host that is not among them has no address. */
export interface TestSites {
  /** Serves a host; `robots` is the text of its robots.txt or answers for it; it is a 404 without one. */
  serve(host: string, handler: Handler, robots?: string | Handler): Promise<void>
  /** Hosts that refuse connections for https. */
  withoutTls: Set<string>
  /** Hosts whose name leads to their server for the first connection, and to this machine's inside from then on. */
  rebinding: Set<string>
  /** Serves a page of HTML. */
  page(host: string, html: string, robots?: string): Promise<void>
  stop(host: string): Promise<void>
  requests: Request[]
  /** The most requests that any one site had to answer at the same time, and all sites together. */
  mostAtOnce: { site: number; all: number }
  outbound: Outbound
  close(): Promise<void>
}

export async function startSites(now: () => number = Date.now): Promise<TestSites> {
  const servers = new Map<string, Server>()
  const inFlight = new Map<string, number>()
  const requests: Request[] = []
  const rebound = new Set<string>()
  const mostAtOnce = { site: 0, all: 0 }
  const serve: TestSites['serve'] = async (host, handler, robots) => {
    await sites.stop(host)
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '', `http://${host}`)
      requests.push({ host, path: `${url.pathname}${url.search}`, at: now(), headers: request.headers })
      const site = siteOf(host)
      inFlight.set(site, (inFlight.get(site) ?? 0) + 1)
      mostAtOnce.site = Math.max(mostAtOnce.site, ...inFlight.values())
      mostAtOnce.all = Math.max(
        mostAtOnce.all,
        [...inFlight.values()].reduce((sum, each) => sum + each, 0),
      )
      response.on('close', () => inFlight.set(site, (inFlight.get(site) ?? 0) - 1))
      // A moment later, so that requests that are made at once overlap.
      setImmediate(() => {
        if (url.pathname !== '/robots.txt') handler(request, response, url)
        else if (robots === undefined) response.writeHead(404).end()
        else if (typeof robots === 'string') response.end(robots)
        else robots(request, response, url)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    servers.set(host, server)
  }
  const sites: TestSites = {
    serve,
    page: (host, html, robots) =>
      serve(host, (_request, response) => void response.setHeader('content-type', 'text/html').end(html), robots),
    stop: async (host) => {
      const server = servers.get(host)
      if (server === undefined) return
      servers.delete(host)
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
    withoutTls: new Set(),
    rebinding: new Set(),
    requests,
    mostAtOnce,
    outbound: openOutbound({
      allowedHosts: [],
      plainHttp: true,
      resolve: async (hostname) => {
        if (hostname === 'inside.example') return ['10.0.0.7']
        if (sites.rebinding.has(hostname)) return ['127.0.0.1']
        throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
      },
      servedHere: (hostname, protocol) => {
        if (sites.rebinding.has(hostname)) {
          if (rebound.has(hostname)) return null
          rebound.add(hostname)
        }
        const server = servers.get(hostname)
        // Nothing listens on port 1.
        if (protocol === 'https:' && sites.withoutTls.has(hostname)) return 1
        return server === undefined ? null : (server.address() as AddressInfo).port
      },
    }),
    close: async () => {
      await sites.outbound.close()
      for (const host of [...servers.keys()]) await sites.stop(host)
    },
  }
  return sites
}

/** A clock that stands still but for the rests that are asked for, which pass at once. */
export function pacedClock(from: string): Pace & { rests: number[]; set(instant: string): void } {
  let time = Date.parse(from)
  const rests: number[] = []
  return {
    now: () => new Date(time),
    sleep: async (ms) => {
      rests.push(ms)
      time += ms
    },
    rests,
    set: (instant) => void (time = Date.parse(instant)),
  }
}
