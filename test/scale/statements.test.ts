import { sql } from 'drizzle-orm'
import { loadModule } from 'libpg-query'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { heldFiles } from '../../src/credit-files/repository.ts'
import { rowsOf } from '../../src/platform/db.ts'
import { currentRequest } from '../../src/platform/request-context.ts'
import { fuzz } from '../fuzz/fuzzer.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { captureStatements } from './captured.ts'
import { routeOf } from './classify.ts'
import { fanOuts, spreadBy, whole } from './distribution.ts'

let service: TestService
/** Every statement that a request asked, as the code wrote it. */
const statements = new Set<string>()
let operations = 0

beforeAll(async () => {
  await loadModule()
  service = await startTestService()
  const stop = captureStatements(service.db, (statement) => {
    // `begin read only` and the like are no statements of ours.
    if (currentRequest() !== undefined && !statement.startsWith('begin')) statements.add(statement)
  })
  // Each of the operations ten times and more, with what fast-check thinks up from the published document.
  operations = (await fuzz(service, { requests: 1500, seed: 20_261_126 })).answers.size
  stop()
})
afterAll(() => service.close())

const inOneLine = (statement: string) => statement.replace(/\s+/g, ' ').trim()

it('places every table that names a business: spread by its code, or whole with a reason', async () => {
  const rows = await rowsOf<{ name: string }>(
    service.db,
    sql`select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'uscc'
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`,
  )
  const placed = [...spreadBy.keys(), ...Object.keys(whole)]
  expect(placed.sort()).toEqual(rows.map(({ name }) => name).sort())
})

it('names a business or a position in every statement of a request, or has a reason not to', async () => {
  const { paths } = (await service.app.inject('/openapi.json')).json<{ paths: Record<string, object> }>()
  expect(operations).toBe(Object.values(paths).flatMap((methods) => Object.keys(methods)).length)
  expect(statements.size).toBeGreaterThan(100)
  const unexplained = [...statements].flatMap((statement) => {
    const { route, fansOutOver } = routeOf(statement, spreadBy)
    if (route !== 'fan-out' || fanOuts.some(({ of }) => of.test(inOneLine(statement)))) return []
    return [`asks every shard of ${fansOutOver.join(', ')}: ${statement}`]
  })
  expect(unexplained).toEqual([])
})

it('reads a credit file from the shard of its business alone', () => {
  expect(routeOf(heldFiles.text, spreadBy)).toEqual({ route: 'uscc', fansOutOver: [] })
})

it.each([
  ['select 1 from subjects s where s.uscc = $1', 'uscc'],
  ['select 1 from subjects where uscc = any($1::text[])', 'uscc'],
  ['select 1 from subjects s join penalties p on p.uscc = s.uscc where s.uscc in (select value from x)', 'uscc'],
  ['insert into honours (id, uscc) values ($1, $2)', 'uscc'],
  ['select event from feed_events e where e.position > $1 order by e.position limit 10', 'position'],
  ['select coalesce(max(e.position), 0) from feed_events e', 'position'],
  ['select 1 from partners where id = $1', 'reference'],
])('routes %s by %s', (statement, route) => {
  expect(routeOf(statement, spreadBy)).toEqual({ route, fansOutOver: [] })
})

it.each([
  ['select 1 from subjects', 'subjects'],
  ['select 1 from subjects s where s.uscc = $1 or s.name = $2', 'subjects'],
  ['select 1 from subjects s where s.uscc > $1', 'subjects'],
  ['select 1 from subjects s, penalties p where s.uscc = $1', 'penalties'],
  ['update penalties set shown = false where id = $1', 'penalties'],
  ['select 1 from subjects s where s.uscc = $1 and exists (select from honours h where h.id = $2)', 'honours'],
  ['with p as (select * from penalties) select 1 from p where p.uscc = $1', 'penalties'],
  ['select 1 from feed_events e where e.key = $1', 'feed_events'],
  ['select uscc from subjects where uscc = $1 union select uscc from honours', 'honours'],
])('sees that %s asks every shard of %s', (statement, table) => {
  expect(routeOf(statement, spreadBy)).toEqual({ route: 'fan-out', fansOutOver: [table] })
})
