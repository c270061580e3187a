import { sql, type SQL } from 'drizzle-orm'
import { rowsOf, type Db, type Tx } from './db.ts'

/** The database roles beside the owner of the schema: the one that `serve` and the jobs use, and one that only reads. */
export interface Roles {
  serve: string
  read: string
}

export const defaultRoles: Roles = { serve: 'xinjian_serve', read: 'xinjian_read' }

/** Tables with secrets, or hashes of them, which a role that only reads does not need. */
const secretTables = ['partner_keys', 'subscriptions', 'idempotency_keys', 'sessions']

/**
 * Gives the roles their rights, all anew: `serve` reads and writes every table, but of the append-only ones it only reads
 * and adds to (those whose trigger refuses changes, so a new one needs no word here); `read` reads what has no secrets.
 * Neither truncates, nor makes or changes a table (the next ranges of one are made by a function of the owner), nor can switch off a trigger. Run by the owner of the schema, after each
 * migration.
 * @param create makes the roles that are not there, which takes the right to; without a password, for the operator to set
 * @returns the tables that `serve` can only add to
 */
export async function grantRoles(db: Db, roles: Roles, { create }: { create: boolean }): Promise<string[]> {
  return db.transaction(async (tx) => {
    if (create) for (const role of Object.values(roles) as string[]) await createMissing(tx, role)
    const serve = sql.identifier(roles.serve)
    const read = sql.identifier(roles.read)
    const both = sql`${serve}, ${read}`
    const statements: SQL[] = [
      sql`revoke create on schema public from public`,
      sql`revoke all on all tables in schema public from ${both}`,
      sql`grant usage on schema public, drizzle to ${both}`,
      sql`grant select on all tables in schema drizzle to ${both}`,
      sql`grant usage on all sequences in schema public to ${serve}`,
      sql`grant execute on function make_partitions(text, bigint) to ${serve}`,
    ]
    const appendOnly: string[] = []
    for (const { name, refusesChange } of await listTables(tx)) {
      if (refusesChange) appendOnly.push(name)
      const rights = refusesChange ? sql`select, insert` : sql`select, insert, update, delete`
      statements.push(sql`grant ${rights} on ${sql.identifier(name)} to ${serve}`)
      if (!secretTables.includes(name)) statements.push(sql`grant select on ${sql.identifier(name)} to ${read}`)
    }
    for (const statement of statements) await tx.execute(statement)
    return appendOnly
  })
}

/** The same for the roles with the usual names, where the server has both; answers whether it does. */
export async function grantToExistingRoles(db: Db): Promise<boolean> {
  for (const role of Object.values(defaultRoles) as string[]) if (!(await existsRole(db, role))) return false
  await grantRoles(db, defaultRoles, { create: false })
  return true
}

async function existsRole(db: Db | Tx, role: string): Promise<boolean> {
  return (await rowsOf(db, sql`select from pg_roles where rolname = ${role}`)).length > 0
}

async function createMissing(tx: Tx, role: string): Promise<void> {
  if (await existsRole(tx, role)) return
  await tx.execute(sql`create role ${sql.identifier(role)} login nosuperuser nocreatedb nocreaterole`)
}

async function listTables(tx: Tx): Promise<{ name: string; refusesChange: boolean }[]> {
  return rowsOf(
    tx,
    sql`select c.relname as name, exists (
          select from pg_trigger t join pg_proc p on p.oid = t.tgfoid
          where t.tgrelid = c.oid and p.proname = 'refuse_change'
        ) as "refusesChange"
        from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
          -- A part is reached through the whole and by its rights; /metrics looks into the default ones.
          and (not c.relispartition or c.relname like '%_default')
        order by c.relname`,
  )
}
