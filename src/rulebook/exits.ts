import { coversGround } from './grounds.ts'
import { addYears, isWithin } from './plain-date.ts'
import type { ExitPolicy, List, Rulebook } from './rulebook.ts'

/**
 * How an entry on a ground ends, looked at on `on`: the newest rule in force, one for the very ground before one for many
 * (rulebook 3.7). Null where the law knows none.
 */
export function exitPolicyOn(rulebook: Rulebook, groundCode: string, on: string): ExitPolicy | null {
  const isExact = (policy: ExitPolicy) => Number(policy.grounds.includes(groundCode))
  return (
    rulebook.exitPolicies
      .filter((policy) => coversGround(policy.grounds, groundCode) && isWithin(policy, on))
      .sort((a, b) => (a.from === b.from ? isExact(b) - isExact(a) : a.from < b.from ? 1 : -1))[0] ?? null
  )
}

/** The days that a policy sets for an entry whose term runs from `termFrom`. */
export interface ExitDays {
  /** When the term is over; null without one. */
  expiresOn: string | null
  /** From when on a business may apply before that; null where it may not. */
  earlyExitFrom: string | null
  /** From when on it could no longer apply; null where it always may. */
  applyBefore: string | null
}

export function exitDays(policy: ExitPolicy | null, termFrom: string): ExitDays {
  const after = (years: number | null | undefined) => (years == null ? null : addYears(termFrom, years))
  const early = after(policy?.earlyExitAfterYears)
  return {
    expiresOn: after(policy?.termYears),
    // A rule that came later opens no exit before its own first day.
    earlyExitFrom: early !== null && policy !== null && early < policy.from ? policy.from : early,
    applyBefore: after(policy?.applyWithinYears),
  }
}

/**
 * Whether an entry of the list that has ended stays in view on the day `on`, and since when the rule that says so holds
 * (rulebook 2.8, 3.6).
 */
export function afterExitOn(rulebook: Rulebook, list: List, on: string): { stays: boolean; since: string } {
  const rule = rulebook.afterExit.find((row) => row.list === list && isWithin(row, on))
  return { stays: rule?.stays ?? false, since: rule?.from ?? on }
}
