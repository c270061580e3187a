/** What is pulled from sources or imported from files (contract section 6). */
export const collections = ['subjects', 'annual-reports', 'icp-filings', 'penalties', 'platform-sellers'] as const
export type Collection = (typeof collections)[number]

export const quarantineReasons = [
  /** Not readable as a record at all: a line that is no JSON, a row with too many cells. */
  'unreadable',
  /** A field is missing or has a value that the schema refuses. */
  'invalid-record',
  /** A code of 18 characters whose check characters fail. */
  'invalid-uscc',
  /** Neither a code nor a registration number. */
  'no-code',
  /** Nobody is registered under the code; tried again by itself when the registry has grown. */
  'unknown-subject',
] as const
export type QuarantineReason = (typeof quarantineReasons)[number]

export const quarantineStatuses = ['open', 'resolved', 'discarded'] as const
