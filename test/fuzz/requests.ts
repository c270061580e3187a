import fc from 'fast-check'
import type { Document, Operation } from './document.ts'
import { knownValues, nastyText, valuesOf, type KnownValues } from './values.ts'

/** A request that was thought up; known values are not in their places yet. */
interface Idea {
  operation: Operation
  /** Name of the key it is sent with. */
  key: string
  path: Record<string, unknown>
  query: Record<string, unknown>
  /** Parameters that are there twice, or that nobody knows. */
  oddQuery: [string, unknown][]
  headers: Record<string, string>
  body: unknown
  contentType: string | null
  /** The body as text of which a part is missing or changed; null sends it as it is. */
  spoilAt: number | null
}

export interface FuzzedRequest {
  operation: Operation
  method: string
  url: string
  headers: Record<string, string>
  payload?: string
}

/** Where in a path its first parameter stands: ids are known by the collection that they are of. */
export const collectionOf = (path: string): string => path.split('/{')[0] ?? path

const headerValue = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((c) => String.fromCharCode(c)),
  maxLength: 60,
})

const oddHeaders: fc.Arbitrary<Record<string, string>> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  {
    weight: 4,
    arbitrary: fc.dictionary(
      fc.constantFrom(
        ...['accept', 'accept-language', 'if-none-match', 'idempotency-key', 'last-event-id', 'range', 'if-range'],
        ...['x-forwarded-host', 'x-forwarded-for', 'x-http-method-override', 'origin', 'cookie', 'content-encoding'],
        ...['if-modified-since', 'prefer', 'traceparent', 'x-request-id', 'expect-ct'],
      ),
      fc.oneof(
        headerValue,
        fc.constantFrom(
          ...[
            '*/*',
            'text/html',
            'application/x-ndjson',
            'application/json;q=0.1',
            'q=,;;,',
            'en',
            'zh;q=0',
            'xx-YY;q=z',
          ],
          ...[
            '*',
            'W/"x"',
            'bytes=0-1',
            'bytes=9-1',
            'bytes=-0',
            '0',
            '-1',
            '99999999999999999999',
            'gzip',
            'identity',
          ],
          ...['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
        ),
      ),
      { maxKeys: 3 },
    ),
  },
)

/** Requests to one operation: half of them in order, the others with something wrong in a place or two. */
export function ideasFor(
  document: Document,
  operation: Operation,
  keys: { all: readonly string[]; strong: readonly string[] },
): fc.Arbitrary<Idea> {
  return fc.oneof(
    ideasOf(document, operation, { care: true, keys: keys.strong }),
    ideasOf(document, operation, { care: false, keys: keys.all }),
  )
}

function ideasOf(
  document: Document,
  operation: Operation,
  { care, keys }: { care: boolean; keys: readonly string[] },
): fc.Arbitrary<Idea> {
  const { path, parameters, bodies } = operation
  const collection = collectionOf(path)
  const parametersIn = (place: string) => {
    const some = parameters.filter((parameter) => parameter.in === place)
    const values = some.map(({ name, schema }): [string, fc.Arbitrary<unknown>] => {
      const value = valuesOf(document, schema, { care, name })
      if (place !== 'path') return [name, value]
      const known = knownValues(name === 'id' ? `${collection}#id` : name, value)
      return [
        name,
        care ? known : fc.oneof({ weight: 5, arbitrary: known }, { weight: 2, arbitrary: value }, nastyText),
      ]
    })
    const requiredKeys = some.filter(({ required }) => required || place === 'path').map(({ name }) => name)
    return fc.record(Object.fromEntries(values), { requiredKeys }) as fc.Arbitrary<Record<string, unknown>>
  }
  const types = Object.keys(bodies)
  const names = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name)
  const body =
    types.length > 0
      ? fc.oneof(...types.map((type) => valuesOf(document, bodies[type] ?? {}, { care })))
      : fc.constant(undefined)
  const contentType = fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...(types.length > 0 ? types : [null])) },
    {
      weight: care ? 0 : 1,
      arbitrary: fc.constantFrom(
        ...['application/json; charset=gbk', 'text/plain', 'multipart/form-data', 'application/xml', '', ';', null],
        ...['application/x-www-form-urlencoded', 'application/json'],
      ),
    },
  )
  return fc.record({
    operation: fc.constant(operation),
    key: fc.constantFrom(...keys),
    path: parametersIn('path'),
    query: parametersIn('query'),
    oddQuery: fc.oneof(
      { weight: 12, arbitrary: fc.constant<[string, unknown][]>([]) },
      fc.array(fc.tuple(fc.oneof(nastyText, fc.constantFrom('limit', ...names)), nastyText as fc.Arbitrary<unknown>), {
        maxLength: care ? 0 : 2,
      }),
    ),
    headers: fc
      .tuple(care ? fc.constant({}) : oddHeaders, parametersIn('header'))
      .map(([odd, told]) => ({ ...odd, ...(told as Record<string, string>) })),
    body,
    contentType,
    spoilAt: care ? fc.constant(null) : fc.oneof({ weight: 25, arbitrary: fc.constant(null) }, fc.nat({ max: 200 })),
  })
}

/** What is sent as text: whatever has no text of its own is told in JSON. */
const asText = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)

/** Text that a URL can hold; half of a surrogate pair has no UTF-8, and becomes the sign for what is none. */
const escape = (value: unknown): string => encodeURIComponent(Buffer.from(asText(value)).toString())

/** Makes the request of an idea. */
export function requestOf(idea: Idea, known: KnownValues, keys: Record<string, string | null>): FuzzedRequest {
  const { operation, contentType, spoilAt } = idea
  const filled = (value: unknown) => known.fill(value)
  const path = operation.path.replace(/\{(\w+)\}/g, (_part, name: string) => escape(filled(idea.path[name])))
  const query = [...Object.entries(idea.query), ...idea.oddQuery].flatMap(([name, given]) => {
    const value = filled(given)
    if (value === undefined) return []
    // A held call holds the fuzzer too.
    return `${escape(name)}=${name === 'wait' && /^\d+$/.test(asText(value)) ? '0' : escape(value)}`
  })
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(idea.headers)) {
    // Node itself refuses other characters before they are sent.
    headers[name] = asText(filled(value))
      .replace(/[^\x20-\x7e]/g, '?')
      .slice(0, 500)
  }
  // A live stream has no end; test/feed/stream.test.ts reads it.
  if (operation.operationId === 'listFeedEvents' && headers['accept']?.includes('event-stream'))
    delete headers['accept']
  const key = keys[idea.key]
  if (key !== null && key !== undefined) headers['authorization'] = key
  const request = {
    operation,
    method: operation.method,
    url: query.length > 0 ? `${path}?${query.join('&')}` : path,
    headers,
  }
  if (idea.body === undefined && contentType === null) return request
  if (contentType !== null) headers['content-type'] = contentType
  if (idea.body === undefined) return request
  const body = filled(idea.body)
  const payload =
    contentType === 'application/x-www-form-urlencoded' && typeof body === 'object' && body !== null
      ? Object.entries(body)
          .map(([name, value]) => `${escape(name)}=${escape(value)}`)
          .join('&')
      : ((JSON.stringify(body) as string | undefined) ?? '')
  return {
    ...request,
    payload: spoilAt === null ? payload : `${payload.slice(0, spoilAt)}${payload.slice(spoilAt + 1)}`,
  }
}
