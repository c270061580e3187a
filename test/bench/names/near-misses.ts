import { soundAlike, syllableOf } from '../../../src/search/characters.ts'
import { parseName, type ParsedName } from '../../../src/search/parse.ts'
import { regionsAgree } from '../../../src/search/regions.ts'
import { oneOf, randomFrom, type RegisteredName } from './names.ts'
import type { NamePair } from './variants.ts'

/** Two businesses with names so near that one could be taken for the other, by how they are near. */
export const nearMissKinds = {
  one_char_brand: 31,
  same_brand_other_region: 16,
  same_brand_wider_region: 8,
  homophone_brand: 15,
  parent_and_branch: 10,
  other_branch: 5,
  same_brand_other_trade: 13,
  transposed_brand: 9,
  org_form_twin: 1,
  other_form: 3,
  region_left_out: 6,
} as const
type Kind = keyof typeof nearMissKinds

interface Held extends RegisteredName {
  parsed: ParsedName
  brand: string
  trade: string
}

/** About `count` pairs of registered names of different businesses that are near to each other. */
export function nearMissPairs(names: readonly RegisteredName[], count: number, seed: number): NamePair[] {
  const random = randomFrom(seed)
  const held = names.map((entry): Held => {
    const parsed = parseName(entry.name)
    return { ...entry, parsed, brand: parsed.core.slice(0, parsed.tradeAt), trade: parsed.core.slice(parsed.tradeAt) }
  })
  const found: Record<Kind, Map<string, Held[]>> = {
    one_char_brand: new Map(),
    same_brand_other_region: new Map(),
    same_brand_wider_region: new Map(),
    homophone_brand: new Map(),
    parent_and_branch: new Map(),
    other_branch: new Map(),
    same_brand_other_trade: new Map(),
    transposed_brand: new Map(),
    org_form_twin: new Map(),
    other_form: new Map(),
    region_left_out: new Map(),
  }
  const put = (kind: Kind, key: string, entry: Held) => found[kind].set(key, [...(found[kind].get(key) ?? []), entry])
  for (const entry of held) {
    const { parsed, brand, trade } = entry
    const head = `${parsed.region}${parsed.core}${parsed.formText}`
    if (parsed.form === 'limited') {
      put('parent_and_branch', head, entry)
      if (parsed.branch !== '') put('other_branch', head, entry)
    }
    if (parsed.branch === '' && brand.length > 1) {
      put('other_form', `${parsed.region}|${brand}`, entry)
      put('region_left_out', `${brand}|${trade}`, entry)
    }
    if (parsed.branch !== '' || parsed.regionCodes === null || brand.length < 2 || brand.length > 8) continue
    put('org_form_twin', parsed.region + parsed.core, entry)
    if (parsed.form !== 'limited') continue
    put('same_brand_other_region', `${brand}|${trade}`, entry)
    put('same_brand_wider_region', `${brand}|${trade}`, entry)
    put('same_brand_other_trade', `${parsed.region}|${brand}`, entry)
    put('transposed_brand', `${parsed.region}|${Array.from(brand).sort().join('')}|${trade}`, entry)
    const place = `${parsed.region}|${trade}`
    put('homophone_brand', `${place}|${Array.from(brand, syllableOf).join(' ')}`, entry)
    for (let at = 0; at < brand.length; at++) {
      put('one_char_brand', `${place}|${brand.slice(0, at)}*${brand.slice(at + 1)}`, entry)
    }
  }
  const sounds = (a: string, b: string) =>
    a.length === b.length && Array.from(a).every((character, at) => soundAlike(character, b[at] ?? ''))
  const fits: Record<Kind, (a: Held, b: Held) => boolean> = {
    one_char_brand: (a, b) => !sounds(a.brand, b.brand),
    same_brand_other_region: (a, b) => !regionsAgree(a.parsed.regionCodes ?? [], b.parsed.regionCodes ?? []),
    // Seldom the same length of code, and then the same region.
    same_brand_wider_region: (a, b) =>
      a.parsed.regionCodes?.[0]?.length !== b.parsed.regionCodes?.[0]?.length &&
      regionsAgree(a.parsed.regionCodes ?? [], b.parsed.regionCodes ?? []),
    homophone_brand: (a, b) => a.brand !== b.brand && sounds(a.brand, b.brand),
    parent_and_branch: (a, b) => (a.parsed.branch === '') !== (b.parsed.branch === ''),
    other_branch: (a, b) => a.parsed.branch !== b.parsed.branch,
    same_brand_other_trade: (a, b) => a.trade !== b.trade,
    transposed_brand: (a, b) => a.brand !== b.brand,
    other_form: (a, b) => a.parsed.form !== null && b.parsed.form !== null && a.parsed.form !== b.parsed.form,
    region_left_out: (a, b) => a.parsed.form === b.parsed.form && (a.parsed.region === '') !== (b.parsed.region === ''),
    org_form_twin: (a, b) => a.parsed.formText !== b.parsed.formText,
  }
  const pairs: NamePair[] = []
  for (const [kind, share] of Object.entries(nearMissKinds) as [Kind, number][]) {
    const groups = [...found[kind].values()].filter((group) => group.length > 1)
    const wanted = Math.round((count * share) / 100)
    const seen = new Set<string>()
    let ofKind = 0
    for (let turn = 0; ofKind < wanted && turn < wanted * 200 && groups.length > 0; turn++) {
      const group = oneOf(groups, random)
      const [a, b] = [oneOf(group, random), oneOf(group, random)]
      if (a.code === b.code || a.name === b.name || !fits[kind](a, b) || seen.has(a.name + b.name)) continue
      seen.add(a.name + b.name)
      ofKind++
      pairs.push({ kind, a: a.name, b: b.name, same: false })
    }
  }
  return pairs
}
