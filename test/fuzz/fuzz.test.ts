import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestService, type TestService } from '../support/service.ts'
import { fuzz } from './fuzzer.ts'
import { readDocument } from './document.ts'

let service: TestService

beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service.close())

it('answers whatever is asked of any operation as the document says, and never faults', async () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_125)
  const { requests, answers, findings } = await fuzz(service, { requests: 3000, seed })
  expect(findings, `npm run fuzz -- --requests 3000 --seed ${seed}`).toEqual([])
  expect(requests).toBe(3000)
  // It does reach what it tries: most operations have done their work, and nearly every one has refused something. New
  // seeds are for `npm run fuzz`.
  const kinds = [...answers.values()]
  expect(kinds.filter((counts) => (counts['2xx'] ?? 0) > 0).length).toBeGreaterThan(kinds.length * 0.5)
  expect(kinds.filter((counts) => (counts['4xx'] ?? 0) > 0).length).toBeGreaterThan(kinds.length * 0.9)
})

it('would notice an answer that is not declared, or not of its schema', async () => {
  const document = readDocument((await service.app.inject('/openapi.json')).body)
  const live = document.operations.find(({ operationId }) => operationId === 'live')!
  const json = 'application/json; charset=utf-8'
  expect(document.faultOf(live, { status: 200, type: json, body: { status: 'ok' } })).toBeNull()
  expect(document.faultOf(live, { status: 200, type: json, body: { status: 'well' } })).toContain('status')
  expect(document.faultOf(live, { status: 200, type: 'text/html', body: '' })).toContain('content type')
  expect(document.faultOf(live, { status: 302, type: json, body: {} })).toContain('not declared')
})
