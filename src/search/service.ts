import { publishNumber, standingOf } from '../credit-files/publication-policy.ts'
import { findOwner } from '../credit-files/service.ts'
import { dayOf, type Clock } from '../platform/clock.ts'
import { findHead } from '../feed/repository.ts'
import type { Db, DbOrTx } from '../platform/db.ts'
import { Problem } from '../platform/problem.ts'
import { parseRegistrationNumber, parseUscc } from '../registry/identifiers.ts'
import { mask, withoutPersonalData } from '../registry/personal-data.ts'
import { parseWebAddress } from '../registry/web-address.ts'
import type { FollowedNames } from './follower.ts'
import { indexedForm } from './name-index.ts'
import { parseNormal } from './parse.ts'
import { overlapOf, relevance } from './ranking.ts'
import { listByCode, listHits, listNames, type Hit } from './repository.ts'
import type { SearchItem } from './schemas.ts'
import type { SubjectFilter } from './subject-index.ts'

export interface SearchContext {
  db: Db
  clock: Clock
  /** The names in this process; without them every name is looked up in the database. */
  names: FollowedNames | null
}

export interface SearchFilter extends SubjectFilter {
  standing?: SearchItem['standing'] | undefined
}

/** A result with its place in the order of results: best first, then by key. */
export interface RankedItem extends SearchItem {
  key: string
}

export interface SearchResults {
  /** In order. */
  items: RankedItem[]
  /** The position of the log up to which every change has been taken into account. */
  position: number
}

/** The place of a result in the order of a search. */
export interface Rank {
  score: number
  key: string
}

/**
 * With fewer businesses than this the database is asked too, which knows of a change at once and not only after its
 * event; with more, its answer takes longer than the event (260 ms with 10,000: bench growth).
 */
const smallRegistry = 1000
/** A name that shares less with what was asked for is no answer to it. */
const leastScore = 0.2
/** As many names from the database are ranked. */
const namesMost = 300

/**
 * What one search box finds, best first: a code or an old registration number exactly, an address by who filed it, else
 * names, former names and names of shops, by what they mean and what they share (`relevance`), also by their pinyin and
 * its initials. A search finds at most some 300 businesses: whoever wants others says more of the name.
 * @param page.after the place after which the results begin
 */
export async function search(
  context: SearchContext,
  q: string,
  filter: SearchFilter,
  page: { limit: number; after?: Rank | null },
): Promise<SearchResults> {
  const exact = await findExactly(context, q, filter)
  if (exact !== null) return exact
  // Nobody is found by a person's number or address that stands in the name of a shop (rulebook section 7).
  const name = withoutPersonalData(q).replaceAll(mask, ' ').trim()
  const { db, clock, names } = context
  const today = dayOf(clock.now())
  const { standing, ...rest } = filter
  const position = names?.present?.position ?? (await findHead(db)).position
  const matches = name === '' ? [] : await findByName(db, names, name, filter, rest)
  const ranked = matches.filter((found) => isAfter(found, page.after ?? null))
  const items: RankedItem[] = []
  // What the index says is checked with the database as of now: a business may have gone, or its standing changed.
  for (let at = 0; at < ranked.length && items.length < page.limit; at += page.limit) {
    const found = ranked.slice(at, at + page.limit)
    const hits = new Map(
      (
        await listHits(
          db,
          found.map(({ key }) => key),
        )
      ).map((hit) => [hit.key, hit]),
    )
    for (const { key, score, matchedOn } of found) {
      const hit = hits.get(key)
      if (hit === undefined) continue
      const item = itemOf(hit, score, matchedOn, today)
      if (standing === undefined || item.standing === standing) items.push(item)
    }
  }
  return { items: items.slice(0, page.limit), position }
}

function itemOf(
  { listings, ...hit }: Hit,
  score: number,
  matchedOn: SearchItem['matchedOn'],
  today: string,
): RankedItem {
  return { ...hit, standing: standingOf(listings, today), score, matchedOn }
}

interface Found extends Rank {
  matchedOn: SearchItem['matchedOn']
}

function isAfter(found: Rank, after: Rank | null): boolean {
  return after === null || found.score < after.score || (found.score === after.score && found.key > after.key)
}

async function findByName(
  db: DbOrTx,
  names: FollowedNames | null,
  q: string,
  filter: SearchFilter,
  filterInDatabase: SubjectFilter,
): Promise<Found[]> {
  const index = names?.present?.index ?? null
  const best = new Map<string, Found>()
  const offer = (found: Found) => {
    const score = Math.round(found.score * 10_000) / 10_000
    if (score >= leastScore && score > (best.get(found.key)?.score ?? 0)) best.set(found.key, { ...found, score })
  }
  for (const { uscc, score, matchedOn } of index?.find(q, filter) ?? []) offer({ key: uscc, score, matchedOn })
  const withoutCode = index !== null && index.size >= smallRegistry
  const query = indexedForm(q)
  const parsed = parseNormal(query)
  for (const { key, name, matchedOn } of await listNames(db, q, filterInDatabase, { withoutCode, limit: namesMost })) {
    const normal = indexedForm(name)
    offer({ key, matchedOn, score: relevance(parsed, parseNormal(normal), overlapOf(query, normal)) })
  }
  return [...best.values()].sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1))
}

/** Who is meant by a code, an old registration number or an address; null for a name. */
async function findExactly(
  { db, clock }: SearchContext,
  q: string,
  { standing, ...filter }: SearchFilter,
): Promise<SearchResults | null> {
  const registrationNumber = publishNumber(parseRegistrationNumber(q)?.number ?? null)
  const uscc = parseUscc(q)
  const today = dayOf(clock.now())
  const answer = (hits: RankedItem[], position: number) => ({
    items: hits.filter((item) => standing === undefined || item.standing === standing),
    position,
  })
  if (uscc !== null || registrationNumber !== null) {
    const [{ position }, hits] = await Promise.all([findHead(db), listByCode(db, { uscc, registrationNumber }, filter)])
    return answer(
      hits.map(({ matchedOn, ...hit }) => itemOf(hit, 1, matchedOn, today)),
      position,
    )
  }
  if (parseWebAddress(q) === null) return null
  const owner = await codeOfOwner(db, clock, q)
  if (owner === null) return null
  const { position } = await findHead(db)
  const hits = await listByCode(db, { uscc: owner, registrationNumber: null }, filter)
  return answer(
    hits.map(({ matchedOn: _, ...hit }) => itemOf(hit, 1, 'url', today)),
    position,
  )
}

async function codeOfOwner(db: Db, clock: Clock, q: string): Promise<string | null> {
  try {
    return (await findOwner({ db, clock, language: 'zh' }, q)).file.subject.uscc
  } catch (error) {
    if (error instanceof Problem) return null
    throw error
  }
}
