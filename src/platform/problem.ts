import type { Socket } from 'node:net'
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { v7 as uuidv7 } from 'uuid'
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { faultOf } from './db.ts'
import { inLanguage, languageOf, type Text } from './language.ts'

/** Every problem the service can answer: its status and what it means, for `GET /problems/{code}` (RFC 9457). */
export const problems = {
  'invalid-request': {
    status: 400,
    title: { zh: '请求不合要求', en: 'The request is not valid' },
    meaning: {
      zh: '请求的路径、参数或内容不符合接口约定。errors 指出每一处问题所在；未知的字段和参数也会被拒绝。',
      en: 'The path, query or body does not match the contract. `errors` points to each fault; unknown fields and parameters are refused too.',
    },
  },
  'invalid-uscc': {
    status: 400,
    title: { zh: '统一社会信用代码无效', en: 'Not a valid unified social credit code' },
    meaning: {
      zh: '统一社会信用代码为18位（GB 32100-2015），第9至17位为组织机构代码，第17位和第18位为校验码。请核对后重新输入。',
      en: 'A code has 18 characters (GB 32100-2015); the 17th and the 18th are check characters. One character is probably mistyped.',
    },
  },
  'invalid-cursor': {
    status: 400,
    title: { zh: '分页游标无效', en: 'Not a cursor of this list' },
    meaning: {
      zh: '游标只能使用本列表上一页返回的 next，不能自行构造，也不能用于其他列表。',
      en: 'Use the `next` of the previous page of the same list, unchanged.',
    },
  },
  unauthorized: {
    status: 401,
    title: { zh: '需要有效的密钥', en: 'A valid key is needed' },
    meaning: {
      zh: '请在 Authorization: Bearer 请求头中提供密钥。密钥由运营方签发，可能已过期或被撤销。',
      en: 'Send `Authorization: Bearer <key>`. Keys are issued by the operator; yours may have been revoked.',
    },
  },
  'insufficient-scope': {
    status: 403,
    title: { zh: '密钥权限不足', en: 'The key lacks the scope' },
    meaning: {
      zh: '密钥有效，但没有此操作所需的权限范围。请向运营方申请。',
      en: 'The key is valid but was not given the scope that this call needs. Ask the operator for it.',
    },
  },
  'not-found': {
    status: 404,
    title: { zh: '没有此页面或接口', en: 'There is nothing at this address' },
    meaning: { zh: '地址有误。接口清单见 /docs。', en: 'The address is wrong. See /docs for all calls.' },
  },
  'unknown-subject': {
    status: 404,
    title: { zh: '没有该代码的主体', en: 'No business holds this code' },
    meaning: {
      zh: '代码本身有效，但登记信息中没有该主体。',
      en: 'The code is well formed, but no business is registered under it.',
    },
  },
  'unknown-web-presence': {
    status: 404,
    title: { zh: '没有找到该网站或网店的经营者', en: 'Nobody is known to run this site or shop' },
    meaning: {
      zh: '没有主体填报过该网址。平台域名本身不代表任何一家网店，请粘贴店铺的完整链接。',
      en: 'No business has filed this address. A platform’s own host is not a seller: paste the link of the shop itself.',
    },
  },
  'unknown-screening': {
    status: 404,
    title: { zh: '没有该次筛查', en: 'No such screening' },
    meaning: {
      zh: '没有此编号的筛查记录，或该记录属于其他合作方。',
      en: 'No screening has this id, or it is another partner’s.',
    },
  },
  'unknown-monitor': {
    status: 404,
    title: { zh: '没有该监测名单', en: 'No such monitor' },
    meaning: {
      zh: '没有此编号的监测名单或成员，或该名单属于其他合作方。',
      en: 'No monitor has this id, it has no such member, or it is another partner’s.',
    },
  },
  'monitor-full': {
    status: 422,
    title: { zh: '监测名单已满', en: 'The monitor is full' },
    meaning: {
      zh: '一个监测名单最多有1,000,000个成员。请移除不再需要的成员，或另建名单。',
      en: 'A monitor has at most 1,000,000 members. Remove some, or make another.',
    },
  },
  'request-too-large': {
    status: 413,
    title: { zh: '请求内容过大', en: 'The request is too large' },
    meaning: { zh: '请分批提交。', en: 'Send it in smaller parts.' },
  },
  'unsupported-media-type': {
    status: 415,
    title: { zh: '不支持的内容类型', en: 'Unsupported media type' },
    meaning: { zh: '请求内容须为 application/json。', en: 'Send the body as application/json.' },
  },
  'idempotency-key-reused': {
    status: 422,
    title: { zh: '幂等键已用于另一请求', en: 'The idempotency key was used for another request' },
    meaning: {
      zh: '同一个 Idempotency-Key 只能用于重发同一请求。新的请求请使用新的键。',
      en: 'An Idempotency-Key serves to send the same request again. Use a new key for a new request.',
    },
  },
  'internal-error': {
    status: 500,
    title: { zh: '服务内部错误', en: 'The service failed' },
    meaning: {
      zh: '错误已记录。请稍后重试；如持续出现，请提供 X-Request-Id 与运营方联系。',
      en: 'The fault is logged. Try again; if it persists, give the operator the X-Request-Id.',
    },
  },
  unavailable: {
    status: 503,
    title: { zh: '服务暂时不可用', en: 'The service is not ready' },
    meaning: { zh: '请稍后重试。', en: 'Try again shortly.' },
  },
} as const satisfies Record<string, { status: number; title: Text; meaning: Text }>

export type ProblemCode = keyof typeof problems

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

  constructor(code: ProblemCode, detail: Text, more: { errors?: FieldError[]; headers?: Record<string, string> } = {}) {
    super(`${code}: ${detail.en}`)
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
 * Whether the database could not be reached, was shutting down or starting, or had no connection left: codes of Node, of
 * postgres.js, and PostgreSQL's classes 08, 53 and 57P.
 */
function databaseIsAway(error: unknown): boolean {
  return /^(ECONN|ENET|EHOST|ENOTFOUND|ETIMEDOUT|EPIPE|CONNECT|08|53|57P)/.test(faultOf(error).code ?? '')
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

/** Sends any error as a problem; what the service itself is to blame for is logged. */
export async function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const problem = toProblem(error)
  const { status } = problems[problem.code]
  if (status >= 500) request.log.error({ err: error }, 'request failed')
  return (
    reply
      .code(status)
      .headers(problem.headers)
      // Also here, since the router's own refusals run no hook.
      .header('x-request-id', request.id)
      .header('vary', 'Accept-Language')
      .type('application/problem+json')
      .serializer(JSON.stringify)
      .send(problemBody(problem, request))
  )
}

/** Answers what is no HTTP request, or has too large a head, before there is a request to answer. */
export function refuseConnection(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return
  const body = JSON.stringify({
    type: '/problems/invalid-request',
    title: problems['invalid-request'].title.en,
    status: 400,
    detail: 'The connection sent no valid HTTP request, or one with too large a head.',
    instance: '/',
  })
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\nX-Request-Id: ${uuidv7()}\r\n` +
      `Connection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/** Answers every error and every unknown address as a problem. */
export function registerProblems(app: FastifyInstance): void {
  app.setErrorHandler(sendError)
  app.setNotFoundHandler(async (request, reply) =>
    sendError(new Problem('not-found', problems['not-found'].meaning), request, reply),
  )
}
