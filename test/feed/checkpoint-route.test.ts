import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findHead } from '../../src/feed/repository.ts'
import { appendEvents } from '../../src/feed/service.ts'
import { verifySigned } from '../../src/platform/signing.ts'
import { pendingEvent } from '../support/events.ts'
import { startTestService, type TestService } from '../support/service.ts'

let service: TestService
let authorization: string

beforeAll(async () => {
  service = await startTestService()
  authorization = `Bearer ${await service.keyWith('feed')}`
})
afterAll(() => service.close())

interface Checkpoint {
  position: number
  hash: string
  createdAt: string
  signature: string
}

async function get(headers: Record<string, string> = { authorization }) {
  const response = await service.app.inject({ url: '/v1/feed/checkpoint', headers })
  return { response, body: response.json<Checkpoint>() }
}

describe('200', () => {
  it('signs position 0 and the empty hash before the first event', async () => {
    const { response, body } = await get()
    expect([response.statusCode, response.headers['cache-control']]).toEqual([200, 'no-store'])
    expect(body).toMatchObject({ position: 0, hash: '', createdAt: '2026-11-25T04:00:00.000Z' })
  })

  it('signs exactly what it says: position and hash of the newest event, and the moment', async () => {
    await service.db.transaction((tx) => appendEvents(tx, [pendingEvent(1), pendingEvent(2)]))
    await service.sequence()
    const { signature, ...statement } = (await get()).body
    expect(statement).toEqual({ ...(await findHead(service.db)), createdAt: '2026-11-25T04:00:00.000Z' })
    expect(statement.position).toBe(2)
    const jwks = await service.app.inject('/.well-known/jwks.json')
    expect(await verifySigned(signature, jwks.json())).toEqual(statement)
  })

  it('is fresh also when nothing happens, so that silence and failure differ', async () => {
    const before = (await get()).body
    service.clock.set('2026-11-25T04:01:00.000Z')
    const after = (await get()).body
    expect(after).toMatchObject({ position: before.position, hash: before.hash, createdAt: '2026-11-25T04:01:00.000Z' })
    expect(after.signature).not.toBe(before.signature)
  })
})

describe('400', () => {
  it('refuses a parameter that it does not know', async () => {
    const response = await service.app.inject({ url: '/v1/feed/checkpoint?at=1', headers: { authorization } })
    expect([response.statusCode, response.json<{ type: string }>().type]).toEqual([400, '/problems/invalid-request'])
  })
})

describe('401', () => {
  it('asks for a key', async () => {
    const { response } = await get({})
    expect([response.statusCode, response.headers['www-authenticate']]).toEqual([401, 'Bearer'])
  })
})

describe('403', () => {
  it('names the scope that the key lacks', async () => {
    const { response } = await get({ authorization: `Bearer ${await service.keyWith('screening')}` })
    expect(response.statusCode).toBe(403)
    expect(response.json<{ detail: string }>().detail).toContain('feed')
  })
})
