import { z } from 'zod'
import { normaliseCode, parseRegistrationNumber, parseUscc, type RegistrationNumber } from '../registry/identifiers.ts'
import type { Tx } from '../platform/db.ts'
import type { TakenCounts } from '../registry/service.ts'
import type { QuarantineReason } from './vocabulary.ts'

/** A record that cannot be taken: why, and where in it. */
export interface Refused {
  ok: false
  reason: QuarantineReason
  /** `/pointer: what is wrong`, one after the other. */
  detail: string
  sourceId: string | null
  /** The valid code that the record names, if any, so that nobody is judged on a record that could not be read. */
  uscc: string | null
}

export type ReadResult<Record> = { ok: true; record: Record } | Refused

/** A raw record as it came, and why it was refused. */
export interface RefusedRecord extends Refused {
  raw: unknown
}

/**
 * Takes read records into the registry; answers which of them name a business that nobody is registered as, and which
 * say what cannot be, as of the day of taking.
 */
export type MapToRegistry<Item> = (
  tx: Tx,
  records: readonly Item[],
  now: Date,
) => Promise<{
  counts: TakenCounts
  unknown: readonly Item[]
  unlawful?: readonly { item: Item; detail: string }[]
}>

/** Reads one raw record of a collection. */
export interface Reader<Record> {
  (raw: unknown): ReadResult<Record>
  /** Raised when the same bytes may read otherwise than before, so that kept ones are read again and not passed over. */
  version: number
}

/** Text from outside: trimmed, one line, no control characters (PostgreSQL refuses NUL), of sane length. */
export const plainText = (max = 500) =>
  z
    .string()
    // Not by a regular expression such as \s+$, which takes minutes on a long run of spaces.
    .transform((text) => text.normalize('NFC').trim())
    .pipe(
      z
        .string()
        .min(1)
        .max(max)
        // U+FFFD is what a decoder writes for bytes that are no character.
        .refine((text) => !/[\p{Cc}\p{Cs}\u2028\u2029\ufffd]/u.test(text), 'has control characters or unreadable ones'),
    )

/** An absent field is one that is missing, null or blank: an empty cell states nothing. */
export const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess(
    (value) => (value === null || (typeof value === 'string' && value.trim() === '') ? undefined : value),
    schema.optional(),
  )

/** A day in the centuries that a register can speak of; PostgreSQL knows no year 0. */
export const plainDay = z.iso.date().refine(isInRange, 'is not a day between 1800 and 2199')

/** An instant in any zone, as RFC 3339 in UTC with milliseconds. */
export const instant = z.iso
  .datetime({ offset: true })
  .refine(isInRange, 'is not a time between 1800 and 2199')
  .transform((text) => new Date(text).toISOString())

function isInRange(text: string): boolean {
  const year = Number(text.slice(0, 4))
  return year >= 1800 && year < 2200
}

/** A code that must be a unified social credit code. */
export const uscc = z.string().transform((written, context) => {
  const code = parseUscc(written)
  if (code !== null) return code
  context.addIssue({
    code: 'custom',
    message: `"${shorten(written)}" is no unified social credit code`,
    params: { reason: 'invalid-uscc' },
  })
  return z.NEVER
})

/**
 * What stands in the code field of a business: a unified social credit code, or, in old records, the registration
 * number (rulebook 6.3). 18 characters that are no valid code are a mistyped code, never a number.
 */
export const anyCode = z.string().transform((written, context): { uscc?: string; number?: RegistrationNumber } => {
  const code = parseUscc(written)
  if (code !== null) return { uscc: code }
  const is18 = normaliseCode(written).length === 18
  const number = is18 ? null : parseRegistrationNumber(written)
  if (number !== null) return { number }
  context.addIssue({
    code: 'custom',
    message: is18
      ? `"${shorten(written)}" is no unified social credit code: a check character fails`
      : `"${shorten(written)}" is neither a unified social credit code nor a registration number`,
    params: { reason: is18 ? 'invalid-uscc' : 'no-code' },
  })
  return z.NEVER
})

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}

/** Without what PostgreSQL or a terminal cannot take. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd')
}

/** A reader that runs a schema. The gravest fault names the reason: a bad code before any other bad field. */
export function readerOf<Record>(schema: z.ZodType<Record>, version = 1): Reader<Record> {
  return Object.assign((raw: unknown) => readBy(schema, raw), { version })
}

function readBy<Record>(schema: z.ZodType<Record>, raw: unknown): ReadResult<Record> {
  const parsed = schema.safeParse(raw)
  if (parsed.success) return { ok: true, record: parsed.data }
  const { issues } = parsed.error
  const reasons = issues.map((issue) =>
    issue.code === 'custom' ? (issue.params?.['reason'] as QuarantineReason | undefined) : undefined,
  )
  return {
    ok: false,
    reason: reasons.find((reason) => reason !== undefined) ?? 'invalid-record',
    detail: printable(
      issues
        .map((issue) => `/${issue.path.map(String).join('/')}: ${inEnglish(issue)}`)
        .join('; ')
        .slice(0, 2000),
    ),
    sourceId: stringField(raw, 'sourceId'),
    uscc: parseUscc(stringField(raw, 'uscc') ?? ''),
  }
}

const english = z.locales.en().localeError

/** Quarantine is read by operators in one language, whatever the API's error texts are. */
function inEnglish(issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom') return issue.message
  const worded = english(issue as Parameters<typeof english>[0])
  return typeof worded === 'string' ? worded : (worded?.message ?? issue.message)
}

function stringField(raw: unknown, name: string): string | null {
  if (typeof raw !== 'object' || raw === null) return null
  const value = (raw as Record<string, unknown>)[name]
  return typeof value === 'string' && value.length <= 200 ? printable(value.normalize('NFC').trim()) : null
}
