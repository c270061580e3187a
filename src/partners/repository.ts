import { sql } from 'drizzle-orm'
import { isoInstant, prepare, rowsOf, type DbOrTx, type Tx } from '../platform/db.ts'
import type { PartnerKind, Scope } from './domain.ts'
import { partnerKeys, partners } from './tables.ts'

export async function insertPartner(db: DbOrTx, partner: typeof partners.$inferInsert): Promise<void> {
  await db.insert(partners).values(partner)
}

export interface PartnerRow {
  id: string
  name: string
  kind: PartnerKind
  agencyCode: string | null
  issuer: string | null
  subject: string | null
  suspendedAt: string | null
  createdAt: string
}

const partnerColumns = sql`n.id, n.name, n.kind, n.agency_code as "agencyCode", n.issuer, n.subject,
  ${isoInstant('n.suspended_at')} as "suspendedAt", ${isoInstant('n.created_at')} as "createdAt"`

export async function findPartner(db: DbOrTx, id: string): Promise<PartnerRow | null> {
  const [row] = await rowsOf<PartnerRow>(db, sql`select ${partnerColumns} from partners n where n.id = ${id}`)
  return row ?? null
}

/** The partner, which nobody else changes until this transaction ends. */
export async function lockPartner(tx: Tx, id: string): Promise<PartnerRow | null> {
  const [row] = await rowsOf<PartnerRow>(
    tx,
    sql`select ${partnerColumns} from partners n where n.id = ${id} for update`,
  )
  return row ?? null
}

export async function findPartnerBySubject(db: DbOrTx, issuer: string, subject: string): Promise<PartnerRow | null> {
  const [row] = await rowsOf<PartnerRow>(
    db,
    sql`select ${partnerColumns} from partners n where n.issuer = ${issuer} and n.subject = ${subject}`,
  )
  return row ?? null
}

/** Partners in the order of their registration. */
export async function listPartners(
  db: DbOrTx,
  filter: { kind?: PartnerKind | undefined },
  after: string | null,
  limit: number,
): Promise<PartnerRow[]> {
  return rowsOf(
    db,
    sql`select ${partnerColumns} from partners n
        where (${filter.kind ?? null}::text is null or n.kind = ${filter.kind ?? null})
          and (${after}::uuid is null or n.id > ${after}) order by n.id limit ${limit}`,
  )
}

export async function updatePartner(tx: Tx, { id, name, subject, issuer, suspendedAt }: PartnerRow): Promise<void> {
  await tx.execute(sql`
    update partners set name = ${name}, issuer = ${issuer}, subject = ${subject}, suspended_at = ${suspendedAt}
    where id = ${id}`)
}

export async function insertKey(db: DbOrTx, key: typeof partnerKeys.$inferInsert): Promise<void> {
  await db.insert(partnerKeys).values(key)
}

export interface KeyRow {
  id: string
  partnerId: string
  scopes: Scope[]
  label: string | null
  expiresAt: string | null
  networks: string[]
  createdAt: string
  lastUsedAt: string | null
  revokedAt: string | null
  replacedBy: string | null
}

const keyColumns = sql`k.id, k.partner_id as "partnerId", k.scopes, k.label, ${isoInstant('k.expires_at')} as "expiresAt",
  k.networks, ${isoInstant('k.created_at')} as "createdAt", ${isoInstant('k.last_used_at')} as "lastUsedAt",
  ${isoInstant('k.revoked_at')} as "revokedAt", k.replaced_by as "replacedBy"`

export interface HeldKey extends KeyRow {
  secretHash: string
  kind: PartnerKind
  agencyCode: string | null
  suspendedAt: string | null
}

/** The key with this id and its holder, also one that may not be used. */
export async function findHeldKey(db: DbOrTx, id: string): Promise<HeldKey | null> {
  const [row] = await heldKey.ask(db, { id })
  return row ?? null
}

/** Asked with every call by key. */
const heldKey = prepare<HeldKey>(
  sql`select ${keyColumns}, k.secret_hash as "secretHash", n.kind, n.agency_code as "agencyCode",
        ${isoInstant('n.suspended_at')} as "suspendedAt"
      from partner_keys k join partners n on n.id = k.partner_id where k.id = ${sql.placeholder('id')}`,
)

/** The key, which nobody else changes until this transaction ends. */
export async function lockKey(tx: Tx, id: string): Promise<KeyRow | null> {
  const [row] = await rowsOf<KeyRow>(tx, sql`select ${keyColumns} from partner_keys k where k.id = ${id} for update`)
  return row ?? null
}

/** Keys of a partner, or of all, in the order of their making; revoked ones too. */
export async function listKeys(
  db: DbOrTx,
  partnerId: string | null,
  after: string | null,
  limit: number,
): Promise<KeyRow[]> {
  return rowsOf(
    db,
    sql`select ${keyColumns} from partner_keys k
        where (${partnerId}::uuid is null or k.partner_id = ${partnerId})
          and (${after}::uuid is null or k.id > ${after}) order by k.id limit ${limit}`,
  )
}

export async function updateKey(tx: Tx, { id, expiresAt, revokedAt, replacedBy }: KeyRow): Promise<void> {
  await tx.execute(sql`
    update partner_keys set expires_at = ${expiresAt}, revoked_at = ${revokedAt}, replaced_by = ${replacedBy}
    where id = ${id}`)
}

/** Keeps when a key was used, unless a moment as late is kept already. */
export async function updateLastUse(db: DbOrTx, id: string, at: Date): Promise<void> {
  await db.execute(sql`
    update partner_keys set last_used_at = ${at.toISOString()}
    where id = ${id} and (last_used_at is null or last_used_at < ${at.toISOString()})`)
}
