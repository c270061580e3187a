import type { DbOrTx } from '../../platform/db.ts'
import { listSubjectsByCodes } from '../../registry/repository.ts'

/** The names of businesses by their codes, as far as they are registered; read at once for a whole list. */
export async function namesOf(db: DbOrTx, usccs: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (usccs.length === 0) return new Map()
  const subjects = await listSubjectsByCodes(db, { usccs: [...new Set(usccs)], registrationNumbers: [] })
  return new Map(subjects.flatMap(({ uscc, name }) => (uscc === null ? [] : [[uscc, name] as const])))
}
