import type { LogSource } from '../feed/reader.ts'
import { listEvents } from '../feed/repository.ts'
import type { DbOrTx } from '../platform/db.ts'
import type { Message } from './domain.ts'

/** What a subscription asks of the log. */
interface Reader {
  position: number
  types: readonly string[]
  lists: readonly string[] | null
  regionCode: string | null
}

/**
 * The next messages of a subscription out of the log, each with its event exactly as every other reader has it.
 * `readUpTo` is the position up to which there are no others, null when the page is full.
 */
export async function readMessages(
  read: LogSource['read'],
  { position, types, lists, regionCode }: Reader,
  limit: number,
): Promise<{ messages: Message[]; readUpTo: number | null }> {
  const filter = { types, lists: lists ?? undefined, regionCode: regionCode ?? undefined }
  const { events, next } = await read(position, limit, filter)
  const messages = events.map((event) => ({
    id: event.id,
    type: event.type,
    position: Number(event.sequence),
    body: JSON.stringify(event),
  }))
  return { messages, readUpTo: events.length < limit ? next : null }
}

/** Reads the log itself, each page by a query. */
export function readerOf(db: DbOrTx): LogSource['read'] {
  return (after, limit, filter) => listEvents(db, after, limit, filter)
}

/** The newest position of the log, as far as a reader knows it. */
export async function headOf(read: LogSource['read']): Promise<number> {
  return (await read(Number.MAX_SAFE_INTEGER, 1, {})).head
}
