import type { FeedEvent } from '../feed/domain.ts'
import type { List } from '../listings/vocabulary.ts'
import { mayBeSamePlace, type ListedEntry } from './domain.ts'
import { createNameIndex } from '../search/name-index.ts'
import type { MatchedOn } from './vocabulary.ts'

/** What an event tells of an entry: the entry while it is in force and shown, null once it is not. */
export interface EntryState {
  listingId: string
  uscc: string
  regionCode: string
  entry: ListedEntry | null
}

interface ListingData {
  id?: string
  list?: List
  status?: string
  shown?: boolean
  name?: string
  regionCode?: string
  ground?: { code: string }
  changed?: string[]
}

/**
 * Reads what an event tells of a listing, null for one that tells of none. An entry whose publication ended without an
 * exit is told of by `subject.changed` with the entry's id.
 */
export function entryStateOf(event: Pick<FeedEvent, 'type' | 'subject' | 'data'>): EntryState | null {
  const { id, list, status, shown = true, name, regionCode = '', ground } = event.data as ListingData
  const tellsOfEntry = event.type.startsWith('listing.') || event.type === 'subject.changed'
  if (!tellsOfEntry || id === undefined || list === undefined) return null
  const { subject: uscc } = event
  const entry =
    status === 'in-force' && shown
      ? { listingId: id, list, groundCode: ground?.code ?? '', uscc, name: name ?? '' }
      : null
  return { listingId: id, uscc, regionCode, entry }
}

/** How many listed businesses are told of for one name. */
const mostNames = 20

/**
 * The entries of both lists that are in force and shown, by code and by name, as of a position of the log: what screening
 * looks into, kept in the memory of each process.
 */
export class ListedIndex {
  /** Everything up to this position of the log is in it. */
  position = 0
  readonly #entries = new Map<string, ListedEntry>()
  readonly #byUscc = new Map<string, ListedEntry[]>()
  readonly #names = createNameIndex()
  readonly #namesOf = new Map<string, string[]>()
  readonly #regionOf = new Map<string, string>()

  get size(): number {
    return this.#entries.size
  }

  /** Entries of a business, in the order in which they were made known. */
  entriesOf(uscc: string): readonly ListedEntry[] {
    return this.#byUscc.get(uscc) ?? []
  }

  has(uscc: string): boolean {
    return this.#byUscc.has(uscc)
  }

  /** The names by which a listed business is found, the present one first; none when it is on no list. */
  namesOf(uscc: string): readonly string[] {
    return this.#namesOf.get(uscc) ?? []
  }

  /** Takes the newest state of an entry. */
  apply({ listingId, uscc, regionCode, entry }: EntryState): void {
    const others = (this.#byUscc.get(uscc) ?? []).filter((other) => other.listingId !== listingId)
    const all = entry === null ? others : [...others, entry]
    if (entry === null) this.#entries.delete(listingId)
    else this.#entries.set(listingId, entry)
    if (all.length > 0) {
      this.#byUscc.set(uscc, all)
      this.#regionOf.set(uscc, regionCode)
      if (entry !== null) this.addName(uscc, entry.name)
    } else if (this.#byUscc.delete(uscc)) {
      this.#namesOf.delete(uscc)
      this.#regionOf.delete(uscc)
      this.#names.remove(uscc)
    }
  }

  /** Makes `name` the present name of a listed business; it is found by those it had before, too. */
  addName(uscc: string, name: string): void {
    const [present, ...former] = this.#namesOf.get(uscc) ?? []
    if (present === name) return
    this.#setNames(uscc, [name, ...(present === undefined ? [] : [present]), ...former.filter((old) => old !== name)])
  }

  /** Lets a listed business be found by these former names, too. */
  addFormerNames(uscc: string, names: readonly string[]): void {
    const known = this.#namesOf.get(uscc)
    const fresh = names.filter((name) => known?.includes(name) === false)
    if (known !== undefined && fresh.length > 0) this.#setNames(uscc, [...known, ...fresh])
  }

  #setNames(uscc: string, names: string[]): void {
    this.#namesOf.set(uscc, names)
    this.#names.add({ key: uscc, names })
  }

  /** Listed businesses with a like name, best first; only those that may be in the region, where one is given. */
  findNames(
    name: string,
    threshold: number,
    regionCode: string | null,
  ): { uscc: string; score: number; matchedOn: MatchedOn }[] {
    return this.#names
      .find(name, { limit: mostNames, threshold })
      .filter(({ key }) => regionCode === null || mayBeSamePlace(this.#regionOf.get(key) ?? '', regionCode))
      .map(({ key, name: found, score }) => ({
        uscc: key,
        score: Math.round(score * 10_000) / 10_000,
        matchedOn: found === this.#namesOf.get(key)?.[0] ? 'name' : 'former-name',
      }))
  }
}
