import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Problem, problems } from './problem.ts'

/** The parameters of every list (contract section 1). */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().min(1).max(1000).optional().meta({ description: 'The `next` of the page before' }),
}

/** Ties a cursor to its list and its filter, so that one of another list, or a changed one, is noticed. */
function sealOf(list: string, after: string): string {
  return createHash('sha256').update(`${list}\n${after}`).digest('base64url').slice(0, 12)
}

/** Names a list together with its filter: a cursor fits no other. */
export function listName(path: string, filter: object): string {
  return `${path}?${JSON.stringify(Object.entries(filter).sort(([a], [b]) => (a < b ? -1 : 1)))}`
}

/** What the contract calls the cursor of a list. */
type CursorParameter = 'cursor' | 'after'

/**
 * The key, of the form `key`, after which a page begins; null for the first page.
 * @throws Problem invalid-cursor for a cursor that this list did not give out
 */
export function afterOf(
  list: string,
  cursor: string | undefined,
  key: z.ZodType<string>,
  parameter: CursorParameter = 'cursor',
): string | null {
  if (cursor === undefined) return null
  const [seal, after] = Buffer.from(cursor, 'base64url').toString('utf8').split('\n')
  if (after !== undefined && seal === sealOf(list, after) && key.safeParse(after).success) return after
  throw new Problem('invalid-cursor', problems['invalid-cursor'].meaning, {
    errors: [{ pointer: `/querystring/${parameter}`, detail: problems['invalid-cursor'].title }],
  })
}

/**
 * One page out of the rows that were read: `limit` and, to know whether there is a next page, one more. The key of a row
 * is what the list is ordered by, so that no page repeats or skips a row. Sets the `Link` header (RFC 8288).
 */
export function pageOf<Row>(
  rows: readonly Row[],
  options: {
    list: string
    limit: number
    keyOf: (row: Row) => string
    request: FastifyRequest
    reply: FastifyReply
    parameter?: CursorParameter
  },
): { items: Row[]; next: string | null } {
  const { list, limit, keyOf, request, reply, parameter = 'cursor' } = options
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  if (rows.length <= limit || last === undefined) return { items, next: null }
  const after = keyOf(last)
  const next = Buffer.from(`${sealOf(list, after)}\n${after}`).toString('base64url')
  const url = new URL(request.url, 'http://host')
  url.searchParams.set(parameter, next)
  void reply.header('link', `<${url.pathname}${url.search}>; rel="next"`)
  return { items, next }
}
