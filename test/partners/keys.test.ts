import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeKey, matchesSecret, parseKey } from '../../src/partners/domain.ts'
import { createKey, createPartner, UnknownPartnerError } from '../../src/partners/service.ts'
import { keyVerifier } from '../../src/partners/verifier.ts'
import type { Database } from '../../src/platform/db.ts'
import { cloneDatabase } from '../support/database.ts'

let database: Database

beforeAll(async () => {
  database = await cloneDatabase()
})
afterAll(() => database.close())

const now = new Date('2026-07-01T02:00:00.000Z')

const verify = (key: string) => keyVerifier({ db: database.db })(key, { address: '192.0.2.1', requestId: 'a request' })

it('makes keys that are recognised, that tell their id, and whose secret only the hash matches', () => {
  const id = uuidv7()
  const { key, secretHash } = makeKey(id)
  expect(key).toMatch(/^xj_[0-9a-f]{32}_[A-Za-z0-9_-]{43}$/)
  const parsed = parseKey(key)
  expect(parsed?.id).toBe(id)
  expect(matchesSecret(parsed!.secret, secretHash)).toBe(true)
  expect(matchesSecret(makeKey(id).key.slice(-43), secretHash)).toBe(false)
})

it.each(['', 'xj_', 'abc', `xj_${'g'.repeat(32)}_${'a'.repeat(43)}`])('does not take %j for a key', (key) => {
  expect(parseKey(key)).toBeNull()
})

it('verifies the key that it issued, with the scopes that were given, each once', async () => {
  const partner = await createPartner(database.db, { name: '某平台', kind: 'platform' }, now)
  const issued = await createKey(database.db, { partnerId: partner.id, scopes: ['feed', 'screening', 'feed'] }, now)
  expect(issued.scopes).toEqual(['feed', 'screening'])
  expect(await verify(issued.key)).toEqual({
    partnerId: partner.id,
    kind: 'platform',
    agencyCode: null,
    keyId: issued.id,
    scopes: ['feed', 'screening'],
  })
})

it('issues no key for a partner that does not exist', async () => {
  await expect(createKey(database.db, { partnerId: uuidv7(), scopes: ['feed'] }, now)).rejects.toThrow(
    UnknownPartnerError,
  )
})

it('keeps an agency by its code, however it was called, and a code that the rulebook does not know as it is', async () => {
  for (const [called, agencyCode] of [
    ['财政部', 'mof'],
    ['银监会', 'nfra'],
    ['A01', 'A01'],
  ] as const) {
    const { id } = await createPartner(database.db, { name: '某部门', kind: 'agency', agencyCode: called }, now)
    const { key } = await createKey(database.db, { partnerId: id, scopes: ['feed'] }, now)
    expect(await verify(key)).toMatchObject({ agencyCode })
  }
})
