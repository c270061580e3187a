import { addAbortSignal } from 'node:stream'
import { openConnection } from './db.ts'

/** Chunks of this size cost gzip and the disk least (speed.md); row-sized ones cost three times as much. */
const chunkBytes = 256 * 1024

/**
 * The rows of a query with one column of JSON text, one a line, in chunks of about 256 kB that end anywhere. Read by
 * COPY on a connection of its own, which is closed however the reading ends: postgres.js 3.4.9 sometimes hangs in the
 * query after a COPY. No more is held than a chunk; a slow reader slows PostgreSQL down.
 * @param query without parameters, which COPY does not take: nothing from outside belongs in it
 * @throws Error when the connection is lost or `signal` aborts
 */
export async function* copyRows(url: string, query: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const lost = new AbortController()
  const client = openConnection(url, () => lost.abort(new Error('the connection to PostgreSQL was lost')))
  try {
    // Text format would double the backslashes of JSON. As CSV nothing is quoted: JSON text holds no control character.
    const copy = `copy (${query}) to stdout (format csv, quote e'\\x01', delimiter e'\\x02')`
    const rows = await client.unsafe(copy).readable()
    addAbortSignal(AbortSignal.any([signal, lost.signal]), rows)
    let parts: Buffer[] = []
    let size = 0
    for await (const part of rows as AsyncIterable<Buffer>) {
      parts.push(part)
      size += part.length
      if (size < chunkBytes) continue
      yield Buffer.concat(parts, size)
      parts = []
      size = 0
    }
    if (size > 0) yield Buffer.concat(parts, size)
  } catch (error) {
    // Say why, not only that the operation was aborted.
    signal.throwIfAborted()
    lost.signal.throwIfAborted()
    throw error
  } finally {
    await client.end({ timeout: 0 })
  }
}
