import { sql } from 'drizzle-orm'
import { faultOf, rowsOf, type Db } from '../../src/platform/db.ts'

/** A unique index as it is, and what PostgreSQL says to it when the table is spread by the code. */
export interface UniqueIndex {
  table: string
  name: string
  isPossible: boolean
}

/** Shards of each table. */
const parts = 16

/**
 * Lays tables out a second time, in a schema `spread`: hash partitions by `uscc`, with their rows and with the unique indexes
 * that are possible so. PostgreSQL asks of a unique index of such a table what Citus asks: that it has the key in it. Those
 * that it refuses are made with the code in front.
 */
export async function layOut(db: Db, tables: readonly string[]): Promise<UniqueIndex[]> {
  await db.execute(sql`create schema spread`)
  const found: UniqueIndex[] = []
  for (const table of tables) {
    const name = sql.identifier(table)
    await db.execute(sql`create table spread.${name} (like public.${name} including defaults) partition by hash (uscc)`)
    for (let part = 0; part < parts; part += 1) {
      await db.execute(
        sql.raw(`create table spread.${table}_${part} partition of spread.${table}
          for values with (modulus ${parts}, remainder ${part})`),
      )
    }
    const indexes = await rowsOf<{ name: string; made: string; isUnique: boolean }>(
      db,
      sql`select c.relname as name, pg_get_indexdef(i.indexrelid) as made, i.indisunique as "isUnique"
          from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = ${`public.${table}`}::regclass`,
    )
    for (const { name: index, made, isUnique } of indexes) {
      const there = made.replace(/ ON (ONLY )?public\./, ' ON spread.')
      const isPossible = await db.execute(sql.raw(there)).then(
        () => true,
        (error: unknown) => {
          // "unique constraint on partitioned table must include all partitioning columns"
          if (faultOf(error).code !== '0A000') throw error
          return false
        },
      )
      if (!isPossible) await db.execute(sql.raw(there.replace('(', '(uscc, ')))
      if (isUnique) found.push({ table, name: index, isPossible })
    }
    await db.execute(sql`insert into spread.${name} select * from public.${name}`)
    await db.execute(sql.raw(`analyze spread.${table}`))
  }
  return found
}

/** How many shards of each table a statement read or wrote; it is undone. */
export async function shardsOf(db: Db, statement: string, parameters: unknown[]): Promise<Map<string, number>> {
  const client = (db as Db & { $client: { begin: (run: (tx: Client) => Promise<unknown>) => Promise<unknown> } })
    .$client
  const shards = new Map<string, Set<string>>()
  const look = (node: Plan): void => {
    const [, table] = /^(.*)_\d+$/.exec(node['Relation Name'] ?? '') ?? []
    if (node.Schema === 'spread' && table !== undefined && (node['Actual Loops'] ?? 0) > 0) {
      shards.set(table, (shards.get(table) ?? new Set()).add(node['Relation Name']!))
    }
    node.Plans?.forEach(look)
  }
  await client
    .begin(async (tx) => {
      await tx.unsafe('set local search_path = spread, public')
      const [row] = await tx.unsafe(`explain (analyze, verbose, costs off, format json) ${statement}`, parameters)
      look(row!['QUERY PLAN'][0]!.Plan)
      throw new Undone()
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error
    })
  return new Map([...shards].map(([table, of]) => [table, of.size]))
}

class Undone extends Error {}

interface Client {
  unsafe: (statement: string, parameters?: unknown[]) => Promise<{ 'QUERY PLAN': { Plan: Plan }[] }[]>
}

interface Plan {
  'Relation Name'?: string
  Schema?: string
  'Actual Loops'?: number
  Plans?: Plan[]
}
