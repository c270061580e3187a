import { readCreditFile } from '../credit-files/service.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import type { Language } from '../platform/language.ts'
import { Problem } from '../platform/problem.ts'
import { version } from '../platform/project.ts'
import { parseUscc } from '../registry/identifiers.ts'
import { entityTypes, type EntityType } from '../registry/vocabulary.ts'
import type { FollowedNames } from '../search/follower.ts'
import { search } from '../search/service.ts'
import {
  businessTypes,
  maxQueries,
  type Extension,
  type ExtensionQuery,
  type Manifest,
  type QueryBatch,
  type ReconciliationQuery,
  type ResultBatch,
  type Suggestions,
} from './reconcile-schemas.ts'
import { listEntityTypes } from './repository.ts'
import { properties, type Property, serviceName, standingNames, typeNames } from './reconcile-texts.ts'

interface Reader {
  db: Db
  clock: Clock
  names: FollowedNames
  language: Language
}

/** The manifest of the reconciliation service, whose addresses begin with `base`. */
export function manifestOf(base: string, language: Language): Manifest {
  const at = (path: string) => ({ service_url: base, service_path: `/v1/reconcile/${path}` })
  return {
    versions: ['0.2'],
    name: serviceName[language],
    identifierSpace: `${base}/credit-files/`,
    schemaSpace: `${base}/docs`,
    documentation: `${base}/docs`,
    serviceVersion: version,
    batchSize: maxQueries,
    defaultTypes: [typeOf('business', language)],
    view: { url: `${base}/credit-files/{{id}}` },
    preview: { url: `${base}/v1/reconcile/preview?id={{id}}`, width: 420, height: 220 },
    suggest: { entity: at('suggest/entity'), property: at('suggest/property'), type: at('suggest/type') },
    extend: { propose_properties: at('properties'), property_settings: [] },
  }
}

const typeOf = (id: (typeof businessTypes)[number], language: Language) => ({ id, name: typeNames[id][language] })

const defaultLimit = 5
const maxLimit = 50
const maxQueryLength = 200

/** Answers each query of a batch by itself. A query of an unknown type or property finds nothing, and is no error. */
export async function reconcile(reader: Reader, batch: QueryBatch): Promise<ResultBatch> {
  const answers: ResultBatch = {}
  for (const [key, query] of Object.entries(batch)) answers[key] = { result: await candidatesOf(reader, query) }
  return answers
}

type ReconciliationCandidates = ResultBatch[string]['result']

async function candidatesOf(reader: Reader, query: ReconciliationQuery): Promise<ReconciliationCandidates> {
  const kinds = kindsOf(query)
  if (kinds === null) return []
  const limit = Math.min(Math.ceil(query.limit ?? defaultLimit), maxLimit)
  const code = valueOf(query, 'uscc')
  const text = plain(code ?? query.query ?? '')
  const regionCode = /^\d{2,6}$/.exec(valueOf(query, 'regionCode') ?? '')?.[0]
  const found = text === '' ? [] : await findBusinesses(reader, text, { kinds, regionCode }, limit)
  const isCode = parseUscc(text) !== null
  // Twins that differ in nothing but the code are told apart by nothing else: nobody is matched then.
  const isOnlyOne = found[0]?.score === 1 && found[1]?.score !== 1
  return found.map(({ uscc, name, description, score, kind }, i) => ({
    id: uscc,
    name,
    description,
    type: [typeOf(kind, reader.language)],
    score: Math.round(score * 10_000) / 100,
    match: i === 0 && (isCode || isOnlyOne),
    features: [{ id: isCode ? 'same_code' : 'name_similarity', value: isCode ? true : score }],
  }))
}

/** The kinds of business that a query asks for; null when it asks for types that there are not. */
function kindsOf({ type }: ReconciliationQuery): EntityType[] | null {
  const asked = type === undefined ? [] : [type].flat()
  if (asked.length === 0 || asked.includes('business')) return [...entityTypes]
  const kinds = entityTypes.filter((kind) => asked.includes(kind))
  return kinds.length === 0 ? null : kinds
}

function valueOf(query: ReconciliationQuery, pid: 'uscc' | 'regionCode'): string | undefined {
  const value = query.properties?.find((property) => property.pid === pid)?.v
  const [first] = Array.isArray(value) ? value : [value]
  return typeof first === 'object' ? first.id : first === undefined ? undefined : String(first)
}

/** What a spreadsheet has in a cell, as the search takes it. */
const plain = (text: string) =>
  text
    .replace(/[\p{Cc}\p{Surrogate}]+/gu, ' ')
    .trim()
    .slice(0, maxQueryLength)

interface Business {
  uscc: string
  name: string
  description: string
  score: number
  kind: EntityType
}

async function findBusinesses(
  { db, clock, names, language }: Reader,
  text: string,
  filter: { kinds: readonly EntityType[]; regionCode: string | undefined },
  limit: number,
): Promise<Business[]> {
  const isEvery = filter.kinds.length === entityTypes.length
  const found = []
  for (const entityType of isEvery ? [undefined] : filter.kinds) {
    const { items } = await search({ db, clock, names }, text, { regionCode: filter.regionCode, entityType }, { limit })
    found.push(...items)
  }
  // A business known by its old number alone has no page to be shown on.
  const items = found.flatMap(({ uscc, ...item }) => (uscc === null ? [] : { uscc, ...item }))
  const usccs = items.map(({ uscc }) => uscc)
  const kindOf = new Map((await listEntityTypes(db, usccs)).map(({ uscc, entityType }) => [uscc, entityType]))
  const businesses = items.map(({ uscc, name, regionCode, standing, score }) => ({
    uscc,
    name,
    description: `${uscc} · ${regionCode} · ${standingNames[standing][language]}`,
    score,
    kind: kindOf.get(uscc) ?? 'enterprise',
  }))
  return businesses.sort((a, b) => b.score - a.score).slice(0, limit)
}

/** Values of properties of businesses; a business or a property that there is not has none. */
export async function extend(reader: Reader, query: ExtensionQuery): Promise<Extension> {
  const asked = query.properties.map(({ id }) => ({ id, property: propertyOf(id) }))
  const rows: Extension['rows'] = {}
  for (const id of query.ids) {
    const file = await findFile(reader, id)
    const valuesOf = (property: Property | undefined) => (file === null ? [] : (property?.valuesOf(file) ?? []))
    rows[id] = Object.fromEntries(asked.map(({ id, property }) => [id, valuesOf(property)]))
  }
  return { meta: asked.map(({ id, property }) => ({ id, name: property?.name[reader.language] ?? id })), rows }
}

/** The property of an id that anybody may have made up, such as `constructor`. */
const propertyOf = (id: string): Property | undefined => (Object.hasOwn(properties, id) ? properties[id] : undefined)

/** The public file behind an identifier, null when there is none. */
export async function findFile(reader: Reader, id: string) {
  const uscc = parseUscc(id)
  if (uscc === null) return null
  try {
    return await readCreditFile(reader, uscc)
  } catch (error) {
    if (error instanceof Problem && error.code === 'unknown-subject') return null
    throw error
  }
}

const suggestionsAPage = 10

/** Businesses whose name, code or address begins like `prefix`, or is like it. */
export async function suggestEntities(reader: Reader, prefix: string, skip: number): Promise<Suggestions> {
  const text = plain(prefix)
  const wanted = { kinds: entityTypes, regionCode: undefined }
  const found = text === '' ? [] : await findBusinesses(reader, text, wanted, Math.min(skip + suggestionsAPage, 200))
  return {
    result: found.slice(skip, skip + suggestionsAPage).map(({ uscc, name, description, kind }) => ({
      id: uscc,
      name,
      description,
      notable: [typeOf(kind, reader.language)],
    })),
  }
}

/** Properties that there are, each with its name. */
export function allProperties(language: Language): { id: string; name: string }[] {
  return Object.entries(properties).map(([id, { name }]) => ({ id, name: name[language] }))
}

/** Those of `all` whose id or name has `prefix` in it. */
export function suggestOf(all: readonly { id: string; name: string }[], prefix: string, skip: number): Suggestions {
  const wanted = prefix.trim().toLowerCase()
  const fits = ({ id, name }: { id: string; name: string }) => `${id} ${name}`.toLowerCase().includes(wanted)
  return { result: all.filter(fits).slice(skip) }
}

/** Types that there are, each with its name. */
export function allTypes(language: Language): { id: string; name: string }[] {
  return businessTypes.map((id) => typeOf(id, language))
}
