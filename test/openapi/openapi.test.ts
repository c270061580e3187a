import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestService, type TestService } from '../support/service.ts'

interface Operation {
  operationId?: string
  summary?: string
  security?: object[]
  responses: Record<string, unknown>
}

let service: TestService
let document: { openapi: string; paths: Record<string, Record<string, Operation>> }

beforeAll(async () => {
  service = await startTestService()
  document = (await service.app.inject('/openapi.json')).json()
})
afterAll(() => service.close())

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

it('publishes the document that is committed', () => {
  expect(document).toEqual(JSON.parse(readFileSync('openapi/openapi.json', 'utf8')))
})

it('is OpenAPI 3.1 and tells every call of the service so far', () => {
  expect(document.openapi).toBe('3.1.0')
  expect(Object.keys(document.paths).sort()).toEqual([
    '/.well-known/jwks.json',
    '/livez',
    '/readyz',
    '/v1/calendar/add',
    '/v1/credit-files/{uscc}',
    '/v1/decisions',
    '/v1/decisions/{id}',
    '/v1/decisions/{id}/approve',
    '/v1/decisions/{id}/reject',
    '/v1/feed/checkpoint',
    '/v1/feed/events',
    '/v1/feed/orders',
    '/v1/feed/receipts',
    '/v1/honours',
    '/v1/lookup',
    '/v1/objections',
    '/v1/objections/{id}',
    '/v1/objections/{id}/accept',
    '/v1/objections/{id}/decide',
    '/v1/objections/{id}/refuse',
    '/v1/orders',
    '/v1/orders/summary',
    '/v1/penalties',
    '/v1/penalties/{id}/withdraw',
    '/v1/quarantine',
    '/v1/repairs',
    '/v1/repairs/{id}',
    '/v1/repairs/{id}/accept',
    '/v1/repairs/{id}/cancel',
    '/v1/repairs/{id}/decide',
    '/v1/repairs/{id}/refuse',
    '/v1/rulebook',
    '/v1/rulebook/evaluate',
    '/v1/rulebook/steps/{code}/due',
    '/v1/search',
  ])
})

it('gives every operation a stable name, a summary and its problems', () => {
  const ids = operations().map(({ operation }) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
  for (const { operation } of operations()) {
    expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/)
    expect(operation.summary).toMatch(/^[A-Z].{9,}/)
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['4XX', '5XX']))
    expect(Object.keys(operation.responses).some((status) => /^20[01]$/.test(status))).toBe(true)
    expect(JSON.stringify(operation.responses['4XX'])).toContain('application/problem+json')
  }
})

it('asks for a key exactly where the document says so', async () => {
  for (const { path, method, operation } of operations()) {
    const url = path.replace('{uscc}', '91999900MA0000015N')
    const { statusCode } = await service.app.inject({ method: method.toUpperCase() as 'GET', url })
    expect([path, statusCode === 401]).toEqual([path, operation.security !== undefined])
  }
})

it('serves the interactive documentation', async () => {
  const response = await service.app.inject('/docs/')
  expect(response.statusCode).toBe(200)
  expect(response.headers['content-type']).toContain('text/html')
})
