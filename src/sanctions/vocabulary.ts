/** The closed vocabularies of sanction orders (contract section 4; rulebook section 5, the flow PUSH to LIFTED). */

/** `superseded`: its lift is moot, since the entry was restored and the measure ordered anew. */
export const orderStatuses = [
  'pending',
  'received',
  'executed',
  'not-applicable',
  'lift-pending',
  'lifted',
  'superseded',
] as const
export type OrderStatus = (typeof orderStatuses)[number]

/** In these an answer of the agency is awaited, the lift of a measure first. */
export const openStatuses = ['lift-pending', 'pending', 'received'] as const
export type OpenStatus = (typeof openStatuses)[number]

/** Whether an order is at its beginning, where the measure is to be imposed, or at its end, where it is to be lifted. */
export const orderKinds = ['lift', 'impose'] as const

/** The statuses of orders of this kind; all for none. */
export function statusesOfKind(kind: (typeof orderKinds)[number] | undefined): readonly OrderStatus[] {
  if (kind === undefined) return orderStatuses
  return kind === 'lift'
    ? ['lift-pending', 'lifted', 'superseded']
    : ['pending', 'received', 'executed', 'not-applicable']
}

/** What an agency may answer. */
export const receiptStatuses = ['received', 'executed', 'not-applicable', 'lifted'] as const
export type ReceiptStatus = (typeof receiptStatuses)[number]

/** How the entry ended, or that the measure's own term did. A revoked or corrected entry is void from the start. */
export const liftReasons = ['removed', 'expired', 'revoked', 'corrected', 'term-over'] as const
export type LiftReason = (typeof liftReasons)[number]

/** Why a receipt is refused. An order of another agency is unknown, so that nobody learns of it. */
export const refusals = [
  'unknown-order',
  'day-in-future',
  'day-before-order',
  'lifted-before-executed',
  'no-lift-requested',
  'lift-requested',
  'already-executed',
  'already-lifted',
  'superseded',
] as const
export type Refusal = (typeof refusals)[number]

/** The refusals in words. */
export const refusalTexts: Record<Refusal, { zh: string; en: string }> = {
  'unknown-order': { zh: '贵部门没有该编号的指令。', en: 'Your agency has no order with this id.' },
  'day-in-future': { zh: 'executedOn 晚于今日。', en: '`executedOn` lies in the future.' },
  'day-before-order': { zh: 'executedOn 早于措施开始之日。', en: '`executedOn` lies before the day of the measure.' },
  'lifted-before-executed': {
    zh: '解除之日早于实施之日。',
    en: 'The measure cannot be lifted before it was executed.',
  },
  'no-lift-requested': {
    zh: '列入仍然有效，尚未要求解除该措施。',
    en: 'The entry is still in force: no lift was requested.',
  },
  'lift-requested': {
    zh: '列入已经终止，请解除该措施并回执 lifted。',
    en: 'The entry has ended: lift the measure, and answer `lifted`.',
  },
  'already-executed': { zh: '此前已回执 executed。', en: 'You answered `executed` before.' },
  'already-lifted': { zh: '该措施已经解除。', en: 'The measure has been lifted.' },
  superseded: {
    zh: '列入已经恢复，该措施已另行下达指令，请按新指令办理。',
    en: 'The entry was restored and the measure ordered anew: answer the new order.',
  },
}
