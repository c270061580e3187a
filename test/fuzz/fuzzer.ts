import fc from 'fast-check'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { problems } from '../../src/platform/problem.ts'
import { scopes } from '../../src/partners/vocabulary.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import type { TestService } from '../support/service-on.ts'
import { take } from '../support/take.ts'
import { enterOnList } from '../screening/screening.ts'
import { readDocument, type Operation } from './document.ts'
import { collectionOf, ideasFor, requestOf, type FuzzedRequest } from './requests.ts'
import { KnownValues } from './values.ts'

export interface Finding {
  fault: string
  request: Omit<FuzzedRequest, 'operation'>
  status: number
  body: string
}

export interface FuzzResult {
  requests: number
  /** Answers by operation and class of status. */
  answers: Map<string, Record<string, number>>
  findings: Finding[]
}

/** No answer tells where or in what the service is written, nor what it asked the database. */
const leak = /node_modules|\.tsx?:\d|\bat \S+ \(|\bFST_|PostgresError|DrizzleQueryError|Failed query|\/src\/platform/

/**
 * Sends requests that fast-check thinks up from the published document to every operation in turn, with keys of every
 * kind, and learns ids and cursors from the answers. The same seed sends the same requests.
 */
export async function fuzz(
  service: TestService,
  { requests, seed, onRound }: { requests: number; seed: number; onRound?: (sent: number, findings: number) => void },
): Promise<FuzzResult> {
  const { app } = service
  const document = readDocument((await app.inject('/openapi.json')).body)
  const known = new KnownValues()
  const keys = await prepare(service, known)
  const operations = document.operations.map((operation) => ({
    operation,
    ideas: ideasFor(document, operation, {
      all: Object.keys(keys),
      strong: Object.keys(keys).filter((name) => /^all of|^clerk|^chief/.test(name)),
    }),
  }))
  const answers: FuzzResult['answers'] = new Map()
  const findings: Finding[] = []
  const told = new Set<string>()
  let sent = 0
  while (sent < requests) {
    for (const { operation, ideas } of operations) {
      if (sent >= requests) break
      const idea = fc.sample(ideas, { numRuns: 1, seed: seed + sent })[0]!
      sent += 1
      const { operation: _operation, ...request } = requestOf(idea, known, keys)
      const response = await app.inject(request as InjectOptions)
      const { statusCode } = response
      const counts = answers.get(operation.operationId) ?? {}
      const kind = `${String(statusCode)[0]}xx`
      answers.set(operation.operationId, { ...counts, [kind]: (counts[kind] ?? 0) + 1 })
      const body = bodyOf(response)
      const fault = faultOf(operation, response, body, document)
      // The same fault of the same operation is told once.
      const name = `${operation.operationId} ${fault?.replace(/[0-9a-f-]{36}|\d+/g, '…')}`
      if (fault !== null && !told.has(name)) {
        told.add(name)
        findings.push({ fault: name, request, status: statusCode, body: response.body.slice(0, 2000) })
      }
      if (statusCode < 300) learn(operation, body, known)
    }
    // What was decided reaches the log, so that readers of it have something to read; an event that waits for a minute
    // makes /readyz answer 503, rightly, on a machine on which twenty rounds take longer.
    await service.sequence()
    onRound?.(sent, findings.length)
  }
  return { requests: sent, answers, findings }
}

function bodyOf(response: LightMyRequestResponse): unknown {
  if (!/[/+]json/.test(String(response.headers['content-type']))) return response.body
  try {
    return JSON.parse(response.body) as unknown
  } catch {
    return response.body
  }
}

function faultOf(
  operation: Operation,
  response: LightMyRequestResponse,
  body: unknown,
  document: ReturnType<typeof readDocument>,
): string | null {
  const status = response.statusCode
  const type = String(response.headers['content-type'] ?? '')
  if (status >= 500) return `answered ${status}`
  if (response.headers['x-request-id'] === undefined) return 'no X-Request-Id'
  if (response.headers['x-content-type-options'] !== 'nosniff') return 'no X-Content-Type-Options'
  if (status >= 400) {
    if (!type.startsWith('application/problem+json')) return `${status} is no problem but ${type}`
    const { type: code, status: said } = body as { type: string; status: number }
    if (said !== status) return `the problem of ${status} says ${said}`
    if (!Object.hasOwn(problems, code.replace('/problems/', ''))) return `the problem ${code} is not in the catalogue`
  }
  if (leak.test(response.body) && status >= 400) return 'tells of its insides'
  return document.faultOf(operation, { status, type, body })
}

/** Remembers what an answer told, ids under the name of their collection too. */
function learn({ path }: Operation, body: unknown, known: KnownValues): void {
  known.learn(body)
  if (typeof body !== 'object' || body === null) return
  const { items = [], orders = [] } = body as { items?: unknown; orders?: unknown }
  for (const one of [body, items, orders].flat()) {
    if (typeof one === 'object' && one !== null && 'id' in one) known.add(`${collectionOf(path)}#id`, one.id)
  }
}

/** Businesses, entries and keys of every kind to begin with; answers the `Authorization` headers by name. */
async function prepare(service: TestService, known: KnownValues): Promise<Record<string, string | null>> {
  const { db } = service
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8]
  await take(
    db,
    'subjects',
    numbers.map((number) => subjectItem(number)),
  )
  const webPresences = [{ kind: 'shop', name: '示例店', url: 'https://shop.example/' }]
  await take(db, 'annual-reports', [reportItem(1, { webPresences })])
  const entries = [await enterOnList(db, 1, 'abnormal'), await enterOnList(db, 2, 'serious-violator')]
  await service.sequence()
  for (const number of numbers) {
    known.add('uscc', madeUpUscc(number))
    known.add('name', `虚构省示例${number}号贸易有限公司`)
  }
  for (const { id, list } of entries) {
    known.add(`/v1/lists#id`, id)
    known.add('listingId', id)
    known.add('list', list)
  }
  known.add('regionCode', '999900')
  known.add('q', '虚构省示例')
  known.add('url', 'https://shop.example/')
  const bearer = async (key: Promise<string>) => `Bearer ${await key}`
  const ofScope = await Promise.all(
    scopes.map(async (scope): Promise<[string, string]> => [scope, await bearer(service.keyWith(scope))]),
  )
  const staff = ['decisions:propose', 'decisions:approve', 'registry:write', 'admin', 'history'] as const
  /** All that partners may hold; the staff have the rest. */
  const all = ['feed', 'screening', 'history'] as const
  const clerk = await bearer(service.keyOf({ kind: 'staff' }, ...staff))
  const chief = await bearer(service.keyOf({ kind: 'staff' }, ...staff))
  await begin(service, known, { clerk, chief })
  return {
    none: null,
    nonsense: 'Bearer xj_nonsense',
    basic: 'Basic dXNlcjpwYXNz',
    'all of an agency': await bearer(service.keyOf({ kind: 'agency', agencyCode: 'ndrc' }, ...all)),
    'all of another agency': await bearer(service.keyOf({ kind: 'agency', agencyCode: 'mee' }, ...all)),
    'all of a platform': await bearer(service.keyOf({ kind: 'platform' }, ...all)),
    clerk,
    chief,
    ...Object.fromEntries(ofScope),
  }
}

/** Decisions, objections and repairs at several of their steps, so that there is something to take further. */
async function begin({ app }: TestService, known: KnownValues, keys: { clerk: string; chief: string }): Promise<void> {
  const post = async (url: string, key: keyof typeof keys, payload: object = {}) => {
    const response = await app.inject({ method: 'POST', url, headers: { authorization: keys[key] }, payload })
    if (response.statusCode >= 300) throw new Error(`${url}: ${response.body}`)
    const body = response.json<{ id: string; listingId?: string | null }>()
    known.learn(body)
    known.add(`${url.split('/').slice(0, 3).join('/')}#id`, body.id)
    return body
  }
  for (const number of [3, 4, 5, 6, 7, 8]) {
    const proposed = await post('/v1/decisions', 'clerk', {
      ...{
        action: 'enter',
        list: 'abnormal',
        uscc: madeUpUscc(number),
        groundCode: number === 3 ? 'ABN-68-4-3' : 'ABN-68-4-4',
      },
      ...{ decisionNumber: `云市监决〔2026〕${number}号`, authority: '云州市市场监督管理局', decidedOn: '2026-11-20' },
      facts: { summary: '通过登记的住所无法联系', establishedOn: '2026-11-18' },
    })
    if (number > 5) continue
    const { listingId } = await post(`/v1/decisions/${proposed.id}/approve`, 'chief')
    const statement = '我公司一直在登记的住所经营。'
    const filed = { listingId, filedOn: '2026-11-21', statement }
    const objection = await post('/v1/objections', 'clerk', filed)
    if (number > 3) await post(`/v1/objections/${objection.id}/accept`, 'clerk', { on: '2026-11-23' })
    const repair = await post('/v1/repairs', 'clerk', filed)
    if (number > 4) await post(`/v1/repairs/${repair.id}/accept`, 'clerk', { on: '2026-11-23' })
  }
}
