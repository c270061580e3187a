import { organisationCheckCharacter, usccCheckCharacter } from '../../../src/registry/identifiers.ts'
import { parseName } from '../../../src/search/parse.ts'
import { regionRows } from '../../../src/search/data/regions.ts'
import { characterRanks, tradeWordList } from '../../../src/search/data/words.ts'
import { oneOf, randomFrom, type RegisteredName } from './names.ts'

/** A made-up code in region 999900, which is not assigned, with right check characters. */
export function madeUpCode(number: number): string {
  const organisation = String(number).padStart(8, '0')
  const code = `91999900${organisation}${organisationCheckCharacter(organisation)}`
  return code + usccCheckCharacter(code)
}

/** `count` different names of businesses, made from parts of these, or from lists of words where there are none. */
export function makeNames(count: number, given: readonly RegisteredName[], seed: number): string[] {
  const random = randomFrom(seed)
  const parsed = given.filter((_, at) => at % 4 === 0).map(({ name }) => parseName(name))
  const regions =
    parsed.length > 0 ? parsed.map(({ region }) => region).filter(Boolean) : regionRows.replace(/\d/gu, '').split(' ')
  const words = tradeWordList.split(' ')
  const trades =
    parsed.length > 0
      ? parsed.map(({ core, tradeAt }) => core.slice(tradeAt)).filter(Boolean)
      : words.flatMap((word) => [word, word + oneOf(words, random)])
  const characters = Array.from(characterRanks.split(' ').slice(0, 6).join(''))
  const brands = parsed.map(({ core, tradeAt }) => core.slice(0, tradeAt)).filter((brand) => brand.length > 1)
  const forms = ['有限公司', '有限公司', '有限公司', '有限责任公司', '股份有限公司', '商行', '经营部', '店']
  const names = new Set(given.map(({ name }) => name))
  const made: string[] = []
  while (made.length < count) {
    const brand =
      brands.length > 0 && random() < 0.6
        ? oneOf(brands, random)
        : Array.from({ length: random() < 0.7 ? 2 : 3 }, () => oneOf(characters, random)).join('')
    const name = oneOf(regions, random) + brand + oneOf(trades, random) + oneOf(forms, random)
    if (names.has(name)) continue
    names.add(name)
    made.push(name)
  }
  return made
}
