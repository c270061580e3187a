import fc from 'fast-check'
import type { Document, Schema } from './document.ts'

/** Stands for a value that an earlier answer told under this name; which one, `withKnown` says when it is sent. */
class Known {
  readonly name: string
  readonly nth: number
  /** What is sent while no answer has told any. */
  readonly otherwise: unknown
  constructor(name: string, nth: number, otherwise: unknown) {
    this.name = name
    this.nth = nth
    this.otherwise = otherwise
  }
}

const nasty = [
  '',
  ' ',
  '\0',
  '\u001b[31m',
  '\r\nX-Injected: 1',
  '\ud800',
  '\u202e',
  '\ufeff',
  "'; drop table subjects; --",
  "' or '1'='1",
  '${jndi:ldap://x}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '../../../etc/passwd',
  '%00',
  '%2e%2e%2f',
  '__proto__',
  'constructor',
  '-1',
  '1e309',
  'NaN',
  '9'.repeat(400),
  '=cmd|calc',
  '虚构省',
  '😀'.repeat(100),
  'a'.repeat(5000),
  '00000000-0000-0000-0000-000000000000',
  '2026-02-30',
  '0000-00-00',
  '9999-12-31',
  '-000001-01-01T00:00:00Z',
  '+275760-09-13T00:00:00.001Z',
]

export const nastyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...nasty),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
)

const anyNumber = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, -1, 1.5, 2 ** 31, 2 ** 53, 2 ** 63, 1e300, Number.MIN_VALUE),
)

/** One for all: fast-check makes a map of all characters for each. */
const graphemes = fc.string({ unit: 'grapheme', maxLength: 60 })

/** The strings of a pattern, made once; null for a pattern that fast-check cannot turn around. */
const matching = new Map<string, fc.Arbitrary<string> | null>()
function stringsMatching(pattern: string): fc.Arbitrary<string> | null {
  const known = matching.get(pattern)
  if (known !== undefined) return known
  let strings: fc.Arbitrary<string> | null = null
  // Of nearly all characters there are there would be a map again.
  if (!/\\[pP]\{|\[\^/.test(pattern)) {
    try {
      strings = fc.stringMatching(new RegExp(pattern, 'u'), { size: 'small' })
    } catch {
      strings = null
    }
  }
  matching.set(pattern, strings)
  return strings
}

/** Anything that JSON can say. */
const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  nastyText,
  anyNumber,
  fc.constantFrom(null, true, false, [], {}),
  fc.jsonValue({ maxDepth: 4 }),
  fc.integer({ min: 1, max: 60 }).map((depth) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`) as unknown),
  fc.constant({ toString: 1, hasOwnProperty: 1, then: 1 }),
)

/** Values of a schema: with care only such as it allows, else anything in one of so many places. */
export function valuesOf(
  document: Document,
  schema: Schema,
  { care, name = '', depth = 0 }: { care: boolean; name?: string; depth?: number },
): fc.Arbitrary<unknown> {
  const right = rightValues(document, schema, { care, name, depth })
  // A cursor that nobody gave out is none.
  const otherwise = care && name === 'cursor' ? fc.constant(undefined) : right
  if (care && name === 'cursor') return knownValues(name, otherwise)
  const named = name === '' ? [] : [{ weight: 6, arbitrary: knownValues(name, otherwise) }]
  const scalar = schema['type'] === 'string' || schema['type'] === 'integer' || schema['type'] === 'number'
  return fc.oneof(
    { weight: 14, arbitrary: right },
    ...(care ? [] : [{ weight: 1, arbitrary: anyJson }]),
    ...(scalar && schema['enum'] === undefined ? named : []),
  )
}

export const knownValues = (name: string, otherwise: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.tuple(fc.nat({ max: 1000 }), otherwise).map(([nth, other]) => new Known(name, nth, other))

const share = fc.double({ min: 0, max: 1, noNaN: true })

const day = fc
  .integer({ min: -2000, max: 400 })
  .map((offset) => new Date(Date.UTC(2026, 10, 25) + offset * 86_400_000).toISOString().slice(0, 10))
const instant = fc
  .integer({ min: -1e9, max: 1e7 })
  .map((offset) => new Date(Date.UTC(2026, 10, 25) + offset * 100).toISOString())

function textsOf(schema: Schema, care: boolean): fc.Arbitrary<string> {
  const {
    format,
    pattern,
    minLength = 0,
    maxLength = 60,
  } = schema as {
    format?: string
    pattern?: string
    minLength?: number
    maxLength?: number
  }
  if (format === 'date') return day
  if (format === 'date-time') return instant
  if (format === 'uuid') return fc.uuid()
  if (format === 'uri') return fc.constantFrom('https://one.example/hook', 'http://127.0.0.1/', 'https://[::1]/x')
  const plain = graphemes.map((text) => text.padEnd(minLength, '省').slice(0, maxLength))
  const strings = pattern === undefined ? null : stringsMatching(pattern)
  if (care) return strings ?? plain.map((text) => text.replace(/\p{Cc}/gu, ''))
  const atTheLimit = fc.constantFrom('x'.repeat(Math.min(maxLength, 5000)), 'x'.repeat(Math.min(maxLength, 5000) + 1))
  return fc.oneof({ weight: 4, arbitrary: strings ?? plain }, plain, atTheLimit, nastyText)
}

function rightValues(
  document: Document,
  schema: Schema,
  { care, name, depth }: { care: boolean; name: string; depth: number },
): fc.Arbitrary<unknown> {
  const of = (inner: Schema, as = '') => valuesOf(document, inner, { care, name: as, depth: depth + 1 })
  if (depth > 12) return fc.constant(null)
  if (typeof schema['$ref'] === 'string') {
    return rightValues(document, document.resolve(schema['$ref']), { care, name, depth: depth + 1 })
  }
  if ('const' in schema) return fc.constant(schema['const'])
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]))
  for (const some of ['anyOf', 'oneOf']) {
    if (Array.isArray(schema[some])) return fc.oneof(...(schema[some] as Schema[]).map((inner) => of(inner, name)))
  }
  switch (schema['type']) {
    case 'string':
      return textsOf(schema, care)
    case 'integer': {
      const { minimum = -10, maximum = 3000 } = schema as { minimum?: number; maximum?: number }
      const most = Math.min(Math.max(maximum, minimum), 2 ** 31)
      const inside = fc.integer({ min: Math.max(minimum, -(2 ** 31)), max: most })
      return care ? inside : fc.oneof(inside, fc.constantFrom(minimum, maximum, minimum - 1, maximum + 1))
    }
    case 'number':
      return care ? share : fc.oneof(share, anyNumber)
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array': {
      const {
        prefixItems,
        items = {},
        minItems = 0,
      } = schema as {
        prefixItems?: Schema[]
        items?: Schema
        minItems?: number
      }
      if (prefixItems) return fc.tuple(...prefixItems.map((inner) => of(inner, name)))
      return fc.array(of(items, name), { minLength: Math.min(minItems, 3), maxLength: 5 })
    }
    case 'object':
      return objectsOf(schema, of, care)
    default:
      return anyJson
  }
}

function objectsOf(
  schema: Schema,
  of: (inner: Schema, as?: string) => fc.Arbitrary<unknown>,
  care: boolean,
): fc.Arbitrary<unknown> {
  const { properties = {}, required = [] } = schema as { properties?: Record<string, Schema>; required?: string[] }
  const fields = Object.fromEntries(Object.entries(properties).map(([field, inner]) => [field, of(inner, field)]))
  const record = fc.record(fields, { requiredKeys: required.filter((field) => field in fields) })
  const additional = schema['additionalProperties']
  const whole: fc.Arbitrary<object> =
    typeof additional === 'object' && additional !== null && Object.keys(properties).length === 0
      ? fc.dictionary(fc.oneof(fc.string({ maxLength: 8 }), nastyText), of(additional as Schema), { maxKeys: 4 })
      : record
  if (care) return whole
  const names = Object.keys(fields)
  return fc.oneof(
    { weight: 16, arbitrary: whole },
    {
      weight: 1,
      arbitrary: fc.tuple(whole, nastyText, anyJson).map(([some, extra, value]) => ({ ...some, [extra]: value })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(whole, fc.constantFrom(...(names.length > 0 ? names : ['x'])))
        .map(([some, without]) => Object.fromEntries(Object.entries(some).filter(([field]) => field !== without))),
    },
  )
}

/** What answers told, by the name of the field: ids, codes, cursors, positions. */
export class KnownValues {
  private readonly values = new Map<string, unknown[]>()

  /** Remembers every plain value in an answer, the newest two hundred of a name. */
  learn(answer: unknown, name = ''): void {
    if (Array.isArray(answer)) for (const one of answer.slice(0, 20)) this.learn(one, name)
    else if (typeof answer === 'object' && answer !== null) {
      for (const [field, value] of Object.entries(answer)) this.learn(value, field)
    } else if (answer !== null) this.add(name, answer)
  }

  add(name: string, value: unknown): void {
    const some = this.values.get(name) ?? []
    if (some.includes(value)) return
    this.values.set(name, [...some.slice(-199), value])
  }

  /** Puts known values into the places that were kept for them. */
  fill(value: unknown): unknown {
    if (value instanceof Known) {
      const alias = { cursor: 'next', after: 'position' }[value.name] ?? value.name
      const some = this.values.get(value.name) ?? this.values.get(alias)
      return some === undefined ? this.fill(value.otherwise) : some[value.nth % some.length]
    }
    if (Array.isArray(value)) return value.map((one) => this.fill(one))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, this.fill(inner)]))
  }
}
