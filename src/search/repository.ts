import { sql, type SQL } from 'drizzle-orm'
import type { ShownListing } from '../credit-files/publication-policy.ts'
import { asJson, prepare, rowsOf, type Db, type DbOrTx } from '../platform/db.ts'
import type { SubjectStatus } from '../registry/vocabulary.ts'
import type { SearchItem } from './schemas.ts'
import type { NameKind, SubjectFilter } from './subject-index.ts'

/** What the publication policy needs to tell a standing. */
type Listings = ShownListing[]

/** A business as a result shows it. */
export type Hit = Pick<SearchItem, 'uscc' | 'name' | 'regionCode'> & { key: string; listings: Listings }

/** What a business is called by in a cursor: its code, or its id where it has none. */
const keyColumn = sql`coalesce(s.uscc, s.id::text)`

const listingOf = sql`json_build_object('list', l.list, 'status', l.status,
    'present', json_build_object('status', l.status, 'shown', l.shown, 'publishedUntil', l.published_until))`

const listings = sql`coalesce((select json_agg(${listingOf}) from listing_entries l where l.uscc = s.uscc), '[]')`

const hitColumns = sql`${keyColumn} as key, s.uscc, s.name, s.region_code as "regionCode", ${listings} as listings`

/** A business with all that the index of names holds of it; null where there is none, as most have it. */
export interface IndexRow {
  uscc: string
  name: string
  formerNames: string[] | null
  shopNames: string[] | null
  regionCode: string
  entityType: string
  status: SubjectStatus
  listings: Listings | null
}

/** A business may have thousands of shops; it is found by so many of their names. */
const shopNamesMost = 100

const indexColumns = sql`s.uscc, s.name, s.former_names as "formerNames", s.region_code as "regionCode",
  s.entity_type as "entityType", s.status, ${listings} as listings,
  array(select distinct w.name from web_presences w where w.uscc = s.uscc limit ${shopNamesMost}) as "shopNames"`

/** Businesses in the order of their codes. */
export interface IndexPage {
  count: number
  /** The last code; null without any. */
  last: string | null
  /** Made one by one as they are asked for: a page that waits is a few strings. */
  rows(): Iterable<IndexRow>
}

/** Planned once, and so asked for in one message: one that is described first waits for its answer to be read (decision 33). */
const indexPage = prepare<RawPage>(
  sql`select page.count, page.last, page.lines, page.former,
      (
        select json_agg(json_build_array(l.uscc, ${listingOf})) from listing_entries l
        where l.uscc > ${sql.placeholder('after')} and l.uscc <= page.last
      ) as listings,
      (
        select string_agg(n.uscc || n.name, E'\n') from (
          select w.uscc, w.name, row_number() over (partition by w.uscc order by w.name) as number from (
            select distinct w.uscc, replace(w.name, E'\n', ' ') as name from web_presences w
            where w.uscc > ${sql.placeholder('after')} and w.uscc <= page.last
          ) w
        ) n where n.number <= ${shopNamesMost}
      ) as shops
    from (
      select count(*)::int as count, max(p.uscc) as last,
        string_agg(p.uscc || p.region_code || E'\t' || p.entity_type || E'\t' || p.status || E'\t' ||
          replace(p.name, E'\n', ' '), E'\n') as lines,
        json_agg(json_build_array(p.uscc, p.former_names)) filter (where p.former_names <> '{}') as former
      from (
        select s.uscc, s.name, s.former_names, s.region_code, s.entity_type, s.status
        from subjects s where s.uscc > ${sql.placeholder('after')} order by s.uscc limit ${sql.placeholder('limit')}
      ) p
    ) page`,
)

/**
 * Businesses with a code, in the order of their codes, after one, as one row: a line for each. Entries and names of shops
 * come over the range of the codes, since most businesses have none (decision 33).
 */
export async function listIndexRows(db: Db, after: string, limit: number): Promise<IndexPage> {
  const [page] = await indexPage.ask(db, { after, limit })
  if (page === undefined) throw new Error('an aggregate has one row')
  return { count: page.count, last: page.last, rows: () => readPage(page) }
}

interface RawPage {
  count: number
  last: string | null
  lines: string | null
  former: [uscc: string, names: string[]][] | null
  listings: [uscc: string, listing: ShownListing][] | null
  shops: string | null
}

const codeWidth = 18

function* readPage({ lines, former, listings, shops }: RawPage): Generator<IndexRow> {
  const formerNames = new Map(former)
  const listingsOf = grouped(listings ?? [])
  const shopNames = grouped(
    linesOf(shops ?? '').map((line) => [line.slice(0, codeWidth), line.slice(codeWidth)] as const),
  )
  for (const line of linesOf(lines ?? '')) {
    const uscc = line.slice(0, codeWidth)
    const typeAt = line.indexOf('\t', codeWidth) + 1
    const statusAt = line.indexOf('\t', typeAt) + 1
    const nameAt = line.indexOf('\t', statusAt) + 1
    yield {
      uscc,
      regionCode: line.slice(codeWidth, typeAt - 1),
      entityType: line.slice(typeAt, statusAt - 1),
      status: line.slice(statusAt, nameAt - 1) as SubjectStatus,
      name: line.slice(nameAt),
      formerNames: formerNames.get(uscc) ?? null,
      shopNames: shopNames.get(uscc) ?? null,
      listings: listingsOf.get(uscc) ?? null,
    }
  }
}

const linesOf = (text: string) => (text === '' ? [] : text.split('\n'))

function grouped<Value>(pairs: Iterable<readonly [string, Value]>): Map<string, Value[]> {
  const groups = new Map<string, Value[]>()
  for (const [key, value] of pairs) {
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [value])
    else group.push(value)
  }
  return groups
}

export async function listIndexRowsByCodes(db: DbOrTx, usccs: readonly string[]): Promise<IndexRow[]> {
  return rowsOf(
    db,
    sql`select ${indexColumns} from subjects s where s.uscc in (select json_array_elements_text(${asJson(usccs)}))`,
  )
}

const hitsByKey = prepare<Hit>(
  sql`select ${hitColumns} from subjects s where s.uscc = any(${sql.placeholder('keys')}::text[])
      union all
      select ${hitColumns} from subjects s where s.uscc is null and s.id = any(${sql.placeholder('ids')}::uuid[])`,
)

/** Businesses by the keys that `Hit` has. */
export async function listHits(db: DbOrTx, keys: readonly string[]): Promise<Hit[]> {
  return hitsByKey.ask(db, { keys, ids: keys.filter((key) => key.includes('-')) })
}

/** Whether a filter lets a row `s` through; null says nothing. */
const isWanted = (regionCode: SQL, entityType: SQL) =>
  sql`(${regionCode}::text is null or starts_with(s.region_code, ${regionCode}))
    and (${entityType}::text is null or s.entity_type = ${entityType})`
const isWantedLater = isWanted(sql`${sql.placeholder('regionCode')}`, sql`${sql.placeholder('entityType')}`)
const valuesOf = (filter: SubjectFilter) => ({
  regionCode: filter.regionCode ?? null,
  entityType: filter.entityType ?? null,
})

const hitsByCode = prepare<Hit & { matchedOn: 'uscc' | 'registration-number' }>(
  sql`select ${hitColumns},
        case when s.uscc = ${sql.placeholder('uscc')} then 'uscc' else 'registration-number' end as "matchedOn"
      from subjects s
      where (s.uscc = ${sql.placeholder('uscc')} or s.registration_number = ${sql.placeholder('registrationNumber')})
        and ${isWantedLater}
      limit 10`,
)

/** Businesses under a code or an old registration number, exactly. */
export async function listByCode(
  db: DbOrTx,
  code: { uscc: string | null; registrationNumber: string | null },
  filter: SubjectFilter,
): Promise<(Hit & { matchedOn: 'uscc' | 'registration-number' })[]> {
  return hitsByCode.ask(db, { ...code, ...valuesOf(filter) })
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

/** A name in the database that shares pairs of characters with a query. */
export interface NameRow {
  key: string
  name: string
  matchedOn: NameKind
}

/** The best of the candidates: names that share at least so much with a query. */
const bestNames = ({ candidates, q, filter, limit }: Record<'candidates' | 'q' | 'filter' | 'limit', SQL>) => sql`
  with candidates as (${candidates}), scored as (
    select c.id, c.matched_on, c.name, shared.count::real / cardinality(query.pairs) as contained,
      2.0 * shared.count / (cardinality(query.pairs) + shared.total) as dice
    from candidates c cross join (select name_bigrams(${q}) as pairs) as query cross join lateral (
      select count(*) filter (where pair = any (query.pairs)) as count, count(*) as total
      from unnest(name_bigrams(c.name)) as pair
    ) as shared
  )
  select ${keyColumn} as key, scored.name, scored.matched_on as "matchedOn"
  from scored join subjects s on s.id = scored.id
  where scored.contained + scored.dice >= 0.5 and ${filter}
  order by scored.contained + scored.dice desc, ${keyColumn}
  limit ${limit}`

const asked = sql`${sql.placeholder('q')}::text`
/** Asked with every search by name, whatever is in memory: planning it took longer than finding nothing. */
const namesWithoutCode = prepare<NameRow>(
  bestNames({
    candidates: sql`(select s.id, 'name' as matched_on, s.name
        from subjects s where s.uscc is null and name_bigrams(s.name) && name_bigrams(${asked}) limit ${maxCandidates})
      union all
      (select s.id, 'former-name', former.name
        from subjects s cross join unnest(s.former_names) as former (name)
        where s.uscc is null and s.former_names <> '{}' and names_bigrams(s.former_names) && name_bigrams(${asked})
        limit ${maxCandidates})`,
    q: asked,
    filter: isWantedLater,
    limit: sql`${sql.placeholder('limit')}`,
  }),
)

/**
 * Names, former names and names of sites and shops that share pairs of characters with the query (`name_bigrams` in the
 * migrations): those with the most, at most `limit`, for the caller to rank.
 * @param withoutCode only businesses that have no unified code: no event tells of them, so that no index follows them
 */
export async function listNames(
  db: DbOrTx,
  q: string,
  filter: SubjectFilter,
  options: { withoutCode: boolean; limit: number },
): Promise<NameRow[]> {
  const { withoutCode, limit } = options
  if (withoutCode) return namesWithoutCode.ask(db, { q, limit, ...valuesOf(filter) })
  for (const pairs of await pairsToTry(db, q)) {
    const rows = await listByPairs(db, q, pairs, filter, limit)
    if (rows.length > 0) return rows
  }
  return []
}

/** The best of the names that have one of these pairs; planned by how common these are. */
async function listByPairs(
  db: DbOrTx,
  q: string,
  pairs: readonly string[],
  filter: SubjectFilter,
  limit: number,
): Promise<NameRow[]> {
  const { regionCode, entityType } = valuesOf(filter)
  const wanted = sql`array(select json_array_elements_text(${asJson(pairs)}))`
  const candidates = sql`(select s.id, 'name' as matched_on, s.name
      from subjects s where name_bigrams(s.name) && ${wanted} limit ${maxCandidates})
    union all
    (select s.id, 'former-name', former.name
      from subjects s cross join unnest(s.former_names) as former (name)
      where s.former_names <> '{}' and names_bigrams(s.former_names) && ${wanted} limit ${maxCandidates})
    union all
    (select s.id, 'shop-name', w.name
      from web_presences w join subjects s on s.uscc = w.uscc
      where name_bigrams(w.name) && ${wanted} limit ${maxCandidates})`
  return rowsOf(
    db,
    bestNames({
      candidates,
      q: sql`${q}`,
      filter: isWanted(sql`${regionCode}`, sql`${entityType}`),
      limit: sql`${limit}`,
    }),
  )
}
