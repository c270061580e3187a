import { loadModule } from 'libpg-query'
import { beforeAll, expect, it } from 'vitest'
import { heldFiles } from '../../src/credit-files/repository.ts'
import { routeOf } from './classify.ts'
import { spreadBy } from './distribution.ts'

beforeAll(() => loadModule())

it('reads a credit file from the shard of its business alone', () => {
  expect(routeOf(heldFiles.text, spreadBy)).toMatchObject({ route: 'uscc', fansOutOver: [] })
})

it.each([
  ['select 1 from subjects s where s.uscc = $1', 'uscc'],
  ['select 1 from subjects where uscc = any($1::text[])', 'uscc'],
  ['select 1 from subjects s join penalties p on p.uscc = s.uscc where s.uscc in (select value from x)', 'uscc'],
  [
    'select 1 from penalties p join honours h using (uscc) join subjects s on s.uscc = h.uscc where p.uscc = $1',
    'uscc',
  ],
  ['select 1 from subjects s where s.uscc = $1 and exists (select from honours h where h.uscc = s.uscc)', 'uscc'],
  ['select 1 from honours h where (h.uscc, h.id) in (select x.uscc, x.id from x)', 'uscc'],
  ['insert into honours (id, uscc) values ($1, $2)', 'uscc'],
  ['select event from feed_events e where e.position > $1 order by e.position limit 10', 'position'],
  ['select coalesce(max(e.position), 0) from feed_events e', 'position'],
  ['select 1 from partners where id = $1', 'whole'],
])('routes %s by %s', (statement, route) => {
  expect(routeOf(statement, spreadBy)).toMatchObject({ route, fansOutOver: [] })
})

it.each([
  ['select 1 from subjects', 'subjects'],
  ['select 1 from subjects s where s.uscc = $1 or s.name = $2', 'subjects'],
  ['select 1 from subjects s where s.uscc > $1', 'subjects'],
  ['select 1 from subjects s, penalties p where s.uscc = $1', 'penalties'],
  ['select 1 from subjects s join penalties p on p.uscc = s.uscc where p.kind = $1', 'penalties,subjects'],
  ['select 1 from subjects s join penalties p using (uscc) where p.kind = $1', 'penalties,subjects'],
  ['select 1 from subjects s, penalties p where s.uscc = p.uscc or p.uscc = $1', 'penalties,subjects'],
  ['update penalties set shown = false where id = $1', 'penalties'],
  ['select 1 from subjects s where s.uscc = $1 and exists (select from honours h where h.id = $2)', 'honours'],
  ['with p as (select * from penalties) select 1 from p where p.uscc = $1', 'penalties'],
  ['select 1 from feed_events e where e.key = $1', 'feed_events'],
  ['select uscc from subjects where uscc = $1 union select uscc from honours', 'honours'],
])('sees that %s asks every shard of %s', (statement, table) => {
  expect(routeOf(statement, spreadBy)).toMatchObject({ route: 'fan-out', fansOutOver: table.split(',') })
})
