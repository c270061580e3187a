/** What is pulled from sources or imported from files (contract section 6). */
export const collections = ['subjects', 'annual-reports'] as const
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

/** What became of a file in the folder of `IMPORT_DIR`. */
export const droppedFileStatuses = [
  /** Seen, and perhaps still being written, or being imported. */
  'waiting',
  'taken',
  /** The same bytes were taken before. */
  'repeated',
  'refused',
] as const
export type DroppedFileStatus = (typeof droppedFileStatuses)[number]
