import { presentRulebook } from '../law/service.ts'
import type { List } from '../listings/vocabulary.ts'
import { dayOf } from '../platform/clock.ts'
import { Problem, problems } from '../platform/problem.ts'
import type { Rulebook } from '../rulebook/rulebook.ts'
import { findEntry, listEntries, type EntryFilter, type ListedBusiness } from './listing-repository.ts'
import { mayBeShown, publishListing } from './publication-policy.ts'
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

function publish(
  rulebook: Rulebook,
  { uscc, name, regionCode, ...listing }: ListedBusiness,
  { language }: Reader,
): ListedEntry {
  return { ...publishListing(rulebook, listing, language), uscc, name, regionCode }
}
