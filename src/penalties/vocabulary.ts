/** Kinds of administrative penalty (行政处罚法 art 9), as far as the rules of publication tell them apart. */
export const penaltyKinds = [
  'warning',
  'notice-of-criticism',
  'fine',
  'confiscation',
  'licence-suspension',
  'downgrading',
  'licence-revocation',
  'business-restriction',
  'suspension-of-business',
  'closure',
  'employment-restriction',
  'detention',
  'other',
] as const
export type PenaltyKind = (typeof penaltyKinds)[number]

/** 轻微、一般、严重 (国办发〔2025〕22号 二). */
export const penaltyGrades = ['minor', 'general', 'serious'] as const
export type PenaltyGrade = (typeof penaltyGrades)[number]

/** Why a penalty is no longer shown. */
export const withdrawalReasons = ['term-over', 'repaired', 'annulled', 'changed', 'declared-void'] as const
export type WithdrawalReason = (typeof withdrawalReasons)[number]

/** What happened to the publication of a penalty. */
export const publicationActions = ['publish', 'withdraw', 'restore'] as const
