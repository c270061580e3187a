import { isWithin } from './plain-date.ts'
import type { Ground, List, RuleVersion, Rulebook } from './rulebook.ts'

/** The version of the rules on a subject that is in force on `on`, or null before the first. */
export function versionInForce(rulebook: Rulebook, subject: RuleVersion['subject'], on: string): RuleVersion | null {
  return rulebook.versions.find((version) => version.subject === subject && isWithin(version, on)) ?? null
}

/** The ground as it is in force on `on`, with the code of the rulebook version, or null when it is not in force then. */
export function groundInForce(rulebook: Rulebook, code: string, on: string): (Ground & { rulebook: string }) | null {
  const ground = rulebook.grounds.find((row) => row.code === code && isWithin(row, on))
  const version = ground === undefined ? null : versionInForce(rulebook, ground.list, on)
  return ground === undefined || version === null ? null : { ...ground, rulebook: version.code }
}

/** The list that a ground belongs to in any version, or null for a code that the rulebook has never known. */
export function listOfGround(rulebook: Rulebook, code: string): List | null {
  return rulebook.grounds.find((row) => row.code === code)?.list ?? null
}

/**
 * The ground as the version `versionCode` words it: what an entry of that version shows for ever.
 * @throws Error for a ground that the version does not know, which a stored entry never has
 */
export function groundOfVersion(rulebook: Rulebook, code: string, versionCode: string): Ground {
  const version = rulebook.versions.find((row) => row.code === versionCode)
  const wordings = rulebook.grounds.filter(
    (row) =>
      row.code === code &&
      version !== undefined &&
      (version.to === null || row.from <= version.to) &&
      (row.to === null || row.to >= version.from),
  )
  const newest = wordings.reduce<Ground | undefined>((a, b) => (a === undefined || b.from > a.from ? b : a), undefined)
  if (newest === undefined) throw new Error(`rulebook ${versionCode} has no ground ${code}`)
  return newest
}

/** Whether a pattern of ground codes, which may end in `*`, has this one in it. */
export function coversGround(patterns: readonly string[], code: string): boolean {
  return patterns.some((pattern) => (pattern.endsWith('*') ? code.startsWith(pattern.slice(0, -1)) : pattern === code))
}
