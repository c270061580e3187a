import { sql } from 'drizzle-orm'
import { rowsOf, type Db } from '../../src/platform/db.ts'

/**
 * The schema as text, from the catalogue, so that each migration is reviewed as a difference of it. Written the same way
 * by every version of PostgreSQL that the service runs on.
 */
export async function describeSchema(db: Db): Promise<string> {
  const rows = await rowsOf<{ line: string }>(
    db,
    sql`
      with tables as (
        select c.oid, c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
          -- Which ranges there are depends on the day; test/scale/partitions.test.ts holds them to the whole.
          and not c.relispartition
      )
      select line from (
        select t.relname, 1 as part, a.attnum as place, format('table %s: %s %s%s%s', t.relname, a.attname,
          format_type(a.atttypid, a.atttypmod), case when a.attnotnull then ' not null' else '' end,
          coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')) as line
        from tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
          left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
        union all
        select t.relname, 2, 0, format('table %s: constraint %s %s', t.relname, c.conname, pg_get_constraintdef(c.oid))
        from tables t join pg_constraint c on c.conrelid = t.oid
        where c.contype <> 'n' -- PostgreSQL 18 has one for each NOT NULL
        union all
        select t.relname, 2, 1, format('table %s: partition by %s', t.relname, pg_get_partkeydef(t.oid))
        from tables t where pg_get_partkeydef(t.oid) is not null
        union all
        select t.relname, 3, 0, pg_get_indexdef(i.indexrelid) from tables t join pg_index i on i.indrelid = t.oid
        union all
        select t.relname, 4, 0, pg_get_triggerdef(g.oid) from tables t join pg_trigger g on g.tgrelid = t.oid
        where not g.tgisinternal
        union all
        select '~', 5, 0, pg_get_functiondef(p.oid) from pg_proc p where p.pronamespace = 'public'::regnamespace
      ) as lines (relname, part, place, line)
      order by relname, part, place, line`,
  )
  return `${rows.map((row) => row.line).join('\n')}\n`
}
