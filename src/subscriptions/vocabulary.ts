/** The closed vocabularies of webhooks (contract section 4). */

export const subscriptionStatuses = ['active', 'paused'] as const

/** Why nothing is delivered: its holder said so, the receiver answered 410 Gone, or the schedule of retries has ended. */
export const pauseReasons = ['by-partner', 'gone', 'exhausted'] as const

/** `retrying` is tried again at `nextAttemptAt`; `failed` was given up when the subscription was paused. */
export const deliveryStatuses = ['delivered', 'retrying', 'failed'] as const

/** Why no answer came. */
export const deliveryErrors = ['destination-refused', 'timeout', 'connection-failed'] as const
