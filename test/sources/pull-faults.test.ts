import type { ServerResponse } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/platform/db.ts'
import { retryAfterMs } from '../../src/platform/http-client.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { cloneDatabase } from '../support/database.ts'
import { sendPage, startSource, type TestSource } from '../support/source.ts'
import { forget, patience, pull, register, revisionsOf } from './pulling.ts'

let database: Database
const sources: TestSource[] = []
const report = reportItem(1)

/** A source that answers its first requests as told, one after the other, and then with a page of one report. */
async function startFailing(...answers: ((response: ServerResponse) => void)[]): Promise<TestSource> {
  const source = await startSource((_url, response, request) => {
    const answer = answers[request - 1]
    if (answer) answer(response)
    else sendPage(response, [report])
  })
  sources.push(source)
  return source
}

/** One that answers every request alike. */
async function startAlways(answer: (response: ServerResponse) => void): Promise<TestSource> {
  const source = await startSource((_url, response) => answer(response))
  sources.push(source)
  return source
}

const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(code, headers).end('{"items": [], "next": null}')
const body =
  (text: string, type = 'application/json') =>
  (response: ServerResponse) =>
    void response.writeHead(200, { 'content-type': type }).end(text)
const breakOff = (response: ServerResponse) => {
  response.writeHead(200, { 'content-length': '1000' })
  response.write('{"items": [', () => response.destroy())
}

beforeAll(async () => {
  database = await cloneDatabase()
  await register(database.db, subjectItem(1))
})
beforeEach(() => forget(database.db))
afterEach(async () => {
  for (const source of sources.splice(0)) await source.close()
})
afterAll(() => database.close())

test.each([500, 501, 502, 503, 504, 520, 408, 425, 429])('an answer %i is asked again', async (code) => {
  const source = await startFailing(status(code), status(code))
  expect(await pull(database.db, source)).toMatchObject({ records: 1 })
  expect(source.requests).toHaveLength(3)
})

test.each([400, 401, 403, 404, 410, 422])('an answer %i ends the pull at once and names it', async (code) => {
  const source = await startAlways(status(code))
  await expect(pull(database.db, source)).rejects.toThrow(`${source.url}/annual-reports answered ${code}`)
  expect(source.requests).toHaveLength(1)
})

test.each([
  [429, 'in seconds', () => '1'],
  [503, 'as a date', () => new Date(Date.now() + 1900).toUTCString()],
])('after %i with Retry-After %s the source is not asked sooner than it said', async (code, form, header) => {
  const asked: number[] = []
  let notBefore = 0
  const source = await startSource((_url, response, request) => {
    asked.push(Date.now())
    if (request > 1) {
      sendPage(response, [report])
      return
    }
    const retryAfter = header()
    notBefore = form === 'in seconds' ? Date.now() + 1000 : Date.parse(retryAfter)
    status(code, { 'retry-after': retryAfter })(response)
  })
  sources.push(source)
  expect(await pull(database.db, source)).toMatchObject({ records: 1 })
  expect(asked).toHaveLength(2)
  expect(asked[1]).toBeGreaterThanOrEqual(notBefore - 5)
})

test('Retry-After as a date that has passed is no reason to wait', async () => {
  const source = await startFailing(status(503, { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }))
  expect(await pull(database.db, source)).toMatchObject({ records: 1 })
})

test.each([
  ['seconds', '3600', /asks to come back in 3600 s/],
  ['a date', new Date(Date.now() + 3_600_000).toUTCString(), /asks to come back in 3(600|59\d|5[0-8]\d) s/],
  ['absurdly many seconds', '9'.repeat(400), /asks to come back in Infinity s/],
])(
  'Retry-After in %s that is longer than patience leaves the source alone until the next run',
  async (_, header, said) => {
    const source = await startAlways(status(429, { 'retry-after': header }))
    await expect(pull(database.db, source)).rejects.toThrow(said)
    expect(source.requests).toHaveLength(1)
  },
)

test.each([
  ['120', 120_000],
  [' 7 ', 7000],
  ['0', 0],
  ['Wed, 01 Jul 2026 00:01:30 GMT', 90_000],
  ['Wed, 01 Jul 2026 00:00:00 GMT', 0],
  ['Tue, 30 Jun 2026 00:00:00 GMT', 0],
  ['soon', null],
  ['', null],
])('Retry-After %j is a wait of %j ms', (header, ms) => {
  expect(retryAfterMs(header, Date.parse('2026-07-01T00:00:00Z'))).toBe(ms)
})

test('a missing Retry-After is no wait of its own', () => {
  expect(retryAfterMs(null, 0)).toBeNull()
})

test('retries end with an error that says what the source answered, and what was taken stays', async () => {
  const source = await startSource((url, response) => {
    if (url.searchParams.get('cursor') === null) sendPage(response, [report], 'second')
    else status(503)(response)
  })
  sources.push(source)
  await expect(pull(database.db, source)).rejects.toMatchObject({
    name: 'SourceError',
    status: 503,
    message: `${source.url}/annual-reports answered 503`,
  })
  expect(source.requests).toHaveLength(1 + 1 + patience.retries)
  expect(await revisionsOf(database.db, madeUpUscc(1))).toHaveLength(1)
})

test.each([
  ['breaks off', breakOff],
  ['is closed without an answer', (response: ServerResponse) => void response.destroy()],
  ['is no JSON', body('{"items": [}')],
  ['is empty', body('')],
  ['is HTML', body('<!doctype html><title>维护中</title>', 'text/html')],
])('a body that %s is asked for again', async (_what, answer) => {
  const source = await startFailing(answer, answer)
  expect(await pull(database.db, source)).toMatchObject({ records: 1 })
})

test.each([
  ['breaks off', breakOff, /could not be read/],
  ['is HTML', body('<p>身份证 110101199003070011</p>', 'text/html'), /something that is no JSON/],
])('a body that always %s ends with an error that does not repeat it', async (_what, answer, said) => {
  const source = await startAlways(answer)
  const failed = pull(database.db, source)
  await expect(failed).rejects.toThrow(said)
  await expect(failed).rejects.not.toThrow(/1101011990/)
  expect(source.requests).toHaveLength(1 + patience.retries)
})

test('a source that does not answer in time ends with an error', async () => {
  const source = await startAlways(() => undefined)
  await expect(pull(database.db, source, { patience: { ...patience, timeoutMs: 30 } })).rejects.toThrow(/timeout/i)
})

test('a source that trickles for ever ends with an error', async () => {
  const source = await startAlways((response) => {
    const timer = setInterval(() => response.write(' '), 5)
    response.on('close', () => clearInterval(timer))
  })
  await expect(pull(database.db, source, { patience: { ...patience, retries: 0, timeoutMs: 60 } })).rejects.toThrow(
    /could not be read/,
  )
})

test('a source that nobody listens at ends with an error that names it', async () => {
  const source = await startAlways(status(200))
  await source.close()
  sources.length = 0
  await expect(pull(database.db, source)).rejects.toThrow(
    `${source.url}/annual-reports could not be read: fetch failed`,
  )
})

test.each([
  ['{}', '/items'],
  ['{"next": null}', '/items'],
  ['{"items": {}, "next": null}', '/items'],
  ['{"items": []}', '/next'],
  ['{"items": [], "next": 5}', '/next'],
  ['{"items": [], "next": ""}', '/next'],
  ['[]', '/'],
  ['null', '/'],
  ['"items"', '/'],
])('the answer %s is no page, and the error says where', async (text, pointer) => {
  const source = await startAlways(body(text))
  await expect(pull(database.db, source)).rejects.toThrow(`/annual-reports answered with no page: ${pointer}`)
  expect(source.requests).toHaveLength(1)
})

test('an answer with more bytes than allowed is not read to its end and not asked for again', async () => {
  let sent = 0
  const source = await startAlways((response) => {
    const more = () => {
      if (response.destroyed) return
      sent += 65_536
      response.write(' '.repeat(65_536), more)
    }
    more()
  })
  const refused = pull(database.db, source, { patience: { ...patience, maxBytes: 300_000 } })
  await expect(refused).rejects.toThrow('answered with more than 300000 bytes')
  expect(source.requests).toHaveLength(1)
  expect(sent).toBeLessThan(64 * 1024 * 1024)
})

test.each([301, 302, 307, 308])('a redirect %i is not followed, so the token goes nowhere else', async (code) => {
  const elsewhere = await startAlways((response) => sendPage(response, [report]))
  const source = await startAlways(status(code, { location: `${elsewhere.url}/annual-reports` }))
  const refused = pull(database.db, source, { source: { baseUrl: source.url, token: 'secret' } })
  await expect(refused).rejects.toThrow(`answered ${code}`)
  expect(elsewhere.requests).toEqual([])
})

test('an error tells neither the token nor the cursor nor credentials in the address', async () => {
  const source = await startSource((url, response) => {
    if (url.searchParams.get('cursor') === null) sendPage(response, [], 'secret-cursor')
    else status(500)(response)
  })
  sources.push(source)
  const baseUrl = source.url.replace('http://', 'http://user:secret-password@')
  for (const base of [source.url, baseUrl]) {
    const error: unknown = await pull(database.db, source, { source: { baseUrl: base, token: 'secret-token' } }).catch(
      (caught: unknown) => caught,
    )
    expect(String(error)).toContain('SourceError')
    expect(String(error)).not.toContain('secret')
  }
})
