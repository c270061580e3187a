import type { Tx } from '../platform/db.ts'
import type { NewAlert } from './monitor-repository.ts'

/** An alert with the partner whose monitor raised it. */
export interface RaisedAlert extends NewAlert {
  partnerId: string
}

/** An alert as subscriptions of type `monitor.alert` are told of it: the fields of a CloudEvent, without its type. */
export interface AlertMessage {
  id: string
  source: string
  time: string
  data: Record<string, unknown>
}

/** Queues messages for a partner's subscriptions, in the transaction that raises the alerts, in the order given. */
export type QueueAlerts = (tx: Tx, partnerId: string, alerts: readonly AlertMessage[]) => Promise<void>

/** Tells alerts to the subscriptions of the partners whose monitors raised them: the same content as `GET …/alerts` has. */
export async function publishAlerts(tx: Tx, alerts: readonly RaisedAlert[], queue: QueueAlerts): Promise<void> {
  const byPartner = new Map<string, AlertMessage[]>()
  for (const { id, partnerId, monitorId, ref, position, raisedAt, before, result } of alerts) {
    const messages = byPartner.get(partnerId) ?? []
    byPartner.set(partnerId, messages)
    messages.push({
      id,
      source: `urn:xinjian:monitor:${monitorId}`,
      time: raisedAt,
      data: { monitorId, ref, position, before, result },
    })
  }
  for (const [partnerId, messages] of byPartner) await queue(tx, partnerId, messages)
}
