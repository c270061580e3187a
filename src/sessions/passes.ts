import { randomBytes } from 'node:crypto'
import type { KeyVerifier, Principal } from '../platform/auth.ts'

/** Lets a call within this process pass the guards of the API once, as somebody who has signed in. */
export interface Passes {
  /** A pass for one call, used up by it. `withdraw` it when the call is over, lest one that was never used stays. */
  issue: (principal: Principal) => { pass: string; withdraw: () => void }
  /** Takes passes where keys are taken. */
  orKeys: (verify: KeyVerifier) => KeyVerifier
}

/**
 * Passes are random, are known in this process's memory alone and hold for one call: nobody who sees one can use it. So
 * pages call the routes of the API, with their scopes, rules, answers and audit, and need no second way in.
 */
export function createPasses(): Passes {
  const issued = new Map<string, Principal>()
  return {
    issue: (principal) => {
      const pass = `pass_${randomBytes(32).toString('base64url')}`
      issued.set(pass, principal)
      return { pass, withdraw: () => void issued.delete(pass) }
    },
    orKeys: (verify) => async (key, caller) => {
      const principal = issued.get(key)
      if (principal === undefined) return verify(key, caller)
      issued.delete(key)
      return principal
    },
  }
}
