import { z } from 'zod'
import { lists, listingStatuses } from '../listings/vocabulary.ts'
import { message } from '../platform/language.ts'
import { pageQuery } from '../platform/pagination.ts'
import { regionPrefix } from '../registry/schemas.ts'
import { parseUscc } from '../registry/identifiers.ts'
import {
  entityTypes,
  licenceDisplays,
  subjectStatuses,
  webPresenceKinds,
  webPresenceStatuses,
} from '../registry/vocabulary.ts'

const day = z.iso.date()

/** A code as it is written in a path: taken in any writing, answered in normal form (contract section 1). */
export const usccParameter = z
  .string()
  .transform((written, context) => {
    const code = parseUscc(written)
    if (code !== null) return code
    context.addIssue({
      code: 'custom',
      params: { problem: 'invalid-uscc' },
      message: message({
        zh: '这不是有效的统一社会信用代码：应为18位，且校验码须正确。',
        en: 'This is no unified social credit code: it has 18 characters, and its check characters must fit.',
      }),
    })
    return z.NEVER
  })
  .meta({ description: 'Unified social credit code (GB 32100-2015), in any case, with or without spaces' })

export const standings = ['clear', 'abnormal', 'serious-violator'] as const

const webPresenceSchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(webPresenceKinds),
    name: z.string(),
    url: z.string(),
    host: z.string(),
    platform: z.string().nullable(),
    icpNumber: z.string().nullable(),
    sources: z.array(z.string()),
    status: z.enum(webPresenceStatuses),
    licenceDisplay: z.enum(licenceDisplays),
    firstSeenOn: day,
    confirmedOn: day,
  })
  .meta({ id: 'WebPresence' })

const listingSchema = z
  .object({
    id: z.uuid(),
    list: z.enum(lists),
    ground: z.object({ code: z.string(), label: z.string(), article: z.string() }),
    authority: z.string(),
    decisionNumber: z.string(),
    listedOn: day,
    status: z.enum(listingStatuses),
    expiresOn: day.nullable(),
    removedOn: day.nullable(),
    removalReason: z.string().nullable(),
    removalDecisionNumber: z.string().nullable(),
    rulebook: z.string(),
  })
  .meta({ id: 'Listing' })

const subjectSchema = z
  .object({
    uscc: z.string(),
    registrationNumber: z.string().nullable(),
    name: z.string(),
    formerNames: z.array(z.string()),
    entityType: z.enum(entityTypes),
    status: z.enum(subjectStatuses),
    legalRepresentative: z.string().nullable(),
    establishedOn: day.nullable(),
    regionCode: z.string(),
    regionName: z.string().nullable(),
    address: z.string().nullable(),
    industryCode: z.string().nullable(),
    registrationAuthority: z.string().nullable(),
  })
  .meta({ id: 'Subject' })

export const creditFileSchema = z
  .object({
    subject: subjectSchema,
    standing: z.enum(standings).meta({ description: 'The gravest entry in force' }),
    webPresences: z.array(webPresenceSchema),
    annualReports: z.array(z.object({ year: z.int(), publishedOn: day, onTime: z.boolean(), revision: z.int() })),
    listings: z.array(listingSchema),
    penalties: z.array(
      z.object({
        decisionNumber: z.string(),
        authority: z.string(),
        ground: z.string(),
        kind: z.string(),
        amountFen: z.int().nullable(),
        decidedOn: day,
        publishedUntil: day.nullable(),
      }),
    ),
    honours: z.array(
      z.object({ title: z.string(), authority: z.string(), awardedOn: day, validUntil: day.nullable() }),
    ),
    sanctions: z.array(
      z.object({
        measureCode: z.string(),
        label: z.string(),
        agency: z.string(),
        listingId: z.uuid(),
        imposedOn: day,
        until: day.nullable(),
      }),
    ),
    asOf: day,
    knownAt: z.iso.datetime(),
    position: z.int().min(0).meta({ description: 'The answer reflects at least every event up to this position' }),
  })
  .meta({ id: 'CreditFile' })

export const creditFileQuery = z.strictObject({
  asOf: day.optional().meta({ description: 'The file as it stood on this day' }),
  knownAt: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: 'Only what was recorded up to this moment counts' }),
})

export type CreditFile = z.output<typeof creditFileSchema>

export const lookupQuery = z.strictObject({
  url: z.string().min(1).max(4000).meta({ description: 'Address of a site or shop, as a person would paste it' }),
})

export const lookupSchema = z
  .object({
    webPresence: webPresenceSchema,
    subject: subjectSchema,
    standing: z.enum(standings),
    otherClaimants: z.array(z.string()).meta({
      description:
        'Codes of other businesses that say they run the same address; `webPresence.status` is `disputed` then',
    }),
  })
  .meta({ id: 'WebPresenceOwner' })

export const timelineAnswer = z
  .object({
    items: z.array(
      z.object({
        at: day,
        type: z.enum([
          'registered',
          'web-presence',
          'annual-report',
          'listing-entered',
          'listing-removed',
          'penalty-decided',
          'honour-awarded',
          'sanction-imposed',
        ]),
        title: z.string(),
        reference: z.string().meta({ description: 'Id, year or number of what it tells of' }),
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'Timeline' })

export type TimelineItem = z.output<typeof timelineAnswer>['items'][number]

export const listParams = z.strictObject({ list: z.enum(lists) })
export const entryParams = z.strictObject({ list: z.enum(lists), id: z.uuid() })

export const entriesQuery = z.strictObject({
  ...pageQuery,
  regionCode: regionPrefix.optional(),
  ground: z.string().min(1).max(50).optional(),
  status: z.enum(listingStatuses).optional(),
  listedFrom: day.optional(),
  listedTo: day.optional(),
  q: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^\P{Cc}*$/u, message({ zh: '不能含有控制字符', en: 'must have no control characters' }))
    .optional()
    .meta({ description: 'A code, or a part of a name' }),
})

export const listedEntrySchema = z
  .object({ ...listingSchema.shape, uscc: z.string(), name: z.string(), regionCode: z.string() })
  .meta({ id: 'ListedEntry' })

export type ListedEntry = z.output<typeof listedEntrySchema>

export const entriesAnswer = z
  .object({ items: z.array(listedEntrySchema), next: z.string().nullable() })
  .meta({ id: 'ListedEntries' })
