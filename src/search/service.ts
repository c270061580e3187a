import { publishNumber, standingOf } from '../credit-files/publication-policy.ts'
import { findOwner } from '../credit-files/service.ts'
import { presentRulebook } from '../law/service.ts'
import { dayOf, type Clock } from '../platform/clock.ts'
import type { DbOrTx } from '../platform/db.ts'
import { Problem } from '../platform/problem.ts'
import { parseRegistrationNumber, parseUscc } from '../registry/identifiers.ts'
import { parseWebAddress } from '../registry/web-address.ts'
import { listByCode, listByName, type Hit, type SubjectFilter } from './repository.ts'
import type { SearchItem } from './schemas.ts'

export interface SearchFilter extends SubjectFilter {
  standing?: SearchItem['standing'] | undefined
}

/** How many of the best are looked at when only those of one standing are wanted. */
const depthByStanding = 2000

/** What one search box finds: a code or an old registration number exactly, an address by who filed it, else names. */
export async function search(
  db: DbOrTx,
  clock: Clock,
  q: string,
  { standing, ...filter }: SearchFilter,
  limit: number,
): Promise<SearchItem[]> {
  const rulebook = await presentRulebook(db)
  const today = dayOf(clock.now())
  const hits = await findHits(db, clock, q, filter, standing === undefined ? limit : depthByStanding)
  return hits
    .map(({ listings, ...hit }) => ({ ...hit, standing: standingOf(rulebook, listings, today) }))
    .filter((item) => standing === undefined || item.standing === standing)
    .slice(0, limit)
}

async function findHits(db: DbOrTx, clock: Clock, q: string, filter: SubjectFilter, limit: number): Promise<Hit[]> {
  const registrationNumber = publishNumber(parseRegistrationNumber(q)?.number ?? null)
  const code = { uscc: parseUscc(q), registrationNumber }
  if (code.uscc !== null || code.registrationNumber !== null) return listByCode(db, code, filter)
  if (parseWebAddress(q) !== null) {
    const owner = await codeOfOwner(db, clock, q)
    if (owner !== null) {
      const hits = await listByCode(db, { uscc: owner, registrationNumber: null }, filter)
      return hits.map((hit) => ({ ...hit, matchedOn: 'url' }))
    }
  }
  return listByName(db, q, filter, limit)
}

async function codeOfOwner(db: DbOrTx, clock: Clock, q: string): Promise<string | null> {
  try {
    return (await findOwner({ db, clock, language: 'zh' }, q)).file.subject.uscc
  } catch (error) {
    if (error instanceof Problem) return null
    throw error
  }
}
