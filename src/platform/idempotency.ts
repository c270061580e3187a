import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { principalOf } from './auth.ts'
import { rowsOf, type Db, type DbOrTx, type Tx } from './db.ts'
import { Problem, problems } from './problem.ts'

/** The form of the header: IETF draft-ietf-httpapi-idempotency-key-header, a string of printable characters. */
const keyForm = /^[\x20-\x7e]{1,255}$/

/**
 * Runs a write once. With an `Idempotency-Key` the first answer is kept in the write's own transaction, under the
 * partner's name: the same key and request answer it again, and a write that failed keeps nothing. Without one it just runs.
 * Sets the status; the caller sends what is answered.
 * @param write does all of the write inside `tx` and answers the body
 * @throws Problem invalid-request for a malformed key, idempotency-key-reused for a key that came with another request
 */
export async function writeOnce<Body extends object>(
  db: Db,
  { request, reply, status = 200, now }: { request: FastifyRequest; reply: FastifyReply; status?: number; now: Date },
  write: (tx: Tx) => Promise<Body>,
): Promise<Body> {
  void reply.header('cache-control', 'no-store')
  const key = request.headers['idempotency-key']
  if (key === undefined) {
    const body = await db.transaction(write)
    void reply.code(status)
    return body
  }
  if (typeof key !== 'string' || !keyForm.test(key)) {
    const detail = { zh: '须为1至255个可见字符。', en: 'It must have 1 to 255 printable characters.' }
    throw new Problem('invalid-request', detail, { errors: [{ pointer: '/headers/idempotency-key', detail }] })
  }
  const { partnerId } = principalOf(request)
  const requestHash = createHash('sha256')
    .update(`${request.method} ${request.url}\n${JSON.stringify(request.body ?? null)}`)
    .digest('hex')
  const answer = await db.transaction(async (tx) => {
    // A second request with the key waits here until the first has committed or failed.
    const claimed = await rowsOf(
      tx,
      sql`insert into idempotency_keys (partner_id, key, request_hash, status, body, created_at)
          values (${partnerId}, ${key}, ${requestHash}, ${status}, 'null', ${now.toISOString()})
          on conflict (partner_id, key) do nothing returning key`,
    )
    if (claimed.length === 0) return findAnswer(tx, partnerId, key, requestHash)
    const body = await write(tx)
    await tx.execute(
      sql`update idempotency_keys set body = ${JSON.stringify(body)}::json where partner_id = ${partnerId} and key = ${key}`,
    )
    return { status, body }
  })
  void reply.code(answer.status)
  return answer.body as Body
}

/**
 * The same for a write that is one statement in the end: without an `Idempotency-Key` it needs no transaction, which saves
 * two trips to the database, and holds no connection while it thinks.
 */
export async function writeStatementOnce<Body extends object>(
  db: Db,
  options: { request: FastifyRequest; reply: FastifyReply; status?: number; now: Date },
  write: (db: DbOrTx) => Promise<Body>,
): Promise<Body> {
  const { request, reply, status = 200 } = options
  if (request.headers['idempotency-key'] !== undefined) return writeOnce(db, options, write)
  void reply.header('cache-control', 'no-store').code(status)
  return write(db)
}

async function findAnswer(tx: Tx, partnerId: string, key: string, requestHash: string) {
  const [kept] = await rowsOf<{ requestHash: string; status: number; body: object }>(
    tx,
    sql`select k.request_hash as "requestHash", k.status, k.body from idempotency_keys k
        where k.partner_id = ${partnerId} and k.key = ${key}`,
  )
  if (kept?.requestHash === requestHash) return kept
  throw new Problem('idempotency-key-reused', problems['idempotency-key-reused'].meaning)
}
