import type { Tx } from '../platform/db.ts'
import { queueAlerts } from '../subscriptions/service.ts'
import type { NewAlert } from './monitor-repository.ts'

/** An alert with the partner whose monitor raised it. */
export interface RaisedAlert extends NewAlert {
  partnerId: string
}

/** Tells alerts to the subscriptions of type `monitor.alert` of the partners concerned, in the transaction that raises them. */
export async function publishAlerts(tx: Tx, alerts: readonly RaisedAlert[]): Promise<void> {
  for (const partnerId of new Set(alerts.map((alert) => alert.partnerId))) {
    const own = alerts.filter((alert) => alert.partnerId === partnerId)
    await queueAlerts(
      tx,
      partnerId,
      own.map(({ id, monitorId, raisedAt, partnerId: _, ...data }) => ({
        id,
        source: `urn:xinjian:monitor:${monitorId}`,
        time: raisedAt,
        data: { monitorId, ...data },
      })),
    )
  }
}
