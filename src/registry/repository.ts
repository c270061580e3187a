import { sql } from 'drizzle-orm'
import { asJson, isoInstant, rowsOf, type DbOrTx, type Tx } from '../platform/db.ts'
import type { AnnualReportRevision, Subject } from './domain.ts'

/** Any constant: one writer of the registry at a time, so that what is loaded, decided and saved fits together. */
const registryLock = 7_310_002

/** Makes this transaction the only one that writes the registry, until it ends. */
export async function lockRegistry(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${registryLock})`)
}

/** Subjects that hold one of the codes, or one of the old registration numbers. */
export async function listSubjectsByCodes(
  db: DbOrTx,
  codes: { usccs: readonly string[]; registrationNumbers: readonly string[] },
): Promise<Subject[]> {
  const columns = sql`s.id, s.uscc, s.registration_number as "registrationNumber", s.flags, s.name,
    s.former_names as "formerNames", s.entity_type as "entityType", s.status,
    s.legal_representative as "legalRepresentative", s.established_on::text as "establishedOn",
    s.region_code as "regionCode", s.province, s.city, s.address, s.industry_code as "industryCode",
    s.registration_authority as "registrationAuthority", s.source_id as "sourceId",
    ${isoInstant('s.source_updated_at')} as "sourceUpdatedAt", ${isoInstant('s.received_at')} as "receivedAt",
    s.field_sources as "fieldSources", ${isoInstant('s.valid_from_at')} as "validFromAt",
    ${isoInstant('s.known_from_at')} as "knownFromAt"`
  const byUscc = sql`select ${columns} from subjects s
    where s.uscc in (select json_array_elements_text(${asJson(codes.usccs)}))`
  // The union compares whole rows; who asks by codes alone is spared it.
  if (codes.registrationNumbers.length === 0) return rowsOf<Subject>(db, byUscc)
  return rowsOf<Subject>(
    db,
    sql`${byUscc} union select ${columns} from subjects s
        where s.registration_number in (select json_array_elements_text(${asJson(codes.registrationNumbers)}))`,
  )
}

/** Inserts subjects, or brings those with the same id up to date. */
export async function upsertSubjects(tx: Tx, subjects: readonly Subject[]): Promise<void> {
  await tx.execute(sql`
    insert into subjects (id, uscc, registration_number, flags, name, former_names, entity_type, status,
      legal_representative, established_on, region_code, province, city, address, industry_code,
      registration_authority, source_id, source_updated_at, received_at, field_sources, valid_from_at, known_from_at)
    select s.id, s.uscc, s."registrationNumber", s.flags, s.name, s."formerNames", s."entityType", s.status,
      s."legalRepresentative", s."establishedOn", s."regionCode", s.province, s.city, s.address, s."industryCode",
      s."registrationAuthority", s."sourceId", s."sourceUpdatedAt", s."receivedAt", s."fieldSources",
      s."validFromAt", s."knownFromAt"
    from json_to_recordset(${asJson(subjects)}) as s (id uuid, uscc text, "registrationNumber" text, flags text[],
      name text, "formerNames" text[], "entityType" text, status text, "legalRepresentative" text,
      "establishedOn" date, "regionCode" text, province text, city text, address text, "industryCode" text,
      "registrationAuthority" text, "sourceId" text, "sourceUpdatedAt" timestamptz, "receivedAt" timestamptz,
      "fieldSources" jsonb, "validFromAt" timestamptz, "knownFromAt" timestamptz)
    on conflict (id) do update set uscc = excluded.uscc, registration_number = excluded.registration_number,
      flags = excluded.flags, name = excluded.name, former_names = excluded.former_names,
      entity_type = excluded.entity_type, status = excluded.status,
      legal_representative = excluded.legal_representative, established_on = excluded.established_on,
      region_code = excluded.region_code, province = excluded.province, city = excluded.city,
      address = excluded.address, industry_code = excluded.industry_code,
      registration_authority = excluded.registration_authority, source_id = excluded.source_id,
      source_updated_at = excluded.source_updated_at, received_at = excluded.received_at,
      field_sources = excluded.field_sources, valid_from_at = excluded.valid_from_at, known_from_at = excluded.known_from_at`)
}

/**
 * Keeps what is published of these businesses as it was before a change that is recorded at `now`. What changes twice at
 * one moment was never on record in between.
 */
export async function archiveSubjects(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return
  await tx.execute(sql`
    insert into subject_history (subject_id, valid_from_at, known_from_at, known_until_at, state)
    select s.id, s.valid_from_at, s.known_from_at, ${now.toISOString()}::timestamptz,
      json_build_object('uscc', s.uscc, 'registrationNumber', s.registration_number, 'name', s.name,
        'formerNames', s.former_names, 'entityType', s.entity_type, 'status', s.status,
        'legalRepresentative', s.legal_representative, 'establishedOn', s.established_on, 'regionCode', s.region_code,
        'province', s.province, 'city', s.city, 'address', s.address, 'industryCode', s.industry_code,
        'registrationAuthority', s.registration_authority)
    from subjects s where s.id in (select value::uuid from json_array_elements_text(${asJson(ids)}))
    on conflict do nothing`)
}

/** Deletes subjects that turned out to be another: those without a code, to which nothing refers. */
export async function deleteSubjects(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await tx.execute(sql`
    delete from subjects s
    where s.uscc is null and s.id in (select value::uuid from json_array_elements_text(${asJson(ids)}))`)
}

/** Every revision of every report of these businesses, in order of year and revision. */
export async function listReportRevisions(db: DbOrTx, usccs: readonly string[]): Promise<AnnualReportRevision[]> {
  return rowsOf<AnnualReportRevision>(
    db,
    sql`select r.uscc, r.year, r.revision, r.published_on::text as "publishedOn", r.name,
          r.web_presences as "webPresences", r.source_id as "sourceId",
          ${isoInstant('r.source_updated_at')} as "updatedAt", ${isoInstant('r.recorded_at')} as "receivedAt"
        from annual_report_revisions r
        where r.uscc in (select json_array_elements_text(${asJson(usccs)}))
        order by r.uscc, r.year, r.revision`,
  )
}

export async function insertReportRevisions(tx: Tx, revisions: readonly AnnualReportRevision[]): Promise<void> {
  await tx.execute(sql`
    insert into annual_report_revisions (uscc, year, revision, published_on, name, web_presences, source_id,
      source_updated_at, recorded_at)
    select r.uscc, r.year, r.revision, r."publishedOn", r.name, r."webPresences", r."sourceId", r."updatedAt", r."receivedAt"
    from json_to_recordset(${asJson(revisions)}) as r (uscc text, year int, revision int, "publishedOn" date, name text,
      "webPresences" jsonb, "sourceId" text, "updatedAt" timestamptz, "receivedAt" timestamptz)`)
}

export interface ReportRow {
  uscc: string
  year: number
  publishedOn: string
  revision: number
  sourceId: string
  updatedAt: string
  receivedAt: string
}

export async function upsertReports(tx: Tx, reports: readonly ReportRow[]): Promise<void> {
  await tx.execute(sql`
    insert into annual_reports (uscc, year, published_on, revision, source_id, source_updated_at, received_at)
    select r.uscc, r.year, r."publishedOn", r.revision, r."sourceId", r."updatedAt", r."receivedAt"
    from json_to_recordset(${asJson(reports)}) as r (uscc text, year int, "publishedOn" date, revision int,
      "sourceId" text, "updatedAt" timestamptz, "receivedAt" timestamptz)
    on conflict (uscc, year) do update set published_on = excluded.published_on, revision = excluded.revision,
      source_id = excluded.source_id, source_updated_at = excluded.source_updated_at,
      received_at = excluded.received_at`)
}

export interface WebPresenceRow {
  id: string
  uscc: string
  kind: string
  name: string
  url: string
  host: string
  key: string
  platform: string | null
  icpNumber: string | null
  sources: string[]
  status: string
  firstSeenOn: string
  confirmedOn: string
}

export async function listWebPresences(db: DbOrTx, usccs: readonly string[]): Promise<WebPresenceRow[]> {
  return rowsOf<WebPresenceRow>(
    db,
    sql`select w.id, w.uscc, w.kind, w.name, w.url, w.host, w.key, w.platform, w.icp_number as "icpNumber", w.sources,
          w.status, w.first_seen_on::text as "firstSeenOn", w.confirmed_on::text as "confirmedOn"
        from web_presences w where w.uscc in (select json_array_elements_text(${asJson(usccs)}))`,
  )
}

/** Whether a site displays its licence is told by who looks at it, and is kept. */
export async function upsertWebPresences(tx: Tx, presences: readonly WebPresenceRow[]): Promise<void> {
  await tx.execute(sql`
    insert into web_presences (id, uscc, kind, name, url, host, key, platform, icp_number, sources, status, licence_display,
      first_seen_on, confirmed_on)
    select w.id, w.uscc, w.kind, w.name, w.url, w.host, w.key, w.platform, w."icpNumber", w.sources, w.status, 'unchecked',
      w."firstSeenOn", w."confirmedOn"
    from json_to_recordset(${asJson(presences)}) as w (id uuid, uscc text, kind text, name text, url text, host text,
      key text, platform text, "icpNumber" text, sources text[], status text, "firstSeenOn" date, "confirmedOn" date)
    on conflict (uscc, key) do update set kind = excluded.kind, name = excluded.name, url = excluded.url,
      host = excluded.host, platform = excluded.platform, icp_number = excluded.icp_number, sources = excluded.sources,
      status = excluded.status, first_seen_on = excluded.first_seen_on, confirmed_on = excluded.confirmed_on`)
}

/**
 * Marks addresses in use that more than one business claims as disputed, and those that one is left with as active
 * again. Answers the businesses whose row changed.
 */
export async function updateDisputes(tx: Tx, keys: readonly string[]): Promise<string[]> {
  const rows = await rowsOf<{ uscc: string }>(
    tx,
    // The rows that differ are few: found by key first, then changed by id. A join of the table with its own counts reads
    // all of it (72 ms a call on 192,000 rows).
    sql`update web_presences w set status = c.status
        from (
          select o.id, o.status as held,
            case when count(*) over (partition by o.key) > 1 then 'disputed' else 'active' end as status
          from web_presences o
          where o.key in (select json_array_elements_text(${asJson(keys)})) and o.status <> 'retired'
        ) c
        where w.id = c.id and c.held in ('active', 'disputed') and c.held <> c.status
        returning w.uscc`,
  )
  return rows.map((row) => row.uscc)
}
