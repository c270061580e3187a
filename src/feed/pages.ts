import { LRUCache } from 'lru-cache'
import { prepare, type Db } from '../platform/db.ts'
import { sql } from 'drizzle-orm'
import type { EventFilter } from './domain.ts'
import { readPageText, type PageForm, type PageText } from './repository.ts'

/** At most so many bytes of pages are kept. */
const keptBytes = 32 * 1024 * 1024
/** A page of fewer bytes is read as fast as it is found to hold still. */
const leastBytes = 32 * 1024

const endOfPage = prepare<{ hash: string | null; head: string }>(sql`
  select (select e.hash from feed_events e where e.position = ${sql.placeholder('position')}::bigint) as hash, h.position as head
  from feed_head h`)

/**
 * Pages of the log as they are sent. Full ones are kept for the next reader, since many partners read the same log: what
 * stands in it is never rewritten. Should it have been put back or replaced under a running process, the hash of the page's
 * last event is another one, which tells the same of all events before it (design rule 3).
 */
export function makeFeedPages(
  db: Db,
): (after: number, limit: number, filter: EventFilter, form: PageForm) => Promise<PageText> {
  const kept = new LRUCache<string, PageText>({ maxSize: keptBytes, sizeCalculation: ({ bytes }) => bytes.length })
  return async (after, limit, filter, form) => {
    const key = JSON.stringify([form, after, limit, filter.types, filter.lists, filter.regionCode])
    const found = kept.get(key)
    if (found !== undefined) {
      const [end] = await endOfPage.ask(db, { position: found.next })
      if (end !== undefined && end.hash === found.hash) return { ...found, head: Number(end.head) }
      kept.delete(key)
    }
    const page = await readPageText(db, after, limit, filter, form)
    if (page.count === limit && page.bytes.length >= leastBytes) kept.set(key, page)
    return page
  }
}
