import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { rowsOf } from '../../src/platform/db.ts'
import { startSession } from '../../src/sessions/service.ts'
import { enterprise, useStaff } from '../listings/staff.ts'
import { sameOrigin, signInAs } from './signed-in.ts'

const instant = '2026-11-25T04:00:00.000Z'
const staff = useStaff(instant)
const { service, keys } = staff

const signIn = (key: string, headers: Record<string, string> = sameOrigin, fields: Record<string, string> = {}) =>
  service().app.inject({
    ...{ method: 'POST', url: '/sign-in', payload: new URLSearchParams({ key, ...fields }).toString() },
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  })

describe('signing in', () => {
  it('sets a cookie of this host alone, out of reach of scripts and other sites, that no cache keeps', async () => {
    const { statusCode, headers } = await signIn(keys.clerk)
    expect(statusCode).toBe(303)
    expect(headers.location).toBe('/staff')
    expect(headers['set-cookie']).toMatch(
      /^__Host-xinjian=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    )
    expect(headers['cache-control']).toBe('no-store')
  })

  it('keeps neither the key nor the token, only the hash of the token', async () => {
    const { headers } = await signIn(keys.clerk)
    const token = /xinjian=([\w-]+)/.exec(String(headers['set-cookie']))?.[1] ?? ''
    const rows = await rowsOf<{ all: string }>(service().db, sql`select s::text as "all" from sessions s`)
    const kept = rows.map((row) => row.all).join()
    expect(kept).not.toContain(token)
    expect(kept).not.toContain(keys.clerk.slice(40))
  })

  it('refuses what is no key with a page, 401 and no cookie', async () => {
    const wrong = `${keys.clerk.slice(0, -1)}${keys.clerk.endsWith('A') ? 'B' : 'A'}`
    for (const key of ['', 'x', wrong]) {
      const { statusCode, headers, body } = await signIn(key)
      expect([statusCode, headers['set-cookie']]).toEqual([401, undefined])
      expect(body).toContain('<form method="post" action="/sign-in"')
      if (key !== '') expect(body).not.toContain(`value="${key}"`)
    }
  })

  it('gives a new token each time and ends the session that the browser had', async () => {
    const first = await signInAs(service, keys.clerk)
    const again = await signIn(keys.clerk, { ...sameOrigin, cookie: first.cookie })
    expect(String(again.headers['set-cookie'])).not.toContain(first.cookie)
    expect((await first.get('/account')).status).toBe(303)
  })

  it('takes no token that somebody else chose', async () => {
    const planted = '__Host-xinjian=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    const { headers } = await signIn(keys.clerk, { ...sameOrigin, cookie: planted })
    expect(String(headers['set-cookie'])).not.toContain('AAAAAAAA')
    const { statusCode } = await service().app.inject({ url: '/account', headers: { cookie: planted } })
    expect(statusCode).toBe(303)
  })

  it('leads on to pages of ours alone', async () => {
    const leads = async (next: string) => (await signIn(keys.clerk, sameOrigin, { next })).headers.location
    expect(await leads('/staff/decisions?status=proposed')).toBe('/staff/decisions?status=proposed')
    for (const next of [
      '//evil.example',
      'https://evil.example',
      '/\\evil.example',
      '/staff\\@evil',
      '/v1/feed/events',
    ]) {
      expect([next, await leads(next)]).toEqual([next, '/staff'])
    }
  })

  it('is refused from another site', async () => {
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      {},
    ]) {
      expect((await signIn(keys.clerk, headers as Record<string, string>)).statusCode).toBe(403)
    }
    expect((await signIn(keys.clerk, { origin: 'https://credit.example' })).statusCode).toBe(303)
  })
})

describe('a session', () => {
  it('leads who has none to the sign-in page and back', async () => {
    const { statusCode, headers } = await service().app.inject('/staff/decisions?status=proposed')
    expect(statusCode).toBe(303)
    expect(headers.location).toBe('/sign-in?next=%2Fstaff%2Fdecisions%3Fstatus%3Dproposed')
  })

  it('ends at once when its key is revoked', async () => {
    const key = await service().keyOf({ kind: 'staff' }, 'decisions:propose')
    const visitor = await signInAs(service, key)
    expect((await visitor.get('/staff')).status).toBe(200)
    await service().db.execute(
      sql`update partner_keys set revoked_at = ${instant} where id::text = ${key.slice(3, 35).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`,
    )
    expect((await visitor.get('/staff')).location).toBe('/sign-in?next=%2Fstaff')
    expect((await visitor.post('/staff/objections/new', '')).location).toMatch(/^\/sign-in/)
  })

  it('ends when it is left unused for half an hour, and after twelve hours of use', async () => {
    const { clock } = service()
    const at = (minutes: number) => clock.set(new Date(Date.parse(instant) + minutes * 60_000).toISOString())
    try {
      const idle = await signInAs(service, keys.chief)
      const busy = await signInAs(service, keys.clerk)
      for (let minutes = 0; minutes < 720; minutes += 29) {
        at(minutes)
        expect([minutes, (await busy.get('/account')).status]).toEqual([minutes, 200])
      }
      expect((await idle.get('/account')).status).toBe(303)
      at(719)
      expect((await busy.get('/account')).status).toBe(200)
      at(720)
      expect((await busy.get('/account')).status).toBe(303)
    } finally {
      clock.set(instant)
    }
  })

  it('is ended by signing out, for good', async () => {
    const visitor = await signInAs(service, keys.clerk)
    const out = await visitor.submit('/account', '/sign-out')
    expect(out.location).toBe('/sign-in?done=signed-out')
    expect(String(out.headers['set-cookie'])).toMatch(/^__Host-xinjian=; Max-Age=0/)
    expect((await visitor.get('/account')).status).toBe(303)
  })

  it('is seen and ended by its owner, and by nobody else', async () => {
    const here = await signInAs(service, keys.chief)
    const there = await signInAs(service, keys.chief)
    const stranger = await signInAs(service, keys.registrar)
    const { body } = await here.get('/account')
    const ends = [...body.matchAll(/action="(\/account\/sessions\/[0-9a-f-]+\/end)"/g)].map((match) => match[1] ?? '')
    expect(ends.length).toBeGreaterThanOrEqual(2)
    const form = new URLSearchParams({
      _form: /name="_form" value="([^"]+)"/.exec((await stranger.get('/account')).body)?.[1] ?? '',
    }).toString()
    expect((await stranger.post(ends[0] ?? '', form)).status).toBe(404)
    expect((await there.get('/account')).status).toBe(200)
    for (const end of ends) {
      if ((await there.get('/account')).status !== 200) break
      await here.submit('/account', end)
    }
    expect((await there.get('/account')).status).toBe(303)
  })

  it('can be begun without a key, with scopes of its own, as a login outside does', async () => {
    const [partner] = await rowsOf<{ id: string }>(
      service().db,
      sql`select p.id from partners p where p.kind = 'staff' limit 1`,
    )
    const { token } = await startSession(
      service().db,
      {
        partnerId: partner!.id,
        keyId: null,
        name: '王某',
        scopes: ['decisions:propose'],
        via: 'oidc',
        from: { address: null, requestId: 'test' },
      },
      { idleMinutes: 30, maximumHours: 12 },
      service().clock.now(),
    )
    const get = async (url: string) =>
      service().app.inject({ url, headers: { cookie: `__Host-xinjian=${token}`, 'accept-language': 'en' } })
    expect((await get('/staff')).body).toContain('王某')
    expect((await get('/staff/publish')).statusCode).toBe(403)
  })
})

const entering = {
  ...{ uscc: enterprise, list: 'abnormal', decidedOn: '2026-11-20', groundCode: 'ABN-68-4-4' },
  ...{ decisionNumber: '云市监决〔2026〕1号', authority: '云州市市场监督管理局' },
  ...{ 'facts.summary': '无法联系', 'facts.establishedOn': '2026-11-18' },
}

describe('a form', () => {
  it.each([
    ['without the token of its session', { _form: '' }, sameOrigin],
    ['with a token of another session', null, sameOrigin],
    ['from another site', undefined, { 'sec-fetch-site': 'cross-site' }],
    ['from nowhere', undefined, {}],
  ] as const)('%s is refused and changes nothing', async (_, sent, headers) => {
    const visitor = await signInAs(service, keys.clerk)
    const other = await signInAs(service, keys.clerk)
    const tokenOf = async (of: typeof visitor) =>
      /name="_form" value="([^"]+)"/.exec((await of.get('/account')).body)?.[1] ?? ''
    const token = sent === null ? await tokenOf(other) : (sent?._form ?? (await tokenOf(visitor)))
    const form = (token: string) => new URLSearchParams({ _form: token, ...entering }).toString()
    const { status, body: page } = await visitor.post('/staff/decisions/enter', form(token), headers)
    expect(status).toBe(403)
    expect(page).toContain('cannot be told to be ours')
    const proposals = await staff.get('/v1/decisions', 'clerk')
    expect(proposals.body.items).toEqual([])
  })

  it('with its token and from our own page is taken', async () => {
    const visitor = await signInAs(service, keys.clerk)
    const token = /name="_form" value="([^"]+)"/.exec((await visitor.get('/account')).body)?.[1] ?? ''
    const body = new URLSearchParams({ _form: token, ...entering }).toString()
    expect((await visitor.post('/staff/decisions/enter', body)).location).toMatch(
      /^\/staff\/decisions\/.*done=proposed$/,
    )
  })

  it('gives no pass to the API that can be used from outside', async () => {
    const visitor = await signInAs(service, keys.clerk)
    await visitor.get('/staff')
    for (const authorization of [`Bearer pass_${'A'.repeat(43)}`, 'Bearer pass_']) {
      const { statusCode } = await service().app.inject({ url: '/v1/decisions', headers: { authorization } })
      expect(statusCode).toBe(401)
    }
    const { statusCode } = await service().app.inject({ url: '/v1/decisions', headers: { cookie: visitor.cookie } })
    expect(statusCode).toBe(401)
  })
})

describe('the pages', () => {
  it('show each what is theirs and name the scope that somebody lacks', async () => {
    const registrar = await signInAs(service, keys.registrar)
    const agency = await signInAs(service, keys.feed)
    expect((await registrar.get('/staff')).status).toBe(403)
    const refused = await agency.get('/staff/decisions')
    expect(refused.status).toBe(403)
    expect(refused.body).toContain('decisions:propose')
    expect((await registrar.get('/staff/publish')).status).toBe(200)
    expect((await agency.get('/partners/screenings')).body).toContain('screening')
    const nav = (await agency.get('/partners')).body
    expect(nav).not.toContain('href="/staff"')
    expect(nav).toContain('href="/partners/subscriptions"')
  })

  it('answer 404 for what is not there and 400 for what is no id, as pages that no cache keeps', async () => {
    const clerk = await signInAs(service, keys.clerk)
    for (const section of ['decisions', 'objections', 'repairs']) {
      const missing = await clerk.get(`/staff/${section}/0190c8a0-0000-7000-8000-000000000010`)
      expect([section, missing.status]).toEqual([section, 404])
      expect((await clerk.get(`/staff/${section}/x`)).status).toBe(400)
      expect(missing.headers['content-type']).toBe('text/html; charset=utf-8')
    }
    const page = await clerk.get('/staff')
    expect(page.headers['cache-control']).toBe('no-store')
    expect(page.headers['content-security-policy']).toContain("default-src 'none'")
    expect(page.headers['referrer-policy']).toBe('same-origin')
  })
})
