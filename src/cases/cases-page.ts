import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Reader } from '../credit-files/service.ts'
import type { List } from '../listings/vocabulary.ts'
import { afterOf, listName, pageOf } from '../platform/pagination.ts'
import type { TypicalCase } from './schemas.ts'
import { readCases } from './service.ts'

/**
 * One page of the cases for the address `path`: its cursors fit no other.
 * @throws Problem invalid-cursor
 */
export async function readCasesPage(
  reader: Reader,
  { limit, cursor, list }: { limit: number; cursor?: string | undefined; list?: List | undefined },
  { path, request, reply }: { path: string; request: FastifyRequest; reply: FastifyReply },
): Promise<{ items: TypicalCase[]; next: string | null }> {
  const name = listName(path, { list })
  const after = afterOf(name, cursor, z.string().regex(/^\d{4}-\d\d-\d\dT[\d:.]+Z [0-9a-f-]{36}$/))
  const [publishedAt, id] = after?.split(' ') ?? []
  const place = publishedAt === undefined || id === undefined ? null : { publishedAt, id }
  const items = await readCases(reader, { list, after: place, limit })
  const keyOf = (read: TypicalCase) => `${read.publishedAt} ${read.id}`
  return pageOf(items, { list: name, limit, keyOf, request, reply })
}
