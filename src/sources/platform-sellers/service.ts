import { reviewLeads } from '../../leads/service.ts'
import type { Db } from '../../platform/db.ts'
import { endUnreportedShops } from '../../registry/claims/service.ts'

/**
 * Ends the claims on shops that their platform's newest report no longer names; for after a pull that reached its end,
 * since a page alone does not tell what is missing.
 */
export async function endUnreported(db: Db, now: Date): Promise<{ ended: number; withheld: number }> {
  return db.transaction(async (tx) => {
    const { touched, ...counts } = await endUnreportedShops(tx, now)
    await reviewLeads(tx, touched, now)
    return counts
  })
}
