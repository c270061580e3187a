import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { enterprise, useStaff } from '../listings/staff.ts'
import { signInAs, type Visitor } from './signed-in.ts'

const staff = useStaff('2026-11-25T04:00:00.000Z')
const { service, keys } = staff
const hostile = `<script>alert(1)</script>" onload='x'`
const nowhere = '0190c8a0-0000-7000-8000-000000000010'

describe('the sources page', () => {
  const page = '/staff/sources'
  const resume = `${page}/annual-reports/resume`
  let registrar: Visitor
  beforeAll(async () => {
    registrar = await signInAs(service, keys.registrar)
  })

  it('leads to the sign-in page without a session, and names the scope to who does not have it', async () => {
    const answer = await service().app.inject(page)
    expect([answer.statusCode, answer.headers['location']]).toEqual([303, `/sign-in?next=${encodeURIComponent(page)}`])
    const outsider = await signInAs(service, keys.feed)
    const { status, body } = await outsider.get(page)
    expect(status).toBe(403)
    expect(body).toContain('registry:write')
  })

  it('shows why a source was stopped, as text, and offers to resume that one alone', async () => {
    await service().db.execute(sql`
      insert into source_stops (id, collection, reason, detail, stopped_at)
      values ('01900000-0000-7000-8000-000000000001', 'annual-reports', 'shrunk', ${hostile}, '2026-11-25T03:00:00Z')`)
    const { body } = await registrar.get(page)
    expect(body).toMatch(/<bdi>&lt;script(>|&gt;)alert\(1\)/)
    expect(body).not.toContain('<script>alert')
    expect([...body.matchAll(/action="(\/staff\/sources\/[^"]+)"/g)].map((match) => match[1])).toEqual([resume])
  })

  it('is resumed with the reason, not without, and once', async () => {
    const refused = await registrar.submit(page, resume, { reason: ' ' })
    expect(refused.status).toBe(400)
    expect(refused.body).toContain('id="annual-reports-reason-fault"')
    const stale = await registrar.get(page)
    const done = await registrar.submit(page, resume, { reason: '来源已说明', accept: 'on' })
    expect(done.location).toBe(`${page}?done=resumed`)
    expect((await registrar.get(page)).body).not.toContain(`action="${resume}"`)
    // Somebody else still had the form open.
    const token = /name="_form" value="([^"]+)"/.exec(stale.body)?.[1] ?? ''
    const late = await registrar.post(resume, new URLSearchParams({ _form: token, reason: '又一次' }).toString())
    expect(late.status).toBeGreaterThanOrEqual(400)
    expect(late.status).toBeLessThan(500)
    expect(late.body).toContain('role="alert"')
  })
})

describe('the page of a partner', () => {
  let admin: Visitor
  let path: string
  const statusWith = async (key: string, headers: Record<string, string> = {}) =>
    (await service().app.inject({ url: '/v1/monitors', headers: { authorization: `Bearer ${key}`, ...headers } }))
      .statusCode
  const keyIn = (body: string) => /xj_[\w-]+/.exec(body)?.[0] ?? ''
  beforeAll(async () => {
    admin = await signInAs(service, await service().keyOf({ kind: 'staff' }, 'admin'))
    const made = await admin.submit('/staff/partners', '/staff/partners', { name: '示例商城', kind: 'platform' })
    path = made.location?.split('?')[0] ?? ''
  })

  it('renames it, and keeps what was written where that is refused', async () => {
    expect((await admin.submit(path, path, { name: hostile })).location).toBe(`${path}?done=changed`)
    const { body } = await admin.get(path)
    expect(body).toMatch(/&lt;script(>|&gt;)alert/)
    expect(body).not.toContain('<script>alert')
    const refused = await admin.submit(path, path, { name: 'x'.repeat(2000) })
    expect(refused.status).toBe(400)
    expect(refused.body).toContain('id="change-name-fault"')
    expect(refused.body).toContain('x'.repeat(2000))
  })

  it('suspends it at once with all its keys, and lets it in again', async () => {
    const key = keyIn((await admin.submit(path, `${path}/keys`, { scopes: ['screening'] })).body)
    expect(await statusWith(key)).toBe(200)
    const suspended = await admin.submit(path, `${path}/suspended`)
    expect(suspended.location).toBe(`${path}?done=changed`)
    expect(await statusWith(key)).toBe(401)
    await admin.submit(path, `${path}/suspended`)
    expect(await statusWith(key)).toBe(200)
  })

  it('gives a key that ends with its last day in China and works from its networks alone', async () => {
    const { body } = await admin.submit(path, `${path}/keys`, {
      ...{
        scopes: ['screening'],
        label: '夜间同步',
        expiresAt: '2026-11-26',
        networks: '127.0.0.0/8\r\n2001:db8::/32',
      },
    })
    const key = keyIn(body)
    expect(await statusWith(key)).toBe(200)
    const { clock } = service()
    const before = clock.now().toISOString()
    clock.set('2026-11-26T15:59:58Z')
    expect(await statusWith(key)).toBe(200)
    clock.set('2026-11-26T16:00:00Z')
    expect(await statusWith(key)).toBe(401)
    clock.set(before)
    const elsewhere = await admin.submit(path, `${path}/keys`, { scopes: ['screening'], networks: '203.0.113.0/24' })
    expect(await statusWith(keyIn(elsewhere.body))).toBe(401)
  })

  it.each([
    ['a network that is none', { scopes: ['screening'], networks: '203.0.113.0/33' }, 'networks'],
    ['an address cut short', { scopes: ['screening'], networks: '203.0.113.0/24\r\n1.2.3' }, 'networks'],
    ['a last day that is past', { scopes: ['screening'], expiresAt: '2026-11-01' }, 'expiresAt'],
    ['a day that there is not', { scopes: ['screening'], expiresAt: '2026-02-30' }, 'expiresAt'],
    ['no scope', {}, 'scopes'],
  ])('tells at the field that %s makes no key', async (_what, fields, field) => {
    const { status, body } = await admin.submit(path, `${path}/keys`, fields)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
    expect(body).toContain(`id="${field}-fault"`)
    expect(keyIn(body)).toBe('')
  })

  it('tells that a platform holds no scope of staff', async () => {
    const { status, body } = await admin.submit(path, `${path}/keys`, { scopes: ['admin'] })
    expect(status).toBe(422)
    expect(body).toMatch(/role="alert".*platform cannot hold admin/s)
    expect(keyIn(body)).toBe('')
  })

  it('replaces a key with an overlap in which both work, and ends the old one with it', async () => {
    const old = keyIn((await admin.submit(path, `${path}/keys`, { scopes: ['screening'], label: '将更换' })).body)
    const page = (await admin.get(path)).body
    const rotate = /action="([^"]+\/rotate)"/.exec(page.slice(page.indexOf('将更换')))?.[1] ?? ''
    const refused = await admin.submit(path, rotate, { overlapHours: '-1' })
    expect(refused.status).toBe(400)
    expect(refused.body).toMatch(/id="[0-9a-f-]+-overlapHours-fault"/)
    const made = keyIn((await admin.submit(path, rotate, { overlapHours: '2' })).body)
    expect([await statusWith(old), await statusWith(made)]).toEqual([200, 200])
    const { clock } = service()
    const before = clock.now()
    clock.set(new Date(before.getTime() + 2 * 3_600_000 + 1000).toISOString())
    expect([await statusWith(old), await statusWith(made)]).toEqual([401, 200])
    clock.set(before.toISOString())
  })

  it('is a page of 404 for one that there is not, which still knows who is signed in', async () => {
    const { status, body } = await admin.get(`/staff/partners/${nowhere}`)
    expect(status).toBe(404)
    expect(body).toContain('action="/sign-out"')
    expect(body).toContain('href="/account"')
  })
})

it('shows the members of a monitor a page at a time, each once', async () => {
  const platform = await signInAs(service, await service().keyOf({ kind: 'platform', name: '示例商城' }, 'screening'))
  const made = await platform.submit('/partners/monitors/new', '/partners/monitors/new', { name: '名册' })
  const path = made.location?.split('?')[0] ?? ''
  const rival = await signInAs(service, await service().keyOf({ kind: 'platform' }, 'screening'))
  const token = /name="_form" value="([^"]+)"/.exec((await platform.get(path)).body)?.[1] ?? ''
  const rows = Array.from({ length: 120 }, (_, i) => `seller-${1000 + i},${enterprise}`)
  const boundary = 'xinjian-test-boundary'
  const sent = await platform.post(
    `${path}/members`,
    [
      ...[`--${boundary}`, 'Content-Disposition: form-data; name="_form"', '', token],
      ...[`--${boundary}`, 'Content-Disposition: form-data; name="file"; filename="sellers.csv"'],
      ...['Content-Type: text/csv', '', `ref,uscc\n${rows.join('\n')}\n`, `--${boundary}--`, ''],
    ].join('\r\n'),
    { 'sec-fetch-site': 'same-origin', 'content-type': `multipart/form-data; boundary=${boundary}` },
  )
  expect(sent.status).toBe(303)
  const seen = new Set<string>()
  let next: string | undefined = path
  for (let pages = 0; next !== undefined; pages += 1) {
    expect(pages).toBeLessThan(10)
    const { pathname, search } = new URL(next, `http://127.0.0.1${path}`)
    const { body }: { body: string } = await platform.get(pathname + search)
    for (const [ref] of body.matchAll(/seller-\d+/g)) seen.add(ref)
    next = /<a rel="next" href="([^"]+)"/.exec(body)?.[1]?.replaceAll('&amp;', '&')
  }
  expect(seen.size).toBe(120)
  // Another platform finds no such monitor.
  expect((await rival.get(path)).status).toBe(404)
})
