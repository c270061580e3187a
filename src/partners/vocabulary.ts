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
