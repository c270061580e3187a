import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { builtInRulebook } from '../../src/rulebook/built-in.ts'
import { describe, expect, it, test } from 'vitest'
import { findAgency } from '../../src/rulebook/agencies.ts'
import { addWorkingDays } from '../../src/rulebook/calendar.ts'
import {
  answerBy,
  endOfOwnTerm,
  isOrdered,
  measureAsOf,
  measuresInForce,
  memorandaInForce,
  overdueSince,
} from '../../src/rulebook/measures.ts'
import { addDays } from '../../src/rulebook/plain-date.ts'
import type { List } from '../../src/rulebook/rulebook.ts'

const { measures, agencies, memoranda } = builtInRulebook

const codesOf = (list: List, groundCode: string, on: string) => ({
  ordered: measuresInForce(builtInRulebook, { list, groundCode, on })
    .filter(isOrdered)
    .map(({ code }) => code),
  told: measuresInForce(builtInRulebook, { list, groundCode, on })
    .filter((measure) => !isOrdered(measure))
    .map(({ code }) => code),
})

describe('the table of measures', () => {
  it('has every row from JS-01 to JS-32, each with its words, basis, class and evidence in both languages', () => {
    const codes = Array.from({ length: 32 }, (_, index) => `JS-${String(index + 1).padStart(2, '0')}`)
    expect([...new Set(measures.map(({ code }) => code))].sort()).toEqual(codes)
    for (const measure of measures) {
      for (const text of [measure.label, measure.basis]) {
        expect(text.zh).toMatch(/\p{Script=Han}/u)
        expect(text.en).toMatch(/[a-z]{3}/i)
      }
      expect(measure.evidence).toMatch(/^(text|2nd|own-[HML])$/)
      expect(measure.lists.length > 0 || measure.follows !== undefined).toBe(true)
    }
  })

  it('has no two versions of a measure in force on one day for the same entry', () => {
    for (const measure of measures) {
      const on = measuresInForce(builtInRulebook, {
        list: measure.lists[0] ?? 'abnormal',
        groundCode: measure.grounds?.[0]?.replace('*', '1') ?? 'SER-44-5-1',
        on: measure.from,
      })
      expect(new Set(on.map(({ code }) => code)).size).toBe(on.length)
    }
  })

  it('names agencies of today only, so that no order goes to a body that exists no more', () => {
    const gone = new Set(agencies.flatMap(({ successorOf }) => successorOf))
    for (const code of measures.flatMap((measure) => measure.agencies)) {
      expect([code, agencies.some((agency) => agency.code === code), gone.has(code)]).toEqual([code, true, false])
    }
  })
})

describe('what follows from an entry', () => {
  test.each([
    ['a missing annual report', 'abnormal', 'ABN-68-4-1', ['JS-01', 'JS-02', 'JS-03', 'JS-04', 'JS-07', 'JS-12']],
    ['unreachability', 'abnormal', 'ABN-68-4-4', ['JS-01', 'JS-02', 'JS-03', 'JS-04', 'JS-07', 'JS-08', 'JS-12']],
    ['a cooperative’s missing report', 'abnormal', 'ABC-70-10', ['JS-01', 'JS-02', 'JS-03', 'JS-04', 'JS-07', 'JS-12']],
    ['the mark of an individual business, which is no list', 'abnormal', 'ABS-69-13', []],
  ] as const)('%s orders by law alone, and informs of the memoranda', (_what, list, groundCode, ordered) => {
    expect(codesOf(list, groundCode, '2026-07-08')).toEqual({
      ordered,
      told: ordered.length === 0 ? [] : ['JS-20', 'JS-25'],
    })
  })

  it('of a serious violation orders the bar on the person too, and what the basic list took up', () => {
    const { ordered, told } = codesOf('serious-violator', 'SER-44-5-1', '2026-07-08')
    expect(ordered).toEqual([
      ...['JS-01', 'JS-02', 'JS-03', 'JS-04', 'JS-05', 'JS-07', 'JS-09', 'JS-10', 'JS-11', 'JS-12', 'JS-27', 'JS-32'],
    ])
    expect(told).toEqual(['19', '20', '21', '22', '23', '24', '25', '26', '28', '29'].map((number) => `JS-${number}`))
  })

  test.each([
    ['2024-04-30', '《企业信息公示暂行条例》（2014）第十八条'],
    ['2024-05-01', '《企业信息公示暂行条例》（2024）第十九条'],
  ])('on %s rests on %s', (on, basis) => {
    const found = measuresInForce(builtInRulebook, { list: 'abnormal', groundCode: 'ABN-68-4-1', on })
    expect(found.find(({ code }) => code === 'JS-03')?.basis.zh).toBe(basis)
  })

  test.each([
    ['SER-83-5-1', '2018-07-01', true],
    ['SER-83-5-3', '2018-07-01', false],
    ['SER-44-5-1', '2024-04-30', false],
    ['SER-44-11-2', '2024-04-30', true],
    ['SER-44-5-1', '2024-05-01', true],
  ])('bars the person for %s on %s: %s', (groundCode, on, bars) => {
    expect(codesOf('serious-violator', groundCode, on).ordered.includes('JS-05')).toBe(bars)
  })

  it('was limits on subsidies by memoranda alone before the basic list of 2021', () => {
    expect(codesOf('serious-violator', 'SER-44-5-1', '2021-11-30').told).toContain('JS-27')
    expect(codesOf('serious-violator', 'SER-44-5-1', '2021-12-01').ordered).toContain('JS-27')
  })

  it('never orders what rests on a memorandum alone, nor what follows from no list, on any day', () => {
    const day = fc.date({ min: new Date('2014-01-01'), max: new Date('2030-12-31'), noInvalidDate: true })
    fc.assert(
      fc.property(day, fc.constantFrom('ABN-68-4-1', 'ABN-68-4-4', 'SER-44-5-1', 'SER-83-5-1'), (date, groundCode) => {
        const on = date.toISOString().slice(0, 10)
        const list = groundCode.startsWith('ABN') ? 'abnormal' : 'serious-violator'
        const { ordered } = codesOf(list, groundCode, on)
        const never = ['06', '13', '14', '15', '16', '17', '18', '19', '20', '21', '22', '23', '24', '25', '26', '28']
        expect(ordered.filter((code) => [...never, '29', '30', '31'].includes(code.slice(3)))).toEqual([])
      }),
    )
  })

  it('is known by its last words where the day knows it no more', () => {
    expect(measureAsOf(builtInRulebook, 'JS-03', '2016-01-01')?.basis.en).toContain('(2014)')
    expect(measureAsOf(builtInRulebook, 'JS-10', '2016-01-01')?.code).toBe('JS-10')
    expect(measureAsOf(builtInRulebook, 'JS-99', '2016-01-01')).toBeNull()
  })
})

describe('the memorandum of 2015', () => {
  it('was signed by 38 bodies, each known by the name it had then', () => {
    const [memorandum] = memoranda
    expect(memorandum?.number).toBe('发改财金〔2015〕2045号')
    expect(memorandum?.signatories).toHaveLength(38)
    expect(new Set(memorandum?.signatories).size).toBe(38)
    const names = memorandum?.signatories.map((code) => agencies.find((agency) => agency.code === code)?.nameIn2015)
    expect(names?.every((name) => typeof name === 'string')).toBe(true)
  })

  it('is in force for both lists from its publication on', () => {
    expect(memorandaInForce(builtInRulebook, { list: 'abnormal', on: '2015-08-31' })).toEqual([])
    expect(memorandaInForce(builtInRulebook, { list: 'abnormal', on: '2015-09-01' })).toHaveLength(1)
    expect(memorandaInForce(builtInRulebook, { list: 'serious-violator', on: '2026-07-08' })).toHaveLength(1)
  })
})

describe('an agency', () => {
  test.each([
    ['mof', 'mof'],
    ['MOF', 'mof'],
    ['财政部', 'mof'],
    [' 市场监管总局 ', 'samr'],
    ['国家市场监督管理总局', 'samr'],
    ['Ministry of Finance', 'mof'],
    ['工商总局', 'samr'],
    ['质检总局', 'samr'],
    ['cfda', 'samr'],
    ['国土资源部', 'mnr'],
    ['银监会', 'nfra'],
    ['保监会', 'nfra'],
    ['银保监会', 'nfra'],
    ['旅游局', 'mct'],
    ['安监总局', 'mem'],
  ])('called %j is %s', (called, code) => {
    expect(findAgency(agencies, called)?.code).toBe(code)
  })

  it('has a code and names that are its own', () => {
    const named = agencies.flatMap(({ code, name, shortNames }) => [code, name.zh, name.en, ...shortNames])
    expect(named.filter((name, index) => named.indexOf(name) !== index)).toEqual([])
    for (const agency of agencies) {
      for (const code of agency.successorOf) expect(agencies.some((other) => other.code === code)).toBe(true)
    }
    expect(findAgency(agencies, 'A01')).toBeNull()
    expect(findAgency(agencies, '')).toBeNull()
  })
})

describe('terms and deadlines', () => {
  test.each([
    ['2024-02-29', '2027-02-28'],
    ['2026-07-08', '2029-07-08'],
  ])('the bar on a person from %s ends on %s', (on, until) => {
    const [bar] = measures.filter(({ code, to }) => code === 'JS-05' && to === null)
    expect(bar && endOfOwnTerm(bar, on)).toBe(until)
    const [other] = measures
    expect(other && endOfOwnTerm(other, on)).toBeNull()
  })

  test.each([
    ['receive', '2026-07-08', '2026-07-15'],
    ['execute', '2026-07-08', '2026-08-05'],
    ['lift', '2026-09-30', '2026-10-10'],
    ['lift', '2026-12-30', null],
  ] as const)('an answer of kind %s awaited since %s is due on %s', (step, since, on) => {
    expect(answerBy(builtInRulebook, step, since)).toEqual({ on, provisional: on === null })
  })

  it('calls late exactly what was due before today', () => {
    const day = fc.integer({ min: 0, max: 4000 }).map((offset) => addDays('2015-06-01', offset))
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 60 }), (today, ago) => {
        const late = overdueSince(builtInRulebook, 'execute', today)
        const since = addDays(today, -ago)
        const due = addWorkingDays(builtInRulebook.calendar, since, 20).on
        expect(late !== null && since <= late).toBe(due !== null && due < today)
      }),
    )
  })

  it('calls nothing late by a calendar that is not loaded', () => {
    expect(overdueSince(builtInRulebook, 'lift', '2027-03-01')).toBe('2026-12-28')
  })
})

it('agencies find their code and what they are ordered in the document for them', async () => {
  const lines = (await readFile('docs/partners/agencies.md', 'utf8')).split('\n')
  const gone = new Set(agencies.flatMap(({ successorOf }) => successorOf))
  for (const { code, name } of agencies.filter((agency) => !gone.has(agency.code))) {
    const [line = ''] = lines.filter((each) => each.startsWith(`| \`${code}\` `))
    const ordered = measures.filter(
      (measure) => measure.agencies.includes(code) && measure.lists.length > 0 && isOrdered(measure) && !measure.to,
    )
    expect(line).toContain(name.zh)
    expect(line.match(/JS-\d\d/g) ?? []).toEqual([...new Set(ordered.map((measure) => measure.code))])
  }
})
