import { z } from 'zod'

/** A region by which lists are narrowed: a GB/T 2260 code or the beginning of one. */
export const regionPrefix = z
  .string()
  .regex(/^\d{2,6}$/)
  .meta({ description: 'Prefix of a GB/T 2260 code' })
