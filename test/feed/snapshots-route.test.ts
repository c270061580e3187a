import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appendEvents } from '../../src/feed/service.ts'
import type { Manifest } from '../../src/feed/snapshots/schemas.ts'
import { writeSnapshot } from '../../src/feed/snapshots/service.ts'
import { verifySigned } from '../../src/platform/signing.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { kinds, pending } from './histories.ts'

let service: TestService
let folder: string
let key: string
let snapshot: Manifest
let listings: Manifest['files'][number]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xinjian-snapshots-'))
  service = await startTestService('2026-11-25T04:00:00.000Z', { SNAPSHOT_DIR: folder })
  key = await service.keyWith('feed')
})
afterAll(async () => {
  await service.close()
  await rm(folder, { recursive: true, force: true })
})

const get = (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
  service.app.inject({ method, url, headers: { authorization: `Bearer ${key}`, ...headers } })
const unknown = '01900000-0000-7000-8000-000000000009'

describe('404 before the first', () => {
  it('says that none has been written yet', async () => {
    const response = await get('/v1/feed/snapshots/latest')
    expect(response.statusCode).toBe(404)
    expect(response.json()).toMatchObject({ type: '/problems/unknown-snapshot' })
  })
})

describe('200', () => {
  beforeAll(async () => {
    await service.db.transaction((tx) =>
      appendEvents(tx, [...Array.from({ length: 50 }, (_, i) => kinds['entered']!(i + 1, 0))].map(pending)),
    )
    await service.sequence()
    snapshot = await writeSnapshot({
      db: service.db,
      url: service.database.url,
      folder,
      signing: service.signing,
      now: () => service.clock.now(),
      signal: new AbortController().signal,
    })
    listings = snapshot.files.find((file) => file.name === 'listings.ndjson.gz')!
  })

  it('answers the manifest of the newest, and the same by its id', async () => {
    const latest = await get('/v1/feed/snapshots/latest')
    expect(latest.statusCode).toBe(200)
    expect(latest.json()).toEqual(snapshot)
    expect((await get(`/v1/feed/snapshots/${snapshot.id}`)).body).toBe(latest.body)
    expect(latest.headers['cache-control']).toBe('no-store')
  })

  it('answers a manifest whose signature anybody can verify with the published keys', async () => {
    const { signature, ...stated } = (await get('/v1/feed/snapshots/latest')).json<Manifest>()
    const jwks = (await service.app.inject('/.well-known/jwks.json')).json<{ keys: [] }>()
    expect(await verifySigned(signature, jwks)).toEqual(stated)
  })

  it('serves each file at its url', async () => {
    for (const file of snapshot.files) {
      const response = await get(file.url)
      expect(response.statusCode).toBe(200)
      expect(response.headers).toMatchObject({
        'content-type': 'application/gzip',
        'content-length': String(file.bytes),
        'accept-ranges': 'bytes',
        etag: `"${file.sha256}"`,
      })
      expect(response.headers['content-encoding']).toBeUndefined()
      expect(gunzipSync(response.rawPayload).toString('utf8').split('\n')).toHaveLength(file.rows + 1)
    }
  })

  it('tells the size of a file without sending it', async () => {
    const response = await get(listings.url, {}, 'HEAD')
    expect(response.statusCode).toBe(200)
    expect(response.headers['content-length']).toBe(String(listings.bytes))
    expect(response.rawPayload).toHaveLength(0)
  })

  it('sends the whole file when the part of it that the client holds is of another one', async () => {
    const response = await get(listings.url, { range: 'bytes=10-', 'if-range': '"other"' })
    expect(response.statusCode).toBe(200)
    expect(response.rawPayload).toHaveLength(listings.bytes)
  })
})

describe('206', () => {
  it('sends the parts of a file, which join to the whole', async () => {
    const whole = (await get(listings.url)).rawPayload
    const first = await get(listings.url, { range: 'bytes=0-99' })
    const rest = await get(listings.url, { range: 'bytes=100-', 'if-range': `"${listings.sha256}"` })
    expect([first.statusCode, rest.statusCode]).toEqual([206, 206])
    expect(first.headers['content-range']).toBe(`bytes 0-99/${listings.bytes}`)
    expect(rest.headers['content-range']).toBe(`bytes 100-${listings.bytes - 1}/${listings.bytes}`)
    expect(Buffer.concat([first.rawPayload, rest.rawPayload]).equals(whole)).toBe(true)
    const last = await get(listings.url, { range: 'bytes=-10' })
    expect(last.rawPayload.equals(whole.subarray(-10))).toBe(true)
  })
})

describe('304', () => {
  it('sends nothing to who has the file', async () => {
    const response = await get(listings.url, { 'if-none-match': `"${listings.sha256}"` })
    expect(response.statusCode).toBe(304)
    expect(response.rawPayload).toHaveLength(0)
  })
})

describe('400', () => {
  it.each([
    ['an id that is none', '/v1/feed/snapshots/newest'],
    ['a parameter that does not exist', '/v1/feed/snapshots/latest?position=3'],
    ['a file that a snapshot does not have', `/v1/feed/snapshots/${unknown}/subjects.ndjson.gz`],
    ['a way out of the folder', `/v1/feed/snapshots/${unknown}/..%2f..%2fsecret`],
    ['a way out of the folder by the id', '/v1/feed/snapshots/..%2f../listings.ndjson.gz'],
    ['a name with a null in it', `/v1/feed/snapshots/${unknown}/listings.ndjson.gz%00`],
  ])('refuses %s', async (_what, url) => {
    await writeFile(join(folder, 'secret'), 'secret')
    const response = await get(url)
    expect(response.statusCode).toBe(400)
    expect(response.json()).toMatchObject({ type: '/problems/invalid-request' })
  })
})

const addresses = () => ['/v1/feed/snapshots/latest', `/v1/feed/snapshots/${snapshot.id}`, listings.url]

describe('401', () => {
  it('asks for a key before anything else', async () => {
    for (const url of addresses()) {
      const response = await service.app.inject(url)
      expect([url, response.statusCode]).toEqual([url, 401])
      expect(response.headers['www-authenticate']).toBe('Bearer')
    }
  })
})

describe('403', () => {
  it('refuses a key without the scope, naming it', async () => {
    const other = await service.keyWith('screening')
    for (const url of addresses()) {
      const response = await get(url, { authorization: `Bearer ${other}` })
      expect([url, response.statusCode]).toEqual([url, 403])
      expect(response.json()).toMatchObject({ type: '/problems/insufficient-scope' })
    }
  })
})

describe('404', () => {
  it('knows no snapshot that was never written', async () => {
    for (const url of [`/v1/feed/snapshots/${unknown}`, `/v1/feed/snapshots/${unknown}/listings.ndjson.gz`]) {
      const response = await get(url)
      expect(response.statusCode).toBe(404)
      expect(response.json()).toMatchObject({ type: '/problems/unknown-snapshot' })
    }
  })

  it('says the same when the files are gone', async () => {
    await rm(join(folder, snapshot.id, 'honours.ndjson.gz'))
    const response = await get(`/v1/feed/snapshots/${snapshot.id}/honours.ndjson.gz`)
    expect(response.statusCode).toBe(404)
    expect(response.headers['cache-control']).toBeUndefined()
  })
})

describe('416', () => {
  it('refuses a range after the end and tells the size', async () => {
    const response = await get(listings.url, { range: `bytes=${listings.bytes}-` })
    expect(response.statusCode).toBe(416)
    expect(response.headers['content-range']).toBe(`bytes */${listings.bytes}`)
    expect(response.headers['content-type']).toContain('application/problem+json')
    expect(response.json()).toMatchObject({ type: '/problems/range-not-satisfiable' })
  })
})
