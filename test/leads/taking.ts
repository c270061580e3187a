import { sql } from 'drizzle-orm'
import { rowsOf, type Db } from '../../src/platform/db.ts'

export interface KnownLead {
  id: string
  kind: string
  about: string
  status: string
  usccs: string[]
  fact: string[]
  closeReason: string | null
  claims: { source: string; sourceId: string }[]
}

/** All leads, oldest first. */
export async function leadsOf(db: Db): Promise<KnownLead[]> {
  return rowsOf(
    db,
    sql`select id, kind, about, status, usccs, fact, close_reason as "closeReason", evidence->'claims' as claims
        from leads order by id`,
  )
}

/** What is open, as `kind about`, in order. */
export async function openLeads(db: Db): Promise<string[]> {
  const leads = await leadsOf(db)
  return leads.flatMap(({ kind, about, status }) => (status === 'open' ? `${kind} ${about}` : [])).sort()
}
