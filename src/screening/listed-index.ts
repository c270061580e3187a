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

/** What is held of a business that is on a list. */
interface Listed {
  regionCode: string
  /** The present one first. */
  names: string[]
  entries: ListedEntry[]
}

/** Between the parts of a text: the only character that PostgreSQL takes in none of them. */
const between = '\0'

/** Joined, and not as JSON, which V8 leaves in pieces. */
function pack({ regionCode, names, entries }: Listed): string {
  const parts = entries.flatMap(({ listingId, list, groundCode, name }) => [listingId, list, groundCode, name])
  return [regionCode, String(names.length), ...names, ...parts].join(between)
}

function unpack(uscc: string, text: string): Listed {
  const [regionCode = '', count, ...parts] = text.split(between)
  const names = parts.splice(0, Number(count))
  const entries: ListedEntry[] = []
  for (let at = 0; at < parts.length; at += 4) {
    const [listingId = '', list, groundCode = '', name = ''] = parts.slice(at, at + 4)
    entries.push({ listingId, list: list as List, groundCode, uscc, name })
  }
  return { regionCode, names, entries }
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
  /** By code, each business as a text (`Listed`): two strings of a business instead of a dozen of objects to look through. */
  readonly #businesses = new Map<string, string>()
  readonly #names = createNameIndex()

  #read(uscc: string): Listed | null {
    const text = this.#businesses.get(uscc)
    return text === undefined ? null : unpack(uscc, text)
  }

  /** Entries of a business, in the order in which they were made known. */
  entriesOf(uscc: string): readonly ListedEntry[] {
    return this.#read(uscc)?.entries ?? []
  }

  has(uscc: string): boolean {
    return this.#businesses.has(uscc)
  }

  /** The names by which a listed business is found, the present one first; none when it is on no list. */
  namesOf(uscc: string): readonly string[] {
    return this.#read(uscc)?.names ?? []
  }

  /** Takes the newest state of an entry. */
  apply({ listingId, uscc, regionCode, entry }: EntryState): void {
    const known = this.#read(uscc)
    const others = (known?.entries ?? []).filter((other) => other.listingId !== listingId)
    const entries = entry === null ? others : [...others, entry]
    if (entries.length > 0) {
      const names = known?.names ?? []
      this.#keep(uscc, { regionCode, entries, names: entry === null ? names : withPresent(names, entry.name) }, names)
    } else if (this.#businesses.delete(uscc)) {
      this.#names.remove(uscc)
    }
  }

  /** Makes `name` the present name of a listed business; it is found by those it had before, too. */
  addName(uscc: string, name: string): void {
    const known = this.#read(uscc)
    if (known !== null) this.#keep(uscc, { ...known, names: withPresent(known.names, name) }, known.names)
  }

  /** Lets a listed business be found by these former names, too. */
  addFormerNames(uscc: string, names: readonly string[]): void {
    const known = names.length > 0 ? this.#read(uscc) : null
    if (known === null) return
    const fresh = names.filter((name) => !known.names.includes(name))
    this.#keep(uscc, { ...known, names: [...known.names, ...fresh] }, known.names)
  }

  #keep(uscc: string, listed: Listed, namesBefore: readonly string[]): void {
    this.#businesses.set(uscc, pack(listed))
    const { names } = listed
    if (names.length === namesBefore.length && names.every((name, at) => name === namesBefore[at])) return
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
      .map(({ key, name: found, score }) => ({ key, found, score, listed: this.#read(key) }))
      .filter(({ listed }) => regionCode === null || mayBeSamePlace(listed?.regionCode ?? '', regionCode))
      .map(({ key, found, score, listed }) => ({
        uscc: key,
        score: Math.round(score * 10_000) / 10_000,
        matchedOn: found === listed?.names[0] ? 'name' : 'former-name',
      }))
  }
}

/** With `name` before those it had. */
function withPresent(names: readonly string[], name: string): string[] {
  return [name, ...names.filter((old) => old !== name)]
}
