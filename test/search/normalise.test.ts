import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normaliseName, readNumber } from '../../src/search/normalise.ts'

describe('the normal form of a name', () => {
  it.each([
    ['full width and half width', '甲（济南）ＡＢＣ有限公司', '甲(济南)abc有限公司'],
    ['other brackets', '甲【济南】有限公司', '甲〔济南〕有限公司'],
    ['brackets with spaces in them', '甲（ 济南)有限公司', '甲(济南)有限公司'],
    ['traditional characters', '長春世佳投資有限公司', '长春世佳投资有限公司'],
    ['spaces', '温 州 市 华琪\u3000电器有限公司', '温州市华琪电器有限公司'],
    ['characters without width', '甲乙\u200b商贸\ufeff有限\u00ad公司', '甲乙商贸有限公司'],
    ['punctuation', '大连宏信印刷有限公司。', '大连宏信印刷有限公司'],
    ['the number of a branch', '甲有限公司第二十四分公司', '甲有限公司第24分公司'],
    ['a number by places', '南京二零一九网络科技有限公司', '南京2019网络科技有限公司'],
    ['circled numbers', '甲③号店', '甲3号店'],
    ['lone surrogates', '甲\ud800乙', '甲乙'],
  ])('is the same whatever the writing: %s', (_, one, other) => {
    expect(normaliseName(one)).toBe(normaliseName(other))
  })

  it.each(['三一重工', '百胜餐饮', '九洲电器', '一汽解放', '万达广场', '七匹狼'])(
    'leaves %s as it is: a number there is part of the name',
    (name) => {
      expect(normaliseName(name)).toBe(name)
    },
  )

  it('is its own normal form, whatever the string', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ unit: 'grapheme' }), names),
        (name) => {
          const normal = normaliseName(name)
          expect(normaliseName(normal)).toBe(normal)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('is settled at once for every Chinese character, alone and beside what has to be folded', () => {
    for (let code = 0x3400; code <= 0x9fff; code += 1) {
      const character = String.fromCharCode(code)
      const normal = normaliseName(character)
      expect(normaliseName(normal), character).toBe(normal)
      expect(normaliseName(`${character}！`), character).toBe(normal)
    }
  })

  it('is the same for a name that needs nothing and for one that is folded', () => {
    const han = fc.string({ unit: fc.integer({ min: 0x3400, max: 0x9fff }).map((code) => String.fromCharCode(code)) })
    fc.assert(
      fc.property(fc.oneof(han, names), (name) => {
        expect(normaliseName(name)).toBe(normaliseName(`${name}！`))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a Chinese number', () => {
  it.each([
    ['十', 10],
    ['十二', 12],
    ['二十四', 24],
    ['一百零三', 103],
    ['二零一九', 2019],
    ['一八三', 183],
    ['甲', null],
  ])('%s is read as %s', (text, value) => {
    expect(readNumber(text)).toBe(value)
  })
})

const names = fc
  .array(
    fc.constantFrom('甲', '济南', '第', '二十', '分公司', '（', ')', 'Ａ', '零', '一', '有限公司', '電', ' ', '\u200b'),
    {
      maxLength: 20,
    },
  )
  .map((parts) => parts.join(''))
