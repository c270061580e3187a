import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseName } from '../../src/search/parse.ts'

const partsOf = (name: string) => {
  const { region, core, tradeAt, form, branch } = parseName(name)
  return { region, tradeName: core.slice(0, tradeAt), trade: core.slice(tradeAt), form, branch }
}

describe('a name in its parts', () => {
  it.each([
    ['济南甲乙商贸有限公司', '济南', '甲乙', '商贸', 'limited', ''],
    ['甲乙（济南）商贸有限公司', '济南', '甲乙', '商贸', 'limited', ''],
    ['甲乙商贸（济南市）有限责任公司', '济南市', '甲乙', '商贸', 'limited', ''],
    ['山东省济南市历下区甲乙商贸股份有限公司', '山东省济南市历下区', '甲乙', '商贸', 'joint-stock', ''],
    ['河北省宽城满族自治县甲乙矿业有限责任公司', '河北省宽城满族自治县', '甲乙', '矿业', 'limited', ''],
    ['内蒙古甲乙商贸有限公司', '内蒙古', '甲乙', '商贸', 'limited', ''],
    ['西藏甲乙商贸有限公司', '西藏', '甲乙', '商贸', 'limited', ''],
    ['北京市政工程有限公司', '北京', '市政', '工程', 'limited', ''],
    ['甲乙超市', '', '甲乙', '超市', null, ''],
    ['济南甲乙商贸有限公司第二分公司', '济南', '甲乙', '商贸', 'limited', '第2分公司'],
    ['甲乙(中国)商贸有限公司重庆北城天街店', '中国', '甲乙', '商贸', 'limited', '重庆北城天街店'],
    ['临沂市甲乙蔬菜农民专业合作社', '临沂市', '甲乙', '蔬菜', 'cooperative', ''],
    ['临沂市甲乙养殖场（个体工商户）', '临沂市', '甲乙', '养殖场', null, ''],
    ['青岛甲乙铸造有眼公司', '青岛', '甲乙', '铸造', 'limited', ''],
  ])('%s', (name, region, tradeName, trade, form, branch) => {
    expect(partsOf(name)).toEqual({ region, tradeName, trade, form, branch })
  })

  it('has every character of the normal form in one of its parts, brackets aside', () => {
    const word = fc.constantFrom(
      '济南',
      '甲',
      '乙',
      '商贸',
      '(上海)',
      '有限公司',
      '分公司',
      '北京市',
      '第2',
      '超市',
      'abc',
      '区',
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        const { normal, region, core, formText, branch } = parseName(words.join(''))
        const sorted = (text: string) => Array.from(text.replace(/[()]/gu, '')).sort().join('')
        expect(sorted(region + core + formText + branch)).toBe(sorted(normal))
      }),
      { numRuns: 1000 },
    )
  })
})
