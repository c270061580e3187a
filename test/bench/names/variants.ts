import { lookAlikeRows } from '../../../src/search/data/look-alikes.ts'
import { Converter } from 'opencc-js/cn2t'
import { oneOf, randomFrom } from './names.ts'

/** Ways in which a registered name is written differently and still means the same business. */
export const variantKinds = [
  'bracket_width',
  'spacing',
  'traditional',
  'region_suffix',
  'region_moved',
  'org_form_missing',
  'org_form_swapped',
  'ocr_char',
] as const
export type VariantKind = (typeof variantKinds)[number]

const toTraditional = Converter({ from: 'cn', to: 't' })

const looks = new Map<string, [string, number][]>()
for (const [first = '', ...rest] of lookAlikeRows.split(' ')) {
  let tenths = 0
  for (const character of rest) {
    if (character >= '0' && character <= '9') tenths = Number(character)
    else looks.set(first, [...(looks.get(first) ?? []), [character, tenths]])
  }
}
const someCharacters = [...looks.keys()]

/** Regions as the generator knows them: without the parser's table, which it is to test. */
const provinces =
  /^(北京|上海|天津|重庆|河北|山西|辽宁|吉林|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海)(?![省市])/u
const cities = /^(.{2,3}?)市(?!政|场)/u
const municipalities = '北京上海天津重庆'
const places = /^((?:.{2,3}省)?(?:.{2,3}[市县])(?:.{2}区)?|.{2,3}省)/u
const form = /(有限责任公司|有限公司)$/u

function changed(name: string, kind: VariantKind, random: () => number): string | null {
  switch (kind) {
    case 'bracket_width':
      return /[()（）]/u.test(name)
        ? name.replace(/[()（）]/gu, (bracket) =>
            oneOf('(（'.includes(bracket) ? ['(', '（', '（ '] : [')', '）'], random),
          )
        : null
    case 'spacing': {
      const at = Math.floor(random() * name.length)
      return oneOf(
        [`\u3000${name} `, Array.from(name).join(' '), `${name}。`, `${name.slice(0, at)}\u200b${name.slice(at)}`],
        random,
      )
    }
    case 'traditional':
      return toTraditional(name)
    case 'region_suffix': {
      const city = cities.exec(name)
      if (city !== null) return (city[1] ?? '') + name.slice(city[0].length)
      const province = provinces.exec(name)
      if (province === null) return null
      return province[0] + (municipalities.includes(province[0]) ? '市' : '省') + name.slice(province[0].length)
    }
    case 'region_moved': {
      const place = (places.exec(name) ?? provinces.exec(name))?.[0]
      const end = form.exec(name)?.index
      if (place === undefined || end === undefined || end - place.length < 4) return null
      const core = name.slice(place.length, end)
      const at = oneOf([2, core.length - 2, core.length], random)
      return `${core.slice(0, at)}（${place}）${core.slice(at)}${name.slice(end)}`
    }
    case 'org_form_missing':
      return form.test(name) ? name.replace(form, '') : null
    case 'org_form_swapped':
      return form.test(name) ? name.replace(form, (text) => (text === '有限公司' ? '有限责任公司' : '有限公司')) : null
    case 'ocr_char': {
      const end = form.exec(name)?.index ?? name.length
      const at = Math.floor(random() * end)
      const near = looks.get(name[at] ?? '') ?? []
      // A table has not every slip: one in ten is any character.
      if (near.length === 0 || random() < 0.1)
        return name.slice(0, at) + oneOf(someCharacters, random) + name.slice(at + 1)
      const likest = near.flatMap(([character, tenths]) => Array<string>(2 ** (tenths - 4)).fill(character))
      return name.slice(0, at) + oneOf(likest, random) + name.slice(at + 1)
    }
  }
}

/** A name in another writing of this kind; null where the name has nothing to write so. */
export function variantOf(name: string, kind: VariantKind, random: () => number): string | null {
  const variant = changed(name, kind, random)
  return variant === name ? null : variant
}

export interface NamePair {
  kind: string
  a: string
  b: string
  same: boolean
}

/** About `count` pairs of a name and a variant of it, kinds in turn; one in ten is changed in two ways. */
export function variantPairs(names: readonly string[], count: number, seed: number): NamePair[] {
  const random = randomFrom(seed)
  const pairs: NamePair[] = []
  for (let turn = 0; pairs.length < count && turn < count * 20; turn++) {
    const kind = variantKinds[turn % variantKinds.length]!
    const name = oneOf(names, random)
    const once = variantOf(name, kind, random)
    if (once === null) continue
    const twice = random() < 0.1 ? variantOf(once, oneOf(variantKinds, random), random) : null
    pairs.push({ kind, a: name, b: twice ?? once, same: true })
  }
  return pairs
}
