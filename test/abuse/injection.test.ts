import { afterAll, beforeAll, expect, it } from 'vitest'
import { sql } from 'drizzle-orm'
import { parseConfig } from '../../src/config.ts'
import { openLog } from '../../src/platform/request-log.ts'
import { rowsOf } from '../../src/platform/db.ts'
import { subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'

let service: TestService
let lines: string[] = []
let authorization: string
let key: string

beforeAll(async () => {
  const destination = { write: (line: string) => void lines.push(line) }
  const logger = openLog({ ...parseConfig({}), LOG_LEVEL: 'trace' }, destination)
  service = await startTestService(undefined, {}, [], { logger })
  await take(service.db, 'subjects', [subjectItem(1)])
  key = await service.keyOf({ kind: 'staff' }, 'decisions:propose', 'screening', 'registry:write')
  authorization = `Bearer ${key}`
})
afterAll(() => service.close())

const injections = [
  "'; drop table subjects; --",
  "' or '1'='1",
  '" or ""="',
  '1); select pg_sleep(5); --',
  '$1',
  '*/ select 1 /*',
  "\\'; select 1; --",
  '%',
  '_',
  "' union select secret_hash from partner_keys --",
]

it.each(injections)('takes %s for a text, wherever it stands', async (text) => {
  const escaped = encodeURIComponent(text)
  const public_ = [
    `/v1/search?q=${escaped}`,
    `/v1/search?q=x&regionCode=${escaped}`,
    `/v1/lookup?url=${escaped}`,
    `/v1/credit-files/${escaped}`,
    `/v1/lists/abnormal/entries?q=${escaped}`,
    `/v1/lists/abnormal/entries?ground=${escaped}`,
    `/v1/lists/abnormal/entries?cursor=${escaped}`,
    `/v1/lists/${escaped}/entries`,
    `/v1/statistics?regionCode=${escaped}`,
    `/v1/reconcile/suggest/entity?prefix=${escaped}`,
    `/search?q=${escaped}`,
  ]
  for (const url of public_) {
    const response = await service.app.inject({ url, headers: { 'accept-language': text, 'if-none-match': text } })
    expect(response.statusCode, url).toBeLessThan(500)
    expect(response.body).not.toMatch(/syntax error|secret_hash:|\$2|pg_catalog/)
  }
  const headers = { authorization, 'idempotency-key': text }
  const payload = { candidates: [{ ref: text, name: text }] }
  const screened = await service.app.inject({ method: 'POST', url: '/v1/screenings', headers, payload })
  expect(screened.json()).toMatchObject({ results: [{ ref: text }] })
  const [row] = await rowsOf<{ subjects: string }>(service.db, sql`select count(*) as subjects from subjects`)
  expect(row?.subjects).toBe('1')
})

it('writes one line of JSON for each answer, whatever is in the request', async () => {
  lines = []
  const forged = 'x\r\n{"level":30,"msg":"forged"}\u001b[2K\u2028'
  await service.app.inject(`/v1/search?q=${encodeURIComponent(forged)}`)
  await service.app.inject(`/${encodeURIComponent(forged)}`)
  await service.app.inject({
    url: '/v1/regions',
    headers: { 'user-agent': 'x{"msg":"forged"}', 'x-request-id': 'forged' },
  })
  expect(lines).toHaveLength(3)
  const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(told.map(({ msg }) => msg)).toEqual(['answered', 'answered', 'answered'])
  expect(told[0]).toMatchObject({ method: 'GET', route: '/v1/search', status: 400 })
  expect(told[0]?.['requestId']).toMatch(/^[0-9a-f-]{36}$/)
  expect(told[0]?.['durationMs']).toBeGreaterThan(0)
  expect(lines.join()).not.toContain('forged')
})

it('keeps secrets and what people search for out of the log, wherever they were sent', async () => {
  lines = []
  const secret = 'geheim7310'
  const identityNumber = '11010519491231002X'
  const secrets = { password: secret, token: secret, key: secret, secret, authorization: secret }
  const headers = {
    ...{ authorization: `Bearer xj_${secret}`, cookie: `session=${secret}`, 'x-api-key': secret, 'user-agent': secret },
    ...{ referer: `https://x/?token=${secret}`, 'idempotency-key': secret, 'x-forwarded-for': secret, accept: secret },
  }
  for (const { path, method, operationId } of operations) {
    const url = `${path.replace(/\{\w+\}/g, secret)}?${new URLSearchParams({ ...secrets, q: identityNumber }).toString()}`
    for (const auth of [headers.authorization, authorization]) {
      const response = await service.app.inject({
        ...{ method, url },
        headers: { ...headers, authorization: auth, 'content-type': 'application/json' },
        ...(method !== 'GET' && { payload: JSON.stringify(secrets) }),
      })
      expect(response.statusCode, operationId).toBeLessThan(500)
    }
  }
  service.app.log.error({ err: new Error('x'), headers, req: { headers }, config: secrets }, 'by mistake')
  const all = lines.join('')
  expect(lines.length).toBeGreaterThan(100)
  expect(all).not.toContain(`xj_${secret}`)
  expect(all).not.toContain(key.slice(-20))
  expect(all).not.toContain(identityNumber)
  // The headers that are no secret by their name, told by mistake, are all there is.
  const mistaken = lines.pop() ?? ''
  expect(lines.join('')).not.toContain(secret)
  expect(JSON.parse(mistaken)).toMatchObject({
    headers: { authorization: '(secret)', cookie: '(secret)', 'x-api-key': '(secret)' },
    config: { password: '(secret)', token: '(secret)', key: '(secret)', secret: '(secret)' },
  })
})

let operations: { path: string; method: 'GET' | 'POST'; operationId: string }[] = []
beforeAll(async () => {
  const { paths } = (await service.app.inject('/openapi.json')).json<{
    paths: Record<string, Record<string, { operationId: string }>>
  }>()
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({
      ...{ path, operationId },
      method: method.toUpperCase() as 'GET',
    })),
  )
})
