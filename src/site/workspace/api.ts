import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Passes } from '../../sessions/passes.ts'
import type { Principal } from '../../platform/auth.ts'
import type { Language } from '../../platform/language.ts'
import { Problem, problems, type ProblemCode } from '../../platform/problem.ts'
import { tagOf } from '../parts.tsx'

export type Query = Readonly<Record<string, string | number | undefined>>

/** What a call that changes something led to: the answer, or why it was refused. */
export type Outcome<Body extends object> = { body: Body; problem?: undefined } | { body?: undefined; problem: Problem }

/** The API of this service as somebody who has signed in calls it, within the process. */
export interface Api {
  /** Reads. @throws Problem whatever the API refuses */
  get: <Body>(path: string, query?: Query) => Promise<Body>
  /** Reads a text that is no JSON. @throws Problem */
  text: (path: string) => Promise<string>
  /**
   * Changes something, once for a value of `once`. A refusal of what was sent is answered, so that the form can show it.
   * @throws Problem for a session that is over and for a fault of the service
   */
  send: <Body extends object>(
    method: 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body: object | undefined,
    once?: string,
  ) => Promise<Outcome<Body>>
}

interface Caller {
  app: FastifyInstance
  passes: Passes
  request: FastifyRequest
  principal: Principal
  language: Language
}

/** The API for one visit: its routes, with their scopes, schemas, rules and records, in the name of who has signed in. */
export function apiFor({ app, passes, request, principal, language }: Caller): Api {
  const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object, once?: string) => {
    const { pass, withdraw } = passes.issue(principal)
    try {
      return await app.inject({
        method,
        url,
        remoteAddress: request.ip,
        headers: {
          authorization: `Bearer ${pass}`,
          'accept-language': tagOf[language],
          'user-agent': request.headers['user-agent'] ?? '',
          ...(once !== undefined && once !== '' && { 'idempotency-key': once }),
        },
        ...(body !== undefined && { payload: body }),
      })
    } finally {
      withdraw()
    }
  }
  return {
    get: async <Body>(path: string, query: Query = {}) => {
      const response = await call('GET', `${path}${queryOf(query)}`)
      if (response.statusCode >= 400) throw problemIn(response.body)
      return response.json<Body>()
    },
    text: async (path) => {
      const response = await call('GET', path)
      if (response.statusCode >= 400) throw problemIn(response.body)
      return response.body
    },
    send: async <Body extends object>(
      method: 'POST' | 'PATCH' | 'DELETE',
      path: string,
      body: object | undefined,
      once?: string,
    ): Promise<Outcome<Body>> => {
      const response = await call(method, path, body, once)
      if (response.statusCode < 400) return { body: response.body === '' ? ({} as Body) : response.json<Body>() }
      const problem = problemIn(response.body)
      if (problem.code === 'unauthorized' || response.statusCode >= 500) throw problem
      return { problem }
    },
  }
}

/** A query from what is given of it, with its question mark; empty when nothing is. */
export function queryOf(query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  )
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}

interface ProblemBody {
  type: string
  detail: string
  errors?: { pointer: string; detail: string }[]
}

/** The problem that an answer tells, in the language it was asked in. */
function problemIn(body: string): Problem {
  const { type, detail, errors = [] } = JSON.parse(body) as ProblemBody
  const code = type.replace('/problems/', '')
  const known: ProblemCode = Object.hasOwn(problems, code) ? (code as ProblemCode) : 'internal-error'
  return new Problem(
    known,
    { zh: detail, en: detail },
    { errors: errors.map(({ pointer, detail }) => ({ pointer, detail: { zh: detail, en: detail } })) },
  )
}
