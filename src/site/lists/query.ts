import { z } from 'zod'
import { entriesQuery } from '../../credit-files/schemas.ts'

/** A form sends a field that was left empty as an empty text. */
const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (typeof value === 'string' && value.trim() === '' ? undefined : value), schema.optional())

const { shape } = entriesQuery

/** The filters of a list's page, as its form sends them; parameters that it does not know are left alone. */
export const listPageQuery = z.object({
  q: optional(shape.q.unwrap()),
  regionCode: optional(shape.regionCode.unwrap()),
  ground: optional(shape.ground.unwrap()),
  status: optional(z.enum(['in-force', 'removed'])),
  listedFrom: optional(shape.listedFrom.unwrap()),
  listedTo: optional(shape.listedTo.unwrap()),
  cursor: optional(shape.cursor.unwrap()),
})

export type ListFilter = Omit<z.output<typeof listPageQuery>, 'cursor'>

/** A filter as the query of an address, empty where nothing is filtered by. */
export function queryOf(filter: ListFilter & { cursor?: string | undefined }): string {
  const given = Object.entries(filter).filter((field): field is [string, string] => field[1] !== undefined)
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}
