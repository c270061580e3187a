import { z } from 'zod'
import { pageQuery } from '../platform/pagination.ts'
import { licenceDisplays } from '../registry/vocabulary.ts'
import { evidenceKinds, visitOutcomes, visitReasons } from './vocabulary.ts'

export const presenceParams = z.strictObject({ id: z.uuid() })
export const visitParams = z.strictObject({ id: z.uuid(), checkId: z.uuid() })
export const visitsQuery = z.strictObject(pageQuery)

const evidence = z.object({
  kind: z.enum(evidenceKinds),
  url: z.string(),
  text: z.string().meta({ description: 'The text around what was found' }),
  element: z.string().meta({ description: 'The elements that it stood in, outermost first' }),
  href: z.string().nullable(),
})

export const visitsPage = z
  .object({
    items: z.array(
      z.object({
        id: z.uuid(),
        visitedAt: z.iso.datetime(),
        url: z.string(),
        finalUrl: z.string().meta({ description: 'Where the visit ended, after redirects' }),
        httpStatus: z.int().nullable(),
        outcome: z.enum(visitOutcomes),
        licence: z
          .enum(licenceDisplays)
          .meta({ description: 'What this visit saw; one visit alone establishes no `missing`' }),
        reason: z.enum(visitReasons).nullable(),
        evidence: evidence.nullable(),
        otherCodes: z.array(z.string()).meta({ description: 'Unified codes of others on the page' }),
        pageSha256: z.string().nullable(),
        pageIsKept: z.boolean().meta({ description: 'Whether the page can still be had from `…/page`' }),
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'WebCheckPage' })

export type WebCheck = z.output<typeof visitsPage>['items'][number]
