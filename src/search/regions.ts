import { regionRows } from './data/regions.ts'

/** A place at the head of a name: how much of the text it takes, and the codes that it may stand for. */
export interface Place {
  length: number
  /** GB/T 2260 codes without closing zeros, so that a prefix is a region that contains it; '' is China. */
  codes: readonly string[]
}

const peoples =
  '(?:满|回|藏|苗|彝|壮|布依|朝鲜|侗|瑶|白|土家|土|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|鄂温克|德昂|保安|裕固|独龙|鄂伦春|蒙古|维吾尔|各)族?'
/** Four peoples have a county together at most (双江拉祜族佤族布朗族傣族自治县). */
const autonomous = new RegExp(`(?:${peoples}){0,4}自治(?:区|州|县|旗)$`, 'u')
const suffix = /(?:特别行政区|地区|林区|矿区|省|市|县|区|盟|州|旗)$/u

/** The writings of a region's name, its suffix left out or shortened. */
function writingsOf(name: string): string[] {
  // 蒙古 and 藏 are part of these two names, not the people that a region is named for.
  if (/^(?:内蒙古|西藏)自治区$/u.test(name)) return [name, name.slice(0, -3), name.slice(0, -3) + '区']
  const short = autonomous.test(name) ? name.replace(autonomous, '') : name.replace(suffix, '')
  if (short.length < 2) return [name]
  if (!autonomous.test(name)) return [name, short]
  const kind = name.slice(-1)
  return [name, short, `${short}自治${kind}`, `${short}${kind}`]
}

interface Known {
  codes: string[]
  /** Districts that have this name without its suffix: they are places only behind the city that they are in. */
  districts: string[]
}

const known = new Map<string, Known>()
/** How long names that begin with these two characters are at most: nearly no text begins with any. */
const longestOf = new Map<string, number>()
for (const row of regionRows.split(' ')) {
  const [, code = '', name = ''] = /^(\d+)(\D.*)$/u.exec(row) ?? []
  for (const writing of writingsOf(name)) {
    const entry = known.get(writing) ?? { codes: [], districts: [] }
    const isDistrict = writing !== name && name.endsWith('区') && code.length === 6
    ;(isDistrict ? entry.districts : entry.codes).push(code)
    known.set(writing, entry)
    const head = writing.slice(0, 2)
    longestOf.set(head, Math.max(longestOf.get(head) ?? 0, writing.length))
  }
}
known.set('中国', { codes: [''], districts: [] })
longestOf.set('中国', 2)

/** Words that begin with what could be a suffix: 北京市政 is not 北京市. */
const notASuffix = /^(?:市政|市场|市容|市民|市郊|区域|县域|州际)/u
const aSuffix = /^[省市县区州盟旗]/u

/** The region at the head of `text`, inside `parents` where these are given; null where there is none. */
export function regionAt(text: string, parents: readonly string[] | null): Place | null {
  const longest = longestOf.get(text.slice(0, 2)) ?? 0
  for (let length = Math.min(longest, text.length); length >= 2; length--) {
    const entry = known.get(text.slice(0, length))
    if (entry === undefined) continue
    const codes =
      parents === null
        ? entry.codes
        : [...entry.codes, ...entry.districts].filter((code) => parents.some((parent) => code.startsWith(parent)))
    if (codes.length === 0) continue
    const rest = text.slice(length)
    if (notASuffix.test(text.slice(length - 1))) continue
    // A county that became a city or a district since keeps its name: 海门市, 海门区.
    const more = !suffix.test(text.slice(0, length)) && aSuffix.test(rest) && !notASuffix.test(rest) ? 1 : 0
    return { length: length + more, codes }
  }
  return null
}

const unlisted = /^[\p{Script=Han}]{2,3}?(?:市|县|自治县|州|旗)(?!场|政|域|际)/u
const town = /^[\p{Script=Han}]{2,3}?(?:镇|乡|街道|新区|开发区)/u
const noPlace = /(?:超|城|都|夜|股|集|花|菜|书|楼|房|车|鞋|衣)市$/u

/** A place that the list does not have: a town behind a region, a former county; how many characters it takes. */
export function unlistedPlaceAt(text: string, behindRegion: boolean): number {
  const match = (behindRegion ? town : unlisted).exec(text)
  return match === null || noPlace.test(match[0]) || match[0].length + 2 > text.length ? 0 : match[0].length
}

/** Whether two regions may be one: one of them contains the other. */
export function regionsAgree(a: readonly string[], b: readonly string[]): boolean {
  return a.some((code) => b.some((other) => code.startsWith(other) || other.startsWith(code)))
}
