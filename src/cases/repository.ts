import { sql, type SQL } from 'drizzle-orm'
import type { List } from '../listings/vocabulary.ts'
import { asJson, rowsOf, type DbOrTx, type Tx } from '../platform/db.ts'
import type { KeptCase } from './schemas.ts'

const instant = (column: string) => sql.raw(`to_char(c.${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`)

const columns = sql`c.id, c.list, c.ground_code as "groundCode", c.title, c.text, c.businesses,
  c.period_from::text as "periodFrom", c.period_to::text as "periodTo", c.published_by as "publishedBy",
  ${instant('published_at')} as "publishedAt", c.changed_by as "changedBy", ${instant('changed_at')} as "changedAt",
  ${instant('withdrawn_at')} as "withdrawnAt"`

const arrayOf = (codes: readonly string[]) =>
  sql`(select coalesce(array_agg(u.code order by u.place), '{}')
    from json_array_elements_text(${asJson(codes)}) with ordinality as u (code, place))`

/** Keeps a case; one with the same id is changed. */
export async function saveCase(tx: Tx, kept: KeptCase): Promise<void> {
  await tx.execute(
    sql`insert into typical_cases (id, list, ground_code, title, text, businesses, period_from, period_to,
          published_by, published_at, changed_by, changed_at, withdrawn_at)
        values (${kept.id}, ${kept.list}, ${kept.groundCode}, ${kept.title}, ${kept.text}, ${arrayOf(kept.businesses)},
          ${kept.periodFrom}, ${kept.periodTo}, ${kept.publishedBy}, ${kept.publishedAt}, ${kept.changedBy},
          ${kept.changedAt}, ${kept.withdrawnAt})
        on conflict (id) do update set list = excluded.list, ground_code = excluded.ground_code, title = excluded.title,
          text = excluded.text, businesses = excluded.businesses, period_from = excluded.period_from,
          period_to = excluded.period_to, changed_by = excluded.changed_by, changed_at = excluded.changed_at,
          withdrawn_at = excluded.withdrawn_at`,
  )
}

/** The case with this id, locked until the transaction ends. */
export async function lockCase(tx: Tx, id: string): Promise<KeptCase | null> {
  const [row] = await rowsOf<KeptCase>(tx, sql`select ${columns} from typical_cases c where c.id = ${id} for update`)
  return row ?? null
}

/** A case that is not withdrawn. */
export async function findCase(db: DbOrTx, id: string): Promise<KeptCase | null> {
  const [row] = await rowsOf<KeptCase>(
    db,
    sql`select ${columns} from typical_cases c where c.id = ${id} and c.withdrawn_at is null`,
  )
  return row ?? null
}

/** Cases that are not withdrawn, newest first, those after the place `after`. */
export async function listCases(
  db: DbOrTx,
  page: { list?: List | undefined; after: { publishedAt: string; id: string } | null; limit: number },
): Promise<KeptCase[]> {
  const conditions: SQL[] = [sql`c.withdrawn_at is null`]
  if (page.list !== undefined) conditions.push(sql`c.list = ${page.list}`)
  if (page.after !== null) {
    conditions.push(sql`(c.published_at, c.id) < (${page.after.publishedAt}::timestamptz, ${page.after.id}::uuid)`)
  }
  return rowsOf(
    db,
    sql`select ${columns} from typical_cases c where ${sql.join(conditions, sql` and `)}
        order by c.published_at desc, c.id desc limit ${page.limit}`,
  )
}

/**
 * A business whose registered or former name is written out in a text, or null. Reads every name: for what staff write
 * now and then, not for requests of the public.
 */
export async function findNameIn(db: DbOrTx, text: string): Promise<string | null> {
  const plain = text.normalize('NFKC')
  const stands = (name: SQL) =>
    sql`char_length(${name}) >= 4 and (strpos(${text}, ${name}) > 0 or strpos(${plain}, ${name}) > 0)`
  const [row] = await rowsOf<{ name: string }>(
    db,
    sql`select s.name from subjects s
        where (${stands(sql`s.name`)}) or exists (select from unnest(s.former_names) f (name) where ${stands(sql`f.name`)})
        limit 1`,
  )
  return row?.name ?? null
}
