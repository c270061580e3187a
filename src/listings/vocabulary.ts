/** The closed vocabularies of the lists, in the words of the API contract. */

export const lists = ['abnormal', 'serious-violator'] as const
export type List = (typeof lists)[number]

export const listingStatuses = ['in-force', 'removed', 'revoked', 'corrected'] as const

export const decisionActions = ['enter', 'remove', 'revoke', 'correct'] as const

/** Who a decision comes from: a job that applies a rule to facts, or a member of staff. */
export const decisionOrigins = ['job', 'staff'] as const
