import { sql } from 'drizzle-orm'
import {
  SignJWT,
  UnsecuredJWT,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { beginSignIn, finishSignIn } from '../../src/partners/oidc-sign-in.ts'
import { openOidc, scopesOf } from '../../src/partners/oidc.ts'
import { rowsOf } from '../../src/platform/db.ts'
import { parseConfig } from '../../src/config.ts'
import { enterprise, useStaff } from '../listings/staff.ts'
import {
  audience,
  clientId,
  clientSecret,
  makeKeys,
  redirectUri,
  startProvider,
  type TestProvider,
} from './provider.ts'

const settings = { OIDC_AUDIENCE: audience, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret }
const freshPort = 20_000 + (process.pid % 20_000)
const issuer = `http://127.0.0.1:${freshPort}`
const staff = useStaff(new Date().toISOString(), { ...settings, OIDC_ISSUER: issuer })
let provider: TestProvider
let jwks: { keys: JWK[] }

beforeAll(async () => {
  jwks = await makeKeys('first')
  provider = await startProvider(jwks, { 'signs-in': ['decisions:propose', 'nonsense'], powerless: [] }, freshPort)
})
afterAll(() => provider.close())

const both = ['decisions:propose', 'decisions:approve']
const withToken = (token: string, method: 'GET' | 'POST', url: string, payload?: object) =>
  staff.service().app.inject({
    ...{ method, url, headers: { authorization: `Bearer ${token}`, 'accept-language': 'en' } },
    ...(payload && { payload }),
  })
const read = (token: string) => withToken(token, 'GET', '/v1/decisions')
const caller = { address: '192.0.2.1', requestId: 'a request' }

describe('a token of the provider', () => {
  it('opens what its scopes open, and nothing else', async () => {
    const token = await provider.tokenFor('reader', ['decisions:propose'])
    expect(decodeProtectedHeader(token)).toMatchObject({ typ: 'at+jwt', alg: 'RS256', kid: 'first' })
    expect((await read(token)).statusCode).toBe(200)
    const refused = await withToken(token, 'GET', '/v1/partners')
    expect(refused.statusCode).toBe(403)
    expect(refused.json()).toMatchObject({ type: '/problems/insufficient-scope' })
  })

  it('stands for one person: who proposes cannot approve with another token, and another person can', async () => {
    const today = staff.service().clock.now().toISOString().slice(0, 10)
    const proposed = await withToken(await provider.tokenFor('one', both), 'POST', '/v1/decisions', {
      ...{ action: 'enter', list: 'abnormal', uscc: enterprise, groundCode: 'ABN-68-4-4' },
      ...{ decisionNumber: '列一号', authority: '云州市市场监督管理局', decidedOn: today },
      facts: { summary: '无法联系', establishedOn: today },
    })
    expect([proposed.statusCode, proposed.body]).toEqual([201, proposed.body])
    const approve = `/v1/decisions/${proposed.json<{ id: string }>().id}/approve`
    const again = await withToken(await provider.tokenFor('one', both), 'POST', approve, {})
    expect(again.json()).toMatchObject({ type: '/problems/same-person' })
    expect((await withToken(await provider.tokenFor('two', both), 'POST', approve, {})).statusCode).toBe(200)
    const trail = await rowsOf<{ person: string; via: string; action: string }>(
      staff.service().db,
      sql`select person, via, action from audit_log where via = 'oidc' and action like 'decision.%' order by id`,
    )
    expect(trail).toEqual([
      { person: 'one', via: 'oidc', action: 'decision.proposed' },
      { person: 'two', via: 'oidc', action: 'decision.approved' },
    ])
  })

  it('registers its person once, however many requests come first together', async () => {
    const token = await provider.tokenFor('eager', both)
    const seen = await Promise.all(Array.from({ length: 4 }, () => read(token)))
    expect(seen.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200])
    const rows = await rowsOf(staff.service().db, sql`select name, kind from partners where subject = 'eager'`)
    expect(rows).toEqual([{ name: '某人 eager', kind: 'staff' }])
  })

  it('stops when its person is suspended, and the audit log tells why', async () => {
    const token = await provider.tokenFor('leaver', both)
    expect((await read(token)).statusCode).toBe(200)
    const { db } = staff.service()
    await db.execute(sql`update partners set suspended_at = now() where subject = 'leaver'`)
    expect((await read(token)).statusCode).toBe(401)
    const [row] = await rowsOf(db, sql`select outcome, details from audit_log where person = 'leaver' order by id desc`)
    expect(row).toEqual({ outcome: 'refused', details: { reason: 'suspended' } })
  })

  it('carries no rights that are none, and never both to administer and to approve', () => {
    expect(scopesOf({ xinjian_scopes: ['root', 'feed', 7] as never }, 'xinjian_scopes')).toEqual(['feed'])
    expect(scopesOf({ scope: 'openid decisions:approve admin' }, 'scope')).toEqual(['decisions:approve'])
    expect(scopesOf({ realm_access: { roles: ['admin'] } }, 'realm_access.roles')).toEqual(['admin'])
    expect(scopesOf({ 'https://x.example/s': 'admin' }, 'https://x.example/s')).toEqual(['admin'])
    for (const claims of [{}, { xinjian_scopes: null }, { xinjian_scopes: { admin: true } }]) {
      expect(scopesOf(claims, 'xinjian_scopes')).toEqual([])
    }
  })

  it('is refused when it is for another audience, without rights, over, or not yet', async () => {
    expect((await read(await provider.tokenFor('x', both, { audience: 'https://other.example' }))).statusCode).toBe(401)
    expect((await read(await provider.tokenFor('x', []))).statusCode).toBe(401)
    const token = await provider.tokenFor('x', both, { expiresIn: 60 })
    const { clock } = staff.service()
    const now = clock.now()
    const end = (decodeJwt(token).exp ?? 0) * 1000
    for (const [seconds, status] of [
      [20, 200],
      [40, 401],
      [-30, 200],
    ] as const) {
      clock.set(new Date(end + seconds * 1000).toISOString())
      expect([seconds, (await read(token)).statusCode]).toEqual([seconds, status])
    }
    clock.set(now.toISOString())
  })

  it('is refused when it was made by anybody else, or says it needs no signature', async () => {
    const claims = { xinjian_scopes: both, iss: issuer, aud: audience, sub: 'forger' }
    const { privateKey, publicKey } = await generateKeyPair('RS256')
    const real = await importJWK(jwks.keys[0]!, 'RS256')
    const signed = (header: object, key: Parameters<SignJWT['sign']>[0] = real, more: object = {}) =>
      new SignJWT({ ...claims, ...more })
        .setProtectedHeader({ alg: 'RS256', kid: 'first', typ: 'at+jwt', ...header })
        .setExpirationTime('1h')
        .sign(key)
    // The yardstick: made so by the right key it is taken.
    expect((await read(await signed({}))).statusCode).toBe(200)
    const modulus = new TextEncoder().encode(JSON.stringify(await exportJWK(publicKey)))
    for (const [what, token] of [
      ['another key under the same name', await signed({}, privateKey)],
      ['an unknown key', await signed({ kid: 'unknown' }, privateKey)],
      ['no signature', new UnsecuredJWT({ ...claims, exp: 9_999_999_999 }).encode()],
      ['a shared secret', await signed({ alg: 'HS256' }, modulus)],
      ['another issuer', await signed({}, real, { iss: 'https://evil.example' })],
      ['another audience', await signed({}, real, { aud: 'xinjian' })],
      ['a logout token', await signed({ typ: 'logout+jwt' })],
      ['not yet', await signed({}, real, { nbf: Math.floor(Date.now() / 1000) + 600 })],
      ['no person', await signed({}, real, { sub: undefined })],
      ['no token at all', 'a.b.c'],
    ] as const) {
      expect([what, (await read(token)).statusCode]).toEqual([what, 401])
    }
  })
})

describe('signing in with a browser', () => {
  const open = () => {
    const { db, clock } = staff.service()
    return openOidc({ db, clock, config: { ...parseConfig({}), ...settings, OIDC_ISSUER: issuer } })!
  }

  it('ends with the person whom the provider vouches for: the same as by token', async () => {
    const oidc = open()
    const { url, pending } = await beginSignIn(oidc, redirectUri)
    expect(new URL(url).searchParams.get('code_challenge_method')).toBe('S256')
    const person = await finishSignIn(oidc, await provider.signIn(url, 'signs-in'), pending, caller)
    expect(person).toMatchObject({
      ...{ via: 'oidc', kind: 'staff', keyId: null, person: 'signs-in', name: '某人 signs-in' },
      scopes: ['decisions:propose'],
    })
    const [row] = await rowsOf(staff.service().db, sql`select id from partners where subject = 'signs-in'`)
    expect(row).toEqual({ id: person.partnerId })
  })

  it('is refused with the answer to another sign-in, twice with one answer, and without rights', async () => {
    const oidc = open()
    const first = await beginSignIn(oidc, redirectUri)
    const second = await beginSignIn(oidc, redirectUri)
    const back = await provider.signIn(first.url, 'signs-in')
    const unauthorized = { code: 'unauthorized' }
    await expect(finishSignIn(oidc, back, second.pending, caller)).rejects.toMatchObject(unauthorized)
    const swapped = { ...first.pending, codeVerifier: second.pending.codeVerifier }
    await expect(finishSignIn(oidc, back, swapped, caller)).rejects.toMatchObject(unauthorized)
    expect(await finishSignIn(oidc, back, first.pending, caller)).toMatchObject({ person: 'signs-in' })
    await expect(finishSignIn(oidc, back, first.pending, caller)).rejects.toMatchObject(unauthorized)
    const third = await beginSignIn(oidc, redirectUri)
    const powerless = await provider.signIn(third.url, 'powerless')
    await expect(finishSignIn(oidc, powerless, third.pending, caller)).rejects.toMatchObject({
      code: 'insufficient-scope',
    })
  })
})

it('takes the new key of a provider that changed it, and says 503 while the provider is away and a key is needed', async () => {
  const { db, clock } = staff.service()
  const config = { ...parseConfig({}), ...settings, OIDC_ISSUER: issuer }
  const token = await provider.tokenFor('x', both)
  await provider.close()
  const cold = openOidc({ db, clock, config })!
  await expect(cold.verifyToken(token, caller)).rejects.toMatchObject({ code: 'unavailable' })
  // Who has the keys goes on with them.
  expect((await read(token)).statusCode).toBe(200)
  provider = await startProvider(await makeKeys('second'), {}, freshPort)
  expect(await cold.verifyToken(token, caller)).toBeNull()
  expect(await cold.verifyToken(await provider.tokenFor('x', both), caller)).toMatchObject({ person: 'x' })
})
