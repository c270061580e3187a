import { regions } from '../registry/code-lists.ts'

const byCode = new Map(regions.map((region) => [region.code, region]))

/** Provinces by code, as a filter offers them. */
export const provinces = regions.filter(({ level }) => level === 'province')

/** The name of a region as its register writes it (Chinese), with those it lies in; null for a code that is not assigned. */
export function regionNameOf(code: string): string | null {
  const names: string[] = []
  for (let at = byCode.get(code.padEnd(6, '0')) ?? null; at !== null; at = byCode.get(at.parent ?? '') ?? null) {
    names.unshift(at.name)
  }
  return names.length === 0 ? null : names.join('')
}
