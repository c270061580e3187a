import type { SubjectStatus } from '../registry/vocabulary.ts'
import { createBigramIndex } from './bigram-index.ts'
import { createCodeTable } from './codes.ts'
import { indexedForm } from './name-index.ts'
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
  /** Adds many new businesses at once. */
  load(subjects: readonly IndexedSubject[]): void
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
  const ownerOf: number[] = []
  const kindOf: number[] = []
  /** By business. */
  const codes = createCodeTable()
  const regionCodes: string[] = []
  const entityTypes: string[] = []
  const standings: string[] = []
  const statuses: SubjectStatus[] = []
  const firstDocument: number[] = []
  const documentCount: number[] = []
  // One string for all businesses of a region.
  const shared = new Map<string, string>()
  const share = (text: string) => {
    const known = shared.get(text)
    if (known === undefined) shared.set(text, text)
    return known ?? text
  }

  const register = (subject: IndexedSubject, first: number) => {
    const number = codes.add(subject.uscc)
    regionCodes.push(share(subject.regionCode))
    entityTypes.push(share(subject.entityType))
    standings.push(share(subject.standing))
    statuses.push(subject.status)
    firstDocument.push(first)
    documentCount.push(subject.names.length)
    for (const { kind } of subject.names) {
      ownerOf.push(number)
      kindOf.push(nameKinds.indexOf(kind))
    }
  }
  const remove = (uscc: string) => {
    const number = codes.numberOf(uscc)
    if (number === undefined) return
    codes.forget(uscc)
    const first = firstDocument[number] ?? 0
    for (let at = 0; at < (documentCount[number] ?? 0); at++) index.remove(first + at)
  }

  const registered: SubjectIndex['registered'] = (uscc, withNames) => {
    const number = codes.numberOf(uscc)
    if (number === undefined) return null
    const first = firstDocument[number] ?? 0
    const named = { uscc, status: statuses[number] ?? 'active', name: '', otherNames: [] }
    if (!withNames) return named
    const names: string[] = []
    for (let document = first; document < first + (documentCount[number] ?? 0); document++) {
      if (nameKinds[kindOf[document] ?? 0] !== 'shop-name') names.push(index.textOf(document))
    }
    const [name = '', ...otherNames] = names
    return { ...named, name, otherNames }
  }

  const acceptedBy = ({ regionCode, entityType, standing }: SubjectFilter) =>
    regionCode === undefined && entityType === undefined && standing === undefined
      ? undefined
      : (document: number) => {
          const number = ownerOf[document] ?? 0
          return (
            (regionCode === undefined || regionCodes[number]?.startsWith(regionCode) === true) &&
            (entityType === undefined || entityTypes[number] === entityType) &&
            (standing === undefined || standings[number] === standing)
          )
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
      const texts: string[] = []
      for (const { names } of subjects) for (const { name } of names) texts.push(indexedForm(name))
      let document = index.addAll(texts)
      for (const subject of subjects) {
        register(subject, document)
        document += subject.names.length
      }
    },
    put: (subject) => {
      remove(subject.uscc)
      const documents = subject.names.map(({ name }) => index.add(indexedForm(name)))
      register(subject, documents[0] ?? 0)
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
