import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { actorOf, recordAudit, type AuditEntry } from './audit.ts'
import { principalOf } from './auth.ts'
import { rowsOf, type Db, type DbOrTx, type Tx } from './db.ts'
import { Problem, problems } from './problem.ts'

/** The form of the header: IETF draft-ietf-httpapi-idempotency-key-header, a string of printable characters. */
const keyForm = /^[\x20-\x7e]{1,255}$/

export interface Write {
  request: FastifyRequest
  reply: FastifyReply
  status?: number
  now: Date
  /**
   * What the audit log is told: an action, or one with more about it. The object is what the answer has as `id`, or the
   * address. Null for a write whose service records it, or that leaves evidence of its own.
   */
  audit: AuditEntry['action'] | Pick<AuditEntry, 'action' | 'details'> | null
  /** The answer has a secret that is kept nowhere: it is kept so that only who sent the request can read it again. */
  sealed?: boolean
}

/** Writes the audit entry of a write that has been done. */
async function audited<Body extends object>(db: DbOrTx, { request, audit, now }: Write, body: Body): Promise<Body> {
  if (audit === null) return body
  const { action, details } = typeof audit === 'string' ? { action: audit } : audit
  const { id = null } = { ...(request.params as { id?: string }), ...(body as { id?: string }) }
  const { uscc } = { ...(request.body as { uscc?: string } | null), ...(body as { uscc?: string }) }
  const told = { ...(uscc !== undefined && { uscc }), ...details }
  await recordAudit(db, { actor: actorOf(request), action, objectId: id, details: told, at: now })
  return body
}

/**
 * Runs a write once. With an `Idempotency-Key` the first answer is kept in the write's own transaction, under the
 * partner's name: the same key and request answer it again, and a write that failed keeps nothing. Without one it just runs.
 * Sets the status; the caller sends what is answered.
 * @param write does all of the write inside `tx` and answers the body
 * @throws Problem invalid-request for a malformed key, idempotency-key-reused for a key that came with another request
 */
export async function writeOnce<Body extends object>(
  db: Db,
  options: Write,
  write: (tx: Tx) => Promise<Body>,
): Promise<Body> {
  const { request, reply, status = 200, now } = options
  void reply.header('cache-control', 'no-store')
  const key = request.headers['idempotency-key']
  if (key === undefined) {
    const body = await db.transaction(async (tx) => audited(tx, options, await write(tx)))
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
    if (claimed.length === 0) return findAnswer(tx, partnerId, key, requestHash, options)
    const body = await audited(tx, options, await write(tx))
    await tx.execute(
      sql`update idempotency_keys set body = ${JSON.stringify(options.sealed ? seal(body, request) : body)}::json where partner_id = ${partnerId} and key = ${key}`,
    )
    return { status, body }
  })
  void reply.code(answer.status)
  return answer.body as Body
}

/**
 * The same for a write that is one statement in the end: without an `Idempotency-Key` it needs no transaction, which saves
 * two trips to the database, and holds no connection while it thinks. It leaves evidence of its own, not an audit entry.
 */
export async function writeStatementOnce<Body extends object>(
  db: Db,
  options: Omit<Write, 'audit'>,
  write: (db: DbOrTx) => Promise<Body>,
): Promise<Body> {
  const { request, reply, status = 200 } = options
  if (request.headers['idempotency-key'] !== undefined) return writeOnce(db, { ...options, audit: null }, write)
  void reply.header('cache-control', 'no-store').code(status)
  return write(db)
}

async function findAnswer(tx: Tx, partnerId: string, key: string, requestHash: string, { sealed, request }: Write) {
  const [kept] = await rowsOf<{ requestHash: string; status: number; body: object }>(
    tx,
    sql`select k.request_hash as "requestHash", k.status, k.body from idempotency_keys k
        where k.partner_id = ${partnerId} and k.key = ${key}`,
  )
  if (kept?.requestHash === requestHash) {
    const body = sealed ? unseal(kept.body, request) : kept.body
    if (body !== null) return { status: kept.status, body }
  }
  throw new Problem('idempotency-key-reused', problems['idempotency-key-reused'].meaning)
}

/** Made of what the caller alone has: the database cannot open what it keeps. */
function sealingKey({ headers }: FastifyRequest): Buffer {
  const { authorization, cookie } = headers
  return createHash('sha256')
    .update(JSON.stringify([authorization ?? cookie ?? null, headers['idempotency-key']]))
    .digest()
}

function seal(body: object, request: FastifyRequest): object {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', sealingKey(request), iv)
  const text = Buffer.concat([cipher.update(JSON.stringify(body)), cipher.final()])
  return { sealed: Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64') }
}

/** What was sealed, or null for a caller who did not seal it. */
function unseal(body: object, request: FastifyRequest): object | null {
  const sealed = Buffer.from((body as { sealed: string }).sealed, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', sealingKey(request), sealed.subarray(0, 12))
  decipher.setAuthTag(sealed.subarray(12, 28))
  try {
    return JSON.parse(Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString()) as object
  } catch {
    return null
  }
}
