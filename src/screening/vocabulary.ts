/** The closed vocabularies of screening, in the words of the API contract (section 3). */

export const decisions = ['block', 'review', 'clear', 'invalid'] as const
export type Decision = (typeof decisions)[number]

/** Why a candidate was decided as it was; those after `unknown-uscc` decide nothing alone. */
export const reasons = [
  'serious-violator',
  'abnormal',
  'name-only-match',
  'name-mismatch',
  'unknown-uscc',
  'disputed-web-presence',
  'invalid-uscc',
  'invalid-name',
  'invalid-url',
  'invalid-region-code',
  'nothing-to-match-on',
  'unknown-web-presence',
  'url-mismatch',
  'not-operating',
] as const
export type Reason = (typeof reasons)[number]

export const matchedOns = ['uscc', 'url', 'name', 'former-name'] as const
export type MatchedOn = (typeof matchedOns)[number]
