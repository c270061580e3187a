import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseName } from '../../src/search/parse.ts'
import { isOutOfReach, likelyScore, scoreNames, scoreParsed } from '../../src/search/score.ts'

const base = '云州市甲禾电子商务有限公司'

describe('one business', () => {
  it.each([
    ['brackets', '甲禾电子（济南）有限公司', '甲禾电子(济南)有限公司'],
    ['traditional characters', '濟南甲禾電子商務有限公司', '济南甲禾电子商务有限公司'],
    ['spacing', ' 济 南 甲禾电子商务有限公司。', '济南甲禾电子商务有限公司'],
  ])('is certain where only the writing differs: %s', (_, a, b) => {
    expect(scoreNames(a, b).score).toBe(1)
  })

  it.each([
    ['the suffix of the region', '济南甲禾商贸有限公司', '济南市甲禾商贸有限公司'],
    ['the place of the region', '济南甲禾商贸有限公司', '甲禾（济南）商贸有限公司'],
    ['the region behind the trade', '济南甲禾商贸有限公司', '甲禾商贸（济南）有限公司'],
    ['a form that means the same', '济南甲禾商贸有限公司', '济南甲禾商贸有限责任公司'],
    ['no form', '济南甲禾商贸有限公司', '济南甲禾商贸'],
    ['a look-alike in the trade', '济南甲禾新材料有限公司', '济南甲禾新林料有限公司'],
    ['a look-alike in the region', '肥西县志峰工贸有限公司', '肥酉县志峰工贸有限公司'],
    ['a look-alike in the form', '济南甲禾商贸有限公司', '济南甲禾商贸有眼公司'],
    ['a look-alike in the trade name', '济南海轮橡胶有限公司', '济南诲轮橡胶有限公司'],
  ])('is likely with another writing: %s', (_, a, b) => {
    const { score } = scoreNames(a, b)
    expect(score).toBeGreaterThanOrEqual(likelyScore)
    expect(score).toBeLessThan(1)
  })
})

describe('two businesses', () => {
  it.each([
    ['another region', '济南甲禾商贸有限公司', '青岛甲禾商贸有限公司'],
    ['a region within the other', '山东甲禾商贸有限公司', '济南甲禾商贸有限公司'],
    ['another trade', '济南甲禾物流有限公司', '济南甲禾物业有限公司'],
    ['another trade name', '济南甲禾商贸有限公司', '济南乙禾商贸有限公司'],
    ['a trade name that sounds the same', '云南伯亚经贸有限公司', '云南博雅经贸有限公司'],
    ['a trade name turned round', '济南众合物业有限公司', '济南合众物业有限公司'],
    ['a branch and its parent', '济南甲禾商贸有限公司', '济南甲禾商贸有限公司青岛分公司'],
    ['two branches of one parent', '济南甲禾商贸有限公司第一分公司', '济南甲禾商贸有限公司第二分公司'],
  ])('are not likely one: %s', (_, a, b) => {
    expect(scoreNames(a, b).score).toBeLessThan(likelyScore)
  })
})

describe('every score', () => {
  it('comes with what differs, part by part', () => {
    expect(scoreNames('济南甲禾物流有限公司', '青岛甲禾物流有限责任公司分公司').parts).toMatchObject({
      region: 'different',
      form: 'equivalent',
      branch: 'one-missing',
      tradeName: { other: 0, lookAlike: 0 },
      trade: { other: 0 },
    })
  })

  const anyName = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc
      .array(
        fc.constantFrom('济南', '市', '甲', '禾', '未', '末', '商贸', '(', ')', '有限公司', '分公司', '二', 'A', '店'),
        {
          maxLength: 14,
        },
      )
      .map((parts) => parts.join('')),
  )

  it('is the same in both directions, and between 0 and 1', () => {
    fc.assert(
      fc.property(anyName, anyName, (a, b) => {
        const { score } = scoreNames(a, b)
        expect(scoreNames(b, a).score).toBe(score)
        expect(score).toBeGreaterThanOrEqual(0)
        expect(score).toBeLessThanOrEqual(1)
      }),
      { numRuns: 2000 },
    )
  })

  it('is never of more than what a first look says is out of reach', () => {
    const part = (...texts: string[]) => fc.constantFrom(...texts)
    const name = fc
      .tuple(
        part('', '济南', '济南市', '济南历下区', '青岛', '清岛', '山东'),
        part('甲禾', '甲未', '骉麤', '骉禾', '甲禾丙', '海轮', '诲轮', '长河集源骉', '长河集源骊'),
        part('', '商贸', '鑫贸', '物流', '新材料', '骉材料', '实业商贸'),
        part('', '有限公司', '有限责任公司', '有眼公司', '股份有限公司', '店'),
        part('', '青岛分公司', '第2分公司'),
      )
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(name, name, fc.double({ min: 0.01, max: 1, noNaN: true }), (first, second, least) => {
        const [a, b] = [parseName(first), parseName(second)]
        for (const score of [least, likelyScore]) {
          if (isOutOfReach(a, b, score)) expect(scoreParsed(a, b).score).toBeLessThan(score)
        }
      }),
      { numRuns: 5000 },
    )
    expect(isOutOfReach(parseName('济南甲禾商贸有限公司'), parseName('青岛丙丁物流有限公司'), likelyScore)).toBe(true)
  })

  it('is 1 for a string and itself', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        expect(scoreNames(name, name).score).toBe(1)
      }),
    )
  })

  it.each([
    ['emoji', '🙂'.repeat(5000)],
    ['lone surrogates', '\ud83d'.repeat(10_000)],
    ['controls', '\u0000\u0007'.repeat(5000)],
    ['right to left', '\u202e甲\u0627'.repeat(3000)],
    ['brackets', '('.repeat(10_000)],
    ['brackets in brackets', '（济南'.repeat(3333)],
    ['numbers', '第一二三四五六七八九十'.repeat(900)],
    ['forms', '有限公司'.repeat(2500)],
    ['regions', '北京市上海市'.repeat(1600)],
    ['ligatures that unfold', '\ufdfa'.repeat(10_000)],
  ])('is given for ten thousand characters of %s', (_, name) => {
    expect(scoreNames(name, base).score).toBeLessThan(likelyScore)
  })
})
