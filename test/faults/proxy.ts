import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** What happens between a service and its database. */
export type Weather =
  /** Everything is passed on. */
  | 'fair'
  /** Connections stay open and nothing that is sent arrives, on those that are there and on new ones. */
  | 'swallowing'
  /** New connections are taken and closed at once, as a balancer does whose server is gone. */
  | 'hanging-up'

/** A TCP proxy in front of a server, that does what networks do. */
export interface TestProxy {
  /** The same database through the proxy. */
  urlOf(url: string): string
  set(weather: Weather): void
  /** Resets all connections that are open, in the middle of whatever is under way. */
  cut(): void
  /** The connections that are open swallow everything from now on; new ones do not, as after a server was replaced. */
  swallowOpen(): void
  close(): Promise<void>
}

/** Starts a proxy to the server of this URL. */
export async function startProxy(target: string): Promise<TestProxy> {
  const { hostname, port } = new URL(target)
  const open = new Set<{ near: Socket; far: Socket; swallows: boolean }>()
  let weather: Weather = 'fair'
  const server = createServer((near) => {
    near.on('error', () => undefined)
    if (weather === 'hanging-up') {
      // What it sends is read, or the connection would stay half open.
      near.resume().end()
      return
    }
    const far = connect(Number(port), hostname)
    const pair = { near, far, swallows: weather === 'swallowing' }
    open.add(pair)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (chunk: Buffer) => {
        if (!pair.swallows) to.write(chunk)
      })
      from.on('error', () => undefined)
      from.on('close', () => {
        open.delete(pair)
        to.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const swallowOpen = () => {
    for (const pair of open) pair.swallows = true
  }
  const cut = () => {
    for (const { near, far } of open) {
      near.resetAndDestroy()
      far.destroy()
    }
  }
  return {
    urlOf: (url) => {
      const through = new URL(url)
      through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
      return through.href
    },
    set: (next) => {
      weather = next
      if (next === 'swallowing') swallowOpen()
    },
    cut,
    swallowOpen,
    close: async () => {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
