import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { madeUpUscc } from '../support/businesses.ts'

/**
 * A source of annual reports for `pull.ts`, in a process of its own: made-up reports with their sites, pages ready as
 * bytes before the first is asked for. All of them carry one `updatedAt`, as after a bulk load at the source, so that a
 * second pull is sent all of them again.
 */
const reports = Number(process.argv[2])
const perPage = Number(process.argv[3])

function report(number: number): object {
  const shop = { kind: 'shop', name: `虚构${number}号店`, url: `https://shop${number}.fabricated.example/` }
  const site = { kind: 'website', name: `虚构${number}号官网`, url: `https://www.made-up-${number}.example/index.html` }
  return {
    sourceId: `report-${number}`,
    updatedAt: '2026-05-01T00:00:00.000Z',
    uscc: madeUpUscc(number),
    name: `虚构省示例${number}号贸易有限公司`,
    year: 2025,
    publishedOn: `2026-0${1 + (number % 6)}-1${number % 10}`,
    // Every third has two, so that some sites stand beside others.
    webPresences: number % 3 === 0 ? [shop, site] : [shop],
  }
}

const pages = Array.from({ length: Math.ceil(reports / perPage) }, (_, page) => {
  const from = page * perPage
  const items = Array.from({ length: Math.min(perPage, reports - from) }, (_, i) => report(from + i + 1))
  const next = from + perPage < reports ? String(page + 1) : null
  return Buffer.from(JSON.stringify({ items, next }))
})

const server = createServer((request, response) => {
  const cursor = new URL(request.url ?? '', 'http://source').searchParams.get('cursor')
  const page = pages[Number(cursor ?? 0)] ?? Buffer.from('')
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': page.length }).end(page)
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.once('disconnect', () => process.exit())
