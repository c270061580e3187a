/** How far an objection has come (rulebook 3.5). `corrected` follows from the decision that an upheld one leads to. */
export const objectionStatuses = ['filed', 'accepted', 'refused', 'upheld', 'rejected', 'corrected'] as const
export type ObjectionStatus = (typeof objectionStatuses)[number]
