/**
 * Loads the files that are named, which make patterns when they are loaded, calls what makes one when it is called, and prints
 * what `RegExp` was given in our own files: the last line is an array of `{ place, source, flags }`.
 */
import { resolve } from 'node:path'

const files = process.argv.slice(2)
const seen: { place: string; source: string; flags: string }[] = []
const take = (source: unknown, flags = '') => {
  const frame = new Error().stack
    ?.split('\n')
    .find((line) => line.includes(`${resolve('.')}/`) && !line.includes('made-patterns'))
  const [, place] = /\/((?:src|jobs|bin|clients|scripts)\/[^:?]+:\d+)/.exec(frame ?? '') ?? []
  if (place !== undefined && typeof source === 'string') seen.push({ place, source, flags })
}
globalThis.RegExp = new Proxy(RegExp, {
  construct: (target, [source, flags]: [string, string?], self) => {
    take(source, flags)
    return Reflect.construct(target, [source, flags], self) as RegExp
  },
  apply: (target, _self, [source, flags]: [string, string?]) => {
    take(source, flags)
    return target(source, flags)
  },
})
for (const file of files) await import(resolve(file))
const { findLicence } = await import('../../src/web-checks/licence.ts')
const { readPage } = await import('../../src/web-checks/page.ts')
const holder = { uscc: '91999900MA0000015N', registrationNumber: null }
findLicence({ ...readPage('<p>虚构</p>'), url: 'https://one.example/' }, holder, 'https://credit.example')
process.stdout.write(`\n${JSON.stringify(seen)}\n`)
process.exit(0)
