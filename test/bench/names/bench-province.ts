import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import postgres from 'postgres'
import { madeUpCode, makeNames } from './make-names.ts'

/** Names made at once; a larger province has them again, with the number of a branch. */
const mostNames = 1_000_000

/** The code of the business with this number, from 0. */
export const codeOf = (number: number): string => madeUpCode(number + 1)

/**
 * Fills an empty, migrated database with `n` made-up businesses from a seed, as a province has them: every third with a
 * site, half with a shop, two annual reports each, 4% on the abnormal list, 0.3% on the serious-violator list with
 * measures, 1% with a penalty; and the log that tells of the entries. Loaded by COPY and set-based SQL.
 */
export async function fillProvince(url: string, n: number, seed = 20261125): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    await client`create unlogged table bench_subjects (number int, uscc text, name text)`
    const copy = await client`copy bench_subjects from stdin`.writable()
    await pipeline(Readable.from(rows(n, seed)), copy)
    // Indexes are made once the rows are there, and keys to other tables, which the seed keeps, are not looked up.
    const indexes = await client<{ name: string; definition: string }[]>`
      select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
      from pg_index i where i.indrelid in (${client.unsafe(filled.map((table) => `'${table}'::regclass`).join(', '))})
        and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
        and not exists (select from pg_inherits h where h.inhrelid = i.indexrelid)`
    for (const { name } of indexes) await client.unsafe(`drop index ${name}`)
    await client.unsafe(`set session_replication_role = replica; set maintenance_work_mem = '512MB'; ${fill}`)
    await client`set session_replication_role = origin`
    for (const { definition } of indexes) await client.unsafe(definition)
    await client`create table bench_codes as select number, uscc from bench_subjects`
    await client`create unique index on bench_codes (number)`
    await client`drop table bench_subjects`
    await client`vacuum analyze`
  } finally {
    await client.end()
  }
}

function* rows(n: number, seed: number): Generator<string> {
  const names = makeNames(Math.min(n, mostNames), [], seed)
  for (let from = 0; from < n; from += 1000) {
    let text = ''
    for (let number = from; number < Math.min(n, from + 1000); number += 1) {
      const round = Math.floor(number / names.length)
      const name = `${names[number % names.length] ?? ''}${round === 0 ? '' : `第${String(round)}分店`}`
      text += `${String(number)}\t${codeOf(number)}\t${name}\n`
    }
    yield text
  }
}

/** The tables that are large enough for it to matter. */
const filled = ['subjects', 'annual_reports', 'web_presences', 'listing_entries', 'feed_events']

const fill = `
  insert into subjects (id, uscc, flags, name, former_names, entity_type, status, legal_representative, established_on,
    region_code, province, city, address, registration_authority, source_id, source_updated_at, received_at,
    valid_from_at, known_from_at)
  select gen_random_uuid(), uscc, '{}', name, '{}', 'enterprise', 'active', '某甲',
    date '2000-01-01' + number % 8000, '999900', '虚构省', '云州市', '示例路' || number || '号',
    '虚构省云州市市场监督管理局', 'subject-' || number, '2026-01-01', '2026-01-01', '2026-01-01', '2026-01-01'
  from bench_subjects;

  insert into annual_reports (uscc, year, published_on, revision, source_id, source_updated_at, received_at)
  select uscc, year, make_date(year + 1, 1 + number % 6, 1 + number % 28), 1, 'report-' || number || '-' || year,
    '2026-06-01', '2026-06-01'
  from bench_subjects, (values (2024), (2025)) years (year);

  insert into web_presences (id, uscc, kind, name, url, host, key, sources, status, licence_display, first_seen_on, confirmed_on)
  select gen_random_uuid(), uscc, 'website', name || '官网', 'https://www.s' || number || '.example/',
    's' || number || '.example', 's' || number || '.example', '{annual-report}', 'active', 'unchecked', '2025-03-01', '2026-03-01'
  from bench_subjects where number % 3 = 0;

  insert into listing_entries (id, list, uscc, ground_code, report_year, authority, decision_number, listed_on, status,
    expires_on, rulebook, shown)
  select gen_random_uuid(), 'abnormal', uscc, 'ABN-68-4-1', 2025, '虚构省云州市市场监督管理局',
    '经异列〔2026〕' || number || '号', '2026-07-08', 'in-force', null, 'RV-ABN-2025', true
  from bench_subjects where number % 25 = 1;
  insert into listing_entries (id, list, uscc, ground_code, report_year, authority, decision_number, listed_on, status,
    expires_on, rulebook, shown)
  select gen_random_uuid(), 'serious-violator', uscc, 'SER-44-5-1', null, '虚构省云州市市场监督管理局',
    '严违列〔2026〕' || number || '号', '2026-03-02', 'in-force', '2029-03-02', 'RV-SER-2024', true
  from bench_subjects where number % 333 = 2;

  insert into sanction_orders (id, agency_code, measure_code, listing_id, list, uscc, name, imposed_on, until, own_term,
    recorded_at, status, awaited_since)
  select gen_random_uuid(), 'mof', measure, l.id, l.list, l.uscc, s.name, l.listed_on, l.expires_on, false,
    '2026-03-02', 'pending', l.listed_on
  from listing_entries l join subjects s using (uscc), (values ('JS-01'), ('JS-02')) measures (measure)
  where l.list = 'serious-violator';

  insert into penalties (id, uscc, decision_number, authority, ground, kind, kinds, grade, safety_related, amount_fen,
    decided_on, published_on, published_until, shown, rulebook, recorded_by, recorded_at)
  select gen_random_uuid(), uscc, '云市监罚〔2026〕' || number || '号', '虚构省云州市市场监督管理局', '虚假宣传', '罚款', '{罚款}',
    'general', false, 500000, '2026-05-01', '2026-05-06', '2029-05-06', true, 'RV-PEN-2021', gen_random_uuid(), '2026-05-06'
  from bench_subjects where number % 100 = 3;

  insert into feed_events (position, id, type, key, uscc, list, region_code, event, hash, appended_at)
  select row_number() over (order by l.listed_on, l.id), gen_random_uuid(), 'listing.entered', 'listing:' || l.id, l.uscc,
    l.list, '999900', json_build_object('specversion', '1.0', 'id', l.id, 'source', 'urn:xinjian:feed',
      'type', 'listing.entered', 'subject', l.uscc, 'time', '2026-07-08T02:00:00.000Z',
      'datacontenttype', 'application/json', 'dataschema', 'urn:xinjian:event:listing.entered:1',
      'sequence', (row_number() over (order by l.listed_on, l.id))::text, 'hash', repeat('0', 64),
      'data', json_build_object('id', l.id, 'list', l.list, 'status', 'in-force', 'shown', true,
        'ground', json_build_object('code', l.ground_code, 'label', '示例', 'article', '示例'), 'name', s.name,
        'regionCode', '999900')), repeat('0', 64), '2026-07-08'
  from listing_entries l join subjects s using (uscc);

  -- Its trigger slept too.
  update feed_head set (position, hash) =
    (select e.position, e.hash from feed_events e order by e.position desc limit 1);
`
