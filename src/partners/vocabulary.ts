/** Who may hold keys, and what a key may do (contract sections 3 to 5). */

export const partnerKinds = ['agency', 'platform', 'staff'] as const

export const scopes = [
  'feed',
  'screening',
  'history',
  'decisions:propose',
  'decisions:approve',
  'registry:write',
  'admin',
] as const

/** What each kind may be given: only staff act for the regulator. */
export const scopesOfKind = {
  agency: ['feed', 'screening', 'history'],
  platform: ['feed', 'screening', 'history'],
  staff: scopes,
} as const satisfies Record<(typeof partnerKinds)[number], readonly (typeof scopes)[number][]>

/** Scopes that one key, or one token, does not hold together: who gives out keys does not decide. */
export const apart = ['admin', 'decisions:approve'] as const
