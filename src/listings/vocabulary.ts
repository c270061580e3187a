/** The closed vocabularies of the lists, in the words of the API contract. */

export const lists = ['abnormal', 'serious-violator'] as const
export type List = (typeof lists)[number]

export const listingStatuses = ['in-force', 'removed', 'revoked', 'corrected'] as const
export type ListingStatus = (typeof listingStatuses)[number]

/**
 * What a decision does to an entry. `restore` cancels an exit that was got by false material: the entry is in force
 * again, and a term begins anew (令44 art 20).
 */
export const decisionActions = ['enter', 'remove', 'revoke', 'correct', 'restore'] as const
export type DecisionAction = (typeof decisionActions)[number]

/** Who a decision comes from: a job that applies a rule to facts, or a member of staff. */
export const decisionOrigins = ['job', 'staff'] as const

/** How far a decision of staff has come: somebody proposes it, somebody else approves or rejects it. */
export const proposalStatuses = ['proposed', 'approved', 'rejected'] as const
export type ProposalStatus = (typeof proposalStatuses)[number]
