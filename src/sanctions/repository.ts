import { sql, type SQL } from 'drizzle-orm'
import type { List } from '../listings/vocabulary.ts'
import { asJson, rowsOf, type DbOrTx, type Tx } from '../platform/db.ts'
import type { Answer, EntryInForce, ImposedMeasure, OrderCount, OrderedMeasure, OrderState } from './domain.ts'
import { openStatuses, type LiftReason, type OpenStatus, type OrderStatus } from './vocabulary.ts'

/** An order with all that is known of it. */
export interface Order extends OrderState {
  id: string
  agencyCode: string
  measureCode: string
  listingId: string
  list: List
  uscc: string
  name: string
  memorandum: string | null
  until: string | null
  ownTerm: boolean
  awaitedSince: string | null
  liftReason: LiftReason | null
}

const orderColumns = sql.raw(`o.id, o.agency_code as "agencyCode", o.measure_code as "measureCode",
  o.listing_id as "listingId", o.list, o.uscc, o.name, o.memorandum, o.imposed_on::text as "imposedOn",
  o.until::text as "until", o.own_term as "ownTerm", o.status, o.awaited_since::text as "awaitedSince",
  o.received_on::text as "receivedOn", o.executed_on::text as "executedOn", o.lift_reason as "liftReason",
  o.lift_requested_on::text as "liftRequestedOn", o.lifted_on::text as "liftedOn"`)

/** An entry and its business: by the code its orders are found where the business lies (docs/decisions/0031). */
type OfBusiness = Pick<EntryInForce, 'id' | 'uscc'>

/** Orders about one of these entries. The codes as an array: of one, a distributed database asks one shard alone. */
function about(entries: readonly OfBusiness[]): SQL {
  const ids = sql.param(entries.map(({ id }) => id))
  const usccs = sql.param([...new Set(entries.map(({ uscc }) => uscc))])
  return sql`o.uscc = any(${usccs}::text[]) and o.listing_id = any(${ids}::text[]::uuid[])`
}

/** What entries on one list and ground, of one day and term, have in common. */
export interface OrderSet {
  set: number
  /** The last day of what lasts as long as the entry; null without a term. */
  expiresOn: string | null
  measures: readonly OrderedMeasure[]
  /** The measures as the feed tells them. */
  told: readonly object[]
}

/**
 * Orders the measures of its set of each entry and tells the feed of them, in one statement, however many entries. What
 * stands already is left as it is, and an entry that got nothing new is not told.
 * @returns how many entries got orders, and the ids of those of which a part stood already: they are still to be told
 */
export async function insertOrders(
  tx: Tx,
  entries: readonly (EntryInForce & { set: number })[],
  sets: readonly OrderSet[],
  now: Date,
): Promise<{ entries: number; partly: string[] }> {
  const moment = sql`${now.toISOString()}::timestamptz`
  const [row] = await rowsOf<{ entries: number; partly: string[] }>(
    tx,
    sql`with entries as materialized (
          select * from json_to_recordset(${asJson(entries)}) as e (id uuid, list text, uscc text, name text,
            "regionCode" text, "effectiveOn" date, set int)
        ), sets as materialized (
          select * from json_to_recordset(${asJson(sets)}) as s (set int, "expiresOn" date, measures json, told jsonb)
        ), inserted as (
          insert into sanction_orders (id, agency_code, measure_code, listing_id, list, uscc, name, memorandum, imposed_on,
            until, own_term, recorded_at, status, awaited_since)
          select uuid_v7(${moment}), m."agencyCode", m."measureCode", e.id, e.list, e.uscc, e.name, m.memorandum,
            e."effectiveOn", coalesce(m.until, s."expiresOn"), m."ownTerm", ${moment}, 'pending', e."effectiveOn"
          from entries e join sets s on s.set = e.set
            cross join lateral json_to_recordset(s.measures) as m ("agencyCode" text, "measureCode" text, memorandum text,
              until date, "ownTerm" boolean)
          on conflict (listing_id, measure_code, agency_code) where lift_requested_on is null do nothing
          returning listing_id
        ), ordered as materialized (
          select i.listing_id, count(*) as orders from inserted i group by i.listing_id
        ), imposed as materialized (
          select e.*, s.told, o.orders = json_array_length(s.measures) as wholly
          from ordered o join entries e on e.id = o.listing_id join sets s on s.set = e.set
        ), events as (
          insert into feed_outbox (id, type, key, uscc, list, region_code, occurred_at, data)
          select uuid_v7(${moment}), 'sanction.imposed', 'sanctions:' || i.id, i.uscc, i.list, i."regionCode", ${moment},
            jsonb_build_object('listingId', i.id, 'list', i.list, 'name', i.name, 'regionCode', i."regionCode",
              'measures', i.told)
          from imposed i where i.wholly order by i.uscc
        )
        select count(*)::int as entries, coalesce(json_agg(i.id) filter (where not i.wholly), '[]') as partly from imposed i`,
  )
  return row ?? { entries: 0, partly: [] }
}

/** Closes the lifts that are not confirmed of measures that are ordered anew: lifting them now would undo the new order. */
export async function supersedeLifts(tx: Tx, entries: readonly OfBusiness[]): Promise<void> {
  await tx.execute(sql`
    update sanction_orders o set status = 'superseded', awaited_since = null
    where ${about(entries)} and o.status = 'lift-pending'
      and exists (select from sanction_orders n where n.uscc = o.uscc and n.listing_id = o.listing_id and n.measure_code = o.measure_code
        and n.agency_code = o.agency_code and n.lift_requested_on is null)`)
}

/**
 * The measures that stand against each of these entries, by the entry's id, as far as they may be told of: none of an
 * entry that is out of view, since a measure tells of its entry. A bar with a term of its own may outlive one.
 */
export async function listToldMeasures(
  db: DbOrTx,
  entries: readonly OfBusiness[],
): Promise<Map<string, ImposedMeasure[]>> {
  const rows = await rowsOf<ImposedMeasure & { listingId: string }>(
    db,
    sql`select o.listing_id as "listingId", o.measure_code as "measureCode", o.agency_code as "agencyCode",
          o.imposed_on::text as "imposedOn", o.until::text as "until"
        from sanction_orders o
        where ${about(entries)} and o.lift_requested_on is null
          and not exists (select from listing_entries l where l.uscc = o.uscc and l.id = o.listing_id and not l.shown)
        order by o.measure_code, o.agency_code`,
  )
  return groupBy(rows, ({ listingId }) => listingId)
}

/** Those of these entries against which measures stand. */
export async function listMeasuredEntries(db: DbOrTx, entries: readonly OfBusiness[]): Promise<Set<string>> {
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`select distinct o.listing_id as id from sanction_orders o
        where ${about(entries)} and o.lift_requested_on is null`,
  )
  return new Set(rows.map(({ id }) => id))
}

function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(keyOf(row))
    if (group === undefined) groups.set(keyOf(row), [row])
    else group.push(row)
  }
  return groups
}

/** Orders whose lift was not requested yet, locked in order of id, as every writer locks them. */
export async function lockStandingOrders(tx: Tx, entries: readonly OfBusiness[]): Promise<Order[]> {
  return rowsOf(
    tx,
    sql`select ${orderColumns} from sanction_orders o
        where ${about(entries)} and o.lift_requested_on is null
        order by o.id for update`,
  )
}

/** Up to `limit` orders whose own term was over before `on`, with the region of the business, locked in order of id. */
export async function lockEndedTerms(tx: Tx, on: string, limit: number): Promise<(Order & { regionCode: string })[]> {
  return rowsOf(
    tx,
    sql`select ${orderColumns}, s.region_code as "regionCode"
        from sanction_orders o join subjects s on s.uscc = o.uscc
        where o.own_term and o.lift_requested_on is null and o.until < ${on}
        order by o.id limit ${limit} for update of o`,
  )
}

/** The agency's own orders among these ids, locked in order of id. */
export async function lockOrdersOf(tx: Tx, agencyCode: string, ids: readonly string[]): Promise<Order[]> {
  return rowsOf(
    tx,
    sql`select ${orderColumns} from sanction_orders o
        where o.id in (select value::uuid from json_array_elements_text(${asJson(ids)})) and o.agency_code = ${agencyCode}
        order by o.id for update`,
  )
}

/**
 * The newest answer to each of these orders, by the order's id. Read after they are locked and not with the lock: what a
 * statement reads beside the rows it waited for is as old as its beginning.
 */
export async function listNewestAnswers(tx: Tx, orders: readonly { id: string }[]): Promise<Map<string, Answer>> {
  const rows = await rowsOf<{ orderId: string; said: Answer }>(
    tx,
    sql`select distinct on (r.order_id) r.order_id as "orderId", json_build_object('status', r.status,
          'executedOn', r.executed_on, 'reference', r.reference, 'note', r.note) as said
        from sanction_receipts r
        where r.order_id in (select value::uuid from json_array_elements_text(${asJson(orders.map(({ id }) => id))}))
        order by r.order_id, r.id desc`,
  )
  return new Map(rows.map(({ orderId, said }) => [orderId, said]))
}

/** Saves where orders stand. Orders whose lift is new are those with a `liftReason` of their own. */
export async function updateOrders(
  tx: Tx,
  orders: readonly (OrderState & {
    id: string
    uscc: string
    awaitedSince: string | null
    liftReason: LiftReason | null
  })[],
  now: Date,
): Promise<void> {
  await tx.execute(sql`
    update sanction_orders o set status = n.status, awaited_since = n."awaitedSince", received_on = n."receivedOn",
      executed_on = n."executedOn", lift_requested_on = n."liftRequestedOn", lift_reason = n."liftReason",
      lifted_on = n."liftedOn",
      lift_recorded_at = case when n."liftReason" is null then null
        else coalesce(o.lift_recorded_at, ${now.toISOString()}::timestamptz) end
    from json_to_recordset(${asJson(orders)}) as n (id uuid, uscc text, status text, "awaitedSince" date, "receivedOn" date,
      "executedOn" date, "liftRequestedOn" date, "liftReason" text, "liftedOn" date)
    where o.uscc = n.uscc and o.id = n.id`)
}

export interface ReceiptRow extends Answer {
  id: string
  orderId: string
}

export async function insertReceipts(
  tx: Tx,
  receipts: readonly ReceiptRow[],
  by: { partnerId: string; keyId: string | null },
  now: Date,
): Promise<void> {
  await tx.execute(sql`
    insert into sanction_receipts (id, order_id, status, executed_on, reference, note, partner_id, key_id, recorded_at)
    select r.id, r."orderId", r.status, r."executedOn", r.reference, r.note, ${by.partnerId}::uuid, ${by.keyId}::uuid,
      ${now.toISOString()}::timestamptz
    from json_to_recordset(${asJson(receipts)}) as r (id uuid, "orderId" uuid, status text, "executedOn" date,
      reference text, note text)`)
}

/**
 * Orders of an agency, oldest first. One scan of the index for each status, as far as the page reaches: an agency with
 * millions of executed orders reads its few open ones at once.
 */
export async function listOrdersOfAgency(
  db: DbOrTx,
  query: { agencyCode: string; statuses: readonly OrderStatus[]; after: string | null; limit: number },
): Promise<Order[]> {
  const after = query.after === null ? sql`` : sql`and o.id > ${query.after}`
  return rowsOf(
    db,
    sql`select page.* from json_array_elements_text(${asJson(query.statuses)}) as s (status)
        cross join lateral (
          select ${orderColumns} from sanction_orders o
          where o.agency_code = ${query.agencyCode} and o.status = s.status ${after}
          order by o.id limit ${query.limit}
        ) as page order by page.id limit ${query.limit}`,
  )
}

export interface OrderFilter {
  agency?: string | undefined
  uscc?: string | undefined
  statuses?: readonly OrderStatus[] | undefined
}

function filterOf({ agency, uscc }: OrderFilter): SQL {
  const conditions = [sql`true`]
  if (agency !== undefined) conditions.push(sql`o.agency_code = ${agency}`)
  if (uscc !== undefined) conditions.push(sql`o.uscc = ${uscc}`)
  return sql.join(conditions, sql` and `)
}

/** Orders across agencies, newest first. */
export async function listOrders(
  db: DbOrTx,
  { statuses, after, limit, ...filter }: OrderFilter & { after: string | null; limit: number },
): Promise<Order[]> {
  const inStatus =
    statuses === undefined ? sql`` : sql`and o.status in (select json_array_elements_text(${asJson(statuses)}))`
  return rowsOf(
    db,
    sql`select ${orderColumns} from sanction_orders o
        where ${filterOf(filter)} ${inStatus} ${after === null ? sql`` : sql`and o.id < ${after}`}
        order by o.id desc limit ${limit}`,
  )
}

/** The newest day of each status such that what was awaited since then, or longer, is late; null when nothing is. */
export type LateSince = Record<OpenStatus, string | null>

/** What is late: statuses in the order in which they are shown, of each what has been awaited longest first. */
function lateOf(lateSince: LateSince, statuses: readonly OrderStatus[]) {
  return openStatuses
    .filter((status) => statuses.includes(status))
    .map((status, rank) => ({ rank, status, since: lateSince[status] }))
}

/** Place of an order in the list of late ones. */
export interface LatePlace {
  rank: number
  since: string
  id: string
}

/** Orders whose answer is late, lifts that are not confirmed first, of each kind the longest awaited first. */
export async function listLateOrders(
  db: DbOrTx,
  query: OrderFilter & { lateSince: LateSince; after: LatePlace | null; limit: number },
): Promise<(Order & { rank: number })[]> {
  const { lateSince, statuses = openStatuses, after, limit, ...filter } = query
  const beyond =
    after === null
      ? sql``
      : sql`and (l.rank > ${after.rank} or l.rank = ${after.rank}
          and (o.awaited_since, o.id) > (${after.since}::date, ${after.id}::uuid))`
  return rowsOf(
    db,
    sql`select page.* from json_to_recordset(${asJson(lateOf(lateSince, statuses))}) as l (rank int, status text, since date)
        cross join lateral (
          select ${orderColumns}, l.rank from sanction_orders o
          where o.status = l.status and o.awaited_since <= l.since and ${filterOf(filter)} ${beyond}
          order by o.awaited_since, o.id limit ${limit}
        ) as page order by page.rank, page."awaitedSince", page.id limit ${limit}`,
  )
}

/** How many orders each agency has in each status, and of how many of them the answer is late. */
export async function countOrders(db: DbOrTx, lateSince: LateSince): Promise<OrderCount[]> {
  return rowsOf(
    db,
    sql`with late as (
          select o.agency_code, o.status, count(*) as orders
          from json_to_recordset(${asJson(lateOf(lateSince, openStatuses))}) as l (status text, since date)
            join sanction_orders o on o.status = l.status and o.awaited_since <= l.since
          group by o.agency_code, o.status
        )
        select o.agency_code as "agencyCode", o.status, count(*)::int as orders, coalesce(max(late.orders), 0)::int as late
        from sanction_orders o left join late on late.agency_code = o.agency_code and late.status = o.status
        group by o.agency_code, o.status`,
  )
}

/**
 * The measures against a business on the day `asOf` as it was known at `knownAt`, each with its entry. A measure is over
 * from the day on which its lift is requested, whatever the agency has confirmed; one whose entry was void never was.
 */
export async function listSanctions(
  db: DbOrTx,
  query: { uscc: string; asOf: string; knownAt: Date },
): Promise<(ImposedMeasure & { listingId: string })[]> {
  const knownAt = sql`${query.knownAt.toISOString()}::timestamptz`
  return rowsOf(
    db,
    sql`select o.measure_code as "measureCode", o.agency_code as "agencyCode", o.listing_id as "listingId",
          o.imposed_on::text as "imposedOn", o.until::text as "until"
        from sanction_orders o
        where o.uscc = ${query.uscc} and o.imposed_on <= ${query.asOf} and o.recorded_at <= ${knownAt}
          and (o.until is null or o.until >= ${query.asOf})
          and (o.lift_recorded_at is null or o.lift_recorded_at > ${knownAt}
            or o.lift_reason not in ('revoked', 'corrected') and o.lift_requested_on > ${query.asOf})
        order by o.measure_code, o.agency_code, o.imposed_on, o.id`,
  )
}
