import type { Db } from '../../src/platform/db.ts'
import { takers } from '../../src/sources/collection.ts'
import type { Collection } from '../../src/sources/vocabulary.ts'

/** Takes records as a source sends them; a refused one fails the test. */
export async function take(
  db: Db,
  collection: Collection,
  items: object[],
  now = '2026-07-01T02:00:00.000Z',
): Promise<void> {
  await db.transaction(async (tx) => {
    const { refused } = await takers[collection](tx, items, new Date(now))
    if (refused.length > 0) throw new Error(`refused: ${refused.map((record) => record.detail).join('; ')}`)
  })
}
