import { sql, type SQL } from 'drizzle-orm'
import type { HeldListing } from '../credit-files/repository.ts'
import { rowsOf, type DbOrTx } from '../platform/db.ts'
import type { SearchItem } from './schemas.ts'

export interface SubjectFilter {
  regionCode?: string | undefined
  entityType?: string | undefined
}

/** A business that was found, with what the publication policy needs to tell its standing. */
export type Hit = Omit<SearchItem, 'standing'> & { listings: Pick<HeldListing, 'list' | 'status'>[] }

const hitColumns = sql`s.uscc, s.name, s.region_code as "regionCode",
  coalesce((select json_agg(json_build_object('list', l.list, 'status', l.status))
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

/**
 * Businesses by name, former name or name of a site or shop, best first. Names are compared by their pairs of
 * characters, normalised (`name_bigrams` in the migrations): the score is the mean of how much of the query is in the
 * name and of how much the two share (Dice), so 1 means the same name and a fragment ranks by how much of the name it is.
 * Candidates share a pair that is not one of those every company name has.
 */
export async function listByName(db: DbOrTx, q: string, filter: SubjectFilter, limit: number): Promise<Hit[]> {
  return rowsOf(
    db,
    sql`
      with candidates as (
        select s.id, 'name' as matched_on, name_bigrams(s.name) as pairs
        from subjects s where name_bigrams(s.name) && name_search_pairs(${q})
        union all
        select s.id, 'former-name', name_bigrams(former.name)
        from subjects s cross join unnest(s.former_names) as former (name)
        where s.former_names <> '{}' and names_bigrams(s.former_names) && name_search_pairs(${q})
        union all
        select s.id, 'shop-name', name_bigrams(w.name)
        from web_presences w join subjects s on s.uscc = w.uscc
        where name_bigrams(w.name) && name_search_pairs(${q})
      ), scored as (
        select c.id, c.matched_on, shared.count::real / cardinality(name_bigrams(${q})) as contained,
          2.0 * shared.count / (cardinality(name_bigrams(${q})) + cardinality(c.pairs)) as dice
        from candidates c cross join lateral (
          select count(*) from unnest(c.pairs) as pair where pair = any (name_bigrams(${q}))
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
