import { userInfo } from 'node:os'
import { sql } from 'drizzle-orm'
import type { FastifyRequest } from 'fastify'
import { v7 as uuidv7 } from 'uuid'
import { clientAddress } from './addresses.ts'
import type { DbOrTx } from './db.ts'

/** Who acts, by what way and from where, as the audit log keeps it. */
export interface Actor {
  via: 'key' | 'session' | 'oidc' | 'command' | 'job' | 'service'
  partnerId: string | null
  keyId: string | null
  /** The person, where the key does not say it: login name on the command line, subject of the identity provider. */
  person: string | null
  address: string | null
  requestId: string | null
}

const nobody = { partnerId: null, keyId: null, person: null, address: null, requestId: null }

/** The service itself, such as a first sign-in that registers a person, or a test. */
export const theService: Actor = { via: 'service', ...nobody }

/** A run of a job, scheduled or by hand. */
export const aJob: Actor = { via: 'job', ...nobody }

/** Who typed a command: the login name, where the system knows one. */
export function actorOfCommand(): Actor {
  let person: string | null = null
  try {
    person = userInfo().username
  } catch {
    // A container may run under a number that has no name.
  }
  return { via: 'command', ...nobody, person }
}

/** Who sent a request, as far as a guard has found out. */
export function actorOf(request: FastifyRequest): Actor {
  const { principal } = request
  return {
    via: principal === null ? 'service' : (principal.via ?? 'key'),
    partnerId: principal?.partnerId ?? null,
    keyId: principal?.keyId ?? null,
    person: principal?.person ?? null,
    address: clientAddress(request),
    requestId: request.id,
  }
}

export interface AuditEntry {
  actor: Actor
  /** `<type of the object>.<what was done to it>`, such as `decision.approved`. */
  action: `${string}.${string}`
  objectId: string | null
  outcome?: 'done' | 'refused' | 'failed'
  /** Codes, counts and numbers of documents; never a secret, a free text or a person's name or number. */
  details?: Record<string, unknown>
  at: Date
}

/**
 * Writes one entry of the audit log. Call it in the transaction of what it tells: both are committed or neither is.
 * One entry an act, however many rows the act changes.
 */
export async function recordAudit(db: DbOrTx, entry: AuditEntry): Promise<void> {
  const { actor, action, objectId, outcome = 'done', details = {}, at } = entry
  const [objectType] = action.split('.')
  await db.execute(sql`
    insert into audit_log (id, at, via, partner_id, key_id, person, address, request_id, action, object_type, object_id,
      outcome, details)
    values (${uuidv7()}, ${at.toISOString()}, ${actor.via}, ${actor.partnerId}, ${actor.keyId}, ${actor.person},
      ${actor.address}, ${actor.requestId}, ${action}, ${objectType}, ${objectId}, ${outcome},
      ${JSON.stringify(details)}::jsonb)`)
}
