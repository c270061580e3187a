import { z } from 'zod'
import { getJson, SourceError, type Patience } from '../platform/http-client.ts'
import type { Collection } from './vocabulary.ts'

/** Where a collection is pulled from. */
export interface Source {
  baseUrl: string
  token?: string | undefined
}

export interface Page {
  items: unknown[]
  next: string | null
}

export const pageSize = 1000

const page = z.object({ items: z.array(z.unknown()), next: z.string().min(1).nullable() })

/**
 * Downloads one page of a collection by the protocol of contract section 6.
 * @throws SourceError when the source cannot be read, or answers with something that is not a page
 */
export async function downloadPage(
  source: Source,
  collection: Collection,
  at: { updatedSince: string | null; cursor: string | null },
  options: { patience?: Patience | undefined; signal?: AbortSignal | undefined },
): Promise<Page> {
  const url = new URL(`${source.baseUrl}/${collection}`)
  url.searchParams.set('limit', String(pageSize))
  if (at.updatedSince !== null) url.searchParams.set('updatedSince', at.updatedSince)
  if (at.cursor !== null) url.searchParams.set('cursor', at.cursor)
  const answered = await getJson(url, {
    token: source.token,
    signal: options.signal,
    ...(options.patience && { patience: options.patience }),
  })
  const parsed = page.safeParse(answered)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new SourceError(`${url.origin}${url.pathname} answered with no page: /${issue?.path.join('/') ?? ''}`)
}
