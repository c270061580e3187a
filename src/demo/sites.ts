import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Database } from '../platform/db.ts'
import { openOutbound } from '../platform/outbound.ts'
import { addDays } from '../rulebook/plain-date.ts'
import { checkWebPresences, existsVisit } from '../web-checks/service.ts'
import type { Province } from './province.ts'

/** Enough for the licence display of a region to be a number; the rest stays unchecked. */
const firstVisits = 120

/**
 * Visits some sites of the sample by the real checks, and on the next day those among them that showed no licence, since one
 * visit says of no business that its licence is missing. One at a time, so that they are the same in every sample. The sites, under names that nobody can register, are served here for as long as that takes: no request leaves the machine.
 */
export async function visitSampleSites(
  { db, url }: Database,
  province: Province,
  { on, now }: { on: string; now: () => Date },
): Promise<void> {
  if (await existsVisit(db)) return
  const server = await serveSites(province)
  const { port } = server.address() as AddressInfo
  const outbound = openOutbound({
    allowedHosts: [],
    plainHttp: true,
    servedHere: () => port,
    resolve: () => Promise.resolve([]),
  })
  try {
    for (const visits of [
      { on, maxVisits: firstVisits },
      { on: addDays(on, 1), againOnly: true },
    ]) {
      await checkWebPresences({
        ...{ db, databaseUrl: url, now, outbound, publicUrl: 'https://credit.example' },
        ...{ delayMs: 0, parallelSites: 1, keepPagesDays: 180, ...visits },
      })
    }
  } finally {
    await outbound.close()
    server.closeAllConnections()
    server.close()
  }
}

/** One server for all of them, which tells them apart by `Host` and path. */
async function serveSites({ annualReports }: Province): Promise<Server> {
  const pages = new Map(
    annualReports.flatMap((report) =>
      (report['webPresences'] as { url: string; name: string }[]).map(({ url, name }, i) => [
        url,
        pageOf(name, String(report['uscc']), i),
      ]),
    ),
  )
  const server = createServer((request, response) => {
    const page = pages.get(`https://${request.headers.host ?? ''}${request.url ?? ''}`)
    if (page === undefined) response.writeHead(404).end()
    else response.setHeader('content-type', 'text/html; charset=utf-8').end(page)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

/** A home page: most show the code of their business or the regulator's mark, some nothing, a few are filled by script. */
function pageOf(name: string, uscc: string, place: number): string {
  const kind = (Number.parseInt(uscc.slice(10, 16), 10) + place) % 10
  const mark = `https://zzlz.gsxt.gov.cn/businessCheck/verifKey.do?showType=p&amp;serial=${uscc}-SAIC_SHOW`
  if (kind === 9) return '<!doctype html><title>…</title><div id="app"></div><script src="/app.js"></script>'
  const footer =
    kind < 5 ? `<p>统一社会信用代码：${uscc}</p>` : kind < 7 ? `<a href="${mark}"><img src="/mark.png" alt=""></a>` : ''
  return `<!doctype html><title>${name}</title><h1>${name}</h1><p>欢迎光临。</p><footer>${footer}</footer>`
}
