import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestService, type TestService } from '../support/service.ts'

let service: TestService

beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service.close())

interface State {
  status: string
  rulebook: string
  permitted: { action: string; article: string }[]
  deadlines: { step: string; dueOn: string | null; article: string; provisional: boolean }[]
  expiresOn: string | null
  publishedUntil: string | null
  manualReview: boolean
}

async function post(body: object, headers: Record<string, string> = {}) {
  const response = await service.app.inject({ method: 'POST', url: '/v1/rulebook/evaluate', payload: body, headers })
  return { response, status: response.statusCode, body: response.json<State>() }
}

/** `enter 2026-03-02, apply 2027-…`: a history in one line. */
function historyOf(line: string) {
  return line.split(', ').map((event) => {
    const [action, on] = event.split(' ')
    return { action, on }
  })
}

async function evaluate(groundCode: string, line: string, on: string): Promise<State> {
  const list = groundCode.startsWith('SER') ? 'serious-violator' : 'abnormal'
  const { status, body } = await post({ list, groundCode, history: historyOf(line), on })
  expect([status, body]).toEqual([200, body])
  return body
}

const due = ({ deadlines }: State) => Object.fromEntries(deadlines.map(({ step, dueOn }) => [step, dueOn]))
const may = ({ permitted }: State) => permitted.map(({ action }) => action)

describe('200: entries of the abnormal list', () => {
  it('is to be entered within 10 working days of the window', async () => {
    const state = await evaluate('ABN-68-4-1', 'due 2024-06-30', '2024-07-01')
    expect(state).toMatchObject({ status: 'due', rulebook: 'RV-ABN-2024', expiresOn: null, manualReview: false })
    expect(due(state)).toEqual({ 'list-by': '2024-07-12' })
    expect(may(state)).toEqual(['enter'])
  })

  it('is entered late all the same: a deadline of the authority is no test of validity', async () => {
    const state = await evaluate('ABN-68-4-1', 'due 2016-06-30, enter 2016-07-22', '2016-07-22')
    expect(state).toMatchObject({ status: 'in-force', rulebook: 'RV-ABN-2014' })
  })

  it('may be objected to for 30 days, left at any time', async () => {
    const state = await evaluate('ABN-68-4-3', 'enter 2026-07-09', '2026-07-10')
    expect(due(state)).toEqual({ 'object-by': '2026-08-10' })
    expect(may(state)).toEqual(['apply', 'object', 'remove', 'revoke', 'correct'])
    expect(may(await evaluate('ABN-68-4-3', 'enter 2026-07-09', '2026-08-10'))).toContain('object')
    expect(may(await evaluate('ABN-68-4-3', 'enter 2026-07-09', '2026-08-11'))).not.toContain('object')
  })

  it('leaves within 5 working days: of the application for a report, of the verified correction for falsity', async () => {
    expect(due(await evaluate('ABN-68-4-1', 'enter 2022-07-08, apply 2022-09-29', '2022-09-30'))).toEqual({
      'object-by': '2022-08-08',
      'accept-by': '2022-10-08',
      'remove-by': '2022-10-11',
    })
    const falsity = 'enter 2022-07-08, apply 2022-09-29'
    expect(due(await evaluate('ABN-68-4-3', falsity, '2022-09-30'))['remove-by']).toBeUndefined()
    const verified = await evaluate('ABN-68-4-3', `${falsity}, accept 2022-10-10`, '2022-10-10')
    expect(due(verified)['remove-by']).toBe('2022-10-17')
  })

  it('is verified and corrected when somebody objects', async () => {
    const objected = 'enter 2016-09-20, object 2016-10-08'
    expect(due(await evaluate('ABN-68-4-1', objected, '2016-10-08'))['accept-by']).toBe('2016-10-13')
    const accepted = `${objected}, accept 2016-10-12`
    expect(due(await evaluate('ABN-68-4-1', accepted, '2016-10-12'))['verify-by']).toBe('2016-11-09')
    const upheld = `${accepted}, uphold 2016-11-10`
    expect(due(await evaluate('ABN-68-4-1', upheld, '2016-11-10'))['correct-by']).toBe('2016-11-17')
    const corrected = await evaluate('ABN-68-4-1', `${upheld}, correct 2016-11-15`, '2026-01-01')
    expect(corrected).toMatchObject({ status: 'corrected', permitted: [], deadlines: [] })
  })

  it('stays in view after its exit until Order 36, and leaves it then', async () => {
    const history = 'enter 2015-07-10, remove 2016-01-05'
    expect(await evaluate('ABN-68-4-1', history, '2026-03-31')).toMatchObject({
      status: 'removed',
      publishedUntil: null,
    })
    expect(await evaluate('ABN-68-4-1', history, '2026-04-01')).toMatchObject({ publishedUntil: '2026-03-31' })
    expect(await evaluate('ABN-68-4-1', 'enter 2025-07-10, remove 2026-05-06', '2026-05-06')).toMatchObject({
      publishedUntil: '2026-05-06',
    })
  })

  it('shows the mark of an individual business until the next 30 June', async () => {
    expect(await evaluate('ABS-69-13', 'enter 2025-07-09', '2025-07-09')).toMatchObject({
      publishedUntil: '2026-06-30',
      status: 'in-force',
    })
  })
})

describe('200: promotion after three years, while it existed', () => {
  it('gives notice 60 days before, and promotes within 10 working days', async () => {
    expect(due(await evaluate('ABN-68-4-1', 'enter 2015-07-10', '2018-05-11'))).toEqual({
      'object-by': '2015-08-10',
      'notice-from': '2018-05-11',
      'promote-by': '2018-07-24',
    })
  })

  it.each([
    ['2021-07-08', '2024-04-01'],
    ['2021-05-01', '2022-01-01'],
    ['2015-07-10', '2024-05-01'],
    ['2015-07-10', '2026-07-01'],
  ])('promotes no entry of %s on %s', async (enteredOn, on) => {
    const state = await evaluate('ABN-68-4-1', `enter ${enteredOn}`, on)
    expect(Object.keys(due(state))).toEqual(['object-by'])
    expect(state.manualReview).toBe(false)
  })

  it('leaves to people what began before the repeal and ends after it', async () => {
    const state = await evaluate('ABN-68-4-1', 'enter 2021-04-24', '2024-05-06')
    expect(due(state)).toMatchObject({ 'promote-by': '2024-05-10' })
    expect(state.manualReview).toBe(true)
    expect((await evaluate('ABN-68-4-1', 'enter 2021-04-24', '2024-05-11')).manualReview).toBe(false)
  })

  it('marks neither individual businesses nor cooperatives for it', async () => {
    expect(due(await evaluate('ABS-69-13', 'enter 2015-07-10', '2018-05-11'))).not.toHaveProperty('promote-by')
    expect(due(await evaluate('ABC-70-10', 'enter 2015-07-10', '2018-05-11'))).toEqual({})
  })

  it('took applications only within three years, until the repair measures of 2021', async () => {
    expect(may(await evaluate('ABN-68-4-1', 'enter 2016-07-10', '2019-07-09'))).toContain('apply')
    expect(may(await evaluate('ABN-68-4-1', 'enter 2016-07-10', '2019-07-10'))).not.toContain('apply')
    expect(may(await evaluate('ABN-68-4-1', 'enter 2016-07-10', '2021-09-01'))).toContain('apply')
  })
})

describe('200: entries of the serious-violator list', () => {
  it('lasts three years under Order 44, with an early exit after one', async () => {
    const state = await evaluate('SER-44-9-5', 'enter 2022-03-15', '2022-03-15')
    expect(state).toMatchObject({ status: 'in-force', rulebook: 'RV-SER-2021', expiresOn: '2025-03-15' })
    expect(state.publishedUntil).toBe('2025-03-15')
    expect(due(state)).toEqual({ 'publish-by': '2022-04-13', 'early-exit-from': '2023-03-15' })
    expect(may(state)).toEqual(['revoke', 'correct'])
    expect(may(await evaluate('SER-44-9-5', 'enter 2022-03-15', '2023-03-14'))).not.toContain('apply')
    expect(may(await evaluate('SER-44-9-5', 'enter 2022-03-15', '2023-03-15'))).toEqual(
      expect.arrayContaining(['apply', 'remove']),
    )
  })

  it('decides on an early exit in 15 working days, since 2025-12-25 in 7', async () => {
    const applied = 'enter 2022-03-15, apply 2023-09-25'
    expect(due(await evaluate('SER-44-9-5', applied, '2023-09-25'))['accept-by']).toBe('2023-09-27')
    const accepted = await evaluate('SER-44-9-5', `${applied}, accept 2023-09-27`, '2023-09-27')
    expect(due(accepted)['decide-by']).toBe('2023-10-24')
    const now = await evaluate('SER-44-9-5', 'enter 2024-11-01, apply 2026-01-05, accept 2026-01-06', '2026-01-06')
    expect(due(now)).toMatchObject({ 'decide-by': '2026-01-15' })
    expect(due(await evaluate('SER-44-9-5', 'enter 2024-11-01, apply 2026-01-05', '2026-01-05'))).not.toHaveProperty(
      'accept-by',
    )
  })

  it('stops being shown within 3 working days of its exit', async () => {
    const state = await evaluate('SER-44-9-5', 'enter 2022-03-15, remove 2023-09-28', '2023-09-28')
    expect(state).toMatchObject({ status: 'removed', publishedUntil: '2023-09-28', expiresOn: null })
    expect(due(state)).toEqual({ 'stop-publishing-by': '2023-10-09' })
    const revoked = await evaluate('SER-44-9-5', 'enter 2022-03-15, revoke 2023-09-28', '2023-09-28')
    expect(revoked).toMatchObject({ status: 'revoked', permitted: [] })
    expect(due(revoked)).toEqual({ 'stop-publishing-by': '2023-10-09' })
  })

  it('begins its term anew when an exit that was got by fraud is cancelled', async () => {
    const state = await evaluate(
      'SER-44-9-5',
      'enter 2022-03-15, apply 2023-04-03, remove 2023-04-20, restore 2023-08-01',
      '2023-08-01',
    )
    expect(state).toMatchObject({ status: 'in-force', expiresOn: '2026-08-01' })
    expect(due(state)['early-exit-from']).toBe('2024-08-01')
  })

  it('lasted five years under Order 83, without early exit', async () => {
    const state = await evaluate('SER-83-5-1', 'enter 2018-07-24', '2019-07-24')
    expect(state).toMatchObject({ expiresOn: '2023-07-24', rulebook: 'RV-SER-2016', manualReview: false })
    expect(due(state)).toEqual({ 'object-by': '2018-08-23' })
    expect(may(state)).toEqual(['revoke', 'correct'])
    expect(may(await evaluate('SER-83-5-1', 'enter 2018-07-24', '2023-07-24'))).toContain('apply')
  })

  it('leaves the three-year entries to people since the rule is gone', async () => {
    for (const [ground, enteredOn] of [
      ['SER-83-5-1', '2020-07-24'],
      ['SER-TL14-17-2', '2022-07-24'],
    ] as const) {
      const state = await evaluate(ground, `enter ${enteredOn}`, '2024-05-01')
      expect(state).toMatchObject({ manualReview: true, expiresOn: null })
      expect(may(state)).toContain('remove')
    }
  })

  it('opens the early exit of Order 44 to entries of Order 83, with a look', async () => {
    const state = await evaluate('SER-83-5-4', 'enter 2019-10-29', '2022-01-04')
    expect(state).toMatchObject({ manualReview: true, expiresOn: '2024-10-29' })
    expect(due(state)['early-exit-from']).toBe('2021-09-01')
  })
})

describe('422', () => {
  const problem = async (groundCode: string, line: string, on: string, list?: string) => {
    const { status, body } = await post({
      list: list ?? (groundCode.startsWith('SER') ? 'serious-violator' : 'abnormal'),
      groundCode,
      history: historyOf(line),
      on,
    })
    const { type, detail } = body as unknown as { type: string; detail: string }
    return { status, type, detail }
  }

  it.each([
    [
      'a ground of the other list',
      'SER-44-9-5',
      'enter 2022-03-15',
      'abnormal',
      '/problems/ground-not-on-list',
      '第九条',
    ],
    ['an unknown ground', 'ABN-1', 'enter 2022-03-15', 'abnormal', '/problems/ground-not-on-list', ''],
    [
      'a ground that is not in force',
      'SER-83-5-4',
      'enter 2021-09-01',
      undefined,
      '/problems/not-permitted-by-rulebook',
      '第五条',
    ],
    [
      'an exit before its time',
      'SER-44-9-5',
      'enter 2022-03-15, remove 2023-03-14',
      undefined,
      '/problems/not-permitted-by-rulebook',
      '令44第十六条',
    ],
    [
      'an application before its time',
      'SER-83-5-1',
      'enter 2018-03-15, apply 2019-03-14',
      undefined,
      '/problems/not-permitted-by-rulebook',
      '令83第九条',
    ],
    [
      'an exit dated before the entry',
      'ABN-68-4-1',
      'enter 2022-03-15, remove 2022-03-14',
      undefined,
      '/problems/dated-before-entry',
      '第四条',
    ],
    [
      'an exit of what was not entered',
      'ABN-68-4-1',
      'due 2022-06-30, remove 2022-07-14',
      undefined,
      '/problems/not-permitted-by-rulebook',
      '第四条',
    ],
    [
      'two entries',
      'ABN-68-4-1',
      'enter 2022-07-01, enter 2022-07-14',
      undefined,
      '/problems/not-permitted-by-rulebook',
      '第四条',
    ],
  ])('%s', async (_what, ground, line, list, type, article) => {
    const answered = await problem(ground, line, '2024-01-02', list)
    expect(answered).toMatchObject({ status: 422, type })
    expect(answered.detail).toContain(article)
  })

  it('a day before the history', async () => {
    expect(await problem('ABN-68-4-1', 'enter 2022-07-01', '2022-06-30')).toMatchObject({ status: 422 })
  })

  it('names the article in the language asked for', async () => {
    const { response } = await post(
      {
        list: 'serious-violator',
        groundCode: 'SER-44-9-5',
        history: historyOf('enter 2022-03-15, remove 2022-03-16'),
        on: '2022-04-01',
      },
      { 'accept-language': 'en' },
    )
    expect(response.json<{ detail: string }>().detail).toContain('Order 44 arts 16 to 21')
  })
})

describe('400', () => {
  const body = {
    list: 'abnormal',
    groundCode: 'ABN-68-4-1',
    history: [{ action: 'enter', on: '2026-07-08' }],
    on: '2026-07-09',
  }
  it.each([
    ['an unknown field', { ...body, colour: 'red' }, '/body/colour'],
    ['an unknown list', { ...body, list: 'grey' }, '/body/list'],
    ['no history', { ...body, history: [] }, '/body/history'],
    ['an unknown action', { ...body, history: [{ action: 'forget', on: '2026-07-08' }] }, '/body/history/0/action'],
    ['a day that does not exist', { ...body, on: '2026-02-30' }, '/body/on'],
  ])('%s', async (_what, wrong, pointer) => {
    const { status, response } = await post(wrong)
    expect(status).toBe(400)
    expect(response.json<{ errors: { pointer: string }[] }>().errors[0]?.pointer).toBe(pointer)
  })
})

describe.each(['UTC', 'Asia/Shanghai', 'America/Los_Angeles'])('the worked dates under TZ=%s', (zone) => {
  const before = process.env['TZ']
  beforeAll(() => {
    process.env['TZ'] = zone
  })
  afterAll(() => {
    if (before === undefined) delete process.env['TZ']
    else process.env['TZ'] = before
  })

  it.each([
    ['ABN-68-4-1', 'due 2015-06-30', '2015-07-01', 'list-by', '2015-07-14'],
    ['ABN-68-4-1', 'due 2024-06-30', '2024-07-01', 'list-by', '2024-07-12'],
    ['ABN-68-4-3', 'due 2019-09-25', '2019-09-26', 'list-by', '2019-10-14'],
    ['ABN-68-4-4', 'due 2026-02-11', '2026-02-12', 'list-by', '2026-03-03'],
    ['ABN-68-4-2', 'due 2026-10-08', '2026-10-08', 'list-by', '2026-10-21'],
    ['ABN-68-4-2', 'enter 2022-07-01, apply 2022-09-29', '2022-09-29', 'remove-by', '2022-10-11'],
    ['ABN-68-4-3', 'enter 2019-12-02, apply 2020-01-20, accept 2020-01-22', '2020-01-22', 'remove-by', '2020-02-06'],
    ['ABN-68-4-1', 'enter 2015-07-10', '2018-01-02', 'notice-from', '2018-05-11'],
    ['ABN-68-4-1', 'enter 2016-09-01, object 2016-10-08', '2016-10-08', 'accept-by', '2016-10-13'],
    ['SER-44-9-5', 'enter 2022-03-15', '2022-03-15', 'early-exit-from', '2023-03-15'],
    ['SER-44-9-5', 'enter 2021-09-25, apply 2023-09-25', '2023-09-25', 'accept-by', '2023-09-27'],
    ['SER-44-9-5', 'enter 2021-09-25, remove 2023-09-28', '2023-09-28', 'stop-publishing-by', '2023-10-09'],
    ['SER-44-9-5', 'enter 2026-12-15', '2026-12-15', 'publish-by', null],
  ])('%s, %s: on %s %s is %s', async (ground, line, on, step, dueOn) => {
    const { deadlines } = await evaluate(ground, line, on)
    expect(deadlines.find((deadline) => deadline.step === step)).toMatchObject({ dueOn, provisional: dueOn === null })
  })
})
