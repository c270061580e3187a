import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import cases from '../rulebook/rulebook-cases.json' with { type: 'json' }
import { startTestService, type TestService } from '../support/service.ts'

let service: TestService

beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service.close())

async function get(url: string) {
  const response = await service.app.inject({ url })
  return { status: response.statusCode, body: response.json<Record<string, unknown>>() }
}

interface Case {
  id: string
  step: string
  event_date: string
  due: string | null
  due_without_roll?: string
  window?: string[]
  status: string
}

/** The machine's zone must not move a legal day (design rule 6); Node takes a new TZ at the next date. */
describe.each(['UTC', 'Asia/Shanghai', 'America/Los_Angeles'])('TZ=%s', (zone) => {
  const before = process.env['TZ']
  beforeAll(() => {
    process.env['TZ'] = zone
  })
  afterAll(() => {
    if (before === undefined) delete process.env['TZ']
    else process.env['TZ'] = before
  })

  it('really runs in that zone', () => {
    expect(Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone)
  })

  it.each(cases.cases as Case[])('$id: $step from $event_date', async (worked) => {
    const { status, body } = await get(`/v1/rulebook/steps/${worked.step}/due?from=${worked.event_date}`)
    expect(status).toBe(200)
    expect(body['dueOn']).toBe(worked.due)
    expect(body['step']).toBe(worked.step)
    expect(body['repealed']).toBe(worked.status === 'RULE_REPEALED')
    expect(body['provisional']).toBe(worked.status === 'CAL_OUT_OF_COVERAGE')
    if (worked.due_without_roll !== undefined) expect(body['unrolledDueOn']).toBe(worked.due_without_roll)
    if (worked.window !== undefined) expect(body['window']).toEqual(worked.window)
  })

  it('adds working days over moved days, and does not guess 2027', async () => {
    expect(await get('/v1/calendar/add?from=2026-02-11&workingDays=10')).toEqual({
      status: 200,
      body: { on: '2026-03-03', provisional: false },
    })
    // 248 working days in all of 2026 (rulebook 3.8).
    expect((await get('/v1/calendar/add?from=2025-12-31&workingDays=248')).body['on']).toBe('2026-12-31')
    expect((await get('/v1/calendar/add?from=2025-12-31&workingDays=249')).body).toEqual({
      on: null,
      provisional: true,
    })
  })
})
