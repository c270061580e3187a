import { sql } from 'drizzle-orm'
import { check, customType, text, timestamp, type AnyPgColumn, type CheckBuilder } from 'drizzle-orm/pg-core'

/** A moment, as `timestamptz`. */
export const instant = () => timestamp({ withTimezone: true, mode: 'date' })

/** Bytes, as `bytea`. */
export const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

/** A text column of a closed vocabulary; `oneOf` adds the CHECK that drizzle's `enum` leaves out (style.md trap 4). */
export const vocabulary = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  text({ enum: values })

export function oneOf(name: string, column: AnyPgColumn, values: readonly string[]): CheckBuilder {
  return check(name, sql`${column} in (${sql.raw(values.map((value) => `'${value}'`).join(', '))})`)
}
