import createClient, { type Client } from 'openapi-fetch'
import type { components, paths } from './schema.ts'

/** Every call of the service, typed by its OpenAPI document: `client.POST('/v1/screenings', { body })`. */
export type XinjianClient = Client<paths>

export interface ClientOptions {
  /** Where the service is, e.g. `https://credit.example`. */
  baseUrl: string
  /** A partner's key, `xj_…`; without it only public calls work. */
  key?: string
  /** Language of texts in answers; codes never change. */
  language?: 'zh-CN' | 'en'
  /** In the place of the platform's own `fetch`. */
  fetch?: (request: Request) => Promise<Response>
}

/** A client whose calls carry the key. A call answers `{data}` or, for a problem, `{error}` (RFC 9457), and throws only where the service cannot be reached. */
export function createXinjianClient({ baseUrl, key, language, fetch }: ClientOptions): XinjianClient {
  return createClient<paths>({
    baseUrl: baseUrl.replace(/(?<!\/)\/+$/, ''),
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(language !== undefined && { 'accept-language': language }),
    },
    ...(fetch && { fetch }),
  })
}

/** A call that was answered by a problem (RFC 9457). */
export class XinjianError extends Error {
  override name = 'XinjianError'
  readonly problem: components['schemas']['Problem'] | undefined
  readonly status: number

  constructor(status: number, problem: components['schemas']['Problem'] | undefined) {
    super(problem === undefined ? `answered ${status}` : `${problem.type}: ${problem.detail}`)
    this.status = status
    this.problem = problem
  }
}
