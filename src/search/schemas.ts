import { z } from 'zod'
import { standings } from '../credit-files/schemas.ts'
import { regionPrefix } from '../registry/schemas.ts'
import { message } from '../platform/language.ts'
import { entityTypes } from '../registry/vocabulary.ts'

export const searchQuery = z.strictObject({
  q: z
    .string()
    .trim()
    .min(1)
    .max(200)
    // PostgreSQL takes no NUL.
    .regex(/^\P{Cc}*$/u, message({ zh: '不能含有控制字符', en: 'must have no control characters' }))
    .meta({ description: 'A name or a fragment of one, a former name, a shop name, a code or an address' }),
  regionCode: regionPrefix.optional(),
  standing: z.enum(standings).optional(),
  entityType: z.enum(entityTypes).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

export const searchAnswer = z
  .object({
    items: z.array(
      z.object({
        uscc: z
          .string()
          .nullable()
          .meta({ description: 'Null for a business known by its old registration number alone' }),
        name: z.string(),
        regionCode: z.string(),
        standing: z.enum(standings),
        score: z.number().min(0).max(1),
        matchedOn: z.enum(['uscc', 'registration-number', 'name', 'former-name', 'shop-name', 'url']),
      }),
    ),
    next: z.null().meta({ description: 'Ranked results are one page; narrow the search instead' }),
  })
  .meta({ id: 'SearchResults' })

export type SearchItem = z.output<typeof searchAnswer>['items'][number]
