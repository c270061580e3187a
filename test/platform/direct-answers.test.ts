import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseConfig, type Config } from '../../src/config.ts'
import { openLog } from '../../src/platform/request-log.ts'
import { madeUpUscc, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { sendRaw } from '../support/socket.ts'
import { take } from '../support/take.ts'

const uscc = madeUpUscc(1)
const path = `/v1/credit-files/${uscc}`
const closing: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const close of closing) await close()
})

/** A service with business 1, that listens, and the lines of its log. */
async function start(settings: Partial<Config> = {}, isStopping = () => false) {
  const lines: Record<string, unknown>[] = []
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>)
  const logger = openLog(parseConfig({}), { write })
  const service = await startTestService(undefined, settings, [], { logger, isStopping })
  closing.push(service.close)
  await take(service.db, 'subjects', [subjectItem(1, { name: '示例（北京）科技有限公司' })])
  await service.sequence()
  const address = await service.app.listen({ port: 0, host: '127.0.0.1' })
  return { service, address, lines, answered: () => lines.filter(({ msg }) => msg === 'answered') }
}

/** What there is of an answer besides what differs each time. */
interface Comparable {
  status: number
  headers: Record<string, unknown>
  body: string
}
const comparable = ({ status, headers, body }: Comparable): Comparable => {
  const {
    'x-request-id': _id,
    date: _date,
    connection: _connection,
    'keep-alive': _alive,
    'transfer-encoding': _encoding,
    ...rest
  } = headers
  return { status, headers: rest, body: body.replace(/"instance":"[^"]*"/, '') }
}

/** The answer over HTTP, where it is given before the router if it can be. */
async function over(address: string, url: string, headers: Record<string, string>, method = 'GET') {
  // Bytes as they are sent: `fetch` adds headers of its own.
  const response = await raw(address, `${method} ${url} HTTP/1.1`, headers)
  return comparable(response)
}

/** The answer of the router, which alone is asked here. */
async function ofRouter(service: TestService, url: string, headers: Record<string, string>, method = 'GET') {
  const response = await service.app.inject({ method: method as 'GET', url, headers: { host: 'x', ...headers } })
  return comparable({ status: response.statusCode, headers: response.headers, body: response.body })
}

async function raw(address: string, line: string, headers: Record<string, string>): Promise<Comparable> {
  const lines = Object.entries({ host: 'x', connection: 'close', ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  const { status, text } = await sendRaw(address, `${line}\r\n${lines.join('\r\n')}\r\n\r\n`)
  const end = text.indexOf('\r\n\r\n')
  const written = text.slice(0, end).split('\r\n').slice(1)
  const parsed = written.map((one) => [one.slice(0, one.indexOf(':')).toLowerCase(), one.slice(one.indexOf(':') + 2)])
  return { status, headers: Object.fromEntries(parsed) as Record<string, string>, body: text.slice(end + 4) }
}

describe('a credit file that is answered before the router', () => {
  let it1: Awaited<ReturnType<typeof start>>
  let etag: string
  beforeAll(async () => {
    it1 = await start()
    etag = String((await ofRouter(it1.service, path, {})).headers['etag'])
  })

  const asked: [string, string, Record<string, string>, string?][] = [
    ['in Chinese', path, {}],
    ['in English', path, { 'accept-language': 'fr, en;q=0.8, zh;q=0.5' }],
    ['with a language that nobody speaks', path, { 'accept-language': ';;q=,,*' }],
    ['whatever form is liked', path, { accept: 'text/html' }],
    ['by one who has it', path, { 'if-none-match': '<etag>' }],
    ['by one who has it among others', path, { 'if-none-match': '"a", <etag>' }],
    ['by one who has any', path, { 'if-none-match': '*' }],
    ['by one who has another', path, { 'if-none-match': 'W/"other"' }],
    ['by one who has it in another language', path, { 'if-none-match': '<etag>', 'accept-language': 'en' }],
    ['with a cookie', path, { cookie: 'xinjian_session=x' }],
    ['with an address that no proxy vouches for', path, { 'x-forwarded-for': '203.0.113.1' }],
    ['as HEAD', path, {}, 'HEAD'],
    ['as OPTIONS', path, {}, 'OPTIONS'],
    ['with a body', path, { 'content-length': '0' }],
    ['with a packed body', path, { 'content-encoding': 'gzip' }],
    ['with a key that does not work', path, { authorization: 'Bearer nothing' }],
    ['as of a day', `${path}?asOf=2026-11-25`, {}],
    ['with a parameter that is none', `${path}?x=1`, {}],
    ['with an empty query', `${path}?`, {}],
    ['by a code in small letters', `/v1/credit-files/${uscc.toLowerCase()}`, {}],
    ['by a code with escaped characters', `/v1/credit-files/%39${uscc.slice(1)}`, {}],
    ['by a code with a slash after it', `${path}/`, {}],
    ['by a code of nobody', `/v1/credit-files/${madeUpUscc(77)}`, {}],
    [
      'by a code whose check character is wrong',
      `/v1/credit-files/${uscc.slice(0, -1)}${uscc.endsWith('0') ? '1' : '0'}`,
      {},
    ],
    ['by a code that is too short', `/v1/credit-files/${uscc.slice(1)}`, {}],
  ]
  it.each(asked)('is what the router answers, %s', async (_, url, headers, method) => {
    const given = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('<etag>', etag)]),
    )
    const expected = await ofRouter(it1.service, url, given, method)
    // The first may have to read it, the second has it in memory.
    expect(await over(it1.address, url, given, method)).toEqual(expected)
    expect(await over(it1.address, url, given, method)).toEqual(expected)
  })

  it('is answered for every code that is looked up as the router answers it, right or wrong', async () => {
    const codes = Array.from(
      { length: 40 },
      (_, i) => `${i % 2 === 0 ? uscc.slice(0, 16) : madeUpUscc(i).slice(0, 16)}${String(10 + i)}`,
    )
    for (const code of codes) {
      const url = `/v1/credit-files/${code}`
      expect(await over(it1.address, url, {}), code).toEqual(await ofRouter(it1.service, url, {}))
    }
  })

  it('has its line in the log and its place in the series, like one of the router', async () => {
    const count = async (status: number) => {
      const series = new RegExp(
        `duration_seconds_count\\{method="GET",route="/v1/credit-files/:uscc",status="${status}"\\} (\\d+)`,
      )
      return Number(series.exec((await it1.service.app.inject('/metrics')).body)?.[1] ?? 0)
    }
    for (const [headers, status] of [
      [{}, 200],
      [{ 'if-none-match': '*' }, 304],
    ] as const) {
      const before = { lines: it1.answered().length, count: await count(status) }
      const response = await raw(it1.address, `GET ${path} HTTP/1.1`, headers)
      const direct = it1.answered().at(-1)
      await it1.service.app.inject({ url: path, headers })
      const routed = it1.answered().at(-1)
      expect(direct).toMatchObject({ requestId: response.headers['x-request-id'], status })
      const same = ({ requestId: _, durationMs: __, time: ___, ...rest }: Record<string, unknown> = {}) => rest
      expect(same(direct)).toEqual(same(routed))
      // One for the answer before the router, one of the router, one of the series themselves.
      expect(it1.answered()).toHaveLength(before.lines + 3)
      expect(await count(status)).toBe(before.count + 2)
    }
  })

  it('says what has changed as soon as it is committed', async () => {
    await over(it1.address, path, {})
    const later = { name: '示例（上海）科技有限公司', updatedAt: '2026-11-25T03:00:00.000Z' }
    await take(it1.service.db, 'subjects', [subjectItem(1, later)])
    it1.service.files.wrote()
    const { body } = await over(it1.address, path, {})
    expect(JSON.parse(body)).toMatchObject({ subject: { name: later.name } })
    await it1.service.sequence()
    expect((await over(it1.address, path, {})).body).toContain(later.name)
  })
})

it('counts towards the limit of its sender as the router counts, behind proxies too, and is refused by it', async () => {
  const { service, address } = await start({
    RATE_LIMIT: 'on',
    RATE_LIMIT_PUBLIC: 5,
    TRUSTED_PROXIES: ['127.0.0.0/8'],
  })
  const from = (client: string) => ({ 'x-forwarded-for': `198.18.0.1, ${client}` })
  const first = await over(address, path, from('203.0.113.1'))
  expect(first.headers['ratelimit-policy']).toBe('"public";q=5;w=60')
  const routed = () =>
    service.app.inject({ url: '/v1/rulebook', remoteAddress: '127.0.0.1', headers: from('203.0.113.1') })
  expect((await routed()).statusCode).toBe(200)
  const statuses = []
  for (let i = 0; i < 4; i += 1) statuses.push((await over(address, path, from('203.0.113.1'))).status)
  expect(statuses).toEqual([200, 200, 200, 429])
  expect((await routed()).statusCode).toBe(429)
  expect((await over(address, path, from('203.0.113.2'))).status).toBe(200)
  // One that the router answers in the end has been counted once.
  const nobody = []
  for (let i = 0; i < 6; i += 1) {
    nobody.push((await over(address, `/v1/credit-files/${madeUpUscc(77)}`, from('203.0.113.3'))).status)
  }
  expect(nobody).toEqual([404, 404, 404, 404, 404, 429])
})

it('is refused like all else while nobody more can be taken on', async () => {
  const { service, address } = await start({ MAX_REQUESTS: 1, MAX_WAITING_REQUESTS: 0 })
  let release: () => void = () => undefined
  const released = new Promise<void>((resolve) => (release = resolve))
  const locked = new Promise<void>((resolve) => {
    closing.unshift(async () => release())
    void service.db.transaction(async (tx) => {
      await tx.execute(sql`lock table listing_entries in access exclusive mode`)
      resolve()
      await released
    })
  })
  await locked
  const other = raw(address, 'GET /v1/lists/abnormal/entries HTTP/1.1', {})
  while (!(await service.app.inject('/metrics')).body.includes('\nxinjian_http_requests_running 1'));
  expect((await over(address, path, {})).status).toBe(503)
  release()
  expect((await other).status).toBe(200)
  expect((await over(address, path, {})).status).toBe(200)
})

it('gives its place back when the database fails, and leaves it to the router to say so', async () => {
  const { service, address } = await start({ MAX_REQUESTS: 2 })
  await service.db.execute(sql`alter table web_presences rename to away`)
  for (let i = 0; i < 5; i += 1) expect((await over(address, path, {})).status).toBe(500)
  await service.db.execute(sql`alter table away rename to web_presences`)
  expect((await over(address, path, {})).status).toBe(200)
  expect((await service.app.inject('/metrics')).body).toContain('\nxinjian_http_requests_running 0')
})

it('tells that the connection closes once the process was told to stop', async () => {
  let stopping = false
  const { address } = await start({}, () => stopping)
  const alive = { connection: 'keep-alive' }
  expect((await over(address, path, {})).status).toBe(200)
  stopping = true
  // Kept alive, it would not end, and this would wait for it.
  expect((await raw(address, `GET ${path} HTTP/1.1`, alive)).headers['connection']).toBe('close')
})
