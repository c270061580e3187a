import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeKey } from '../../src/partners/domain.ts'
import { keyVerifier } from '../../src/partners/verifier.ts'
import { madeUpUscc, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'
import { enterOnList } from '../screening/screening.ts'
import { v7 as uuidv7 } from 'uuid'

let service: TestService

beforeAll(async () => {
  service = await startTestService()
  await take(
    service.db,
    'subjects',
    [1, 2, 3].map((number) => subjectItem(number)),
  )
  for (const number of [1, 2, 3]) await enterOnList(service.db, number, 'abnormal')
  await service.sequence()
})
afterAll(() => service.close())

it('answers one partner nothing of what another got for the same Idempotency-Key', async () => {
  const keys = [await service.keyWith('screening'), await service.keyWith('screening')]
  const payload = { candidates: [{ ref: 'a', uscc: madeUpUscc(1) }] }
  const ids: string[] = []
  for (const key of [...keys, ...keys]) {
    const headers = { authorization: `Bearer ${key}`, 'idempotency-key': 'the same' }
    const response = await service.app.inject({ method: 'POST', url: '/v1/screenings', headers, payload })
    ids.push(response.json<{ screeningId: string }>().screeningId)
  }
  const [first, second, firstAgain, secondAgain] = ids
  expect(first).not.toBe(second)
  expect([firstAgain, secondAgain]).toEqual([first, second])
})

it('takes no cursor that it did not give out for this very list', async () => {
  const page = (await service.app.inject('/v1/lists/abnormal/entries?limit=1')).json<{ next: string }>()
  const { next } = page
  const decoded = Buffer.from(next, 'base64url').toString()
  const forged = [
    Buffer.from(decoded.replace(/\d/, '9999')).toString('base64url'),
    Buffer.from('{"after":"x"}').toString('base64url'),
    Buffer.from('["2026-01-01","\\u0000"]').toString('base64url'),
    Buffer.from(`["2026-01-01","' or 1=1 --"]`).toString('base64url'),
    next.slice(0, -4),
    next + next,
    `${next.slice(0, 5)}\0`,
    'x'.repeat(5000),
    'null',
  ]
  for (const cursor of forged) {
    const response = await service.app.inject(`/v1/lists/abnormal/entries?limit=1&cursor=${encodeURIComponent(cursor)}`)
    expect([cursor, response.statusCode]).toEqual([cursor, 400])
    expect(['/problems/invalid-cursor', '/problems/invalid-request']).toContain(response.json<{ type: string }>().type)
  }
  const elsewhere = await service.app.inject(`/v1/credit-files/${madeUpUscc(1)}/timeline?cursor=${next}`)
  expect(elsewhere.json()).toMatchObject({ type: '/problems/invalid-cursor' })
})

it('does the same work for a key that there is, with a wrong secret, as for one that there never was', async () => {
  const key = await service.keyWith('feed')
  const queries: string[] = []
  const watched = new Proxy(service.db, {
    get: (db, name, receiver) => {
      if (name === 'select' || name === 'execute' || name === '$client') queries.push('one')
      return Reflect.get(db, name, receiver) as unknown
    },
  })
  const verify = keyVerifier({ db: watched })
  const work = async (given: string) => {
    queries.length = 0
    return { principal: await verify(given, { address: null, requestId: 'test' }), queries: [...queries] }
  }
  const wrong = await work(`${key.slice(0, -4)}AAAA`)
  const unknown = await work(makeKey(uuidv7()).key)
  expect(wrong).toEqual({ principal: null, queries: ['one'] })
  expect(unknown).toEqual(wrong)
  expect((await work(key)).principal).not.toBeNull()
})

it('refuses all wrong keys with the same words', async () => {
  const key = await service.keyWith('feed')
  const answers = await Promise.all(
    [`${key.slice(0, -4)}AAAA`, makeKey(uuidv7()).key, 'xj_x', 'x'.repeat(5000)].map(async (given) => {
      const response = await service.app.inject({
        url: '/v1/feed/checkpoint',
        headers: { authorization: `Bearer ${given}` },
      })
      return `${response.statusCode} ${String(response.headers['www-authenticate'])} ${response.body}`
    }),
  )
  expect(new Set(answers).size).toBe(1)
})

it.each([
  'http://2130706433/hook',
  'https://0x7f.1/hook',
  'https://0177.0.0.1/hook',
  'https://[::ffff:10.0.0.1]/hook',
  'https://169.254.169.254/latest/meta-data',
  'https://localhost./hook',
  'https://user:pass@partner.example/hook',
  'file:///etc/passwd',
  'gopher://127.0.0.1:6379/_FLUSHALL',
])('makes no webhook for %s', async (url) => {
  const headers = { authorization: `Bearer ${await service.keyWith('feed')}` }
  const payload = { url, types: ['listing.entered'] }
  const response = await service.app.inject({ method: 'POST', url: '/v1/subscriptions', headers, payload })
  expect(response.statusCode).toBeGreaterThanOrEqual(400)
  expect(response.statusCode).toBeLessThan(500)
})
