import { createPrivateKey, createPublicKey, randomUUID } from 'node:crypto'
import { chmod, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import {
  calculateJwkThumbprint,
  CompactSign,
  compactVerify,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
} from 'jose'
import { z } from 'zod'
import { ConfigError, type Config } from '../config.ts'
import { dataDirOf } from './open.ts'

/** Ed25519 as a JWK (RFC 8037); one without `d` only verifies. */
const signingKey = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.base64url().length(43),
  d: z.base64url().length(43).exactOptional(),
})
export type SigningKey = z.output<typeof signingKey>

/** A key as `GET /.well-known/jwks.json` tells it. */
export const publicKey = signingKey
  .omit({ d: true })
  .extend({
    kid: z.string().meta({ description: 'RFC 7638 thumbprint' }),
    alg: z.literal('EdDSA'),
    use: z.literal('sig'),
  })
  .meta({ id: 'PublicKey', description: 'An Ed25519 key as a JWK (RFC 8037)' })
export type PublicKey = z.output<typeof publicKey>

/** What the service says with its name to it. */
export interface Signing {
  /**
   * A compact JWS (RFC 7515, EdDSA) over the JSON of `payload` by the newest key, which its header names by `kid`.
   * @param options.typ media type of the whole, without `application/`, such as `feed-checkpoint+jws`
   */
  sign(payload: object, options?: { typ?: string }): Promise<string>
  /** Every key that ever signed, newest last, without its private half. */
  jwks(): { keys: PublicKey[] }
}

/**
 * The payload of a compact JWS that one of the keys signed.
 * @throws Error when none did, or when it is no JWS
 */
export async function verifySigned(jws: string, jwks: JSONWebKeySet): Promise<unknown> {
  const { payload } = await compactVerify(jws, createLocalJWKSet(jwks), { algorithms: ['EdDSA', 'Ed25519'] })
  return JSON.parse(new TextDecoder().decode(payload))
}

/** A new pair of keys. */
export async function generateSigningKey(): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  return signingKey.parse(await exportJWK(privateKey))
}

/**
 * Signs with the last key that has a private half; all of them verify.
 * @throws Error when there is none, or when its halves do not belong together
 */
export async function signingWith(keys: readonly SigningKey[]): Promise<Signing> {
  const newest = keys.findLast((key) => key.d !== undefined)
  if (newest === undefined) throw new Error('there is no private key in it')
  const privateKey = await importJWK(newest, 'EdDSA')
  const kid = await calculateJwkThumbprint(newest)
  const publicKeys = await Promise.all(
    keys.map(async ({ kty, crv, x }) => ({
      kty,
      crv,
      x,
      kid: await calculateJwkThumbprint({ kty, crv, x }),
      alg: 'EdDSA' as const,
      use: 'sig' as const,
    })),
  )
  const signing: Signing = {
    sign: (payload, { typ } = {}) =>
      new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
        .setProtectedHeader({ alg: 'EdDSA', kid, ...(typ !== undefined && { typ }) })
        .sign(privateKey),
    jwks: () => ({ keys: publicKeys }),
  }
  await verifySigned(await signing.sign({}), signing.jwks()).catch(() => {
    throw new Error('the public half of its newest key does not belong to the private half')
  })
  return signing
}

/**
 * Opens the keys of `SIGNING_KEY_FILE`, or of a file in `DATA_DIR` that the first start makes.
 * @throws ConfigError when the file cannot be used
 */
export async function openSigning(config: Config): Promise<Signing> {
  const file = signingKeyFileOf(config)
  if (config.SIGNING_KEY_FILE === undefined) await createOnce(file)
  try {
    return await signingWith(await readKeys(file))
  } catch (error) {
    throw unusable(file, error)
  }
}

/**
 * Puts a new key at the end of the file, which signs from the next start on, and makes the file where there is none. Keys
 * that sign no longer stay to verify, without their private half. The file is a JWK set afterwards, mode 0600.
 * @returns the file and the `kid` of the new key
 * @throws ConfigError when there is a file that cannot be read as keys
 */
export async function rotateSigningKey(config: Config): Promise<{ file: string; kid: string }> {
  const file = signingKeyFileOf(config)
  const before = await readKeys(file).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw unusable(file, error)
  })
  const key = await generateSigningKey()
  await mkdir(dirname(file), { recursive: true })
  const aside = await writeAside(file, [...before.map(({ kty, crv, x }) => ({ kty, crv, x })), key])
  await rename(aside, file)
  return { file, kid: await calculateJwkThumbprint(key) }
}

function signingKeyFileOf(config: Config): string {
  return resolve(config.SIGNING_KEY_FILE ?? join(dataDirOf(config), 'signing-keys.json'))
}

/** Makes the file unless it is there. Of several processes that start together the first to finish makes it, whole. */
async function createOnce(file: string): Promise<void> {
  if (await readFile(file).then(Boolean, () => false)) return
  await mkdir(dirname(file), { recursive: true })
  const aside = await writeAside(file, [await generateSigningKey()])
  try {
    await link(aside, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(aside)
  }
}

/** Writes a JWK set beside `file`, readable by its owner alone, and answers its name. */
async function writeAside(file: string, keys: readonly SigningKey[]): Promise<string> {
  const aside = `${file}.${randomUUID()}`
  await writeFile(aside, `${JSON.stringify({ keys }, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
  await chmod(aside, 0o600)
  return aside
}

const pemBlock = /-----BEGIN (PRIVATE|PUBLIC) KEY-----[^-]+-----END (?:PRIVATE|PUBLIC) KEY-----/g

/** The keys of a JWK set, or of PEM blocks (PKCS #8 and SubjectPublicKeyInfo) one after the other; newest last. */
async function readKeys(file: string): Promise<SigningKey[]> {
  const text = await readFile(file, 'utf8')
  const keys = [...text.matchAll(pemBlock)].map(([pem, half]) =>
    (half === 'PRIVATE' ? createPrivateKey(pem) : createPublicKey(pem)).export({ format: 'jwk' }),
  )
  const parsed = z.object({ keys: z.array(signingKey) }).safeParse(keys.length > 0 ? { keys } : parseJson(text))
  if (parsed.success) return parsed.data.keys
  throw new Error('it is neither a JWK set nor PEM with Ed25519 keys')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The error of JSON.parse quotes the text, which may be half of a key.
    return null
  }
}

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT'

function unusable(file: string, error: unknown): ConfigError {
  const why = isMissing(error)
    ? 'it is not there; xinjian signing-key rotate makes it'
    : error instanceof Error
      ? error.message
      : String(error)
  return new ConfigError(`SIGNING_KEY_FILE: ${file} cannot be used: ${why}`)
}
