import { and, desc, eq, gt, lt, sql } from 'drizzle-orm'
import { asJson, rowsOf, type DbOrTx, type Tx } from '../platform/db.ts'
import type { OldSecret } from './domain.ts'
import { subscriptionDeliveries, subscriptionMessages, subscriptions } from './tables.ts'

export type SubscriptionRow = typeof subscriptions.$inferSelect & { oldSecrets: OldSecret[] }
export type DeliveryRow = typeof subscriptionDeliveries.$inferSelect

export async function insertSubscription(tx: Tx, row: typeof subscriptions.$inferInsert): Promise<SubscriptionRow> {
  const [inserted] = await tx.insert(subscriptions).values(row).returning()
  return inserted as SubscriptionRow
}

/** A partner's subscriptions after an id, in the order in which they were made. */
export async function listSubscriptions(
  db: DbOrTx,
  {
    partnerId,
    alertsAlone,
    after,
    limit,
  }: { partnerId: string; alertsAlone: boolean; after: string | null; limit: number },
): Promise<SubscriptionRow[]> {
  const rows = await db
    .select()
    .from(subscriptions)
    .where(
      and(
        eq(subscriptions.partnerId, partnerId),
        ...(alertsAlone ? [sql`${subscriptions.types} = array['monitor.alert']`] : []),
        ...(after === null ? [] : [gt(subscriptions.id, after)]),
      ),
    )
    .orderBy(subscriptions.id)
    .limit(limit)
  return rows as SubscriptionRow[]
}

/** A partner's own subscription: to everybody else it does not exist. */
export async function findSubscription(db: DbOrTx, partnerId: string, id: string): Promise<SubscriptionRow | null> {
  const [row] = await db
    .select()
    .from(subscriptions)
    .where(and(eq(subscriptions.id, id), eq(subscriptions.partnerId, partnerId)))
  return (row as SubscriptionRow | undefined) ?? null
}

/** The same, kept from other changes until the transaction ends. */
export async function lockSubscription(tx: Tx, partnerId: string, id: string): Promise<SubscriptionRow | null> {
  const [row] = await tx
    .select()
    .from(subscriptions)
    .where(and(eq(subscriptions.id, id), eq(subscriptions.partnerId, partnerId)))
    .for('update')
  return (row as SubscriptionRow | undefined) ?? null
}

/** Changes a subscription for its holder; whoever delivers it at this moment notices by the revision. */
export async function updateSubscription(
  tx: Tx,
  id: string,
  changes: Partial<typeof subscriptions.$inferInsert>,
): Promise<SubscriptionRow> {
  const [row] = await tx
    .update(subscriptions)
    .set({ ...changes, revision: sql`${subscriptions.revision} + 1` })
    .where(eq(subscriptions.id, id))
    .returning()
  return row as SubscriptionRow
}

export async function deleteSubscription(tx: Tx, id: string): Promise<void> {
  await tx.delete(subscriptions).where(eq(subscriptions.id, id))
}

/** Says of the message that was to be tried again that it is not: its subscription begins anew, or has ended. */
export async function updateRetryingDelivery(tx: Tx, subscriptionId: string): Promise<void> {
  await tx
    .update(subscriptionDeliveries)
    .set({ status: 'failed', nextAttemptAt: null })
    .where(
      and(eq(subscriptionDeliveries.subscriptionId, subscriptionId), eq(subscriptionDeliveries.status, 'retrying')),
    )
}

/** What was sent to a subscription, the newest first. */
export async function listDeliveries(
  db: DbOrTx,
  { subscriptionId, before, limit }: { subscriptionId: string; before: string | null; limit: number },
): Promise<DeliveryRow[]> {
  return db
    .select()
    .from(subscriptionDeliveries)
    .where(
      and(
        eq(subscriptionDeliveries.subscriptionId, subscriptionId),
        ...(before === null ? [] : [lt(subscriptionDeliveries.id, before)]),
      ),
    )
    .orderBy(desc(subscriptionDeliveries.id))
    .limit(limit)
}

/** Puts messages into the queue of each subscription of a partner that asks for their type; one that is there stays. */
export async function insertMessages(
  tx: Tx,
  partnerId: string,
  messages: readonly { id: string; type: string; body: Record<string, unknown> }[],
): Promise<void> {
  await tx.execute(sql`
    insert into ${subscriptionMessages} (subscription_id, message_id, type, body)
    select s.id, m.id, m.type, m.body
    from json_to_recordset(${asJson(messages.map((message, place) => ({ place, ...message })))})
      as m (place integer, id uuid, type text, body json)
    join subscriptions s on s.partner_id = ${partnerId} and m.type = any (s.types)
    order by m.place
    on conflict (subscription_id, message_id) do nothing`)
}

/** Deletes up to `limit` deliveries whose last attempt was before a moment; answers how many. */
export async function deleteOldDeliveries(db: DbOrTx, before: Date, limit: number): Promise<number> {
  // By id, which is in the order of time: the oldest are found at the beginning of the key.
  const rows = await rowsOf(
    db,
    sql`delete from subscription_deliveries d where d.id in (
          select o.id from subscription_deliveries o order by o.id limit ${limit}
        ) and d.last_attempt_at < ${before.toISOString()} and d.status <> 'retrying' returning d.id`,
  )
  return rows.length
}
