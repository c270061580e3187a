import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestService, type TestService } from '../support/service.ts'

let service: TestService

beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service.close())

const get = (url: string, headers: Record<string, string> = {}) => service.app.inject({ url, headers })

interface Rulebook {
  asOf: string | null
  grounds: { code: string; article: string; from: string; to: string | null; evidence: string }[]
  deadlines: { code: string; from: string; to: string | null }[]
  instruments: { code: string }[]
  calendarYears: number[]
}

describe('200', () => {
  it('tells every instrument, ground and step with source, period of force and evidence', async () => {
    const body = (await get('/v1/rulebook')).json<Rulebook>()
    expect(body.deadlines).toHaveLength(71)
    expect(body.instruments.length).toBeGreaterThan(30)
    expect(new Set(body.grounds.map(({ code }) => code)).size).toBe(10 + 11 + 1 + 29 + 2)
    for (const { article, from, evidence } of body.grounds) {
      expect(article).toMatch(/第/)
      expect(from).toMatch(/^\d{4}-\d\d-\d\d$/)
      expect(evidence).not.toBe('')
    }
    expect(body.calendarYears).toEqual([2014, 2015, 2016, 2017, 2018, 2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026])
  })

  it('tells what was in force on a day: each ground once', async () => {
    for (const asOf of ['2015-06-30', '2018-07-01', '2022-07-01', '2026-07-01']) {
      const body = (await get(`/v1/rulebook?asOf=${asOf}`)).json<Rulebook>()
      const codes = body.grounds.map(({ code }) => code)
      expect(new Set(codes).size).toBe(codes.length)
      expect(codes.some((code) => code.startsWith('SER-83'))).toBe(asOf === '2018-07-01')
      expect(codes.some((code) => code.startsWith('SER-44'))).toBe(asOf >= '2021-09-01')
      expect(body.deadlines.some(({ code }) => code === 'ABN-3Y')).toBe(asOf < '2024-05-01')
    }
  })

  it('speaks both languages', async () => {
    const en = (await get('/v1/rulebook', { 'accept-language': 'en' })).json<Rulebook>()
    expect(en.grounds.map(({ article }) => article).join()).not.toMatch(/\p{Script=Han}/u)
  })
})

it('304: knows what the reader has', async () => {
  const { headers } = await get('/v1/rulebook?asOf=2026-01-01')
  expect((await get('/v1/rulebook?asOf=2026-01-01', { 'if-none-match': String(headers['etag']) })).statusCode).toBe(304)
})

describe('400', () => {
  it.each([
    '/v1/rulebook?asOf=2026-13-01',
    '/v1/rulebook?on=2026-01-01',
    '/v1/rulebook/steps/ABN-3Y/due',
    '/v1/rulebook/steps/ABN-3Y/due?from=yesterday',
    '/v1/calendar/add?from=2026-01-01',
    '/v1/calendar/add?from=2026-01-01&workingDays=0',
    '/v1/calendar/add?from=2026-01-01&workingDays=1.5',
    '/v1/calendar/add?from=2026-02-29&workingDays=1',
  ])('%s', async (url) => {
    const response = await get(url)
    expect([response.statusCode, response.json<{ type: string }>().type]).toEqual([400, '/problems/invalid-request'])
  })
})

it('404: tells that the rulebook has no such step', async () => {
  const response = await get('/v1/rulebook/steps/ABN-4Y/due?from=2026-01-01')
  expect([response.statusCode, response.json<{ type: string }>().type]).toEqual([404, '/problems/unknown-step'])
})
