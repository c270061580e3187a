import { sql, type SQL } from 'drizzle-orm'
import { asJson, isoInstant, rowsOf, type DbOrTx, type Tx } from '../platform/db.ts'
import type { List } from '../listings/vocabulary.ts'
import type { Candidate, Result } from './domain.ts'
import type { Decision } from './vocabulary.ts'

/** Any constant: the transaction that holds it is the one worker of all monitors. */
const monitorLock = 7_310_021

export interface Monitor {
  id: string
  name: string
  lists: List[]
  threshold: number
  memberCount: number
  createdAt: string
}

const monitorColumns = sql`m.id, m.name, m.lists, m.threshold, m.member_count as "memberCount",
  ${isoInstant('m.created_at')} as "createdAt"`

export async function insertMonitor(tx: Tx, partnerId: string, monitor: Monitor): Promise<void> {
  await tx.execute(sql`
    insert into monitors (id, partner_id, name, lists, threshold, member_count, created_at)
    select ${monitor.id}, ${partnerId}, ${monitor.name}, array(select json_array_elements_text(${asJson(monitor.lists)})),
      ${monitor.threshold}, 0, ${monitor.createdAt}`)
}

/** A monitor of this partner; another partner's is not found. */
export async function findMonitor(db: DbOrTx, partnerId: string, id: string): Promise<Monitor | null> {
  const [row] = await rowsOf<Monitor>(
    db,
    sql`select ${monitorColumns} from monitors m where m.id = ${id} and m.partner_id = ${partnerId}`,
  )
  return row ?? null
}

/**
 * The same, kept from changing until the transaction ends, so that its members are counted once. Not `for update`, which
 * the worker's alerts would wait for while it holds members.
 */
export async function lockMonitor(tx: Tx, partnerId: string, id: string): Promise<Monitor | null> {
  const [row] = await rowsOf<Monitor>(
    tx,
    sql`select ${monitorColumns} from monitors m where m.id = ${id} and m.partner_id = ${partnerId} for no key update`,
  )
  return row ?? null
}

/** Monitors of a partner after an id, in order of id, which is the order in which they were made. */
export async function listMonitors(
  db: DbOrTx,
  partnerId: string,
  after: string | null,
  limit: number,
): Promise<Monitor[]> {
  return rowsOf(
    db,
    sql`select ${monitorColumns} from monitors m
        where m.partner_id = ${partnerId} and (${after}::uuid is null or m.id > ${after}::uuid)
        order by m.id limit ${limit}`,
  )
}

/** Deletes a monitor with its members and alerts, between two steps of the worker, which would lock them in another order. */
export async function deleteMonitor(tx: Tx, id: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${monitorLock})`)
  await tx.execute(sql`delete from monitors where id = ${id}`)
}

export interface MemberRow {
  ref: string
  /** What the platform sent, as JSON. */
  candidate: string
  code: string | null
  webKeys: string[]
  namePairs: string[]
}

/** Adds members, or changes those with the same ref, which are then to be looked at again. Answers how many are new. */
export async function upsertMembers(tx: Tx, monitorId: string, members: readonly MemberRow[]): Promise<number> {
  const rows = await rowsOf<{ isNew: boolean }>(
    tx,
    sql`insert into monitor_members (monitor_id, ref, candidate, code, web_keys, name_pairs)
        select ${monitorId}, m.ref, m.candidate, m.code, m."webKeys", m."namePairs"
        from json_to_recordset(${asJson(members)}) as m (ref text, candidate text, code text, "webKeys" text[],
          "namePairs" text[])
        on conflict (monitor_id, ref) do update set candidate = excluded.candidate, code = excluded.code,
          web_keys = excluded.web_keys, name_pairs = excluded.name_pairs, screened_position = null
        where monitor_members.candidate <> excluded.candidate
        returning xmax = 0 as "isNew"`,
  )
  return rows.filter(({ isNew }) => isNew).length
}

export async function updateMemberCount(tx: Tx, monitorId: string, added: number): Promise<void> {
  await tx.execute(sql`update monitors set member_count = member_count + ${added} where id = ${monitorId}`)
}

export async function deleteMember(tx: Tx, monitorId: string, ref: string): Promise<boolean> {
  const rows = await rowsOf(
    tx,
    sql`delete from monitor_members where monitor_id = ${monitorId} and ref = ${ref} returning ref`,
  )
  return rows.length > 0
}

export interface Alert {
  id: string
  sequence: number
  ref: string
  position: number
  raisedAt: string
  before: Decision | null
  result: Omit<Result, 'ref'>
}

/** Alerts of a monitor after a number, in order. */
export async function listAlerts(db: DbOrTx, monitorId: string, after: number, limit: number): Promise<Alert[]> {
  const rows = await rowsOf<Omit<Alert, 'sequence' | 'position'> & { sequence: string; position: string }>(
    db,
    sql`select a.id, a.sequence, a.ref, a.position, ${isoInstant('a.raised_at')} as "raisedAt", a.before, a.result
        from monitor_alerts a where a.monitor_id = ${monitorId} and a.sequence > ${after}
        order by a.sequence limit ${limit}`,
  )
  return rows.map((row) => ({ ...row, sequence: Number(row.sequence), position: Number(row.position) }))
}

/** Makes this transaction the monitors' worker until it ends; false while another one is. */
export async function tryLockMonitors(tx: Tx): Promise<boolean> {
  const [row] = await rowsOf<{ locked: boolean }>(tx, sql`select pg_try_advisory_xact_lock(${monitorLock}) as locked`)
  return row?.locked === true
}

/** How far the monitors have read the log; they begin at its head, since members are looked at when they are added. */
export async function findReaderPosition(tx: Tx): Promise<number> {
  const [row] = await rowsOf<{ position: string }>(
    tx,
    sql`with begun as (
          insert into monitor_reader (id, position) select 1, coalesce(max(e.position), 0) from feed_events e
          on conflict (id) do nothing returning position
        )
        select position from begun union all select position from monitor_reader where id = 1 limit 1`,
  )
  return Number(row?.position ?? 0)
}

export async function updateReaderPosition(tx: Tx, position: number): Promise<void> {
  await tx.execute(sql`update monitor_reader set position = ${position} where id = 1`)
}

/** Whether there is anything to do for the monitors: members to look at, or events to read. */
export async function existsMonitorWork(db: DbOrTx): Promise<boolean> {
  const [row] = await rowsOf<{ any: boolean }>(
    db,
    sql`select exists (select from monitor_members m where m.screened_position is null)
          or (select coalesce(max(e.position), 0) from feed_events e)
            > coalesce((select r.position from monitor_reader r), -1) as any`,
  )
  return row?.any === true
}

/** A member with its monitor's settings, locked until the transaction ends. */
export interface WatchedMember {
  monitorId: string
  partnerId: string
  lists: List[]
  threshold: number
  ref: string
  candidate: Omit<Candidate, 'ref'>
  result: Omit<Result, 'ref'> | null
}

const watchedMembers = (condition: SQL) => sql`
  select m.monitor_id as "monitorId", o.partner_id as "partnerId", o.lists, o.threshold, m.ref, m.candidate, m.result
  from monitor_members m join monitors o on o.id = m.monitor_id
  where ${condition}
  order by m.monitor_id, m.ref`

async function watched(tx: Tx, query: SQL): Promise<WatchedMember[]> {
  const rows = await rowsOf<Omit<WatchedMember, 'candidate'> & { candidate: string }>(tx, query)
  return rows.map((row) => ({ ...row, candidate: JSON.parse(row.candidate) as WatchedMember['candidate'] }))
}

/** Members that are new or were changed. */
export async function listMembersToScreen(tx: Tx, limit: number): Promise<WatchedMember[]> {
  return watched(tx, sql`${watchedMembers(sql`m.screened_position is null`)} limit ${limit} for no key update of m`)
}

/** A member as its owner put it in, with what the last look said; null before the first. */
export interface ListedMember extends Candidate {
  decision: Decision | null
}

/** Members of a monitor after a ref, in the order of their refs. */
export async function listMembersOf(
  db: DbOrTx,
  monitorId: string,
  after: string | null,
  limit: number,
): Promise<ListedMember[]> {
  const rows = await rowsOf<{ ref: string; candidate: string; decision: Decision | null }>(
    db,
    sql`select m.ref, m.candidate, m.result ->> 'decision' as decision from monitor_members m
        where m.monitor_id = ${monitorId} and (${after}::text is null or m.ref > ${after}::text)
        order by m.ref limit ${limit}`,
  )
  return rows.map(({ ref, candidate, decision }) => ({
    ref,
    ...(JSON.parse(candidate) as Omit<Candidate, 'ref'>),
    decision,
  }))
}

export interface MemberKey {
  monitorId: string
  ref: string
}

/**
 * Members that a change may touch: those with one of the codes, those whose site or shop one of those businesses runs or
 * has filed, and those whose name shares a pair of characters with one of the names. Each through an index of its own. One
 * that was looked at as of `position` or later has seen the change.
 */
export async function listTouchedMembers(
  tx: Tx,
  change: { usccs: readonly string[]; filers: readonly string[]; pairs: readonly string[]; position: number },
): Promise<MemberKey[]> {
  const codes = sql`array(select json_array_elements_text(${asJson(change.usccs)}))`
  const filers = sql`array(select w.key from web_presences w
    where w.uscc in (select json_array_elements_text(${asJson(change.filers)}))
    union select w.host from web_presences w
    where w.uscc in (select json_array_elements_text(${asJson(change.filers)})))`
  const pairs = sql`array(select json_array_elements_text(${asJson(change.pairs)}))`
  const key = sql`select m.monitor_id, m.ref, m.screened_position from monitor_members m where`
  return rowsOf(
    tx,
    sql`select t.monitor_id as "monitorId", t.ref from (
          ${key} m.code = any (${codes}) union ${key} m.owner = any (${codes})
          union ${key} m.web_keys && ${filers} union ${key} m.name_pairs && ${pairs}
        ) t where t.screened_position < ${change.position} order by t.monitor_id, t.ref`,
  )
}

export async function listMembers(tx: Tx, keys: readonly MemberKey[]): Promise<WatchedMember[]> {
  const chosen = sql`(m.monitor_id, m.ref) in (
    select k."monitorId", k.ref from json_to_recordset(${asJson(keys)}) as k ("monitorId" uuid, ref text))`
  return watched(tx, sql`${watchedMembers(chosen)} for no key update of m`)
}

export interface ScreenedMember extends MemberKey {
  owner: string | null
  namePairs: string[]
  result: Omit<Result, 'ref'>
}

export async function updateScreenedMembers(
  tx: Tx,
  members: readonly ScreenedMember[],
  position: number,
): Promise<void> {
  await tx.execute(sql`
    update monitor_members m set owner = s.owner, name_pairs = s."namePairs", result = s.result,
      screened_position = ${position}
    from json_to_recordset(${asJson(members)}) as s ("monitorId" uuid, ref text, owner text, "namePairs" text[],
      result jsonb)
    where m.monitor_id = s."monitorId" and m.ref = s.ref`)
}

export interface NewAlert extends MemberKey, Omit<Alert, 'sequence'> {}

/** Records alerts in the order given. */
export async function insertAlerts(tx: Tx, alerts: readonly NewAlert[]): Promise<void> {
  await tx.execute(sql`
    insert into monitor_alerts (id, monitor_id, ref, position, raised_at, before, result)
    select a.id, a."monitorId", a.ref, a.position, a."raisedAt", a.before, a.result
    from json_to_recordset(${asJson(alerts.map((alert, place) => ({ ...alert, place })))}) as a (id uuid,
      "monitorId" uuid, ref text, position bigint, "raisedAt" timestamptz, before text, result jsonb, place int)
    order by a.place`)
}
