import type { DbOrTx } from '../platform/db.ts'
import type { FollowedNames } from '../search/follower.ts'
import type { Registered } from './domain.ts'
import { listRegistered } from './repository.ts'

/** The names of all businesses in the memory of this process. */
export type NamesInMemory = Pick<FollowedNames, 'present'>

/** Changes that are remembered while the names in memory have not come so far; beyond, the database is asked. */
const changedMost = 100_000

/**
 * What the registry holds of businesses: out of the names in memory, which follow the log on their own, and out of the
 * database what these do not have yet. For that, who changed is noted as the screening reads the log.
 */
export class RegisteredBusinesses {
  readonly #names: NamesInMemory | null
  /** Everybody who changed after this position is noted, with the position of the last change. */
  #since = Infinity
  readonly #changed = new Map<string, number>()

  constructor(names: NamesInMemory | null) {
    this.#names = names
  }

  /** From now on every change after this position is noted. */
  noteFrom(position: number): void {
    this.#since = position
    this.#changed.clear()
  }

  /** Notes that a business changed; in the order of the log. */
  note(uscc: string, position: number): void {
    if (this.#names === null) return
    if (this.#changed.size >= changedMost) this.#forget(position)
    this.#changed.set(uscc, position)
  }

  #forget(position: number): void {
    const reached = this.#names?.present?.position ?? 0
    for (const [uscc, at] of this.#changed) if (at <= reached) this.#changed.delete(uscc)
    // The names are far behind, or being built: what was noted so far is of no use until they have come here.
    if (this.#changed.size * 2 > changedMost) this.noteFrom(position - 1)
  }

  /**
   * Who is registered under these codes, as of the position up to which changes were noted, or later.
   * @param withNames without it the names may be left out: they are not needed to tell who there is
   */
  async find(db: DbOrTx, usccs: readonly string[], withNames: boolean): Promise<Map<string, Registered>> {
    const found = new Map<string, Registered>()
    const present = this.#names?.present ?? null
    const usable = present !== null && present.position >= this.#since ? present : null
    const asked = usccs.filter((uscc) => {
      if (usable === null || (this.#changed.get(uscc) ?? 0) > usable.position) return true
      const business = usable.index.registered(uscc, withNames)
      if (business !== null) found.set(uscc, business)
      // Nobody is told to be unknown by memory alone.
      return business === null
    })
    if (asked.length > 0) for (const one of await listRegistered(db, asked)) found.set(one.uscc, one)
    return found
  }
}
