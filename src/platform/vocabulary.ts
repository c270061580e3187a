/** The closed vocabularies of the jobs. */

export const jobRunStatuses = ['queued', 'running', 'succeeded', 'failed', 'interrupted', 'skipped'] as const
export type JobRunStatus = (typeof jobRunStatuses)[number]

/** By its schedule, over the API, or by a command that runs it in its own process. */
export const jobRunOrigins = ['schedule', 'api', 'command'] as const
export type JobRunOrigin = (typeof jobRunOrigins)[number]

export const jobLogLevels = ['info', 'warn', 'error'] as const
export type JobLogLevel = (typeof jobLogLevels)[number]
