import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compactVerify, createLocalJWKSet, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigError, parseConfig } from '../../src/config.ts'
import { openSigning, rotateSigningKey, signingWith, verifySigned } from '../../src/platform/signing.ts'
import { startTestService } from '../support/service.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xinjian-signing-'))
})
afterAll(() => rm(folder, { recursive: true }))

const fileConfig = (name: string) => parseConfig({ SIGNING_KEY_FILE: join(folder, name) })

describe('without SIGNING_KEY_FILE', () => {
  it('makes one key for all processes that start at once, which only the owner may read', async () => {
    const config = parseConfig({ DATA_DIR: join(folder, 'data') })
    const all = await Promise.all(Array.from({ length: 8 }, () => openSigning(config)))
    const later = await openSigning(config)
    expect(new Set([...all, later].map((signing) => signing.jwks().keys[0]?.kid)).size).toBe(1)
    expect(await readdir(join(folder, 'data'))).toEqual(['signing-keys.json'])
    expect((await stat(join(folder, 'data/signing-keys.json'))).mode & 0o777).toBe(0o600)
  })
})

describe('what is signed', () => {
  it('is a compact JWS that a library of the field verifies with the public keys alone', async () => {
    const signing = await openSigning(parseConfig({ DATA_DIR: join(folder, 'data') }))
    const jws = await signing.sign({ name: '虚构' }, { typ: 'feed-checkpoint+jws' })
    const { payload } = await compactVerify(jws, createLocalJWKSet(signing.jwks()))
    expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({ name: '虚构' })
    expect(decodeProtectedHeader(jws)).toEqual({
      alg: 'EdDSA',
      typ: 'feed-checkpoint+jws',
      kid: signing.jwks().keys[0]?.kid,
    })
  })

  it('is not taken with another payload, with the keys of others, or unsigned', async () => {
    const signing = await openSigning(parseConfig({ DATA_DIR: join(folder, 'data') }))
    const other = await openSigning(parseConfig({ DATA_DIR: join(folder, 'other') }))
    const [head, , signature] = (await signing.sign({ position: 1 })).split('.')
    const forged = Buffer.from('{"position":2}').toString('base64url')
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${forged}.`
    await expect(verifySigned(`${head}.${forged}.${signature}`, signing.jwks())).rejects.toThrow()
    await expect(verifySigned(await other.sign({}), signing.jwks())).rejects.toThrow()
    await expect(verifySigned(unsigned, signing.jwks())).rejects.toThrow()
  })
})

describe('rotation', () => {
  it('lets the new key sign and the old ones verify for ever, without their private halves', async () => {
    const config = fileConfig('rotated/keys.json')
    await rotateSigningKey(config)
    const old = await openSigning(config)
    const signed = await old.sign({ old: true })
    const { kid } = await rotateSigningKey(config)
    const renewed = await openSigning(config)
    expect(decodeProtectedHeader(await renewed.sign({})).kid).toBe(kid)
    expect(renewed.jwks().keys.map((key) => key.kid)).toEqual([old.jwks().keys[0]?.kid, kid])
    expect(await verifySigned(signed, renewed.jwks())).toEqual({ old: true })
    const kept = JSON.parse(await readFile(join(folder, 'rotated/keys.json'), 'utf8')) as { keys: object[] }
    expect(kept.keys.map((key) => 'd' in key)).toEqual([false, true])
    expect((await stat(join(folder, 'rotated/keys.json'))).mode & 0o777).toBe(0o600)
  })

  it('reads PEM as OpenSSL writes it: the last private key signs, all verify', async () => {
    const pems = Array.from({ length: 2 }, () => generateKeyPairSync('ed25519'))
    const [older, newer] = pems.map((pair) => pair.privateKey.export({ format: 'pem', type: 'pkcs8' }))
    await writeFile(join(folder, 'keys.pem'), `${String(older)}${String(newer)}`)
    const signing = await openSigning(fileConfig('keys.pem'))
    expect(signing.jwks().keys).toHaveLength(2)
    expect(decodeProtectedHeader(await signing.sign({})).kid).toBe(signing.jwks().keys[1]?.kid)
    await rotateSigningKey(fileConfig('keys.pem'))
    expect((await openSigning(fileConfig('keys.pem'))).jwks().keys.slice(0, 2)).toEqual(signing.jwks().keys)
  })
})

describe('a file that cannot be used', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const [one, two] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')]
  const jwkOf = (pair: typeof one) => pair.privateKey.export({ format: 'jwk' })

  it.each([
    ['nothing', '', /neither/],
    ['something else', 'secret words', /neither/],
    ['half of a JWK set', JSON.stringify({ keys: [jwkOf(one)] }).slice(0, 60), /neither/],
    ['a key of another kind', privateKey.export({ format: 'pem', type: 'pkcs8' }), /neither/],
    ['no private key', JSON.stringify({ keys: [{ ...jwkOf(one), d: undefined }] }), /no private key/],
    ['halves of two keys', JSON.stringify({ keys: [{ ...jwkOf(one), x: jwkOf(two).x }] }), /./],
    ['broken PEM', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----', /./],
  ])('with %s is told in one line that names the setting and no key', async (_what, content, reason) => {
    await writeFile(join(folder, 'bad'), content)
    const error: unknown = await openSigning(fileConfig('bad')).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(ConfigError)
    const { message } = error as ConfigError
    expect(message).toMatch(/^SIGNING_KEY_FILE: .*bad cannot be used: .+$/)
    expect(message).toMatch(reason)
    expect(message).not.toContain('secret words')
    expect(message).not.toContain(jwkOf(one).d)
  })

  it('that is missing is not made silently, since another machine would make another', async () => {
    await expect(openSigning(fileConfig('missing'))).rejects.toThrow(/signing-key rotate makes it/)
  })

  it('needs the private half to belong to the public one', async () => {
    const mixed = { ...jwkOf(one), x: jwkOf(two).x } as { kty: 'OKP'; crv: 'Ed25519'; x: string; d: string }
    await expect(signingWith([mixed])).rejects.toThrow()
  })
})

describe('GET /.well-known/jwks.json', () => {
  it('answers 200 with the keys to anybody, to be kept for a while, and 304 to whoever has them', async () => {
    const { app, signing, close } = await startTestService()
    const response = await app.inject('/.well-known/jwks.json')
    expect(response.json()).toEqual(signing.jwks())
    expect(response.headers['cache-control']).toBe('public, max-age=300')
    expect(await verifySigned(await signing.sign({ a: 1 }), response.json())).toEqual({ a: 1 })
    const { etag } = response.headers
    const again = await app.inject({ url: '/.well-known/jwks.json', headers: { 'if-none-match': String(etag) } })
    expect([again.statusCode, again.body]).toEqual([304, ''])
    await close()
  })
})
