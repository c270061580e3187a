import { gunzipSync, gzipSync } from 'node:zlib'
import { sql } from 'drizzle-orm'
import { asJson, isoInstant, rowsOf, type Db, type DbOrTx, type Tx } from '../platform/db.ts'
import type { LicenceDisplay, WebPresenceStatus } from '../registry/vocabulary.ts'
import type { CheckState, Visit, VisitedPresence } from './domain.ts'
import type { WebCheck } from './schemas.ts'

export async function findNextRequestAt(db: DbOrTx, site: string): Promise<number | null> {
  const [row] = await rowsOf<{ at: string }>(
    db,
    sql`select ${isoInstant('n.next_request_at')} as at from web_check_sites n where n.site = ${site}`,
  )
  return row === undefined ? null : Date.parse(row.at)
}

export async function upsertNextRequestAt(db: DbOrTx, site: string, at: Date): Promise<void> {
  await db.execute(sql`
    insert into web_check_sites (site, next_request_at) values (${site}, ${at.toISOString()}::timestamptz)
    on conflict (site) do update set next_request_at = excluded.next_request_at`)
}

export interface UnplannedPresence {
  id: string
  url: string
  host: string
  key: string
  platform: string | null
}

/** Sites and shops in use of which no visit is planned yet. */
export async function listUnplanned(db: DbOrTx, limit: number): Promise<UnplannedPresence[]> {
  return rowsOf(
    db,
    sql`select w.id, w.url, w.host, w.key, w.platform from web_presences w
        where w.kind in ('website', 'shop') and w.status <> 'retired'
          and not exists (select from web_check_states s where s.web_presence_id = w.id)
        order by w.id limit ${limit}`,
  )
}

export async function insertStates(
  db: DbOrTx,
  states: readonly { webPresenceId: string; site: string; dueOn: string | null }[],
): Promise<void> {
  await db.execute(sql`
    insert into web_check_states (web_presence_id, site, due_on)
    select n."webPresenceId", n.site, n."dueOn"
    from json_to_recordset(${asJson(states)}) as n ("webPresenceId" uuid, site text, "dueOn" date)
    on conflict do nothing`)
}

/** Sites with something due, those first that waited longest; none of `without`. */
export async function listDueSites(
  db: DbOrTx,
  query: { on: string; againOnly: boolean; without: readonly string[]; limit: number },
): Promise<string[]> {
  const rows = await rowsOf<{ site: string }>(
    db,
    sql`select s.site from web_check_states s join web_presences w on w.id = s.web_presence_id
        where s.due_on <= ${query.on} and w.status <> 'retired' and (not ${query.againOnly}::boolean or s.checked_at is not null)
          and s.site not in (select json_array_elements_text(${asJson(query.without)}))
        group by s.site order by min(coalesce(s.checked_at, '-infinity')), s.site limit ${query.limit}`,
  )
  return rows.map(({ site }) => site)
}

export interface DuePresence extends VisitedPresence {
  status: WebPresenceStatus
  licenceDisplay: LicenceDisplay
  subjectStatus: string
  state: CheckState
}

/** What is due of a site, that first which waited longest. */
export async function listDuePresences(
  db: DbOrTx,
  query: { site: string; on: string; againOnly: boolean; limit: number },
): Promise<DuePresence[]> {
  return rowsOf(
    db,
    sql`select w.id, w.uscc, b.registration_number as "registrationNumber", w.kind, w.url, w.key, w.platform, w.status,
          w.licence_display as "licenceDisplay", b.status as "subjectStatus",
          json_build_object('failedDays', s.failed_days, 'failingSinceOn', s.failing_since_on,
            'lastFailedOn', s.last_failed_on, 'missingDays', s.missing_days, 'lastMissingOn', s.last_missing_on) as state
        from web_check_states s join web_presences w on w.id = s.web_presence_id join subjects b on b.uscc = w.uscc
        where s.site = ${query.site} and s.due_on <= ${query.on} and w.status <> 'retired'
          and (not ${query.againOnly}::boolean or s.checked_at is not null)
        order by s.checked_at nulls first, w.id limit ${query.limit}`,
  )
}

/** Addresses that answered when they were last visited, those visited last first, of different sites. */
export async function listAnsweringUrls(db: DbOrTx, limit: number): Promise<string[]> {
  const rows = await rowsOf<{ url: string }>(
    db,
    sql`select distinct on (n.site) w.url
        from (select s.site, s.web_presence_id from web_check_states s
              where s.checked_at is not null and s.failed_days = 0 order by s.checked_at desc limit 100) n
          join web_presences w on w.id = n.web_presence_id
        order by n.site limit ${limit}`,
  )
  return rows.map(({ url }) => url)
}

export async function updateState(
  tx: Tx,
  webPresenceId: string,
  { state, dueOn, checkedAt }: { state: CheckState; dueOn: string; checkedAt: Date },
): Promise<void> {
  await tx.execute(sql`
    update web_check_states set due_on = ${dueOn}, checked_at = ${checkedAt.toISOString()}::timestamptz,
      failed_days = ${state.failedDays}, failing_since_on = ${state.failingSinceOn},
      last_failed_on = ${state.lastFailedOn}, missing_days = ${state.missingDays},
      last_missing_on = ${state.lastMissingOn}
    where web_presence_id = ${webPresenceId}`)
}

/** Keeps a visit, and the bytes of its page unless they are there. */
export async function insertVisit(
  tx: Tx,
  visit: Visit & { id: string; webPresenceId: string; url: string; visitedAt: Date },
): Promise<void> {
  const at = visit.visitedAt.toISOString()
  if (visit.page !== null) {
    const { sha256, contentType, bytes } = visit.page
    await tx.execute(sql`
      insert into web_check_pages (sha256, content_type, body, last_seen_at)
      values (${sha256}, ${contentType.slice(0, 200)}, ${gzipSync(bytes)}, ${at}::timestamptz)
      on conflict (sha256) do update set last_seen_at = greatest(web_check_pages.last_seen_at, excluded.last_seen_at)`)
  }
  await tx.execute(sql`
    insert into web_check_visits (id, web_presence_id, visited_at, url, final_url, http_status, outcome, licence, reason,
      evidence, other_codes, page_sha256)
    values (${visit.id}, ${visit.webPresenceId}, ${at}::timestamptz, ${visit.url}, ${visit.finalUrl}, ${visit.httpStatus},
      ${visit.outcome}, ${visit.licence}, ${visit.reason}, ${visit.evidence === null ? null : asJson(visit.evidence)}::jsonb,
      array(select json_array_elements_text(${asJson(visit.otherCodes)})), ${visit.page?.sha256 ?? null})`)
}

export async function insertFinding(
  tx: Tx,
  finding: {
    id: string
    webPresenceId: string
    status: WebPresenceStatus
    licenceDisplay: LicenceDisplay
    foundAt: Date
  },
): Promise<void> {
  await tx.execute(sql`
    insert into web_check_findings (id, web_presence_id, found_at, status, licence_display)
    values (${finding.id}, ${finding.webPresenceId}, ${finding.foundAt.toISOString()}::timestamptz, ${finding.status},
      ${finding.licenceDisplay})`)
}

/** Deletes up to `limit` pages that were last seen before a moment; answers how many. */
export async function deletePages(db: Db, before: Date, limit: number): Promise<number> {
  const rows = await rowsOf(
    db,
    sql`delete from web_check_pages where sha256 in (
          select p.sha256 from web_check_pages p where p.last_seen_at < ${before.toISOString()}::timestamptz limit ${limit})
        returning sha256`,
  )
  return rows.length
}

export async function existsVisit(db: DbOrTx): Promise<boolean> {
  return (await rowsOf(db, sql`select from web_check_visits limit 1`)).length > 0
}

export async function existsPresence(db: DbOrTx, id: string): Promise<boolean> {
  return (await rowsOf(db, sql`select from web_presences w where w.id = ${id}`)).length > 0
}

/** The visits of a site or shop, newest first, those before `after` by id. */
export async function listVisits(
  db: DbOrTx,
  query: { webPresenceId: string; after: string | null; limit: number },
): Promise<WebCheck[]> {
  return rowsOf(
    db,
    sql`select v.id, ${isoInstant('v.visited_at')} as "visitedAt", v.url, v.final_url as "finalUrl",
          v.http_status as "httpStatus", v.outcome, v.licence, v.reason, v.evidence, v.other_codes as "otherCodes",
          v.page_sha256 as "pageSha256",
          exists (select from web_check_pages p where p.sha256 = v.page_sha256) as "pageIsKept"
        from web_check_visits v
        where v.web_presence_id = ${query.webPresenceId} and (${query.after}::uuid is null or v.id < ${query.after}::uuid)
        order by v.id desc limit ${query.limit}`,
  )
}

/** The page of a visit as it came; null when there was none or it is kept no more. */
export async function findPage(db: DbOrTx, webPresenceId: string, visitId: string): Promise<Buffer | null> {
  const [row] = await rowsOf<{ body: Buffer }>(
    db,
    sql`select p.body from web_check_visits v join web_check_pages p on p.sha256 = v.page_sha256
        where v.web_presence_id = ${webPresenceId} and v.id = ${visitId}`,
  )
  return row === undefined ? null : gunzipSync(row.body)
}
