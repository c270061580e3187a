import { z } from 'zod'
import { message } from '../platform/language.ts'
import { entityTypes } from '../registry/vocabulary.ts'

/**
 * The W3C Reconciliation Service API 0.2, in the names of its own specification. What is asked is taken as openly as the
 * specification takes it: more members may be in a property, and in a data extension query; none in a query.
 */

const value = z.union([z.string(), z.number(), z.boolean(), z.object({ id: z.string(), name: z.string().optional() })])

const query = z
  .strictObject({
    query: z.string().max(10_000).optional(),
    type: z.union([z.string(), z.array(z.string())]).optional(),
    limit: z.number().positive().optional(),
    properties: z.array(z.object({ pid: z.string(), v: z.union([value, z.array(value)]) })).optional(),
    type_strict: z.enum(['any', 'should', 'all']).optional(),
  })
  .refine(
    ({ query: text, properties = [] }) => text !== undefined || properties.length > 0,
    message({ zh: '须有 query 或 properties', en: 'needs a query or properties' }),
  )
export type ReconciliationQuery = z.output<typeof query>

/** The most queries in a batch; the manifest tells it. */
export const maxQueries = 100
/** Queries by the client's own keys. */
export const queryBatch = z
  .record(z.string(), query)
  .refine(
    (batch) => Object.keys(batch).length <= maxQueries,
    message({ zh: `一次最多${maxQueries}个查询`, en: `has more than ${maxQueries} queries` }),
  )
export type QueryBatch = z.output<typeof queryBatch>

export const extensionQuery = z.object({
  ids: z.array(z.string()).max(200),
  properties: z.array(z.object({ id: z.string(), settings: z.record(z.string(), z.unknown()).optional() })).max(20),
})
export type ExtensionQuery = z.output<typeof extensionQuery>

const batchText = z.string().max(200_000)
/** What is asked of the endpoint itself: nothing for its manifest, queries, or values of properties. */
export const endpointQuery = z.strictObject({
  queries: batchText.optional().meta({ description: 'A reconciliation query batch, as JSON' }),
  extend: batchText.optional().meta({ description: 'A data extension query, as JSON' }),
})

/** The same in a body, as JSON text in a form or as JSON. */
export const endpointBody = z.strictObject({
  queries: z.union([z.string(), z.looseObject({})]).optional(),
  extend: z.union([z.string(), z.looseObject({})]).optional(),
})

const named = z.object({ id: z.string(), name: z.string() })

const service = z.object({ service_url: z.string(), service_path: z.string() })

const manifest = z
  .object({
    versions: z.array(z.string()),
    name: z.string(),
    identifierSpace: z.string(),
    schemaSpace: z.string(),
    documentation: z.string(),
    serviceVersion: z.string(),
    batchSize: z.int(),
    defaultTypes: z.array(named),
    view: z.object({ url: z.string() }),
    preview: z.object({ url: z.string(), width: z.int(), height: z.int() }),
    suggest: z.object({ entity: service, property: service, type: service }),
    extend: z.object({ propose_properties: service, property_settings: z.array(z.never()) }),
  })
  .meta({ id: 'ReconciliationManifest' })
export type Manifest = z.output<typeof manifest>

const resultBatch = z
  .record(
    z.string(),
    z.object({
      result: z.array(
        named.extend({
          description: z.string(),
          type: z.array(named),
          score: z.number(),
          match: z.boolean(),
          features: z.array(z.object({ id: z.string(), value: z.union([z.number(), z.boolean()]) })),
        }),
      ),
    }),
  )
  .meta({ id: 'ReconciliationResults' })
export type ResultBatch = z.output<typeof resultBatch>

const cell = z.union([
  z.strictObject({ str: z.string() }),
  z.strictObject({ date: z.string() }),
  z.strictObject({ int: z.int() }),
])
export type Cell = z.output<typeof cell>

const extension = z
  .object({
    meta: z.array(named),
    rows: z.record(z.string(), z.record(z.string(), z.array(cell))),
  })
  .meta({ id: 'DataExtension' })
export type Extension = z.output<typeof extension>

export const endpointAnswer = z.union([manifest, extension, resultBatch])
export const askedAnswer = z.union([extension, resultBatch])

export const suggestQuery = z.strictObject({
  prefix: z.string().max(200).default(''),
  cursor: z.coerce.number().int().min(0).max(1000).default(0).meta({ description: 'How many suggestions to skip' }),
})
export const suggestAnswer = z
  .object({
    result: z.array(named.extend({ description: z.string().optional(), notable: z.array(named).optional() })),
  })
  .meta({ id: 'ReconciliationSuggestions' })
export type Suggestions = z.output<typeof suggestAnswer>

export const proposeQuery = z.strictObject({
  type: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(100).optional(),
})
export const proposeAnswer = z
  .object({ type: z.string(), limit: z.int().optional(), properties: z.array(named) })
  .meta({ id: 'ReconciliationProperties' })

export const previewQuery = z.strictObject({ id: z.string().min(1).max(200) })

export const htmlPage = { description: 'An HTML page for a frame', content: { 'text/html': { schema: z.string() } } }

/** All types: what is searched when none is asked for, and the kinds of business. */
export const businessTypes = ['business', ...entityTypes] as const
