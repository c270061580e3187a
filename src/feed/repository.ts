import { inArray, sql, type Placeholder, type SQL } from 'drizzle-orm'
import { asJson, bytesOf, isoInstant, prepare, rowsOf, type Db, type DbOrTx, type Tx } from '../platform/db.ts'
import { emptyHead, type EventFilter, type FeedEvent, type Head, type LogEntry, type PendingEvent } from './domain.ts'

export async function insertPendingEvents(tx: Tx, events: readonly PendingEvent[]): Promise<void> {
  await tx.execute(sql`
    insert into feed_outbox (id, type, key, uscc, list, region_code, occurred_at, data)
    select e.id, e.type, e.key, e.uscc, e.list, e."regionCode", e."occurredAt", e.data
    from json_to_recordset(${asJson(events)}) as e (id uuid, type text, key text, uscc text, list text,
      "regionCode" text, "occurredAt" timestamptz, data jsonb)`)
}

/** Any constant: the transaction that holds it is the sequencer's. */
const sequencerLock = 7_310_003

export async function existsPendingEvent(db: DbOrTx): Promise<boolean> {
  const [row] = await rowsOf<{ any: boolean }>(db, sql`select exists (select from feed_outbox) as any`)
  return row?.any === true
}

/** Makes this transaction the sequencer's until it ends; false while another one is. */
export async function tryLockSequencer(tx: Tx): Promise<boolean> {
  const [row] = await rowsOf<{ locked: boolean }>(
    tx,
    sql`select pg_try_advisory_xact_lock(${sql.raw(String(sequencerLock))}) as locked`,
  )
  return row?.locked === true
}

/** Committed events without a position, in the order in which they were recorded. */
export async function listPendingEvents(tx: Tx, limit: number): Promise<(PendingEvent & { seq: string })[]> {
  return rowsOf(
    tx,
    sql`select o.seq, o.id, o.type, o.key, o.uscc, o.list, o.region_code as "regionCode",
          ${isoInstant('o.occurred_at')} as "occurredAt", o.data
        from feed_outbox o order by o.seq limit ${sql.raw(String(limit))}`,
  )
}

/** The newest event of each key that has one, as it was recorded. */
export async function listNewestOfKeys(
  tx: Tx,
  keys: readonly string[],
): Promise<Omit<PendingEvent, 'id' | 'occurredAt'>[]> {
  return rowsOf(
    tx,
    sql`select distinct on (e.key) e.key, e.type, e.uscc, e.list, e.region_code as "regionCode", e.event -> 'data' as data
        from feed_events e where e.key in (select value from json_array_elements_text(${asJson(keys)}))
        order by e.key, e.position desc`,
  )
}

/** Connections by which processes serve from this database (`openDatabase`, `openConnection`); commands call theirs otherwise. */
export async function countSessionsOfService(tx: Tx): Promise<number> {
  const [row] = await rowsOf<{ sessions: string }>(
    tx,
    sql`select count(*) as sessions from pg_stat_activity a
        where a.datname = current_database() and a.application_name = 'xinjian' and a.pid <> pg_backend_pid()`,
  )
  return Number(row?.sessions ?? 0)
}

const deletion = (seqs: readonly string[]) =>
  sql`delete from feed_outbox where seq in (select value::bigint from json_array_elements_text(${asJson(seqs)}))`

export async function deletePendingEvents(tx: Tx, seqs: readonly string[]): Promise<void> {
  await tx.execute(deletion(seqs))
}

/** Position of the first event whose columns say something else than it does, or null. */
export async function findMislabelledEvent(db: DbOrTx): Promise<number | null> {
  const [row] = await rowsOf<{ position: string | null }>(
    db,
    sql`select min(e.position) as position from feed_events e
        where (e.position::text, e.id::text, e.type, e.uscc, e.hash) is distinct from
          (e.event ->> 'sequence', e.event ->> 'id', e.event ->> 'type', e.event ->> 'subject', e.event ->> 'hash')`,
  )
  return row?.position == null ? null : Number(row.position)
}

export interface LogRow {
  position: number
  id: string
  type: string
  key: string
  uscc: string
  list: string | null
  regionCode: string
  event: FeedEvent
  hash: string
}

const insertion = (rows: readonly LogRow[]) => sql`
    insert into feed_events (position, id, type, key, uscc, list, region_code, event, hash, appended_at)
    select e.position, e.id, e.type, e.key, e.uscc, e.list, e."regionCode", e.event, e.hash, now()
    from json_to_recordset(${asJson(rows)}) as e (position bigint, id uuid, type text, key text, uscc text,
      list text, "regionCode" text, event json, hash text)`

/** Appends to the log; a trigger tells its new head. */
export async function insertEvents(tx: Tx, rows: readonly LogRow[]): Promise<void> {
  await tx.execute(insertion(rows))
}

const notification = (position: number) => sql`select pg_notify('feed', ${String(position)})`

/** Wakes the readers when this transaction commits; losing the notification loses nothing (design rule 3). */
export async function notifyReaders(tx: Tx, position: number): Promise<void> {
  await tx.execute(notification(position))
}

/** Appends to the log what was pending, takes it out of the outbox and wakes the readers: one way to the database, not three. */
export async function moveEvents(tx: Tx, rows: readonly LogRow[], seqs: readonly string[]): Promise<void> {
  await tx.execute(sql`with appended as (${insertion(rows)}), taken as (${deletion(seqs)})
    ${notification(rows.at(-1)?.position ?? 0)}`)
}

export async function findHead(db: DbOrTx): Promise<Head> {
  const [row] = await rowsOf<{ position: string; hash: string }>(
    db,
    sql`select h.position, h.hash from feed_head h where h.position > 0`,
  )
  return row === undefined ? emptyHead : { position: Number(row.position), hash: row.hash }
}

/** A part of the log. */
export interface EventPage<Entry = FeedEvent> {
  events: Entry[]
  /** Where to go on: everything up to here that matches the filter is in this page or before it. */
  next: number
  /** The newest position of the log. */
  head: number
}

/** Up to `limit` events after a position that match the filter, with the head as of the same moment. */
export async function listEvents(db: DbOrTx, after: number, limit: number, filter: EventFilter): Promise<EventPage> {
  const page = await listEntries(db, after, limit, filter)
  return { ...page, events: page.events.map((entry) => entry.event) }
}

/** That something of a business changed, without what. */
export interface Change {
  uscc: string
}

export interface ChangePage extends EventPage<Change> {
  /** The first and the last event, in the order of recording, that is committed but has no position yet. */
  firstPending: bigint | null
  lastPending: bigint | null
  /** The newest amendment of the law at the same moment. */
  amendmentId: string | null
}

/** Which businesses the events after a position name, for who keeps something of them in memory. */
export async function listChanges(db: DbOrTx, after: number, limit: number): Promise<ChangePage> {
  const [row] = await rowsOf<{
    usccs: string[]
    last: string | null
    head: string
    firstPending: string | null
    lastPending: string | null
    amendmentId: string | null
  }>(
    db,
    sql`select coalesce(array_agg(page.uscc), '{}') as usccs, max(page.position) as last,
          (select h.position from feed_head h) as head,
          (select min(o.seq) from feed_outbox o) as "firstPending",
          (select max(o.seq) from feed_outbox o) as "lastPending",
          (select a.id from rulebook_amendments a order by a.revision desc limit 1) as "amendmentId"
        from (select e.position, e.uscc from feed_events e where e.position > ${after}
          order by e.position limit ${limit}) page`,
  )
  if (row === undefined) throw new Error('a query of one row answered none')
  const head = Number(row.head)
  const seq = (text: string | null) => (text === null ? null : BigInt(text))
  return {
    events: row.usccs.map((uscc) => ({ uscc })),
    // A page that is not full has seen everything up to the head.
    next: row.usccs.length === limit ? Number(row.last) : Math.max(after, head),
    head,
    firstPending: seq(row.firstPending),
    lastPending: seq(row.lastPending),
    amendmentId: row.amendmentId,
  }
}

/** Events after a position that a filter lets through, of `feed_events e`. */
function isAsked(after: number, filter: EventFilter): SQL {
  const conditions: SQL[] = [sql`e.position > ${after}`]
  // Values of their own, not a subquery, so that the planner sees them and takes the index where they are rare.
  if (filter.types) conditions.push(inArray(sql`e.type`, [...filter.types]))
  if (filter.lists) conditions.push(inArray(sql`e.list`, [...filter.lists]))
  if (filter.regionCode) conditions.push(sql`starts_with(e.region_code, ${filter.regionCode})`)
  return sql.join(conditions, sql` and `)
}

/** How the events of a page are put together: as the elements of a JSON array, or a line each. */
export type PageForm = 'json' | 'lines'

/** The events of a page as one text, since the log keeps each as the text that its hash is about. */
export interface PageText {
  /** In UTF-8, without the brackets of an array. */
  bytes: Buffer
  count: number
  next: number
  head: number
  /** Tells the rows that the page was made of from any that are put in their place, changed or taken away. */
  stamp: string
}

/**
 * As `listEvents`, written by PostgreSQL and handed on as its bytes: taking a thousand events apart takes longer than reading
 * them (decision 34).
 */
export async function readPageText(
  db: Db,
  after: number,
  limit: number,
  filter: EventFilter,
  form: PageForm,
): Promise<PageText> {
  const [separator, end] = form === 'json' ? [sql`','`, sql`''`] : [sql`chr(10)`, sql`chr(10)`]
  const [row] = await bytesOf(
    db,
    sql`select coalesce(found.events || ${end}, ''), found.count, found.next, found.head,
          concat(found.count, ' ', found.written, ' ', (select e.hash from feed_events e where e.position = found.next))
        from (
          -- In the order of the page, which nothing between the two can change: sorted here again it would take as long as the rest.
          select string_agg(page.event::text, ${separator}) as events, count(*) as count, sum(page.xmin::text::bigint) as written,
            -- A page that is not full has seen everything up to the head, whatever the filter left out.
            case when count(*) = ${limit} then max(page.position) else greatest(${after}, (select h.position from feed_head h)) end
              as next,
            (select h.position from feed_head h) as head
          from (select e.position, e.event, e.xmin from feed_events e
            where ${isAsked(after, filter)} order by e.position limit ${limit}) page
        ) found`,
  )
  const [bytes, count, next, head, stamp] = row ?? []
  if (bytes == null) throw new Error('an aggregate answers one row')
  const number = (column: Buffer | null | undefined) => Number(column?.toString('latin1') ?? 0)
  return { bytes, count: number(count), next: number(next), head: number(head), stamp: stamp?.toString('latin1') ?? '' }
}

const stamps = prepare<{ stamp: string; head: string }>(sql`
  select concat(count(*), ' ', sum(e.xmin::text::bigint), ' ', (select l.hash from feed_events l where l.position = ${sql.placeholder('next')}::bigint))
      as stamp, (select h.position from feed_head h) as head
  from feed_events e where e.position > ${sql.placeholder('after')}::bigint and e.position <= ${sql.placeholder('next')}::bigint`)

/** The stamp that a page without a filter would have now from one position to another, and the head of the log. */
export async function findStamp(db: Db, after: number, next: number): Promise<{ stamp: string; head: number }> {
  const [row] = await stamps.ask(db, { after, next })
  if (row === undefined) throw new Error('an aggregate answers one row')
  return { stamp: row.stamp, head: Number(row.head) }
}

/** As `listEvents`, with what a filter asks for beside each event. */
async function listEntries(
  db: DbOrTx,
  after: number,
  limit: number,
  filter: EventFilter,
): Promise<EventPage<LogEntry>> {
  return pageOf(await rowsOf<EntryRow>(db, entriesPage(isAsked(after, filter), sql`${limit}`)), after, limit)
}

interface EntryRow extends LogEntry {
  head: string
  none: boolean
}

const entriesPage = (condition: SQL, limit: SQL | Placeholder) => sql`
  with head as (select h.position from feed_head h),
    page as (
      select e.position, e.event, e.list, e.region_code from feed_events e
      where ${condition} order by e.position limit ${limit}
    )
  select page.event, page.list, page.region_code as "regionCode", page.position is null as none,
    head.position as head
  from head left join page on true order by page.position`

const newestEntries = prepare<EntryRow>(
  entriesPage(sql`e.position > ${sql.placeholder('after')}::bigint`, sql.placeholder('limit')),
)

/** As `listEntries` without a filter, planned once: how each process reads the end of the log, whenever it grows. */
export async function listNewestEntries(db: Db, after: number, limit: number): Promise<EventPage<LogEntry>> {
  return pageOf(await newestEntries.ask(db, { after, limit }), after, limit)
}

function pageOf(rows: readonly EntryRow[], after: number, limit: number): EventPage<LogEntry> {
  const events = rows.filter((row) => !row.none).map(({ event, list, regionCode }) => ({ event, list, regionCode }))
  const head = Number(rows[0]?.head ?? 0)
  // A page that is not full has seen everything up to the head, whatever the filter left out.
  const next = events.length === limit ? Number(events.at(-1)?.event.sequence) : Math.max(after, head)
  return { events, next, head }
}
