import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '../../src/config.ts'
import { rowsOf } from '../../src/platform/db.ts'
import { useStaff } from '../listings/staff.ts'
import {
  clientId,
  clientSecret,
  makeKeys,
  redirectUri,
  startProvider,
  type TestProvider,
} from '../partners/provider.ts'
import { startTestService } from '../support/service.ts'

const settings: Partial<Config> = { OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret }
let provider: TestProvider
beforeAll(async () => {
  const people = { 'signs-in': ['decisions:propose', 'nonsense'], leaver: ['decisions:propose'], powerless: [] }
  provider = await startProvider(await makeKeys('first'), people)
  settings.OIDC_ISSUER = provider.issuer
})
const staff = useStaff(undefined, settings)
afterAll(() => provider.close())

const english = { 'accept-language': 'en' }
const get = (url: string, cookie = '') => staff.service().app.inject({ url, headers: { ...english, cookie } })

/** Begins a sign-in: where the browser is sent, and the cookie that it keeps. */
async function begin(query = '') {
  const { statusCode, headers } = await get(`/sign-in/oidc${query}`)
  expect(statusCode).toBe(303)
  const sent = String(headers['set-cookie'])
  return { url: String(headers.location), sent, cookie: sent.split(';')[0] ?? '' }
}

/** Comes back from the provider. */
const comeBack = ({ search }: URL, cookie: string) => get(`/sign-in/oidc/callback${search}`, cookie)

const changed = (cookie: string, change: object) => {
  const [name = '', value = ''] = cookie.split('=')
  const kept = JSON.parse(Buffer.from(value, 'base64url').toString()) as object
  return `${name}=${Buffer.from(JSON.stringify({ ...kept, ...change })).toString('base64url')}`
}

type Answer = Awaited<ReturnType<typeof get>>

/** A page that says why, from which one can begin again; and no session. */
async function expectRefusal(answer: Answer, [status, reason, words]: readonly [number, string, string]) {
  expect([answer.statusCode, /<div class="faults"[^>]*><p>([^<]*)/.exec(answer.body)?.[1]]).toEqual([status, words])
  expect(answer.body).toContain('href="/sign-in/oidc')
  expect(answer.headers['cache-control']).toBe('no-store')
  expect(String(answer.headers['set-cookie'])).not.toContain('__Host-xinjian')
  const rows = await rowsOf<{ reason: string }>(
    staff.service().db,
    sql`select details ->> 'reason' as reason from audit_log
        where via = 'oidc' and action = 'session.started' and outcome = 'refused'`,
  )
  expect(rows.map((row) => row.reason)).toContain(reason)
}

const notBegun = [
  400,
  'not-begun-here',
  'This sign-in took too long, or was not begun in this browser. Please begin again.',
] as const
const notConfirmed = [
  401,
  'not-confirmed',
  'The identity provider did not confirm the sign-in. Please begin again.',
] as const
const noRights = [
  403,
  'no-rights',
  'Your account has no rights here, or was suspended. Please ask the administrator of your authority.',
] as const
const away = [
  503,
  'provider-away',
  'The identity provider cannot be reached. Try again soon, or sign in with a key.',
] as const

describe('signing in at the identity provider', () => {
  it('is offered on the sign-in page, with the page that it is for', async () => {
    const { body } = await get('/sign-in?next=%2Fstaff%2Fdecisions')
    expect(body).toContain('href="/sign-in/oidc?next=%2Fstaff%2Fdecisions"')
  })

  it('is neither offered nor there without a provider, or without a client at it', async () => {
    const { app, close } = await startTestService(undefined, { OIDC_ISSUER: provider.issuer })
    expect((await app.inject('/sign-in')).body).not.toContain('/sign-in/oidc')
    for (const url of ['/sign-in/oidc', '/sign-in/oidc/callback?code=x&state=y']) {
      expect([url, (await app.inject({ url, headers: { accept: 'text/html' } })).statusCode]).toEqual([url, 404])
    }
    await close()
  })

  it('keeps what must come back in a cookie of ten minutes that goes to its own addresses alone', async () => {
    const { url, sent } = await begin()
    expect(sent).toMatch(
      /^__Secure-xinjian-oidc=[\w-]+; Max-Age=600; Path=\/sign-in\/oidc; HttpOnly; Secure; SameSite=Lax$/,
    )
    const asked = new URL(url)
    expect(asked.origin).toBe(provider.issuer)
    expect(asked.searchParams.get('redirect_uri')).toBe(redirectUri)
    expect(asked.searchParams.get('code_challenge_method')).toBe('S256')
  })

  it('ends in a session of that person with the rights that the provider grants, on the page that it was for', async () => {
    const { url, cookie } = await begin('?next=/staff/decisions?status=proposed')
    const answer = await comeBack(await provider.signIn(url, 'signs-in'), cookie)
    expect(answer.statusCode).toBe(200)
    // No redirect: a strict cookie would not come along with it.
    expect(answer.body).toContain('<meta http-equiv="refresh" content="0;url=/staff/decisions?status=proposed"')
    const cookies = [answer.headers['set-cookie'] ?? []].flat()
    expect(cookies.find((each) => each.startsWith('__Secure-xinjian-oidc='))).toMatch(
      /^[\w-]+=; Max-Age=0; Path=\/sign-in\/oidc/,
    )
    const session = cookies.find((each) => each.startsWith('__Host-xinjian=')) ?? ''
    expect(session).toMatch(/; HttpOnly; Secure; SameSite=Strict$/)
    const own = session.split(';')[0] ?? ''
    const account = await get('/account', own)
    expect(account.body).toContain('某人 signs-in')
    expect(account.body).toContain('decisions:propose')
    expect(account.body).not.toContain('nonsense')
    expect((await get('/staff/publish', own)).statusCode).toBe(403)
    const rows = await rowsOf(
      staff.service().db,
      sql`select a.via, a.outcome, a.details, p.subject from audit_log a join partners p on p.id = a.partner_id
          where a.action = 'session.started' order by a.id desc limit 1`,
    )
    expect(rows).toEqual([{ via: 'session', outcome: 'done', details: { by: 'oidc' }, subject: 'signs-in' }])
  })

  it('gives way to a suspension at once', async () => {
    const { url, cookie } = await begin()
    const answer = await comeBack(await provider.signIn(url, 'leaver'), cookie)
    const own = /__Host-xinjian=[\w-]+/.exec(String(answer.headers['set-cookie']))?.[0] ?? ''
    expect((await get('/account', own)).statusCode).toBe(200)
    await staff.service().db.execute(sql`update partners set suspended_at = now() where subject = 'leaver'`)
    expect((await get('/account', own)).statusCode).toBe(303)
    const again = await begin()
    await expectRefusal(await comeBack(await provider.signIn(again.url, 'leaver'), again.cookie), noRights)
  })

  it('leads on to pages of ours alone', async () => {
    for (const next of ['//evil.example', 'https://evil.example', '/staff\\@evil', '/v1/feed/events']) {
      const { url, cookie } = await begin(`?next=${encodeURIComponent(next)}`)
      const { body } = await comeBack(await provider.signIn(url, 'signs-in'), cookie)
      expect([next, /content="0;url=([^"]*)"/.exec(body)?.[1]]).toEqual([next, '/staff'])
    }
  })
})

describe('a sign-in at the identity provider is refused', () => {
  it('without a cookie, with one that is none, and with that of another sign-in', async () => {
    const first = await begin()
    const second = await begin()
    const back = await provider.signIn(first.url, 'signs-in')
    const name = first.cookie.split('=')[0] ?? ''
    for (const cookie of ['', `${name}=`, `${name}=e30`, `${name}=%00`, second.cookie]) {
      await expectRefusal(await comeBack(back, cookie), notBegun)
    }
    const stateless = new URL(back)
    stateless.searchParams.delete('state')
    await expectRefusal(await comeBack(stateless, first.cookie), notBegun)
    // The answer itself was good: in its own browser it still is.
    expect((await comeBack(back, first.cookie)).statusCode).toBe(200)
  })

  it('when an answer is sent a second time', async () => {
    const { url, cookie } = await begin()
    const back = await provider.signIn(url, 'signs-in')
    expect((await comeBack(back, cookie)).statusCode).toBe(200)
    await expectRefusal(await comeBack(back, cookie), notConfirmed)
  })

  it('with another nonce, another verifier, a made-up code, two codes or none', async () => {
    for (const change of [{ nonce: 'another' }, { codeVerifier: 'x'.repeat(43) }]) {
      const { url, cookie } = await begin()
      await expectRefusal(await comeBack(await provider.signIn(url, 'signs-in'), changed(cookie, change)), notConfirmed)
    }
    for (const spoil of [
      (query: URLSearchParams) => query.set('code', 'made-up'),
      (query: URLSearchParams) => query.append('code', 'second'),
      (query: URLSearchParams) => query.delete('code'),
      (query: URLSearchParams) => query.set('iss', 'https://evil.example'),
    ]) {
      const { url, cookie } = await begin()
      const back = await provider.signIn(url, 'signs-in')
      spoil(back.searchParams)
      await expectRefusal(await comeBack(back, cookie), notConfirmed)
    }
  })

  it('when the provider says that it was broken off', async () => {
    const { url, cookie } = await begin()
    const state = new URL(url).searchParams.get('state') ?? ''
    const words = '<script>alert(1)</script>'
    const back = new URL(redirectUri)
    back.search = new URLSearchParams({
      error: 'access_denied',
      error_description: words,
      state,
      iss: provider.issuer,
    }).toString()
    const answer = await comeBack(back, cookie)
    await expectRefusal(answer, notConfirmed)
    expect(answer.body).not.toContain('alert(1)')
  })

  it('for a person without rights here', async () => {
    const { url, cookie } = await begin()
    await expectRefusal(await comeBack(await provider.signIn(url, 'powerless'), cookie), noRights)
  })

  it('while the provider is away, at its beginning and at its end', async () => {
    const other = await startProvider(await makeKeys('other'), { 'signs-in': ['admin'] })
    const cold = await startTestService(undefined, { ...settings, OIDC_ISSUER: other.issuer })
    const ask = (url: string, cookie = '') => cold.app.inject({ url, headers: { ...english, cookie } })
    const begun = await ask('/sign-in/oidc')
    const back = await other.signIn(String(begun.headers.location), 'signs-in')
    await other.close()
    const late = await ask(`/sign-in/oidc/callback${back.search}`, String(begun.headers['set-cookie']).split(';')[0])
    expect(late.statusCode).toBe(503)
    const colder = await startTestService(undefined, { ...settings, OIDC_ISSUER: other.issuer })
    const early = await colder.app.inject({ url: '/sign-in/oidc', headers: english })
    expect(early.statusCode).toBe(503)
    for (const { body, headers } of [late, early]) {
      expect(body).toContain(away[2])
      expect(headers['retry-after']).toBe('5')
      expect(String(headers['set-cookie'])).not.toContain('__Host-xinjian')
    }
    const rows = await rowsOf(colder.db, sql`select outcome, details from audit_log where action = 'session.started'`)
    expect(rows).toEqual([{ outcome: 'refused', details: { by: 'oidc', reason: away[1] } }])
    await cold.close()
    await colder.close()
  })
})
