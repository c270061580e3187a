import type { Text } from '../../platform/language.ts'
import type { Problem, ProblemCode } from '../../platform/problem.ts'

/** A file that somebody chose; null bytes never reach a page. */
export interface Upload {
  name: string
  bytes: Buffer
}

/** What a form sent. */
export interface Form {
  /** The value of a field; empty where there is none. */
  text: (name: string) => string
  /** Every value of a field, e.g. of boxes that are ticked. */
  all: (name: string) => readonly string[]
  file: (name: string) => Upload | null
}

/** Reads a form as the parsers of forms and of files leave it. */
export function formOf(body: unknown): Form {
  const values = (body ?? {}) as Record<string, unknown>
  const all = (name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string')
  }
  return {
    all,
    text: (name) => all(name)[0] ?? '',
    file: (name) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined
      return isUpload(value) && value.bytes.length > 0 ? value : null
    },
  }
}

function isUpload(value: unknown): value is Upload {
  return typeof value === 'object' && value !== null && 'bytes' in value
}

interface FieldBase {
  /** Where its value goes in the body of the call, e.g. `facts.establishedOn`. */
  name: string
  label: Text
  hint?: Text | undefined
  required?: boolean
}

/** A field of a form, as data: what a person fills in and where it goes in the call of the API. */
export type Field = FieldBase &
  (
    | { kind: 'line' | 'long' | 'day' | 'number' | 'yuan' | 'url' | 'check' | 'documents' | 'file' }
    /** The last day of something that ends with it. */
    | { kind: 'last-day' }
    | { kind: 'lines' }
    | { kind: 'choice'; options: readonly { value: string; label: string }[] }
    | { kind: 'choices'; options: readonly { value: string; label: string }[] }
  )

/** The body of a call from what a form sent: fields that were left empty are not in it. The API checks the values. */
export function bodyOf(fields: readonly Field[], form: Form): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const field of fields) {
    const value = valueOf(field, form)
    if (value !== undefined) put(body, field.name.split('.'), value)
  }
  return body
}

function valueOf({ name, kind }: Field, form: Form): unknown {
  if (kind === 'choices') {
    const chosen = form.all(name).filter((value) => value !== '')
    return chosen.length === 0 ? undefined : chosen
  }
  const text = form.text(name).trim()
  if (text === '' || kind === 'file') return undefined
  if (kind === 'number') return /^-?\d+$/.test(text) ? Number(text) : text
  if (kind === 'check') return true
  if (kind === 'yuan') return fenOf(text)
  if (kind === 'last-day') return /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T23:59:59+08:00` : text
  if (kind === 'lines') return linesOf(text)
  if (kind === 'documents') return linesOf(text).map((title) => ({ title }))
  return text
}

function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** An amount in yuan with at most two decimals as fen; what is none is left as it is, for the API to refuse. */
function fenOf(text: string): number | string {
  const [, yuan = '', cents = ''] = /^(\d{1,13})(?:\.(\d{1,2}))?$/.exec(text.replaceAll(/[,，\s]/g, '')) ?? []
  return yuan === '' ? text : Number(yuan) * 100 + Number(cents.padEnd(2, '0'))
}

function put(into: Record<string, unknown>, [name = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) {
    into[name] = value
    return
  }
  // A number is a place in a list.
  const inner = (into[name] ??= /^\d+$/.test(rest[0] ?? '') ? [] : {}) as Record<string, unknown>
  put(inner, rest, value)
}

/** A fault with the field it is shown at; an empty name is that of no field. */
export interface Fault {
  field: string
  detail: Text
}

/**
 * The faults of a problem, each at the field where it can be mended: by its pointer, by the field that its words name
 * (`facts.reportYear`), or by what kind of problem it is.
 */
export function faultsOf(
  problem: Problem,
  names: readonly string[],
  fieldOf: Partial<Record<ProblemCode, string>> = {},
): Fault[] {
  if (problem.errors.length === 0) {
    const named = /facts\.\w+/.exec(problem.detail.en)?.[0]
    const field = named !== undefined && names.includes(named) ? named : (fieldOf[problem.code] ?? '')
    return [{ field, detail: problem.detail }]
  }
  return problem.errors.map(({ pointer, detail }) => {
    const path = pointer.replace(/^\/body\/?/, '').replaceAll('/', '.')
    const nearest = names.find((name) => name === path || path.startsWith(`${name}.`) || name.startsWith(`${path}.`))
    return { field: nearest ?? '', detail }
  })
}
