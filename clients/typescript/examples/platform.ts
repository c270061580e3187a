import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ListMirror } from '../src/index.ts'

/** A seller of this platform, by its shop's name in the address, with the code it registered with. */
export interface Seller {
  shop: string
  uscc: string
}

export interface Platform {
  url: string
  stop(): Promise<void>
}

/**
 * A market place that closes the shop of a serious violator (一处违法，处处受限): `GET /shops/<shop>` is 200, or 403 from
 * the moment at which the mirror has heard of the decision. A page view asks nobody: the answer is in memory.
 */
export async function startPlatform(options: {
  xinjianUrl: string
  key: string
  sellers: readonly Seller[]
}): Promise<Platform> {
  const { xinjianUrl, key, sellers } = options
  const sellerOf = new Map(sellers.map((seller) => [`/shops/${seller.shop}`, seller]))
  const mirror = new ListMirror({ baseUrl: xinjianUrl, key })
  await mirror.start()

  const server = createServer((request, response) => {
    const seller = sellerOf.get(request.url ?? '')
    const status = seller === undefined ? 404 : mirror.isBlocked(seller.uscc) ? 403 : 200
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
    response.end(status === 200 ? '欢迎光临' : status === 403 ? '该店铺已被关闭' : '没有这家店铺')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      await mirror.stop()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
