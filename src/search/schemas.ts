import { z } from 'zod'
import { standings } from '../credit-files/schemas.ts'
import { regionPrefix } from '../registry/schemas.ts'
import { pageQuery } from '../platform/pagination.ts'
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
    .meta({
      description:
        'A name or a fragment of one, also in pinyin or its initials, a former name, a shop name, a code or an address',
    }),
  regionCode: regionPrefix.optional(),
  standing: z.enum(standings).optional(),
  entityType: z.enum(entityTypes).optional(),
  ...pageQuery,
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
    next: z.string().nullable().meta({ description: 'Pass as `cursor` for the results that follow; null at the end' }),
  })
  .meta({ id: 'SearchResults' })

/** Where a page begins in a cursor: a score and the key of the business that has it. */
export const rankKey = z.string().regex(/^[01](?:\.\d{1,4})? [0-9A-Za-z-]{15,36}$/)

/** The place that a cursor stands for, null for the beginning. */
export function rankOf(key: string | null): { score: number; key: string } | null {
  const [score, business] = key?.split(' ') ?? []
  return score === undefined || business === undefined ? null : { score: Number(score), key: business }
}

/** `X-Position` of an answer. */
export const positionHeader = 'x-position'

export type SearchItem = z.output<typeof searchAnswer>['items'][number]
