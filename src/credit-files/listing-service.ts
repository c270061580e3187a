import { presentRulebook } from '../law/service.ts'
import type { List } from '../listings/vocabulary.ts'
import { dayOf } from '../platform/clock.ts'
import { Problem, problems } from '../platform/problem.ts'
import type { Rulebook } from '../rulebook/rulebook.ts'
import {
  findEntry,
  listEntries,
  listEntriesOf,
  listPresencesInUse,
  type EntryFilter,
  type ListedBusiness,
  type PresenceInUse,
} from './listing-repository.ts'
import { mayBeShown, publishListing, publishPresence } from './publication-policy.ts'
import type { ListedEntry } from './schemas.ts'
import type { Reader } from './service.ts'

/** How many rows are read at a time; few of them are left out by the publication policy. */
const batch = 200

/**
 * Published entries of a list, newest first: `limit` of them and, to know whether there is a next page, one more.
 */
export async function readEntries(
  reader: Reader,
  list: List,
  filter: EntryFilter,
  page: { after: { listedOn: string; id: string } | null; limit: number },
): Promise<ListedEntry[]> {
  const { db, clock, seesHistory = false } = reader
  const rulebook = await presentRulebook(db)
  const today = dayOf(clock.now())
  const entries: ListedEntry[] = []
  let { after } = page
  while (entries.length <= page.limit) {
    const rows = await listEntries(db, list, filter, { after, limit: batch, all: seesHistory })
    const shown = rows.filter((row) => seesHistory || mayBeShown(rulebook, row, today))
    entries.push(...shown.map((row) => publish(rulebook, row, reader)))
    const last = rows.at(-1)
    if (last === undefined || rows.length < batch) break
    after = last
  }
  return entries.slice(0, page.limit + 1)
}

/**
 * One published entry.
 * @throws Problem unknown-listing for one that is not there or may not be shown
 */
export async function readEntry(reader: Reader, list: List, id: string): Promise<ListedEntry> {
  const { db, clock, seesHistory = false } = reader
  const rulebook = await presentRulebook(db)
  const entry = await findEntry(db, list, id)
  if (entry === null || !(seesHistory || mayBeShown(rulebook, entry, dayOf(clock.now())))) {
    throw new Problem('unknown-listing', problems['unknown-listing'].meaning)
  }
  return publish(rulebook, entry, reader)
}

/** The sites and shops in use of listed businesses, by code, at most `most` of each. */
export async function readPresencesInUse(
  { db }: Reader,
  usccs: readonly string[],
  most: number,
): Promise<Map<string, PresenceInUse[]>> {
  const byBusiness = new Map<string, PresenceInUse[]>()
  for (const { uscc, ...presence } of await listPresencesInUse(db, [...new Set(usccs)], most)) {
    byBusiness.set(uscc, [...(byBusiness.get(uscc) ?? []), publishPresence(presence)])
  }
  return byBusiness
}

/**
 * Which of these businesses the public may know to be, or to have been, on which list. One that is a single person is
 * left out: its name may be that of the person (rulebook section 7).
 */
export async function readNamesOnList(
  { db, clock }: Reader,
  usccs: readonly string[],
): Promise<{ uscc: string; name: string; list: List }[]> {
  const rulebook = await presentRulebook(db)
  const today = dayOf(clock.now())
  return (await listEntriesOf(db, usccs))
    .filter((entry) => entry.entityType !== 'individual-business' && mayBeShown(rulebook, entry, today))
    .map(({ uscc, name, list }) => ({ uscc, name, list }))
}

function publish(
  rulebook: Rulebook,
  { uscc, name, regionCode, ...listing }: ListedBusiness,
  { language }: Reader,
): ListedEntry {
  return { ...publishListing(rulebook, listing, language), uscc, name, regionCode }
}
