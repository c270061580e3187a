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

/** Why the pulling of a collection was stopped until a person has looked (issue of trust, not of reach). */
export const stopReasons = [
  /** It has far fewer records than it had. */
  'shrunk',
  /** It sends the same page again and again, or its cursors lead round. */
  'repeating',
  /** Too many of its records cannot be read. */
  'unreadable',
] as const
export type StopReason = (typeof stopReasons)[number]

export const sourceStatuses = [
  'never-pulled',
  'ok',
  /** The last runs failed, and the next one tries as usual. */
  'failing',
  /** It failed so often that it is left alone for a while. */
  'open-circuit',
  /** The while is over: one try decides. */
  'half-open',
  /** Stopped until a person resumes it. */
  'stopped',
] as const
export type SourceStatus = (typeof sourceStatuses)[number]

/** How bytes came to be read: a page of a source, an imported file, or kept bytes read again. */
export const intakeOrigins = ['pull', 'import', 'reread'] as const
export type IntakeOrigin = (typeof intakeOrigins)[number]
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
