import { z } from 'zod'
import { lists } from '../listings/vocabulary.ts'
import { message } from '../platform/language.ts'
import { pageQuery } from '../platform/pagination.ts'
import { likelyScore } from '../search/score.ts'
import { decisions, matchedOns, reasons } from './vocabulary.ts'

/** Text of a call that is kept as evidence: lone surrogates have no form in RFC 8785 (nor in I-JSON, RFC 7493). */
const wellFormed = (max: number) =>
  z
    .string()
    .max(max)
    .refine(
      (text) => !/\p{Surrogate}/u.test(text),
      message({ zh: '含有不成对的代理字符', en: 'has a lone surrogate, which is no Unicode text' }),
    )

const wellFormedText = wellFormed(10_000)
export const memberRef = wellFormed(200)
  .min(1)
  .regex(/^\P{Cc}*$/u, message({ zh: '不能含有控制字符', en: 'must have no control characters' }))

/** What may be matched on. Values that cannot be used are told in the result: one bad candidate never fails the batch. */
export const candidateFields = {
  uscc: wellFormedText.optional().meta({ description: 'Unified social credit code, in any writing' }),
  name: wellFormedText.optional().meta({ description: 'Name of the business, or of its shop' }),
  url: wellFormedText.optional().meta({ description: 'Site or shop, as a person would paste it' }),
  regionCode: wellFormedText.optional().meta({
    description: 'GB/T 2260 code, or the beginning of one; only listed businesses that may be there match by name',
  }),
}

const candidate = z
  .strictObject({
    ref: wellFormed(200).meta({
      description: 'Your own name of the candidate; need not be unique, is answered as sent',
    }),
    ...candidateFields,
  })
  .meta({ id: 'Candidate' })

const day = z.iso.date()
export const watchedLists = z.array(z.enum(lists)).min(1).max(2)
export const nameThreshold = z.number().min(0.2).max(1)
/** From which score on names count as alike. */
export const defaultThreshold = likelyScore

export const screeningRequest = z
  .strictObject({
    candidates: z.array(candidate).min(1).max(1000),
    lists: watchedLists.optional().meta({ description: 'Both lists without it' }),
    asOf: day.optional().meta({ description: 'Screen as if it were this day; today without it' }),
    threshold: nameThreshold.optional().meta({
      description: `Least score of names that count as alike; ${defaultThreshold} without it`,
    }),
  })
  .meta({ id: 'ScreeningRequest' })
export type ScreeningRequest = z.output<typeof screeningRequest>

const match = z.object({
  uscc: z.string(),
  name: z.string(),
  listingId: z.string(),
  list: z.enum(lists),
  groundCode: z.string(),
  score: z.number().min(0).max(1),
  matchedOn: z.enum(matchedOns),
})

export const resultFields = {
  decision: z.enum(decisions),
  reasons: z.array(z.enum(reasons)),
  matches: z.array(match),
}

const result = z.object({ ref: z.string(), ...resultFields }).meta({ id: 'ScreeningResult' })

const screeningFields = {
  screeningId: z.uuid(),
  digest: z.string().meta({
    description:
      'SHA-256, in hexadecimal, over the RFC 8785 form of `{request, answer}`, where `answer` is `{screeningId, position, results}`',
  }),
  position: z.int().min(0).meta({ description: 'Place in the change feed as of which it was answered' }),
}

export const screeningAnswer = z
  .object({
    ...screeningFields,
    results: z.array(result).meta({ description: 'One per candidate, in the order asked' }),
  })
  .meta({ id: 'Screening' })
export type ScreeningAnswer = z.output<typeof screeningAnswer>

export const keptScreening = z
  .object({
    ...screeningFields,
    screenedAt: z.iso.datetime(),
    request: screeningRequest,
    results: z.array(result),
  })
  .meta({ id: 'KeptScreening' })
export type KeptScreening = z.output<typeof keptScreening>

export const screeningsQuery = z.strictObject(pageQuery)
export const screeningPage = z
  .object({
    items: z.array(z.object({ ...screeningFields, screenedAt: z.iso.datetime() })),
    next: z.string().nullable(),
  })
  .meta({ id: 'ScreeningPage' })

export const screeningId = z.strictObject({ id: z.uuid() })

export const certificate = {
  description:
    'A compact JWS: payload `{iss, iat, jti, partner, position, digest, request, answer}`, by a key of `/.well-known/jwks.json`',
  content: { 'application/jose': { schema: z.string() } },
}

export const noQuery = z.strictObject({})
