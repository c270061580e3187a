import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { PendingEvent } from '../../src/feed/domain.ts'
import { rowsOf, type DbOrTx } from '../../src/platform/db.ts'
import { builtInRulebook } from '../../src/rulebook/built-in.ts'
import type { EndedEntry, EntryInForce } from '../../src/sanctions/domain.ts'
import type { Order } from '../../src/sanctions/repository.ts'
import { imposeMeasures, liftMeasures } from '../../src/sanctions/service.ts'
import type { LiftReason } from '../../src/sanctions/vocabulary.ts'
import { madeUpUscc } from '../support/businesses.ts'
import type { TestService } from '../support/service.ts'

/** An entry on the abnormal list of the made-up business with this number. */
export function entryOf(number: number, fields: Partial<EntryInForce> = {}): EntryInForce {
  return {
    id: randomUUID(),
    list: 'abnormal',
    groundCode: 'ABN-68-4-1',
    uscc: madeUpUscc(number),
    name: `虚构省示例${number}号贸易有限公司`,
    regionCode: '999900',
    effectiveOn: '2026-07-08',
    expiresOn: null,
    ...fields,
  }
}

export function seriousEntryOf(number: number, fields: Partial<EntryInForce> = {}): EntryInForce {
  return entryOf(number, {
    list: 'serious-violator',
    groundCode: 'SER-44-5-1',
    expiresOn: '2029-07-08',
    ...fields,
  })
}

export function ended(
  { id, list, uscc, name, regionCode }: EntryInForce,
  effectiveOn: string,
  reason: LiftReason = 'removed',
): EndedEntry {
  return { id, list, uscc, name, regionCode, reason, effectiveOn }
}

type Of = Pick<TestService, 'db' | 'clock'>

export const impose = ({ db, clock }: Of, ...entries: EntryInForce[]) =>
  db.transaction((tx) => imposeMeasures(tx, builtInRulebook, entries, clock.now()))

export const lift = ({ db, clock }: Of, ...entries: EndedEntry[]) =>
  db.transaction((tx) => liftMeasures(tx, builtInRulebook, entries, clock.now()))

/** What was recorded for the feed about the measures of an entry, in order. */
export async function eventsOf(db: DbOrTx, entry: { id: string }): Promise<(PendingEvent & { seq: string })[]> {
  return rowsOf(
    db,
    sql`select o.seq, o.type, o.key, o.uscc, o.list, o.region_code as "regionCode", o.data from feed_outbox o
        where o.key = ${`sanctions:${entry.id}`} order by o.seq`,
  )
}

export type OrderRow = Pick<Order, 'id' | 'agencyCode' | 'measureCode' | 'status' | 'until' | 'imposedOn'> & {
  liftRequestedOn: string | null
}

export async function ordersOf(db: DbOrTx, entry: { id: string }): Promise<OrderRow[]> {
  return rowsOf(
    db,
    sql`select o.id, o.agency_code as "agencyCode", o.measure_code as "measureCode", o.status, o.until::text as "until",
          o.imposed_on::text as "imposedOn", o.lift_requested_on::text as "liftRequestedOn"
        from sanction_orders o where o.listing_id = ${entry.id} order by o.recorded_at, o.measure_code, o.agency_code`,
  )
}
