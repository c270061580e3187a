import type { Language } from '../../platform/language.ts'

/** An article as a row of the rulebook cites it. */
export interface Citation {
  /** The law, as a heading names it. */
  law: string
  /** The article within it; empty where the law is cited as a whole. */
  article: string
}

/** Orders have a number, by which some rows cite them and others by title. */
const titles: Readonly<Record<string, string>> = {
  令37: '《网络交易监督管理办法》（令37）',
  令44: '《市场监督管理严重违法失信名单管理办法》（令44）',
  令45: '《市场监督管理行政处罚信息公示规定》（令45）',
  令68: '《企业经营异常名录管理办法》（令68）',
  令69: '《个体工商户年度报告办法》（令69）',
  令70: '《农民专业合作社年度报告公示办法》（令70）',
  令83: '《严重违法失信企业名单管理暂行办法》（令83）',
  'Order 68 as amended by Order 101': 'Order 68',
  'Order 69 as amended by Order 101': 'Order 69',
  'Order 70 as amended by Order 101': 'Order 70',
  'Interim Regulation on Enterprise Information Publicity (2024)': 'Publicity Regulation (2024)',
  '《企业经营异常名录管理暂行办法》': '《企业经营异常名录管理办法》（令68）',
  '《企业经营异常名录管理办法》': '《企业经营异常名录管理办法》（令68）',
  '《个体工商户年度报告暂行办法》': '《个体工商户年度报告办法》（令69）',
  '《个体工商户年度报告办法》': '《个体工商户年度报告办法》（令69）',
  '《农民专业合作社年度报告公示暂行办法》': '《农民专业合作社年度报告公示办法》（令70）',
  '《农民专业合作社年度报告公示办法》': '《农民专业合作社年度报告公示办法》（令70）',
  '《市场监督管理严重违法失信名单管理办法》': '《市场监督管理严重违法失信名单管理办法》（令44）',
  '《市场监督管理行政处罚信息公示规定》': '《市场监督管理行政处罚信息公示规定》（令45）',
  '《严重违法失信企业名单管理暂行办法》': '《严重违法失信企业名单管理暂行办法》（令83）',
}

/** The laws and articles that the text of an article names: `令68第十六条；令69第十九条` are two. */
export function citationsOf(text: string, language: Language): Citation[] {
  let before = ''
  return text
    .split(language === 'zh' ? '；' : /;\s*/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const place =
        language === 'zh' ? part.search(/第[〇零一二三四五六七八九十百]+[条部]|第（/) : part.search(/,? arts? \d/)
      const named = place < 0 ? part : part.slice(0, place)
      // `（2014）第十七条；（2024）第十八条` goes on with the law that was named before, in another version.
      const law = /^[（(]\d{4}[）)]$/.test(named)
        ? `${before.replace(/ ?[（(]\d{4}[）)]$/, '')}${language === 'zh' ? '' : ' '}${named}`
        : named
      before = law
      return { law: capitalised(titles[law] ?? law), article: place < 0 ? '' : part.slice(place).replace(/^,? /, '') }
    })
}

/** A law that stands first in a heading, though it was cited in the middle of a sentence. */
const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

const digits = '零一二三四五六七八九'

/** The number of the first article that a text names, for the order of articles; 0 without one. */
export function articleNumber(article: string): number {
  const [, arabic] = /(\d+)/.exec(article) ?? []
  if (arabic !== undefined) return Number(arabic)
  const [, chinese = ''] = /第([一二三四五六七八九十百零]+)/.exec(article) ?? []
  let number = 0
  let digit = 0
  for (const character of chinese) {
    if (character === '百') number += (digit || 1) * 100
    else if (character === '十') number += (digit || 1) * 10
    else {
      digit = digits.indexOf(character)
      continue
    }
    digit = 0
  }
  return number + digit
}
