import { z } from 'zod'

/**
 * What the W3C group's specification and JSON schemas of the Reconciliation Service API 0.2 ask of answers
 * (https://reconciliation-api.github.io/specs/0.2/), in our own words. Stricter than they are: nothing unknown passes.
 */

const text = z.string().min(1)
const template = z.string().regex(/\{\{id\}\}/)
const named = z.strictObject({ id: text, name: text })
const typeOrId = z.union([named, text])
const service = z.strictObject({ service_url: z.url(), service_path: z.string().startsWith('/') })
/** A list of which no two have the same id. */
const unique = <Item extends z.ZodType<{ id: string }>>(item: Item) =>
  z.array(item).refine((items) => new Set(items.map(({ id }) => id)).size === items.length, 'an id twice')

export const manifestShape = z.strictObject({
  versions: z.array(z.string()).refine((versions) => versions.includes('0.2')),
  name: text,
  identifierSpace: z.url(),
  schemaSpace: z.url(),
  documentation: z.url(),
  serviceVersion: z.string(),
  batchSize: z.int().positive(),
  defaultTypes: unique(named).min(1),
  view: z.strictObject({ url: template }),
  preview: z.strictObject({ url: template, width: z.int(), height: z.int() }),
  suggest: z.strictObject({ entity: service, property: service, type: service }),
  extend: z.strictObject({ propose_properties: service, property_settings: z.array(z.never()) }),
})

const candidate = z.strictObject({
  id: text,
  name: text,
  score: z.number(),
  description: z.string().optional(),
  match: z.boolean(),
  type: z.array(typeOrId),
  features: unique(z.strictObject({ id: text, value: z.union([z.number(), z.boolean()]) })).optional(),
})

/** Results by the keys of the queries, each with the best candidate first. */
export const resultBatchShape = z.record(
  z.string(),
  z.strictObject({
    result: unique(candidate).refine(
      (all) => all.every(({ score }, i) => i === 0 || score <= all[i - 1]!.score),
      'a better candidate after a worse one',
    ),
  }),
)

const isoMoment =
  /^-?([1-9]\d*)?\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)?$/

const cell = z.union([
  z.strictObject({}),
  z.strictObject({ id: text, name: text, description: z.string().optional() }),
  z.strictObject({ str: z.string() }),
  z.strictObject({ float: z.number() }),
  z.strictObject({ int: z.int() }),
  z.strictObject({ date: z.string().regex(isoMoment) }),
])

/** Values of properties, in whose every row each property of `meta` has its cells, be they none. */
export const extensionShape = z
  .strictObject({
    meta: z.array(
      z.strictObject({
        id: text,
        name: text,
        type: named.optional(),
        service: z.url({ protocol: /^https?$/ }).optional(),
      }),
    ),
    rows: z.record(z.string(), z.record(z.string(), z.array(cell))),
  })
  .refine(
    ({ meta, rows }) => Object.values(rows).every((row) => meta.every(({ id }) => Object.hasOwn(row, id))),
    'a row without a property of meta',
  )

const described = named.extend({ description: z.string().optional() })
export const entitySuggestionsShape = z.strictObject({
  result: unique(described.extend({ notable: z.array(typeOrId).optional() })),
})
export const propertySuggestionsShape = z.strictObject({ result: unique(described) })
export const typeSuggestionsShape = z.strictObject({
  result: unique(described.extend({ broader: unique(named).optional() })),
})

export const proposalShape = z.strictObject({
  type: text,
  limit: z.int().optional(),
  properties: unique(named),
})
