import { setImmediate as breathe } from 'node:timers/promises'
import { findClaims } from '../credit-files/service.ts'
import type { List } from '../listings/vocabulary.ts'
import type { DbOrTx } from '../platform/db.ts'
import { judge, readCandidate, type Candidate, type Registered, type Judgement, type ReadCandidate } from './domain.ts'
import { entryStateOf, ListedIndex } from './listed-index.ts'
import { likenessOfCall } from './names.ts'
import { RegisteredBusinesses, type NamesInMemory } from './registered.ts'
import {
  findLogPosition,
  listFormerNames,
  listListed,
  listListedOn,
  listListingEvents,
  listShopNames,
  type ListedRow,
  type ListingEvent,
} from './repository.ts'

export interface ScreeningOptions {
  lists: readonly List[]
  threshold: number
  /** A day that is past, on which the lists are looked at; null for now. */
  on: string | null
  /** Whether entries that may no longer be published count on that day. */
  all: boolean
}

export interface Screened {
  /** What was answered reflects everything up to this position of the log. */
  position: number
  judgements: Judgement[]
}

/** The lists in the memory of one process, and what is answered from them. */
export interface Screener {
  /** Judges candidates, in the order given, as of the newest position of the log at this moment. */
  screen(db: DbOrTx, candidates: readonly Candidate[], options: ScreeningOptions): Promise<Screened>
  /** Takes what the log has told since; loads the lists at the first call. Nothing waits for it but speed. */
  refresh(db: DbOrTx): Promise<void>
  /** All names of a business that is on a list, of one that is on none none, as of what was read so far. */
  listedNamesOf(uscc: string): readonly string[]
}

/** How many events are read at a time. */
const pageSize = 1000

/** After so long other requests are served before the next candidates are judged. */
const stretchMs = 20

/**
 * The index is loaded from the log and follows it. Every screening asks how far the log has come: what the index lacks is
 * read before anything is answered, so that an entry counts in every process as soon as it has its position, however late
 * a process was woken. Who is registered under a code is told by the names in memory as far as these have come.
 * @param names without them the database is asked about every code
 */
export function createScreener(names: NamesInMemory | null = null): Screener {
  const businesses = new RegisteredBusinesses(names)
  let index: ListedIndex | null = null
  let loading: Promise<ListedIndex> | null = null
  let reading: Promise<void> = Promise.resolve()
  let past: { key: string; index: ListedIndex } | null = null

  const load = async (db: DbOrTx): Promise<ListedIndex> => {
    if (index !== null) return index
    loading ??= loadIndex(db).then((loaded) => {
      businesses.noteFrom(loaded.position)
      index = loaded
      return loaded
    })
    return loading.finally(() => (loading = null))
  }
  const catchUp = async (db: DbOrTx, position: number): Promise<ListedIndex> => {
    const current = await load(db)
    // One reader at a time; whoever waited may find that there is nothing left to read.
    while (current.position < position) {
      reading = reading.catch(() => undefined).then(() => readOn(db, current, businesses, position))
      await reading
    }
    return current
  }
  const asOf = async (db: DbOrTx, day: string, all: boolean, position: number): Promise<ListedIndex> => {
    const key = `${day} ${all} ${position}`
    if (past?.key === key) return past.index
    const made = indexOf(await listListedOn(db, day, all), position)
    past = { key, index: made }
    return made
  }
  return {
    listedNamesOf: (uscc) => index?.namesOf(uscc) ?? [],
    refresh: async (db) => {
      await catchUp(db, await findLogPosition(db))
    },
    screen: async (db, candidates, options) => {
      // The database answers while the candidates are read.
      const asking = findLogPosition(db)
      asking.catch(() => undefined)
      const read = candidates.map(readCandidate)
      const claims = await claimsOf(db, read)
      const claimants = [...claims.values()].map((claim) => claim.uscc)
      const codes = [...new Set([...read.flatMap(({ uscc }) => uscc ?? []), ...claimants])]
      const present = await catchUp(db, await asking)
      // Taken before anything is looked up: what is answered reflects this much, and may reflect more.
      const { position } = present
      const listed = options.on === null ? present : await asOf(db, options.on, options.all, position)
      const withNames = read.some(({ name }) => name !== null)
      const registered = await businesses.find(db, codes, withNames)
      const scoreNames = likenessOfCall()
      await addShopNames(db, read, claims, registered, { scoreNames, threshold: options.threshold })
      const facts = {
        entriesOf: (uscc: string) => listed.entriesOf(uscc),
        findNames: (name: string, regionCode: string | null) => listed.findNames(name, options.threshold, regionCode),
        scoreNames,
        threshold: options.threshold,
        lists: new Set(options.lists),
      }
      const judgements: Judgement[] = []
      let since = performance.now()
      for (const candidate of read) {
        if (performance.now() - since > stretchMs) {
          await breathe()
          since = performance.now()
        }
        const claim = claims.get(candidate) ?? null
        const subject = registered.get(candidate.uscc ?? '') ?? null
        const owner = registered.get(claim?.uscc ?? '') ?? null
        judgements.push(judge(candidate, { subject, claim, owner }, facts))
      }
      return { position, judgements }
    },
  }
}

async function claimsOf(db: DbOrTx, candidates: readonly ReadCandidate[]) {
  const withAddress = candidates.flatMap((candidate) =>
    candidate.address === null ? [] : { candidate, address: candidate.address },
  )
  const claims = await findClaims(
    db,
    withAddress.map(({ address }) => address),
  )
  return new Map(withAddress.flatMap(({ candidate }, i) => (claims[i] ? [[candidate, claims[i]] as const] : [])))
}

/** A seller may go by the name of its shop: those names are read only for candidates whose name is none of the others. */
async function addShopNames(
  db: DbOrTx,
  candidates: readonly ReadCandidate[],
  claims: ReadonlyMap<ReadCandidate, { uscc: string }>,
  businesses: Map<string, Registered>,
  { scoreNames, threshold }: { scoreNames: (a: string, b: string) => number; threshold: number },
): Promise<void> {
  const unlike = candidates.flatMap((candidate) => {
    const business = businesses.get(candidate.uscc ?? claims.get(candidate)?.uscc ?? '')
    const { name } = candidate
    if (business === undefined || name === null) return []
    const isKnown = [business.name, ...business.otherNames].some((known) => scoreNames(name, known) >= threshold)
    return isKnown ? [] : business.uscc
  })
  if (unlike.length === 0) return
  for (const { uscc, names } of await listShopNames(db, [...new Set(unlike)])) {
    const business = businesses.get(uscc)
    if (business !== undefined) businesses.set(uscc, { ...business, otherNames: [...business.otherNames, ...names] })
  }
}

async function loadIndex(db: DbOrTx): Promise<ListedIndex> {
  const { position, rows } = await listListed(db)
  return indexOf(rows, position)
}

function indexOf(rows: readonly ListedRow[], position: number): ListedIndex {
  const index = new ListedIndex()
  for (const { listingId, list, groundCode, uscc, regionCode, name, presentName, formerNames } of rows) {
    index.apply({ listingId, uscc, regionCode, entry: { listingId, list, groundCode, uscc, name } })
    index.addName(uscc, presentName)
    index.addFormerNames(uscc, formerNames)
  }
  index.position = position
  return index
}

/** Reads the log on from where the index stands, up to `position` at least. */
async function readOn(
  db: DbOrTx,
  index: ListedIndex,
  businesses: RegisteredBusinesses,
  position: number,
): Promise<void> {
  while (index.position < position) {
    const { events, next } = await listListingEvents(db, index.position, pageSize)
    const entered = new Set<string>()
    for (const event of events) {
      businesses.note(event.subject, event.position)
      applyEvent(index, event, entered)
    }
    for (const { uscc, formerNames } of entered.size > 0 ? await listFormerNames(db, [...entered]) : []) {
      index.addFormerNames(uscc, formerNames)
    }
    if (next === index.position) return
    index.position = next
  }
}

function applyEvent(index: ListedIndex, event: ListingEvent, entered: Set<string>): void {
  const state = entryStateOf(event)
  if (state !== null) {
    if (state.entry !== null && !index.has(state.uscc)) entered.add(state.uscc)
    index.apply(state)
    return
  }
  const { name } = event.data
  if (event.type === 'subject.changed' && typeof name === 'string' && index.has(event.subject)) {
    index.addName(event.subject, name)
  }
}
