/** By what way somebody acted. */
export const vias = ['key', 'session', 'oidc', 'command', 'job', 'service'] as const

/** What came of it: done, refused by the rules of access, or begun and failed. */
export const outcomes = ['done', 'refused', 'failed'] as const
