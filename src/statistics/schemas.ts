import { z } from 'zod'
import { lists } from '../listings/vocabulary.ts'
import { regionPrefix } from '../registry/schemas.ts'
import { webPresenceKinds } from '../registry/vocabulary.ts'

export const statisticsQuery = z.strictObject({ regionCode: regionPrefix.optional() })

const count = z.int().min(0)
const rate = z
  .number()
  .min(0)
  .max(1)
  .nullable()
  .meta({ description: 'From 0 to 1; null where there is nothing to count' })
const list = z.enum(lists)

export const statisticsAnswer = z
  .object({
    asOf: z.iso.date(),
    position: z.int().min(0).meta({ description: 'Every event up to this position is counted' }),
    listings: z
      .object({
        byList: z.array(z.object({ list, count })),
        byGround: z.array(z.object({ list, groundCode: z.string(), count })),
        byRegion: z.array(z.object({ list, regionCode: z.string(), count })),
        byMonth: z.array(z.object({ list, month: z.string(), count })),
      })
      .meta({
        description: 'Entries in force, by list with their ground, province, and the month in which they were made',
      }),
    reporting: z
      .object({ reportYear: z.int(), windowClosedOn: z.iso.date(), obliged: count, onTime: count, rate })
      .meta({ description: 'Who had to publish a report in the newest window that has closed, and who did in time' }),
    licenceDisplay: z
      .object({ checked: count, displayed: count, rate })
      .meta({ description: 'Sites and shops that were checked, and those that show their licence' }),
    webPresences: z
      .object({ count, byKind: z.array(z.object({ kind: z.enum(webPresenceKinds), count })) })
      .meta({ description: 'Sites and shops that are filed and in use' }),
  })
  .meta({ id: 'Statistics' })

export type Statistics = z.output<typeof statisticsAnswer>
