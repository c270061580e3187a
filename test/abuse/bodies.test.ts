import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { nestsDeeperThan } from '../../src/platform/http-server.ts'
import { startTestService, type TestService } from '../support/service.ts'

let service: TestService
let authorization: string

beforeAll(async () => {
  service = await startTestService()
  authorization = `Bearer ${await service.keyOf({ kind: 'staff' }, 'decisions:propose', 'screening')}`
})
afterAll(() => service.close())

const send = (url: string, payload: string | Buffer, headers: Record<string, string> = {}) =>
  service.app.inject({
    method: 'POST',
    url,
    headers: { authorization, 'content-type': 'application/json', ...headers },
    payload,
  })

it.each([
  ['/v1/decisions', 128],
  ['/v1/screenings', 1024],
])('%s takes no body of more than %i KB', async (url, kilobytes) => {
  const response = await send(url, JSON.stringify({ x: 'x'.repeat(kilobytes * 1024) }))
  expect(response.json()).toMatchObject({ type: '/problems/request-too-large', status: 413 })
  expect((await send(url, JSON.stringify({ x: 'x'.repeat(kilobytes * 1024 - 1000) }))).statusCode).toBe(400)
})

it.each([
  ['arrays', '['.repeat(60_000), ']'.repeat(60_000)],
  ['objects', '{"a":'.repeat(20_000) + '1', '}'.repeat(20_000)],
  ['a list in a field', `{"evidence":${'['.repeat(33)}`, `${']'.repeat(33)}}`],
])('refuses %s nested without end, before anything calls itself to read them', async (_what, open, close) => {
  const response = await send('/v1/decisions', open + close, { 'idempotency-key': 'deep' })
  expect(response.json()).toMatchObject({ type: '/problems/invalid-request', errors: [{ pointer: '/body' }] })
})

it('counts levels, and not the brackets in texts', () => {
  expect(nestsDeeperThan('{"a":[[1],[2],[3]]}', 2)).toBe(true)
  expect(nestsDeeperThan('{"a":[[1],[2],[3]]}', 3)).toBe(false)
  expect(nestsDeeperThan('{"a":"[[[[\\"[[[[\\\\"}', 1)).toBe(false)
})

it('unpacks nothing: a small body may become a huge one', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000))
  expect(bomb.byteLength).toBeLessThan(60_000)
  for (const encoding of ['gzip', 'deflate', 'br', 'gzip, gzip']) {
    const response = await send('/v1/screenings', bomb, { 'content-encoding': encoding })
    expect(response.json()).toMatchObject({ type: '/problems/unsupported-media-type', status: 415 })
  }
})

it.each([
  'text/plain',
  'application/xml',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  'nonsense',
])('takes no %s for a decision', async (type) => {
  expect((await send('/v1/decisions', 'action=enter', { 'content-type': type })).statusCode).toBe(415)
})

it('takes no field that would change what all objects inherit', async () => {
  for (const name of ['__proto__', 'constructor']) {
    const body = `{"${name}":{"prototype":{"isAdmin":true}},"action":"enter"}`
    expect((await send('/v1/decisions', body)).statusCode).toBe(400)
  }
  expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
})

it('refuses with a problem also at an address of the API that there is not (fuzz, seed 20261126)', async () => {
  for (const url of ['/v1/rulebook/steps/due?from=2026-11-22', '/v1/rulebook/steps/./due', '/nothing']) {
    for (const accept of ['*/*', undefined]) {
      const headers = { 'content-encoding': 'gzip', ...(accept !== undefined && { accept }) }
      const response = await service.app.inject({ url, headers })
      expect([url, response.headers['content-type']]).toEqual([
        url,
        expect.stringContaining('application/problem+json'),
      ])
      expect(response.json()).toMatchObject({ type: '/problems/unsupported-media-type' })
    }
  }
  const page = await service.app.inject({
    url: '/nothing',
    headers: { 'content-encoding': 'gzip', accept: 'text/html' },
  })
  expect(page.headers['content-type']).toContain('text/html')
})
