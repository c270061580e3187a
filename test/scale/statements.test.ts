import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { loadModule } from 'libpg-query'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase, rowsOf, type Db } from '../../src/platform/db.ts'
import { currentRequest } from '../../src/platform/request-context.ts'
import { useWrites } from '../audit/writes.ts'
import { publicPages } from '../e2e/pages.ts'
import { routesWithout, siteRoutes } from '../e2e/routes.ts'
import { exampleJob, fillWorkplace } from '../e2e/staff-pages.ts'
import { readDocument, type Document, type Operation } from '../fuzz/document.ts'
import { fuzz } from '../fuzz/fuzzer.ts'
import { enterprise, useStaff } from '../listings/staff.ts'
import { signInAs, type Visitor } from '../site/signed-in.ts'
import { useSite } from '../site/site.ts'
import { startServiceOn } from '../support/service-on.ts'
import { openSse } from '../support/sse.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { plain, useSites } from '../web-checks/filed.ts'
import { captureStatements } from './captured.ts'
import { routeOf } from './classify.ts'
import {
  byCode,
  fanOuts,
  locksOfSeveral,
  reference,
  spreadBy,
  uniqueWithoutCode,
  whole,
  withoutCode,
  type FanOut,
} from './distribution.ts'
import { layOut, shardsOf } from './layout.ts'
import { readsOf, valuesOf, type Read } from './reads.ts'

/** Operations that no request here reaches, and why. */
const unreached: Record<string, string> = {}

const folder = await mkdtemp(join(tmpdir(), 'xinjian-statements-'))
afterAll(() => rm(folder, { recursive: true }))
const writes = useWrites({ SNAPSHOT_DIR: folder })
const workplace = useStaff(undefined, {}, [exampleJob])
const site = useSite()
const web = useSites()

/** Every statement that a request asked, as the code wrote it, with what it was asked with first. */
const statements = new Map<string, unknown[]>()
/** The operations that were answered with what they are for. */
const reached = new Set<string>()
let document: Document

function capture(db: Db): void {
  captureStatements(db, (statement, parameters) => {
    // `begin read only` and the like are no statements of ours.
    if (currentRequest() === undefined || statement.startsWith('begin') || statements.has(statement)) return
    statements.set(statement, parameters)
  })
}

beforeAll(async () => {
  await loadModule()
  const services = [writes.staff.service(), workplace.service(), site.service(), web.service()]
  for (const { db } of services) capture(db)
  document = readDocument((await writes.staff.service().app.inject('/openapi.json')).body)
})

const inOneLine = (statement: string) => statement.replace(/\s+/g, ' ').trim()

/** Asks, and asks again with the mark of what came, which is answered 304 where that is known. */
async function read({ app }: TestService, { url, key, accept, payload }: Read) {
  const headers = {
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
    ...(accept !== undefined && { accept }),
  }
  const answer = await app.inject({ url, headers, ...(payload !== undefined && { method: 'POST', payload }) })
  if (answer.statusCode !== 200) throw new Error(`${url} answers ${answer.statusCode} ${answer.body}`)
  const { etag } = answer.headers
  if (etag !== undefined) {
    const again = await app.inject({ url, headers: { ...headers, 'if-none-match': etag } })
    if (again.statusCode !== 304) throw new Error(`${url} answers ${again.statusCode} to who has it`)
  }
  return answer
}

const withParameter = (url: string, name: string, value: string) => {
  const address = new URL(url, 'http://of.test')
  address.searchParams.set(name, value)
  return address.pathname + address.search
}

/** What leads from a page to the next; its values are told by the page before. */
const ofPages = ['cursor', 'after']

/** Reads an operation plainly, with each value of each of its parameters, and page after page. */
async function readAll(service: TestService, operation: Operation, given: Read): Promise<void> {
  await read(service, given)
  for (const parameter of operation.parameters.filter((one) => one.in === 'query')) {
    const values = valuesOf(document, operation, parameter)
    if (values === undefined && !ofPages.includes(parameter.name)) {
      throw new Error(`no value is known for ${parameter.name} of ${operation.operationId}: see test/scale/reads.ts`)
    }
    for (const value of values ?? [])
      await read(service, { ...given, url: withParameter(given.url, parameter.name, value) })
    if (values !== undefined) continue
    const first = (await read(service, { ...given, url: withParameter(given.url, 'limit', '1') })).json<{
      next: string | null
    }>()
    if (first.next === null) throw new Error(`${operation.operationId} has no second page`)
    await read(service, { ...given, url: withParameter(given.url, parameter.name, first.next) })
  }
}

it('reaches each operation that changes something', async () => {
  for (const [operationId, request] of Object.entries(writes.writes)) {
    const { statusCode, body } = await writes.send(await request(), { 'idempotency-key': operationId })
    expect([operationId, statusCode, body]).toEqual([operationId, expect.toSatisfy((code: number) => code < 300), body])
    reached.add(operationId)
  }
})

it('reaches each operation that reads, with each of its parameters, from memory and while nothing is in memory', async () => {
  const service = writes.staff.service()
  const reads = await readsOf(writes, folder)
  service.clock.set('2026-11-25T05:00:00.000Z')
  const cold = await startServiceOn(
    openDatabase(service.database.url),
    '2026-11-25T05:00:00.000Z',
    { SNAPSHOT_DIR: folder },
    {
      // An index that is never filled.
      names: {
        present: null,
        built: new Promise(() => undefined),
        reach: () => Promise.resolve(),
        stop: () => Promise.resolve(),
      },
    },
  )
  capture(cold.db)
  const faults: string[] = []
  for (const operation of document.operations) {
    const given = reads[operation.operationId]
    if (given === undefined) continue
    for (const one of [service, cold]) {
      // Which says that it is not ready, rightly.
      if (one === cold && operation.operationId === 'ready') continue
      for (const each of [given].flat()) {
        await readAll(one, operation, each).catch((error: unknown) => faults.push(String(error)))
      }
    }
    reached.add(operation.operationId)
  }
  await cold.close()
  expect(faults).toEqual([])
})

it('reaches the operations about visits of a site', async () => {
  const visited = await web.file('https://visited.example/')
  const service = web.service()
  const key = await service.keyWith('registry:write')
  const checks = { url: `/v1/web-presences/${visited.id}/checks`, key }
  await read(service, checks)
  await web.page('visited.example', plain)
  for (const on of ['2026-11-20', '2026-11-21']) await web.check(on)
  const { items } = (await read(service, checks)).json<{ items: { id: string }[] }>()
  const reads: Record<string, Read> = {
    listWebChecks: checks,
    getWebCheckPage: { url: `${checks.url}/${items[0]!.id}/page`, key },
  }
  for (const operation of document.operations) {
    const given = reads[operation.operationId]
    if (given === undefined) continue
    await readAll(service, operation, given)
    reached.add(operation.operationId)
  }
})

it('streams the log live', async () => {
  const service = writes.staff.service()
  const url = `${await service.app.listen({ port: 0, host: '127.0.0.1' })}/v1/feed/events`
  const stream = await openSse(url, { authorization: `Bearer ${writes.keys.agency}` })
  await expect.poll(() => stream.events.length).toBeGreaterThan(0)
  await stream.close()
})

it('reaches each page and file of the site, those of the workspace by whoever may', async () => {
  const { pages, keys } = await fillWorkplace(workplace)
  const { app } = site.service()
  const lists = ['entries.csv', 'rss.xml', 'atom.xml'].map((file) => `/lists/serious-violator/${file}`)
  const charts = ['by-month', 'by-ground', 'by-region', 'rates'].map((chart) => `/statistics/charts/${chart}.svg`)
  const ofPublic = [...publicPages, ...lists, ...charts, `/cases/${site.caseId()}`]
  for (const url of ofPublic)
    expect([url, (await app.inject({ url, headers: { accept: 'text/html' } })).statusCode]).toEqual([url, 200])
  const [, screening = ''] = pages.find(([, path]) => /^\/partners\/screenings\/./.test(path)) ?? []
  const inside = [
    ...pages,
    ['platform', `${screening}/results.csv`],
    ['platform', `${screening}/certificate`],
    ['clerk', `/staff/businesses?uscc=${enterprise}`],
  ] as const
  const visitors = new Map<string, Visitor>()
  for (const [role, url] of inside) {
    if (role === 'anybody') {
      expect([url, (await workplace.service().app.inject(url)).statusCode]).toEqual([url, 200])
      continue
    }
    const visitor = visitors.get(role) ?? (await signInAs(workplace.service, keys[role]))
    visitors.set(role, visitor)
    // Where a business is looked for leads on to it.
    expect([url, (await visitor.get(url)).status]).toEqual([url, url.includes('businesses?') ? 303 : 200])
  }
  const routes = siteRoutes(app)
  expect(routes.length).toBeGreaterThan(60)
  expect(routesWithout(routes, [...ofPublic, ...inside.map(([, url]) => url)])).toEqual([])
})

it('asks what else fast-check thinks up from the published document', async () => {
  const service = await startTestService()
  capture(service.db)
  await fuzz(service, { requests: 1500, seed: 20_261_126 })
  await service.close()
})

it('has reached every operation of the document, or says why not', () => {
  const operations = document.operations.map(({ operationId }) => operationId)
  expect([...reached, ...Object.keys(unreached)].sort()).toEqual(operations.sort())
})

it('places every table of the schema: spread by a column, the same everywhere, or whole in one place with a reason', async () => {
  const rows = await rowsOf<{ name: string; columns: string[] }>(
    site.db(),
    sql`select c.relname as name, array_agg(a.attname::text) as columns
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition group by c.relname`,
  )
  const placed = [...spreadBy.keys(), ...reference, ...Object.keys(whole)]
  expect(placed.sort()).toEqual(rows.map(({ name }) => name).sort())
  const columnsOf = new Map(rows.map(({ name, columns }) => [name, columns]))
  for (const [table, column] of [...spreadBy, ...withoutCode]) {
    const has = withoutCode.has(table) ? withoutCode.get(table) : column
    expect([table, columnsOf.get(table)]).toEqual([table, expect.arrayContaining([has])])
  }
})

it('names a business or a position in every statement of a request, or has a reason not to', async ({ annotate }) => {
  const counts: Record<string, number> = {}
  const count = (what: string) => (counts[what] = (counts[what] ?? 0) + 1)
  const met = new Map<FanOut, number>()
  const unexplained: string[] = []
  for (const statement of statements.keys()) {
    const { route, fansOutOver, tables } = routeOf(statement, spreadBy)
    const inOnePlace = tables.filter((table) => table in whole)
    count(route === 'whole' && inOnePlace.length === 0 ? 'reference' : route)
    if (inOnePlace.length > 0 && inOnePlace.length < tables.length && route !== 'whole') count('both spread and whole')
    const reasons = fanOuts.filter(({ of }) => of?.test(inOneLine(statement)) !== false)
    const explained = new Set<FanOut>()
    for (const table of fansOutOver) {
      const reason = reasons.find(({ over }) => over.includes(table))
      if (reason === undefined) unexplained.push(`asks every shard of ${table}: ${statement}`)
      else explained.add(reason)
    }
    for (const reason of explained) met.set(reason, (met.get(reason) ?? 0) + 1)
  }
  // The numbers of docs/operating/growth.md, shown by `--reporter=verbose`.
  await annotate(`${reached.size} operations, ${statements.size} statements: ${JSON.stringify(counts)}`)
  for (const [{ over, reason }, often] of met) await annotate(`${often} × ${over.join(', ')}: ${reason}`)
  expect(unexplained).toEqual([])
  expect(fanOuts.filter((one) => !met.has(one))).toEqual([])
})

it('locks rows of a business where one shard is asked, as Citus demands, or has a reason not to', () => {
  const locking = [...statements.keys()].filter((statement) => {
    return / for update\b/.test(statement) && routeOf(statement, spreadBy).tables.some((table) => spreadBy.has(table))
  })
  const several = locking.filter((statement) => {
    return routeOf(statement, spreadBy).route !== 'uscc' || statement.includes('json_')
  })
  expect(locking.length).toBeGreaterThan(several.length)
  expect(several.filter((statement) => !locksOfSeveral.some(({ of }) => of.test(inOneLine(statement))))).toEqual([])
})

it('has the code in each unique index of a table that is spread by it, or says what becomes of the index', async () => {
  const indexes = await layOut(writes.staff.service().db, byCode)
  expect(indexes.length).toBeGreaterThan(byCode.length)
  const impossible = indexes.flatMap(({ name, isPossible }) => (isPossible ? [] : [name]))
  expect(Object.keys(uniqueWithoutCode).sort()).toEqual(impossible.sort())
})

it('reads and writes no more of sixteen shards than a statement names businesses, unless it names them in JSON', async ({
  annotate,
}) => {
  const { db } = writes.staff.service()
  const named = [...statements].filter(([statement]) => {
    return routeOf(statement, spreadBy).route === 'uscc' && /^(select|update)/.test(statement.trim())
  })
  const beyond: string[] = []
  for (const [statement, parameters] of named) {
    const most = Math.max(...(await shardsOf(db, statement, parameters)).values(), 0)
    const codes = new Set(JSON.stringify(parameters).match(/9[0-9A-Z]{17}/g)).size
    if (most > Math.max(codes, 1)) beyond.push(statement)
  }
  const inJson = beyond.filter((statement) => /json_(array_elements|to_recordset)/.test(statement))
  await annotate(`${named.length} statements, of which ${inJson.length} name businesses in JSON and ask more`)
  expect(beyond).toEqual(inJson)
  expect(named.length - inJson.length).toBeGreaterThan(10)
})
