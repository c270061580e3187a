import { z } from 'zod'

/** A region by which lists are narrowed: a GB/T 2260 code or the beginning of one. */
export const regionPrefix = z
  .string()
  .regex(/^\d{2,6}$/)
  .meta({ description: 'Prefix of a GB/T 2260 code' })

const whole = z.null().meta({ description: 'The list is answered whole' })

export const regionList = z
  .object({
    items: z.array(
      z.object({
        code: z.string(),
        name: z.string(),
        level: z.enum(['province', 'city', 'county']),
        parent: z.string().nullable(),
      }),
    ),
    next: whole,
  })
  .meta({ id: 'RegionList' })

export const industryList = z
  .object({
    items: z.array(
      z.object({
        code: z.string(),
        label: z.string(),
        level: z.enum(['section', 'division']),
        parent: z.string().nullable(),
      }),
    ),
    next: whole,
  })
  .meta({ id: 'IndustryList' })
