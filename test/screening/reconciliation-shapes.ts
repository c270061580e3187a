import { z } from 'zod'

/**
 * What the W3C group's specification and JSON schemas of the Reconciliation Service API 0.2 ask of answers
 * (https://reconciliation-api.github.io/specs/0.2/), in our own words. Stricter than they are: nothing unknown passes.
 */

const template = z.string().regex(/\{\{id\}\}/)
const type = z.strictObject({ id: z.string(), name: z.string() })
const service = z.strictObject({ service_url: z.url(), service_path: z.string().startsWith('/') })

export const manifestShape = z.strictObject({
  versions: z.array(z.string()).refine((versions) => versions.includes('0.2')),
  name: z.string(),
  identifierSpace: z.url(),
  schemaSpace: z.url(),
  documentation: z.url(),
  serviceVersion: z.string(),
  defaultTypes: z.array(type).min(1),
  view: z.strictObject({ url: template }),
  preview: z.strictObject({ url: template, width: z.int(), height: z.int() }),
  suggest: z.strictObject({ entity: service, property: service, type: service }),
  extend: z.strictObject({ propose_properties: service, property_settings: z.array(z.never()) }),
})

export const resultBatchShape = z.record(
  z.string(),
  z.strictObject({
    result: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        score: z.number(),
        description: z.string().optional(),
        match: z.boolean().optional(),
        type: z.array(z.union([type, z.string()])).optional(),
        features: z.array(z.strictObject({ id: z.string(), value: z.union([z.number(), z.boolean()]) })).optional(),
      }),
    ),
  }),
)

const isoMoment =
  /^-?\d{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)?$/

export const extensionShape = z.strictObject({
  meta: z.array(
    z.strictObject({ id: z.string(), name: z.string(), type: type.optional(), service: z.url().optional() }),
  ),
  rows: z.record(
    z.string(),
    z.record(
      z.string(),
      z.array(
        z.union([
          z.strictObject({}),
          z.strictObject({ id: z.string(), name: z.string(), description: z.string().optional() }),
          z.strictObject({ str: z.string() }),
          z.strictObject({ float: z.number() }),
          z.strictObject({ int: z.int() }),
          z.strictObject({ date: z.string().regex(isoMoment) }),
        ]),
      ),
    ),
  ),
})

export const suggestionsShape = z.strictObject({
  result: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      description: z.string().optional(),
      notable: z.array(z.union([type, z.string()])).optional(),
    }),
  ),
})

export const proposalShape = z.strictObject({
  type: z.string().optional(),
  limit: z.int().optional(),
  properties: z.array(z.strictObject({ id: z.string(), name: z.string() })),
})
