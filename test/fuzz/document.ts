import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import ajvFormats from 'ajv-formats'

export type Schema = Record<string, unknown>

export interface Parameter {
  name: string
  in: 'query' | 'path' | 'header'
  required?: boolean
  schema: Schema
}

export interface Operation {
  path: string
  method: string
  operationId: string
  parameters: readonly Parameter[]
  /** Schema of the body by media type. */
  bodies: Record<string, Schema>
  /** Media types of answers by status or class of statuses. */
  responses: Record<string, readonly string[]>
}

export interface Document {
  operations: readonly Operation[]
  /** The schema that a reference names. */
  resolve(reference: string): Schema
  /** Why a body is not what the document declares for this answer; null when it is. */
  faultOf(operation: Operation, answer: { status: number; type: string; body: unknown }): string | null
}

interface Content {
  content?: Record<string, { schema?: Schema }>
}
interface Written {
  operationId: string
  parameters?: Parameter[]
  requestBody?: Content
  responses: Record<string, Content>
}

/** The published document as the fuzzer reads it. */
export function readDocument(text: string): Document {
  const document = JSON.parse(text) as { paths: Record<string, Record<string, Written>>; components?: object }
  const ajv = new Ajv2020({ strict: false, formats: { base64url: /^[\w-]*$/ } })
  ;(ajvFormats as unknown as (ajv: Ajv2020) => void)(ajv)
  ajv.addSchema({ $id: 'document', ...document })
  const validators = new Map<string, ValidateFunction>()
  const validatorOf = (pointer: string): ValidateFunction => {
    const validator = validators.get(pointer) ?? ajv.compile({ $ref: `document#${pointer}` })
    validators.set(pointer, validator)
    return validator
  }
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, parameters = [], requestBody, responses }]): Operation => {
      const bodies = Object.entries(requestBody?.content ?? {}).map(([type, { schema = {} }]) => [type, schema])
      const types = Object.entries(responses).map(([status, { content = {} }]) => [status, Object.keys(content)])
      return {
        ...{ path, method: method.toUpperCase(), operationId, parameters },
        bodies: Object.fromEntries(bodies) as Operation['bodies'],
        responses: Object.fromEntries(types) as Operation['responses'],
      }
    }),
  )
  return {
    operations,
    resolve: (reference) =>
      reference
        .replace(/^#\//, '')
        .split('/')
        .reduce<Schema>(
          (part, name) => part[name.replaceAll('~1', '/').replaceAll('~0', '~')] as Schema,
          document as unknown as Schema,
        ),
    faultOf: (operation, { status, type, body }) => {
      const declared = [String(status), `${String(status)[0]}XX`].find((one) => one in operation.responses)
      if (declared === undefined) return `the status ${status} is not declared`
      const types = operation.responses[declared] ?? []
      if (types.length === 0) return body === '' ? null : `a body where none is declared for ${declared}`
      const name = type.split(';')[0]?.trim() ?? ''
      if (!types.includes(name)) return `the content type ${type || '(none)'} is not declared for ${declared}`
      if (!/[/+]json$/.test(name)) return null
      const escaped = (part: string) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))
      const steps = ['paths', operation.path, operation.method.toLowerCase(), 'responses', declared, 'content', name]
      const validate = validatorOf(`/${[...steps, 'schema'].map(escaped).join('/')}`)
      return validate(body) ? null : ajv.errorsText(validate.errors)
    },
  }
}
