import { sql } from 'drizzle-orm'
import { rowsOf, type Tx } from '../platform/db.ts'
import type { LicenceDisplay, WebPresenceStatus } from './vocabulary.ts'

export interface CheckedPresence {
  uscc: string
  key: string
  host: string
  platform: string | null
  status: WebPresenceStatus
  licenceDisplay: LicenceDisplay
}

/** A web presence that nobody else changes until this transaction ends; the registry must be locked. */
export async function findPresence(tx: Tx, id: string): Promise<CheckedPresence | null> {
  const [row] = await rowsOf<CheckedPresence>(
    tx,
    sql`select w.uscc, w.key, w.host, w.platform, w.status, w.licence_display as "licenceDisplay"
        from web_presences w where w.id = ${id}`,
  )
  return row ?? null
}

export async function updatePresence(
  tx: Tx,
  id: string,
  { status, licenceDisplay }: Pick<CheckedPresence, 'status' | 'licenceDisplay'>,
): Promise<void> {
  await tx.execute(
    sql`update web_presences set status = ${status}, licence_display = ${licenceDisplay} where id = ${id}`,
  )
}
