import { Converter } from 'opencc-js/t2cn'

// The package's types lead nowhere.
const converter = Converter as (options: { from: string; to: string }) => (text: string) => string

/**
 * A traditional character's simplified form, by character. OpenCC takes 11 µs a name; this map, made from it once, under
 * 1 µs. What it loses, characters that OpenCC decides by their word (乾), it loses in both names of a pair alike.
 */
let simplified: Map<string, string> | undefined
/** By UTF-16 unit: 1 for a character that has a simplified form. Nearly every registered name has none. */
const isTraditional = new Uint8Array(65_536)
/** By UTF-16 unit: 1 for a Chinese character that stands in a normal form as it is, whatever is beside it. */
const isSettled = new Uint8Array(65_536)

function simplify(text: string): string {
  simplified ??= simplifiedForms()
  let at = 0
  while (at < text.length && isTraditional[text.charCodeAt(at)] === 0) at++
  if (at === text.length) return text
  let out = text.slice(0, at)
  for (const character of text.slice(at)) out += simplified.get(character) ?? character
  return out
}

function simplifiedForms(): Map<string, string> {
  const convert = converter({ from: 'tw', to: 'cn' })
  const convertHongKong = converter({ from: 'hk', to: 'cn' })
  const forms = new Map<string, string>()
  for (let code = 0x3400; code <= 0x9fff; code++) {
    const character = String.fromCharCode(code)
    const form = convert(character)
    const other = form === character ? convertHongKong(character) : form
    if (other === character) {
      if (plain.test(character) && !hasNumeral.test(character)) isSettled[code] = 1
      continue
    }
    forms.set(character, other)
    isTraditional[code] = 1
  }
  // 麼 is written 么, and 么 itself is taken for 幺: whatever comes out stays as it is.
  const settle = (text: string) => Array.from(text, (character) => forms.get(character) ?? character).join('')
  for (const [character, form] of forms) forms.set(character, settle(settle(form)))
  return forms
}

const digitOf = new Map(Array.from('零一二三四五六七八九', (character, value) => [character, value]))
digitOf.set('〇', 0).set('两', 2)
const unitOf = new Map([
  ['十', 10],
  ['百', 100],
  ['千', 1000],
])

/** The value of a Chinese number up to 9999, by units (二十四) or by places (二零一九); null for what is none. */
export function readNumber(text: string): number | null {
  let total = 0
  let digit: number | null = null
  let hasUnit = false
  let places = 0
  for (const character of text) {
    const unit = unitOf.get(character)
    if (unit === undefined) {
      const next = digitOf.get(character)
      if (next === undefined) return null
      places = places * 10 + next
      digit = next
      continue
    }
    hasUnit = true
    total += (digit ?? 1) * unit
    digit = null
  }
  return hasUnit ? total + (digit ?? 0) : places
}

const numeral = '[零〇一二两三四五六七八九十百千]'
/**
 * Where a Chinese number means what digits mean: an ordinal (第二十四), the number of a branch or a shop (三分店), a year or
 * a number written by places (二零一九). Elsewhere it is part of a name (三一, 百胜, 九洲) and stays.
 */
const numbers = new RegExp(
  `(?<=第)${numeral}{1,7}|${numeral}{1,7}(?=(?:分公司|分店|支公司|分厂|号店|号楼))|(?=[一二三四五六七八九零〇]{0,7}[零〇])[零〇一二三四五六七八九]{3,8}`,
  'gu',
)

const hasNumeral = new RegExp(numeral, 'u')
const plain = /^[\u4e00-\u9fff]*$/u

/**
 * The normal form of a name, in which writings of the same name are equal: compatibility forms folded (NFKC: full width,
 * circled numbers, ligatures), traditional characters simplified, lower case, one kind of brackets, ordinals in digits,
 * and neither spaces nor punctuation nor what cannot be seen (zero width, controls, lone surrogates). Takes any string;
 * idempotent.
 */
export function normaliseName(name: string): string {
  simplified ??= simplifiedForms()
  let at = 0
  while (at < name.length && isSettled[name.charCodeAt(at)] === 1) at++
  if (at === name.length) return name
  // Most others are plain Chinese, which needs none of the folding.
  const folded = plain.test(name) ? simplify(name) : fold(fold(name))
  // Looking behind and ahead at each place of every name took as long as all the rest.
  if (!hasNumeral.test(folded)) return folded
  return folded.replace(numbers, (text) => String(readNumber(text) ?? text))
}

function fold(name: string): string {
  return simplify(name.normalize('NFKC').toLowerCase().normalize('NFKC'))
    .replace(/[[{〔【〖《〈「『]/gu, '(')
    .replace(/[\]}〕】〗》〉」』]/gu, ')')
    .replace(/[^\p{L}\p{N}\p{M}()]/gu, '')
    .replace(/\(\)/gu, '')
}
