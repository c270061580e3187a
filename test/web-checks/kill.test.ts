import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { start, stop } from '../cli/cli.ts'
import { plain, useSites } from './filed.ts'

const web = useSites()
/** Every 127.x.x.x is this machine: each a site of its own to the job, all answered by one server. */
const hosts = Array.from({ length: 10 }, (_, i) => `127.0.1.${i + 1}`)
const pagesEach = 4
const inFlight = new Map<string, number>()
let mostAtOnce = 0
let requests = 0
let onRequest: () => void = () => undefined

const server = createServer((request, response) => {
  const host = (request.headers.host ?? '').split(':')[0] ?? ''
  inFlight.set(host, (inFlight.get(host) ?? 0) + 1)
  mostAtOnce = Math.max(mostAtOnce, ...inFlight.values())
  response.on('close', () => inFlight.set(host, (inFlight.get(host) ?? 0) - 1))
  requests += 1
  onRequest()
  setImmediate(() => {
    if (request.url === '/robots.txt') response.writeHead(404).end()
    else response.setHeader('content-type', 'text/html').end(plain)
  })
})
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve)))
afterAll(() => new Promise((resolve) => server.close(resolve)))

it('killed again and again in the middle it goes on, loses nothing, and visits nothing twice', async () => {
  const { port } = server.address() as AddressInfo
  for (const [i] of hosts.entries()) {
    await web.file(...Array.from({ length: pagesEach }, (_, n) => `https://kill${i}.example/${n}`))
  }
  // No address of a machine can be filed; the job must reach one here all the same.
  await web.rows(sql`
    update web_presences set host = '127.0.1.' || (substring(host from '[0-9]+')::int + 1),
      url = 'http://127.0.1.' || (substring(host from '[0-9]+')::int + 1) || ${`:${port}/`} || right(key, 1)`)
  const env = {
    DATABASE_URL: web.service().database.url,
    PUBLIC_URL: 'https://credit.example',
    WEB_CHECK_RATE: '600',
    WEB_CHECK_PARALLEL_SITES: '4',
    WEB_CHECK_ALLOWED_HOSTS: hosts.join(','),
  }
  const run = () => start(['job', 'run', 'check-web-presences', '--on', '2026-11-20'], env)
  for (let kills = 0; kills < 3; kills += 1) {
    const running = run()
    let left = 3 + Math.floor(Math.random() * 20)
    const reached = new Promise<void>((resolve) => {
      onRequest = () => {
        left -= 1
        if (left === 0) resolve()
      }
    })
    await Promise.race([reached, running.ended])
    await stop(running, 'SIGKILL')
    // The server needs a moment to see that the holder of the locks is gone.
    while ((await locks()) > 0);
  }
  onRequest = () => undefined
  const { code, stderr } = await run().ended
  expect([code, stderr]).toEqual([0, expect.any(String)])
  const perPresence = await web.rows<{ visits: number }>(
    sql`select count(v.id)::int as visits from web_presences w left join web_check_visits v on v.web_presence_id = w.id
        group by w.id`,
  )
  expect(perPresence).toEqual(Array.from({ length: hosts.length * pagesEach }, () => ({ visits: 1 })))
  expect(mostAtOnce).toBe(1)
  expect(requests).toBeGreaterThan(hosts.length * pagesEach)
})

async function locks(): Promise<number> {
  const [row] = await web.rows<{ count: number }>(
    sql`select count(*)::int as count from pg_locks where locktype = 'advisory' and classid in (7310, 7311)
          and database = (select oid from pg_database where datname = current_database())`,
  )
  return row?.count ?? 0
}
