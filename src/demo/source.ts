import Fastify, { type FastifyInstance } from 'fastify'
import type { Item } from './made-up.ts'

const pageSize = 500

/** A source that speaks the protocol of contract section 6 over HTTP, with the sample's collections. */
export function buildSampleSource(collections: Readonly<Record<string, readonly Item[]>>): FastifyInstance {
  const app = Fastify()
  for (const [collection, items] of Object.entries(collections)) {
    app.get<{ Querystring: { updatedSince?: string; cursor?: string; limit?: string } }>(
      `/${collection}`,
      async ({ query }) => {
        const changed = items.filter((item) => item.updatedAt >= (query.updatedSince ?? ''))
        const from = Number(query.cursor ?? 0)
        const to = from + Math.min(Number(query.limit ?? pageSize), pageSize)
        return { items: changed.slice(from, to), next: to < changed.length ? String(to) : null }
      },
    )
  }
  return app
}
