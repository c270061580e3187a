import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { List } from '../listings/vocabulary.ts'
import { afterOf, listName, pageOf } from '../platform/pagination.ts'
import { parseUscc } from '../registry/identifiers.ts'
import { readEntries } from './listing-service.ts'
import type { EntryFilter } from './listing-repository.ts'
import type { ListedEntry } from './schemas.ts'
import type { Reader } from './service.ts'

/** What is asked of a list: `q` is a code or a part of a name. */
export interface EntriesQuery extends Omit<EntryFilter, 'uscc' | 'name'> {
  q?: string | undefined
  limit: number
  cursor?: string | undefined
}

/** The part of a list that a search for a code or a name narrows it to. */
export function soughtBy({ q, ...filter }: Omit<EntriesQuery, 'limit' | 'cursor'>): EntryFilter {
  const uscc = q === undefined ? null : parseUscc(q)
  return { ...filter, ...(uscc === null ? { name: q } : { uscc }) }
}

/**
 * One page of the published entries of a list, newest first, for the address `path`: its cursors fit no other.
 * @throws Problem invalid-cursor
 */
export async function readEntriesPage(
  reader: Reader,
  list: List,
  { limit, cursor, ...asked }: EntriesQuery,
  { path, request, reply }: { path: string; request: FastifyRequest; reply: FastifyReply },
): Promise<{ items: ListedEntry[]; next: string | null }> {
  const name = listName(path, asked)
  const after = placeOf(afterOf(name, cursor, z.string().regex(/^\d{4}-\d\d-\d\d [0-9a-f-]{36}$/)))
  const rows = await readEntries(reader, list, soughtBy(asked), { after, limit })
  return pageOf(rows, { list: name, limit, keyOf: ({ listedOn, id }) => `${listedOn} ${id}`, request, reply })
}

function placeOf(key: string | null): { listedOn: string; id: string } | null {
  if (key === null) return null
  const [listedOn = '', id = ''] = key.split(' ')
  return { listedOn, id }
}
