import { sql, type SQL } from 'drizzle-orm'
import type { ShownListing } from '../credit-files/publication-policy.ts'
import { asJson, rowsOf, type DbOrTx } from '../platform/db.ts'
import type { SearchItem } from './schemas.ts'

export interface SubjectFilter {
  regionCode?: string | undefined
  entityType?: string | undefined
}

/** A business that was found, with what the publication policy needs to tell its standing. */
export type Hit = Omit<SearchItem, 'standing'> & { listings: ShownListing[] }

const hitColumns = sql`s.uscc, s.name, s.region_code as "regionCode",
  coalesce((select json_agg(json_build_object('list', l.list, 'status', l.status, 
    'present', json_build_object('status', l.status, 'shown', l.shown, 'publishedUntil', l.published_until)))
    from listing_entries l where l.uscc = s.uscc), '[]') as listings`

function conditionsOf(filter: SubjectFilter): SQL {
  const conditions: SQL[] = [sql`true`]
  if (filter.regionCode) conditions.push(sql`starts_with(s.region_code, ${filter.regionCode})`)
  if (filter.entityType) conditions.push(sql`s.entity_type = ${filter.entityType}`)
  return sql.join(conditions, sql` and `)
}

/** Businesses under a code or an old registration number, exactly. */
export async function listByCode(
  db: DbOrTx,
  code: { uscc: string | null; registrationNumber: string | null },
  filter: SubjectFilter,
): Promise<Hit[]> {
  return rowsOf(
    db,
    sql`select ${hitColumns}, 1 as score,
          case when s.uscc = ${code.uscc} then 'uscc' else 'registration-number' end as "matchedOn"
        from subjects s
        where (s.uscc = ${code.uscc} or s.registration_number = ${code.registrationNumber}) and ${conditionsOf(filter)}
        limit 10`,
  )
}

/** How many names are compared with a query at most: about a quarter of a second of work. */
const maxCandidates = 10_000

/**
 * The pairs of neighbouring characters of a query to look for: first those that are rare, as many as find no more names
 * than can be compared, then, for when these find nothing, the rarest of the common ones. How common a pair is tells
 * PostgreSQL's own statistics of the index; one that they do not list is rare.
 */
async function pairsToTry(db: DbOrTx, q: string): Promise<string[][]> {
  const pairs = await rowsOf<{ pair: string; names: number }>(
    db,
    sql`select pair, coalesce(common.frequency * (select reltuples from pg_class where oid = 'subjects'::regclass), 0) as names
        from unnest(name_bigrams(${q})) as pair left join (
          select element, frequency
          from pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) as common (element, frequency)
          where schemaname = 'public' and tablename = 'subjects_name_bigrams' and element is not null
        ) as common on common.element = pair
        order by names, pair`,
  )
  // The mark of the beginning narrows only a query of one character, which has no other pair.
  const inner = pairs.filter(({ pair }) => !pair.startsWith('^'))
  let names = 0
  const rarestFirst = inner.length > 0 ? inner : pairs
  const affordable = rarestFirst.filter((pair) => (names += pair.names) <= maxCandidates)
  const common = rarestFirst.slice(affordable.length, affordable.length + 1)
  return [affordable, common].map((some) => some.map(({ pair }) => pair)).filter((some) => some.length > 0)
}

/**
 * Businesses by name, former name or name of a site or shop, best first. Names are compared by their pairs of
 * characters, normalised (`name_bigrams` in the migrations): the score is the mean of how much of the query is in the
 * name and of how much the two share (Dice), so 1 means the same name and a fragment ranks by how much of the name it is.
 */
export async function listByName(db: DbOrTx, q: string, filter: SubjectFilter, limit: number): Promise<Hit[]> {
  for (const pairs of await pairsToTry(db, q)) {
    const hits = await listByPairs(db, q, pairs, filter, limit)
    if (hits.length > 0) return hits
  }
  return []
}

/** The best of the names that have one of these pairs. */
async function listByPairs(
  db: DbOrTx,
  q: string,
  pairs: readonly string[],
  filter: SubjectFilter,
  limit: number,
): Promise<Hit[]> {
  const wanted = sql`array(select json_array_elements_text(${asJson(pairs)}))`
  return rowsOf(
    db,
    sql`
      with candidates as (
        (select s.id, 'name' as matched_on, s.name
          from subjects s where name_bigrams(s.name) && ${wanted} limit ${maxCandidates})
        union all
        (select s.id, 'former-name', former.name
          from subjects s cross join unnest(s.former_names) as former (name)
          where s.former_names <> '{}' and names_bigrams(s.former_names) && ${wanted} limit ${maxCandidates})
        union all
        (select s.id, 'shop-name', w.name
          from web_presences w join subjects s on s.uscc = w.uscc
          where name_bigrams(w.name) && ${wanted} limit ${maxCandidates})
      ), scored as (
        select c.id, c.matched_on, shared.count::real / cardinality(query.pairs) as contained,
          2.0 * shared.count / (cardinality(query.pairs) + shared.total) as dice
        from candidates c cross join (select name_bigrams(${q}) as pairs) as query cross join lateral (
          select count(*) filter (where pair = any (query.pairs)) as count, count(*) as total
          from unnest(name_bigrams(c.name)) as pair
        ) as shared
      ), best as (
        select distinct on (id) id, matched_on, (contained + dice) / 2 as score from scored
        order by id, contained + dice desc, matched_on = 'name' desc
      )
      select ${hitColumns}, round(best.score::numeric, 4)::real as score, best.matched_on as "matchedOn"
      from best join subjects s on s.id = best.id
      where best.score >= 0.25 and ${conditionsOf(filter)}
      order by best.score desc, s.uscc nulls last, s.id
      limit ${limit}`,
  )
}
