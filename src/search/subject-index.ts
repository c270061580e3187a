import type { SubjectStatus } from '../registry/vocabulary.ts'
import { createBigramIndex } from './bigram-index.ts'
import { createCodeTable } from './codes.ts'
import { indexedForm } from './name-index.ts'
import { withRoom } from './numbers.ts'
import { parseNormal } from './parse.ts'
import { readingsOf } from './pinyin.ts'
import { overlapScore, relevance } from './ranking.ts'

/** How a business was found. */
export type NameKind = 'name' | 'former-name' | 'shop-name'
const nameKinds: readonly NameKind[] = ['name', 'former-name', 'shop-name']

/** A business as the index holds it. */
export interface IndexedSubject {
  uscc: string
  names: readonly { kind: NameKind; name: string }[]
  regionCode: string
  entityType: string
  status: SubjectStatus
  standing: string
}

/** A business as it is registered, its names in their normal forms. */
export interface RegisteredNames {
  uscc: string
  name: string
  /** Former names. */
  otherNames: readonly string[]
  status: SubjectStatus
}

export interface SubjectFilter {
  /** The beginning of a GB/T 2260 code. */
  regionCode?: string | undefined
  entityType?: string | undefined
  standing?: string | undefined
}

export interface FoundSubject {
  uscc: string
  score: number
  matchedOn: NameKind
}

/** The names of all businesses, in the memory of this process. */
export interface SubjectIndex {
  /** Adds many new businesses at once, each taken in before the next is asked for. */
  load(subjects: Iterable<IndexedSubject>): void
  /** Adds a business, or takes the place of what is held of it. */
  put(subject: IndexedSubject): void
  remove(uscc: string): void
  find(q: string, filter: SubjectFilter): FoundSubject[]
  /** Does in small pieces what the first search by pinyin would else wait for. */
  prepareSounds(): Generator<void>
  /** Who is registered under a code, without the names where these are not asked for. */
  registered(uscc: string, withNames: boolean): RegisteredNames | null
  readonly size: number
  /** Names of businesses that changed or went, whose room is only free after building anew. */
  readonly waste: number
  readonly bytes: number
}

/** As many names as share the most with a query are looked at; so many are compared part by part. */
const lookedAtMost = 300
const comparedMost = 30
/** What a name is worth that only sounds like the query. */
const soundWorth = 0.85
const initialsWorth = 0.7
/** Queries are compared by this many characters; no registered name is longer. */
const longestQuery = 120

/** An empty index. */
export function createSubjectIndex(): SubjectIndex {
  const index = createBigramIndex()
  /** By document: the business, and which kind of name it is. */
  let ownerOf = new Uint32Array(1 << 12)
  let kindOf = new Uint8Array(1 << 12)
  let documents = 0
  /** By business: its profile, and the first of its documents, behind the last of the business before. */
  const codes = createCodeTable()
  let profileOf = new Uint32Array(1 << 12)
  let firstDocument = new Uint32Array(1 << 12)
  let businesses = 0
  const profiles = createProfiles()

  const registerName = (kind: NameKind) => {
    ownerOf = withRoom(ownerOf, documents + 1)
    kindOf = withRoom(kindOf, documents + 1)
    ownerOf[documents] = businesses
    kindOf[documents] = nameKinds.indexOf(kind)
    documents++
  }
  /** Its names are registered first. */
  const register = (subject: IndexedSubject) => {
    codes.add(subject.uscc)
    profileOf = withRoom(profileOf, businesses + 1)
    firstDocument = withRoom(firstDocument, businesses + 2)
    profileOf[businesses] = profiles.numberOf(subject)
    firstDocument[++businesses] = documents
  }
  const documentsOf = (number: number) => ({ from: firstDocument[number] ?? 0, to: firstDocument[number + 1] ?? 0 })
  const remove = (uscc: string) => {
    const number = codes.numberOf(uscc)
    if (number === undefined) return
    codes.forget(uscc)
    const { from, to } = documentsOf(number)
    for (let document = from; document < to; document++) index.remove(document)
  }

  const registered: SubjectIndex['registered'] = (uscc, withNames) => {
    const number = codes.numberOf(uscc)
    if (number === undefined) return null
    const named = { uscc, status: profiles.at(profileOf[number] ?? 0).status, name: '', otherNames: [] }
    if (!withNames) return named
    const names: string[] = []
    const { from, to } = documentsOf(number)
    for (let document = from; document < to; document++) {
      if (nameKinds[kindOf[document] ?? 0] !== 'shop-name') names.push(index.textOf(document))
    }
    const [name = '', ...otherNames] = names
    return { ...named, name, otherNames }
  }

  const acceptedBy = ({ regionCode, entityType, standing }: SubjectFilter) => {
    if (regionCode === undefined && entityType === undefined && standing === undefined) return undefined
    const accepted = profiles.which(
      (profile) =>
        (regionCode === undefined || profile.regionCode.startsWith(regionCode)) &&
        (entityType === undefined || profile.entityType === entityType) &&
        (standing === undefined || profile.standing === standing),
    )
    return (document: number) => accepted[profileOf[ownerOf[document] ?? 0] ?? 0] === 1
  }

  const find: SubjectIndex['find'] = (q, filter) => {
    const query = indexedForm(q).slice(0, longestQuery)
    const text = query.replace(/[()]/gu, '')
    if (text === '') return []
    const parsed = parseNormal(query)
    const accepts = acceptedBy(filter)
    const options = { limit: lookedAtMost, ...(accepts && { accepts }) }
    const best = new Map<number, FoundSubject>()
    const offer = (document: number, score: number) => {
      const number = ownerOf[document] ?? 0
      const before = best.get(number)
      if (before !== undefined && before.score >= score) return
      best.set(number, { uscc: codes.codeOf(number), score, matchedOn: nameKinds[kindOf[document] ?? 0] ?? 'name' })
    }
    index.find(text, options).forEach((candidate, at) => {
      const { document } = candidate
      offer(
        document,
        at < comparedMost ? relevance(parsed, parseNormal(index.textOf(document)), candidate) : overlapScore(candidate),
      )
    })
    for (const reading of readingsOf(text)) {
      const worth = reading.by === 'sound' ? soundWorth : initialsWorth
      for (const { document } of index.findBySound(reading.keys, reading.by, options)) {
        const name = index.textOf(document)
        if (!reading.isIn(name)) continue
        offer(
          document,
          worth * overlapScore({ contained: 1, dice: (2 * reading.length) / (reading.length + name.length) }),
        )
      }
    }
    return [...best.values()]
  }

  return {
    load: (subjects) => {
      index.addAll(
        (function* () {
          for (const subject of subjects) {
            for (const { kind, name } of subject.names) {
              registerName(kind)
              yield indexedForm(name)
            }
            register(subject)
          }
        })(),
      )
    },
    put: (subject) => {
      remove(subject.uscc)
      for (const { kind, name } of subject.names) {
        registerName(kind)
        index.add(indexedForm(name))
      }
      register(subject)
    },
    remove,
    find,
    prepareSounds: () => index.prepareSounds(),
    registered,
    get size() {
      return codes.size
    },
    get waste() {
      return index.waste
    },
    get bytes() {
      return index.bytes
    },
  }
}

/** What a filter may ask of a business, and what it is registered as. */
type Profile = Pick<IndexedSubject, 'regionCode' | 'entityType' | 'status' | 'standing'>

/** The different profiles of businesses by number: a million businesses have a few thousand. */
function createProfiles() {
  const profiles: Profile[] = []
  const numbers = new Map<string, number>()
  let last = 0
  return {
    at: (number: number): Profile => profiles[number] as Profile,
    numberOf: ({ regionCode, entityType, status, standing }: Profile): number => {
      // Businesses that follow one another by their codes are mostly of one region and kind.
      const before = profiles[last]
      if (
        before?.regionCode === regionCode &&
        before.entityType === entityType &&
        before.status === status &&
        before.standing === standing
      ) {
        return last
      }
      const key = [regionCode, entityType, status, standing].join(' ')
      const known = numbers.get(key)
      last = known ?? profiles.length
      if (known === undefined) {
        numbers.set(key, last)
        // Copies: a part of a page that was read would keep the whole page in memory.
        profiles.push(structuredClone({ regionCode, entityType, status, standing }))
      }
      return last
    },
    /** By number: 1 for those that are wanted. */
    which: (isWanted: (profile: Profile) => boolean) => Uint8Array.from(profiles, (one) => (isWanted(one) ? 1 : 0)),
  }
}
