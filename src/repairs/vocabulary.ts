/**
 * How far a repair (信用修复) has come (rulebook 3.4). `executed` follows from the decision that a granted one leads to;
 * `cancelled` is one that was got by false material.
 */
export const repairStatuses = [
  'filed',
  'not-accepted',
  'accepted',
  'refused',
  'granted',
  'executed',
  'cancelled',
] as const
export type RepairStatus = (typeof repairStatuses)[number]
