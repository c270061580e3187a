import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestService, type TestService } from '../support/service.ts'

let service: TestService

beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service.close())

it.each([
  ['an address that cannot be decoded', 'GET', '/v1/credit-files/%E0%A4%A', 400, 'invalid-request'],
  ['an endless code', 'GET', `/v1/credit-files/${'9'.repeat(3000)}`, 400, 'invalid-uscc'],
  ['an address beyond all measure', 'GET', `/v1/credit-files/${'9'.repeat(9000)}`, 404, 'not-found'],
  ['a parameter given twice', 'GET', '/v1/search?q=a&q=b', 400, 'invalid-request'],
  ['another method', 'POST', '/v1/search?q=a', 404, 'not-found'],
  ['an unknown address', 'GET', '/v2', 404, 'not-found'],
] as const)('answers %s with a problem', async (_what, method, url, status, code) => {
  const response = await service.app.inject({ method, url })
  expect(response.statusCode).toBe(status)
  expect(response.headers['content-type']).toContain('application/problem+json')
  expect(response.headers['x-request-id']).toBeDefined()
  expect(response.json()).toMatchObject({ type: `/problems/${code}`, status })
  expect(response.body).not.toMatch(/FST_|node_modules|\.ts:/)
})

it('refuses a body that is no JSON, or too large', async () => {
  const send = (headers: Record<string, string>, payload: string) =>
    service.app.inject({ method: 'POST', url: '/v1/nothing', headers, payload })
  expect((await send({ 'content-type': 'application/json' }, '{')).json()).toMatchObject({ status: 400 })
  expect((await send({ 'content-type': 'application/json' }, `"${'x'.repeat(2_000_000)}"`)).json()).toMatchObject({
    type: '/problems/request-too-large',
  })
})

it('answers what is no HTTP, or has an endless head, with a problem too', async () => {
  const address = await service.app.listen({ port: 0, host: '127.0.0.1' })
  const send = (text: string) =>
    new Promise<string>((resolve) => {
      let answer = ''
      const socket = connect(Number(new URL(address).port), '127.0.0.1', () => socket.write(text))
      socket.on('data', (chunk) => (answer += chunk.toString()))
      socket.on('close', () => resolve(answer))
    })
  for (const [text, status, code] of [
    ['nonsense\r\n\r\n', 400, 'invalid-request'],
    [`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(100_000)}\r\n\r\n`, 431, 'headers-too-large'],
  ] as const) {
    const answer = await send(text)
    expect(answer).toContain(`HTTP/1.1 ${status} `)
    expect(answer).toMatch(/^HTTP\/1\.1 \d+ [\s\S]*content-type: application\/problem\+json[\s\S]*x-request-id: /i)
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ type: `/problems/${code}`, status })
  }
})
