import { sql } from 'drizzle-orm'
import type { Decision, Entry } from '../listings/domain.ts'
import { isoInstant, rowsOf, type DbOrTx } from '../platform/db.ts'
import type { ClaimRevision } from '../registry/claims/domain.ts'
import type { AnnualReportRevision } from '../registry/domain.ts'
import type { LicenceDisplay, WebPresenceStatus } from '../registry/vocabulary.ts'
import type { HeldFile, HeldListing, HeldPenalty, HeldSubject } from './held.ts'
import { penaltyState, presentOf } from './repository.ts'

/** What checks made of a web presence, from then on. */
interface PresenceFinding {
  foundAt: string
  status: WebPresenceStatus
  licenceDisplay: LicenceDisplay
}

/** What is on record of a business, all of it, for a reading as of a past day and moment. */
export interface RecordedFile {
  /** Every state that was ever published, with when the source dated it and since when it is on record. */
  subjects: { validFromAt: string; knownFromAt: string; state: HeldSubject }[]
  revisions: AnnualReportRevision[]
  /** Every revision of what filings and platforms say of its sites and shops, oldest first. */
  claims: ClaimRevision[]
  decisions: Decision[]
  /** What each entry has become by now. */
  entries: { id: Entry['id']; present: HeldListing['present'] }[]
  webPresences: (HeldFile['webPresences'][number] & { key: string; findings: PresenceFinding[] })[]
  penalties: (Omit<HeldPenalty, 'publishedUntil'> & {
    publications: {
      action: 'publish' | 'withdraw' | 'restore'
      effectiveOn: string
      publishedUntil: string | null
      recordedAt: string
    }[]
    /** What it said before its record changed, oldest first. */
    earlier: { knownUntilAt: string; state: Pick<HeldPenalty, 'ground' | 'kind' | 'amountFen' | 'decidedOn'> }[]
  })[]
  honours: (HeldFile['honours'][number] & { recordedAt: string })[]
  amendmentId: string | null
  position: number
}

/** The whole record in one statement, so that all of it is of one moment; null for a code that nobody is registered under. */
export async function findRecordedFile(db: DbOrTx, uscc: string): Promise<RecordedFile | null> {
  const [row] = await rowsOf<{ file: RecordedFile }>(
    db,
    sql`
      select json_build_object(
        'subjects', (
          select json_agg(json_build_object('validFromAt', v.valid_from_at, 'knownFromAt', v.known_from_at, 'state', v.state)
            order by v.sort)
          from (
            select ${isoInstant('h.valid_from_at')} as valid_from_at, ${isoInstant('h.known_from_at')} as known_from_at,
              h.state::json as state, h.known_until_at as sort
            from subject_history h where h.subject_id = s.id
            union all
            select ${isoInstant('s.valid_from_at')}, ${isoInstant('s.known_from_at')}, json_build_object('uscc', s.uscc,
              'registrationNumber', s.registration_number, 'name', s.name, 'formerNames', s.former_names,
              'entityType', s.entity_type, 'status', s.status, 'legalRepresentative', s.legal_representative,
              'establishedOn', s.established_on, 'regionCode', s.region_code, 'province', s.province, 'city', s.city,
              'address', s.address, 'industryCode', s.industry_code,
              'registrationAuthority', s.registration_authority), 'infinity'::timestamptz
          ) v),
        'revisions', coalesce((
          select json_agg(json_build_object('uscc', r.uscc, 'year', r.year, 'revision', r.revision,
            'publishedOn', r.published_on, 'name', r.name, 'webPresences', r.web_presences, 'sourceId', r.source_id,
            'updatedAt', ${isoInstant('r.source_updated_at')}, 'receivedAt', ${isoInstant('r.recorded_at')})
            order by r.year, r.revision)
          from annual_report_revisions r where r.uscc = s.uscc), '[]'),
        'claims', coalesce((
          select json_agg(json_build_object('source', c.source, 'sourceId', c.source_id, 'recordKey', c.record_key,
            'revision', c.revision, 'uscc', c.uscc, 'ownerName', c.owner_name, 'kind', c.kind, 'name', c.name,
            'url', c.url, 'host', c.host, 'key', c.key, 'platform', c.platform, 'shopId', c.shop_id,
            'icpNumber', c.icp_number, 'isInUse', c.is_in_use, 'statedOn', c.stated_on, 'effectiveOn', c.effective_on,
            'updatedAt', ${isoInstant('c.source_updated_at')}, 'receivedAt', ${isoInstant('c.recorded_at')})
            order by c.source, c.record_key, c.revision)
          from web_presence_claims c
          where (c.source, c.record_key) in (
            select o.source, o.record_key from web_presence_claims o where o.uscc = s.uscc
            union
            select o.source, o.record_key from web_presence_claims o join web_presences w on w.key = o.key
            where o.uscc is null and w.uscc = s.uscc)), '[]'),
        'decisions', coalesce((
          select json_agg(json_build_object('id', d.id, 'action', d.action, 'origin', d.origin, 'list', d.list,
            'uscc', d.uscc, 'listingId', d.listing_id, 'groundCode', d.ground_code, 'reportYear', d.report_year,
            'decisionNumber', d.decision_number, 'authority', d.authority, 'decidedOn', d.decided_on,
            'effectiveOn', d.effective_on, 'dueOn', d.due_on, 'facts', d.facts, 'rulebook', d.rulebook,
            'recordedAt', ${isoInstant('d.recorded_at')}, 'step', d.step, 'expiresOn', d.expires_on,
            'publishedUntil', d.published_until, 'shown', d.shown) order by d.step)
          from decisions d where d.uscc = s.uscc), '[]'),
        'entries', coalesce((
          select json_agg(json_build_object('id', l.id, 'present', ${presentOf('l')}))
          from listing_entries l where l.uscc = s.uscc), '[]'),
        'webPresences', coalesce((
          select json_agg(json_build_object('id', w.id, 'kind', w.kind, 'name', w.name, 'url', w.url, 'host', w.host,
            'platform', w.platform, 'icpNumber', w.icp_number, 'sources', w.sources, 'status', w.status,
            'licenceDisplay', w.licence_display, 'firstSeenOn', w.first_seen_on, 'confirmedOn', w.confirmed_on,
            'key', w.key, 'findings', coalesce((
              select json_agg(json_build_object('foundAt', ${isoInstant('f.found_at')}, 'status', f.status,
                'licenceDisplay', f.licence_display) order by f.id)
              from web_check_findings f where f.web_presence_id = w.id), '[]')) order by w.key)
          from web_presences w where w.uscc = s.uscc), '[]'),
        'penalties', coalesce((
          select json_agg(json_build_object(${penaltyState},
            'present', json_build_object('shown', p.shown, 'publishedUntil', p.published_until),
            -- One whose publication was over before it was recorded has none.
            'publications', coalesce((
              select json_agg(json_build_object('action', u.action, 'effectiveOn', u.effective_on,
                'publishedUntil', u.published_until, 'recordedAt', ${isoInstant('u.recorded_at')}) order by u.step)
              from penalty_publications u where u.penalty_id = p.id), '[]'),
            'earlier', coalesce((
              select json_agg(json_build_object('knownUntilAt', ${isoInstant('h.known_until_at')}, 'state', h.state)
                order by h.known_until_at)
              from penalty_history h where h.penalty_id = p.id), '[]')) order by p.decided_on desc, p.id desc)
          from penalties p where p.uscc = s.uscc), '[]'),
        'honours', coalesce((
          select json_agg(json_build_object('title', h.title, 'authority', h.authority, 'awardedOn', h.awarded_on,
            'validUntil', h.valid_until, 'recordedAt', ${isoInstant('h.recorded_at')})
            order by h.awarded_on desc, h.id desc)
          from honours h where h.uscc = s.uscc), '[]'),
        'amendmentId', (select a.id from rulebook_amendments a order by a.revision desc limit 1),
        'position', (select coalesce(max(e.position), 0) from feed_events e)
      ) as file
      from subjects s where s.uscc = ${uscc}`,
  )
  return row?.file ?? null
}
