import { createHash } from 'node:crypto'
import { z } from 'zod'
import { getBody, parseJson, SourceError, type Patience } from '../platform/http-client.ts'
import type { Collection } from './vocabulary.ts'

/** Where a collection is pulled from. */
export interface Source {
  baseUrl: string
  token?: string | undefined
}

/** The first of the three steps: the bytes of a page, and nothing known of them yet. */
export interface Download {
  body: Buffer
  sha256: string
  /** The address without its query, which holds the cursor. */
  location: string
}

export interface Page {
  items: unknown[]
  next: string | null
}

/** What is asked for; a source may give less. Each page is a transaction of some 15 statements, so small ones cost most. */
export const pageSize = 4000

const pageSchema = z.object({ items: z.array(z.unknown()), next: z.string().min(1).nullable() })

/**
 * Downloads one page of a collection by the protocol of contract section 6, and hands its bytes to `read`.
 * @throws SourceError when the source cannot be read, or answers with something that is not a page
 */
export async function downloadPage<Result>(
  source: Source,
  collection: Collection,
  at: { updatedSince: string | null; cursor: string | null },
  options: { patience?: Patience | undefined; signal?: AbortSignal | undefined },
  read: (download: Download) => Promise<Result>,
): Promise<Result> {
  const url = new URL(`${source.baseUrl}/${collection}`)
  url.searchParams.set('limit', String(pageSize))
  if (at.updatedSince !== null) url.searchParams.set('updatedSince', at.updatedSince)
  if (at.cursor !== null) url.searchParams.set('cursor', at.cursor)
  const location = `${url.origin}${url.pathname}`
  return getBody(
    url,
    { token: source.token, signal: options.signal, ...(options.patience && { patience: options.patience }) },
    (body) => read({ body, sha256: createHash('sha256').update(body).digest('hex'), location }),
  )
}

/**
 * Parses the bytes of a page.
 * @throws UnreadableBody for what is no JSON; SourceError for JSON that is no page
 */
export function parsePage(body: Buffer, location: string): Page {
  const parsed = pageSchema.safeParse(parseJson(body))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new SourceError(`${location} answered with no page: /${issue?.path.join('/') ?? ''}`)
}
