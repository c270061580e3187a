import { LRUCache } from 'lru-cache'
import type { Db } from '../platform/db.ts'
import type { EventFilter } from './domain.ts'
import { findStamp, readPageText, type PageForm, type PageText } from './repository.ts'

/** At most so many bytes of pages are kept. */
const keptBytes = 32 * 1024 * 1024
/** A page of fewer bytes is read as fast as it is found to hold still. */
const leastBytes = 32 * 1024

/**
 * Pages of the log as they are sent. Full ones without a filter are kept for the next reader, since many partners read the
 * same log, in which nothing is rewritten. Should it have been all the same (rows changed behind its back, a log put back or
 * replaced under a running process), their stamp says so, and they are read again: what is sent is what is there.
 */
export function makeFeedPages(
  db: Db,
): (after: number, limit: number, filter: EventFilter, form: PageForm) => Promise<PageText> {
  const kept = new LRUCache<string, PageText>({ maxSize: keptBytes, sizeCalculation: ({ bytes }) => bytes.length })
  return async (after, limit, filter, form) => {
    const key = `${form} ${after} ${limit}`
    const hasFilter = Object.values(filter).some((value) => value !== undefined)
    const found = hasFilter ? undefined : kept.get(key)
    if (found !== undefined) {
      const { stamp, head } = await findStamp(db, after, found.next)
      if (stamp === found.stamp) return { ...found, head }
      kept.delete(key)
    }
    const page = await readPageText(db, after, limit, filter, form)
    if (!hasFilter && page.count === limit && page.bytes.length >= leastBytes) kept.set(key, page)
    return page
  }
}
