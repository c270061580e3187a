import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'
import { enterOnList } from './screening.ts'

let service: TestService
let headers: { authorization: string }

beforeAll(async () => {
  service = await startTestService()
  headers = { authorization: `Bearer ${await service.keyWith('screening')}` }
  await take(service.db, 'subjects', [subjectItem(1)])
  await enterOnList(service.db, 1, 'serious-violator')
  await service.sequence()
})
afterAll(() => service.close())

const pieces = [
  '\ud800',
  '\udfff',
  '\0',
  '\u001b',
  '\u202e',
  '\u200d',
  '😀',
  '有',
  '限公司',
  '%',
  '.',
  'https://',
  '\\',
  '"',
  '\ufdfa',
]
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 10_000 }),
  fc.string({ unit: 'grapheme', maxLength: 2000 }),
  fc.array(fc.constantFrom(...pieces), { maxLength: 500 }).map((some) => some.join('')),
  fc.constantFrom(...pieces).map((piece) => piece.repeat(Math.floor(10_000 / piece.length))),
)

it('screens any text of up to 10,000 characters, or says what is wrong with it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ ref: anyText, name: anyText, uscc: anyText, url: anyText, regionCode: anyText }),
      fc.subarray(['name', 'uscc', 'url', 'regionCode'] as const),
      async ({ ref, ...fields }, chosen) => {
        const candidate = { ref, ...Object.fromEntries(chosen.map((field) => [field, fields[field]])) }
        const response = await service.app.inject({
          method: 'POST',
          url: '/v1/screenings',
          headers,
          payload: { candidates: [candidate] },
        })
        expect([200, 400]).toContain(response.statusCode)
        if (response.statusCode === 200) {
          expect(response.json()).toMatchObject({ results: [{ ref }] })
        } else {
          expect(response.json()).toMatchObject({ type: '/problems/invalid-request' })
        }
      },
    ),
    { numRuns: 60 },
  )
})

it('watches any text that may be sent, or says what is wrong with it', async () => {
  const made = await service.app.inject({ method: 'POST', url: '/v1/monitors', headers, payload: { name: '示例' } })
  const { id } = made.json<{ id: string }>()
  await fc.assert(
    fc.asyncProperty(fc.record({ ref: anyText, name: anyText, url: anyText, uscc: anyText }), async (member) => {
      const response = await service.app.inject({
        method: 'POST',
        url: `/v1/monitors/${id}/members`,
        headers,
        payload: { members: [{ ...member, ref: member.ref.slice(0, 200) }] },
      })
      expect([200, 400]).toContain(response.statusCode)
    }),
    { numRuns: 60 },
  )
  await service.watch()
})

it('reconciles any text, and looks any text up, or says what is wrong with it', async () => {
  await fc.assert(
    fc.asyncProperty(anyText, async (text) => {
      const reconciled = await service.app.inject({
        method: 'POST',
        url: '/v1/reconcile',
        payload: { queries: { q: { query: text, properties: [{ pid: 'regionCode', v: text }] } } },
      })
      expect([200, 400]).toContain(reconciled.statusCode)
      const parameter = encodeURIComponent(text.replace(/\p{Surrogate}/gu, ''))
      const lookedUp = await service.app.inject(`/v1/lookup?url=${parameter}`)
      expect([400, 404]).toContain(lookedUp.statusCode)
    }),
    { numRuns: 60 },
  )
})
