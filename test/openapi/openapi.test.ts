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
    '/metrics',
    '/readyz',
    '/v1/audit',
    '/v1/calendar/add',
    '/v1/cases',
    '/v1/cases/{id}',
    '/v1/cases/{id}/withdraw',
    '/v1/credit-files/{uscc}',
    '/v1/credit-files/{uscc}/badge.svg',
    '/v1/credit-files/{uscc}/certificate',
    '/v1/credit-files/{uscc}/provenance',
    '/v1/credit-files/{uscc}/timeline',
    '/v1/decisions',
    '/v1/decisions/{id}',
    '/v1/decisions/{id}/approve',
    '/v1/decisions/{id}/reject',
    '/v1/feed/checkpoint',
    '/v1/feed/events',
    '/v1/feed/exports/entities.ftm.json',
    '/v1/feed/orders',
    '/v1/feed/receipts',
    '/v1/feed/snapshots/latest',
    '/v1/feed/snapshots/{id}',
    '/v1/feed/snapshots/{id}/{name}',
    '/v1/honours',
    '/v1/industries',
    '/v1/job-runs',
    '/v1/job-runs/{id}',
    '/v1/jobs',
    '/v1/keys/{id}',
    '/v1/keys/{id}/rotate',
    '/v1/leads',
    '/v1/leads/{id}',
    '/v1/leads/{id}/close',
    '/v1/lists/{list}/entries',
    '/v1/lists/{list}/entries/{id}',
    '/v1/lookup',
    '/v1/monitors',
    '/v1/monitors/{id}',
    '/v1/monitors/{id}/alerts',
    '/v1/monitors/{id}/members',
    '/v1/monitors/{id}/members/{ref}',
    '/v1/objections',
    '/v1/objections/{id}',
    '/v1/objections/{id}/accept',
    '/v1/objections/{id}/decide',
    '/v1/objections/{id}/refuse',
    '/v1/orders',
    '/v1/orders/summary',
    '/v1/partners',
    '/v1/partners/{id}',
    '/v1/partners/{id}/keys',
    '/v1/penalties',
    '/v1/penalties/{id}/withdraw',
    '/v1/quarantine',
    '/v1/quarantine/{id}/discard',
    '/v1/quarantine/{id}/retry',
    '/v1/reconcile',
    '/v1/reconcile/preview',
    '/v1/reconcile/properties',
    '/v1/reconcile/suggest/entity',
    '/v1/reconcile/suggest/property',
    '/v1/reconcile/suggest/type',
    '/v1/regions',
    '/v1/repairs',
    '/v1/repairs/{id}',
    '/v1/repairs/{id}/accept',
    '/v1/repairs/{id}/cancel',
    '/v1/repairs/{id}/decide',
    '/v1/repairs/{id}/refuse',
    '/v1/rulebook',
    '/v1/rulebook/evaluate',
    '/v1/rulebook/steps/{code}/due',
    '/v1/screenings',
    '/v1/screenings/{id}',
    '/v1/screenings/{id}/certificate',
    '/v1/search',
    '/v1/sources',
    '/v1/sources/records',
    '/v1/sources/{collection}/resume',
    '/v1/statistics',
    '/v1/subscriptions',
    '/v1/subscriptions/{id}',
    '/v1/subscriptions/{id}/deliveries',
    '/v1/subscriptions/{id}/replay',
    '/v1/subscriptions/{id}/rotate-secret',
    '/v1/subscriptions/{id}/test',
    '/v1/web-presences/{id}/checks',
    '/v1/web-presences/{id}/checks/{checkId}/page',
  ])
})

it('gives every operation a stable name, a summary and its problems', () => {
  const ids = operations().map(({ operation }) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
  for (const { operation } of operations()) {
    expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/)
    expect(operation.summary).toMatch(/^[A-Z].{9,}/)
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['4XX', '5XX']))
    expect(Object.keys(operation.responses)).toContainEqual(expect.stringMatching(/^20[0-4]$/))
    expect(JSON.stringify(operation.responses['4XX'])).toContain('application/problem+json')
  }
})

/** An empty requirement says that the call can be made without a key too. */
const needsKey = ({ security }: Operation) => security?.every((one) => Object.keys(one).length > 0) ?? false

it('asks for a key exactly where the document says so', async () => {
  for (const { path, method, operation } of operations()) {
    const url = path
      .replace('{uscc}', '91999900MA0000015N')
      .replace('{id}', '01900000-0000-7000-8000-000000000001')
      .replace('{name}', 'listings.ndjson.gz')
    const { statusCode } = await service.app.inject({ method: method.toUpperCase() as 'GET', url })
    expect([path, statusCode === 401]).toEqual([path, needsKey(operation)])
  }
})

it('serves the interactive documentation', async () => {
  const response = await service.app.inject('/docs/')
  expect(response.statusCode).toBe(200)
  expect(response.headers['content-type']).toContain('text/html')
})
