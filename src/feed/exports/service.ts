import type { Db } from '../../platform/db.ts'
import { entitiesOf, type ListedEntry } from '../follow-the-money.ts'
import { findHead } from '../repository.ts'
import { listEntriesInForce } from './repository.ts'

const perPage = 1000

/**
 * The lists in force as FollowTheMoney entities, one a line, as of the head of the log at the beginning. Read page by page,
 * so that no connection waits for a slow reader and no more than a page is held.
 */
export async function* exportEntities(db: Db, publicUrl: string): AsyncGenerator<string> {
  const { position: upTo } = await findHead(db)
  let after = { uscc: '', position: 0 }
  let held: ListedEntry[] = []
  const told = () =>
    held.length === 0 ? [] : entitiesOf(after.uscc, held, publicUrl).map((entity) => `${JSON.stringify(entity)}\n`)
  for (;;) {
    const rows = await listEntriesInForce(db, { upTo, after, limit: perPage })
    const lines: string[] = []
    for (const { uscc, position, entry } of rows) {
      // The entries of a business may lie on two pages.
      if (uscc !== after.uscc) {
        lines.push(...told())
        held = []
      }
      held.push(entry)
      after = { uscc, position }
    }
    if (rows.length < perPage) lines.push(...told())
    if (lines.length > 0) yield lines.join('')
    if (rows.length < perPage) return
  }
}
