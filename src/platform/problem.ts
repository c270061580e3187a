import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { faultOf } from './db.ts'
import { inLanguage, languageOf, type Text } from './language.ts'
import { problems, type ProblemCode } from './problem-catalogue.ts'
import { newRequestId } from './request-context.ts'
import { bareHeaders } from './security-headers.ts'

/** Every problem with its status and meaning; told apart from what is done with them. */
export { problems, type ProblemCode } from './problem-catalogue.ts'

export interface FieldError {
  pointer: string
  detail: Text
}

/** An answer that is not a success, thrown where it is found and sent as `application/problem+json`. */
export class Problem extends Error {
  override name = 'Problem'
  readonly code: ProblemCode
  readonly detail: Text
  readonly errors: FieldError[]
  readonly headers: Record<string, string>

  constructor(
    code: ProblemCode,
    detail: Text,
    more: { errors?: FieldError[]; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(`${code}: ${detail.en}`, { cause: more.cause })
    this.code = code
    this.detail = detail
    this.errors = more.errors ?? []
    this.headers = more.headers ?? {}
  }
}

const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' })

const problemResponse = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
})

/** The response schemas that every route declares, since a status without one is sent unfiltered (style.md trap 2). */
export const problemResponses = {
  '4xx': problemResponse('The request cannot be answered'),
  '5xx': problemResponse('The service failed'),
}

/** The JSON body of a problem in the reader's language. */
function problemBody(problem: Problem, request: FastifyRequest): z.output<typeof problemSchema> {
  const language = languageOf(request)
  const { status, title } = problems[problem.code]
  return {
    type: `/problems/${problem.code}`,
    title: title[language],
    status,
    detail: problem.detail[language],
    instance: request.url.split('?')[0] ?? request.url,
    ...(problem.errors.length > 0 && {
      errors: problem.errors.map(({ pointer, detail }) => ({ pointer, detail: detail[language] })),
    }),
  }
}

/** What any thrown error means to the client. What is not meant for clients (SQL, stacks, paths) never reaches them. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (hasZodFastifySchemaValidationErrors(error)) return validationProblem(error)
  const status = (error as Partial<FastifyError>).statusCode
  if (status === 413) return new Problem('request-too-large', problems['request-too-large'].meaning)
  if (status === 415) return new Problem('unsupported-media-type', problems['unsupported-media-type'].meaning)
  if (status !== undefined && status >= 400 && status < 500 && !isResponseSerializationError(error)) {
    return new Problem('invalid-request', {
      zh: '请求无法解析，请检查内容格式。',
      en: 'The request could not be parsed; check its form.',
    })
  }
  if (databaseIsAway(error)) {
    return new Problem('unavailable', problems.unavailable.meaning, { headers: { 'retry-after': '2' } })
  }
  return new Problem('internal-error', problems['internal-error'].meaning)
}

/**
 * Whether the database could not be reached, was shutting down or starting, had no connection left, or did not come to an
 * end in time (57014), for a lock of somebody else's perhaps (55P03, 40P01): codes of Node, of postgres.js, and
 * PostgreSQL's classes 08, 53 and 57P.
 */
function databaseIsAway(error: unknown): boolean {
  return /^(ECONN|ENET|EHOST|ENOTFOUND|ETIMEDOUT|EPIPE|CONNECT|08|53|57P|57014|55P03|40P01)/.test(
    faultOf(error).code ?? '',
  )
}

/** What fastify-type-provider-zod throws: the parts of zod's issue that differ by kind are in `params`. */
interface ValidationError {
  validation: { instancePath: string; message: string; params: { keys?: string[]; params?: { problem?: string } } }[]
  validationContext?: string
}

function validationProblem(error: unknown): Problem {
  const { validation, validationContext = 'body' } = error as ValidationError
  const errors = validation.flatMap(({ instancePath, message, params }) => {
    const pointer = `/${validationContext}${instancePath === '/' ? '' : instancePath}`
    const detail = inLanguage(message)
    // RFC 6901: a name with ~ or / in it is escaped.
    const unknown = params.keys?.map((key) => key.replaceAll('~', '~0').replaceAll('/', '~1'))
    return unknown?.map((key) => ({ pointer: `${pointer}/${key}`, detail })) ?? [{ pointer, detail }]
  })
  const isCode = validation.some(({ params }) => params.params?.problem === 'invalid-uscc')
  return new Problem(
    isCode ? 'invalid-uscc' : 'invalid-request',
    errors[0]?.detail ?? problems['invalid-request'].meaning,
    {
      errors,
    },
  )
}

/** Writes a fault of the service to the log. Load that is shed is none, and a line for each would be load too. */
export function logFault(request: FastifyRequest, { code }: Problem, error: unknown): void {
  if (problems[code].status >= 500 && code !== 'overloaded') request.log.error({ err: error }, 'request failed')
}

/** Sends any error as a problem; what the service itself is to blame for is logged. */
export async function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const problem = toProblem(error)
  const { status } = problems[problem.code]
  logFault(request, problem, error)
  return (
    reply
      .code(status)
      .headers(problem.headers)
      // Also here, since the router's own refusals run no hook.
      .headers({ ...bareHeaders, 'x-request-id': request.id })
      .header('vary', 'Accept-Language')
      .type('application/problem+json')
      .serializer(JSON.stringify)
      .send(problemBody(problem, request))
  )
}

/** What Node found wrong with what a connection sent, as a problem. */
function problemOfConnection(code: string | undefined): ProblemCode {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers-too-large'
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request-timeout' : 'invalid-request'
}

/** Answers what is no HTTP request, has too large a head or comes too slowly, before there is a request to answer. */
export function refuseConnection(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const code = problemOfConnection(error.code)
  const { status, title, meaning } = problems[code]
  const body = JSON.stringify({
    type: `/problems/${code}`,
    title: title.zh,
    status,
    detail:
      code === 'invalid-request'
        ? '收到的不是有效的HTTP请求。 The connection sent no valid HTTP request.'
        : `${meaning.zh} ${meaning.en}`,
    instance: '/',
  })
  const headers = {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    'x-request-id': newRequestId(),
    ...bareHeaders,
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`)
  // One that sends on, or never reads, is not waited for.
  socket.once('finish', () => socket.destroySoon())
  setTimeout(() => socket.destroy(), 1000).unref()
}

/** Answers every error and every unknown address as a problem. */
export function registerProblems(app: FastifyInstance): void {
  app.setErrorHandler(sendError)
  app.setNotFoundHandler(async (request, reply) =>
    sendError(new Problem('not-found', problems['not-found'].meaning), request, reply),
  )
}
