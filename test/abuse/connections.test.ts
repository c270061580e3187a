import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestService, type TestService } from '../support/service.ts'
import { sendRaw, type RawAnswer } from '../support/socket.ts'

let service: TestService
let address: string

beforeAll(async () => {
  service = await startTestService(undefined, { HEADERS_TIMEOUT_MS: 500, REQUEST_TIMEOUT_MS: 700 })
  address = await service.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => service.close())

const head = (line: string, ...headers: string[]) =>
  [line, 'Host: x', 'Connection: close', ...headers, '', ''].join('\r\n')

describe('slowloris', () => {
  it('a head that drips is ended, with 408 where its sender still listens, while others are served', async () => {
    let answer: RawAnswer
    do {
      const slow = sendRaw(address, 'GET /livez HTTP/1.1\r\nHost: x\r\n', { everyMs: 50, byte: 'a' })
      expect((await fetch(`${address}/livez`)).status).toBe(200)
      answer = await slow
      // A sender that drips on while the answer is on its way meets a reset, or is told that a rest of a head is no request.
      expect([0, 400, 408], answer.text).toContain(answer.status)
    } while (answer.status !== 408)
    expect(answer.text).toMatch(/content-type: application\/problem\+json[\s\S]*x-request-id: [\s\S]*request-timeout/i)
  })

  it('a body that drips is ended, and takes nobody’s place: more of them than there are places stop nobody', async () => {
    const lines = ['POST /v1/rulebook/evaluate HTTP/1.1', 'Content-Type: application/json', 'Content-Length: 1000', '']
    const slow = Array.from({ length: 60 }, () =>
      sendRaw(address, `${lines.join('\r\n')}Host: x\r\n\r\n`, { everyMs: 50, byte: ' ' }),
    )
    expect((await fetch(`${address}/v1/regions`)).status).toBe(200)
    // Whoever notices first answers: the server that the time is up, or the reader of the body that it is not whole.
    for (const answer of await Promise.all(slow)) expect([0, 400, 408], answer.text).toContain(answer.status)
  })
})

describe('what a balancer and we could read differently', () => {
  it.each([
    ['two lengths', ['POST /v1/x HTTP/1.1', 'Content-Length: 5', 'Content-Length: 6'], 'hello!'],
    [
      'a length and chunks',
      ['POST /v1/x HTTP/1.1', 'Content-Length: 5', 'Transfer-Encoding: chunked'],
      '0\r\n\r\nGET /livez HTTP/1.1\r\n\r\n',
    ],
    ['chunks that are not last', ['POST /v1/x HTTP/1.1', 'Transfer-Encoding: chunked, identity'], '0\r\n\r\n'],
    ['a length with a sign', ['POST /v1/x HTTP/1.1', 'Content-Length: +5'], 'hello'],
    ['a space before the colon', ['GET /livez HTTP/1.1', 'Content-Length : 5'], 'hello'],
    ['a folded header', ['GET /livez HTTP/1.1', 'X-One: a', ' folded'], ''],
    ['a NUL in a header', ['GET /livez HTTP/1.1', 'X-One: a\0b'], ''],
    ['a bare line feed', ['GET /livez HTTP/1.1\nX-One: a\n'], ''],
  ])('%s is refused, and nothing after it is read', async (_what, lines, body) => {
    const [first = '', ...headers] = lines
    const { text, status } = await sendRaw(address, head(first, ...headers) + body)
    expect(status).toBe(400)
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1)
  })

  it('no Host, and a request of a proxy, are answered for what they are', async () => {
    expect((await sendRaw(address, 'GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n')).status).toBe(400)
    const absolute = await sendRaw(address, head('GET http://evil.example/v1/nothing HTTP/1.1'))
    expect(absolute.status).toBe(404)
    expect((await sendRaw(address, head('CONNECT evil.example:443 HTTP/1.1'))).status).not.toBe(200)
  })
})

describe('paths', () => {
  it.each([
    '/v1/../../etc/passwd',
    '/assets/../../package.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/docs/static/..%2f..%2f..%2fpackage.json',
    '/docs/static/%2e%2e/%2e%2e/package.json',
    '/v1/feed/snapshots/latest/..%2f..%2fx',
    '/assets/site.css%00.txt',
    '//evil.example/%2e%2e',
  ])('%s leads nowhere', async (path) => {
    const { text, status } = await sendRaw(address, head(`GET ${path} HTTP/1.1`))
    expect([400, 401, 404]).toContain(status)
    expect(text).not.toContain('"dependencies"')
    // Nobody is sent to another host.
    expect(text).not.toMatch(/^location:/im)
  })

  it('a method in a header is a header', async () => {
    const headers = { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' }
    expect((await fetch(`${address}/v1/regions`, { headers })).status).toBe(200)
  })
})

it('says who it is to nobody: every answer has the security headers and an id, and names no software', async () => {
  for (const path of ['/livez', '/', '/v1/regions', '/v1/nothing', '/docs/', '/v1/credit-files/%E0%A4%A', '/metrics']) {
    const { headers } = await fetch(`${address}${path}`)
    expect(headers.get('x-request-id'), path).toMatch(/^[0-9a-f-]{36}$/)
    expect(headers.get('x-content-type-options'), path).toBe('nosniff')
    expect(headers.get('referrer-policy'), path).toBe('no-referrer')
    expect(headers.get('strict-transport-security'), path).toContain('max-age=')
    expect(headers.get('content-security-policy'), path).toMatch(/^default-src 'none'/)
    expect(headers.get('server'), path).toBeNull()
    expect(headers.get('x-powered-by'), path).toBeNull()
  }
})
