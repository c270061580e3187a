import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createKey, createPartner, type Scope } from '../../src/partners/service.ts'
import { rowsOf } from '../../src/platform/db.ts'
import { startTestService, type TestService } from '../support/service.ts'

const instant = '2026-11-25T04:00:00.000Z'
const nobody = '01900000-0000-7000-8000-000000000000'
let service: TestService
let admin: string
let adminId: string

beforeAll(async () => {
  service = await startTestService(instant, { TRUSTED_PROXIES: ['10.0.0.0/8'] })
  adminId = (await createPartner(service.db, { name: '管理员', kind: 'staff' }, service.clock.now())).id
  admin = (await createKey(service.db, { partnerId: adminId, scopes: ['admin'] }, service.clock.now())).key
})
afterAll(() => service.close())
beforeEach(() => service.clock.set(instant))

interface Body {
  id: string
  key: string
  type: string
  items: Body[]
  next: string | null
  scopes: Scope[]
  expiresAt: string | null
  lastUsedAt: string | null
}

async function call(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  url: string,
  payload?: object,
  key: string | null = admin,
) {
  const response = await service.app.inject({
    ...{ method, url },
    headers: { ...(key !== null && { authorization: `Bearer ${key}` }), 'accept-language': 'en' },
    ...(payload && { payload }),
  })
  return { status: response.statusCode, body: (response.body === '' ? {} : response.json()) as Body }
}

async function partner(kind = 'platform'): Promise<string> {
  return (await call('POST', '/v1/partners', { name: '某平台', kind })).body.id
}

async function issue(fields: object = {}, partnerId?: string): Promise<Body> {
  const at = `/v1/partners/${partnerId ?? (await partner())}/keys`
  const { status, body } = await call('POST', at, { scopes: ['screening'], ...fields })
  if (status !== 201) throw new Error(JSON.stringify(body))
  return body
}

/** Tries a key where it would do, from an address. */
async function use(key: string, remoteAddress = '192.0.2.1', forwarded?: string): Promise<number> {
  const headers = { authorization: `Bearer ${key}`, ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }) }
  const response = await service.app.inject({ url: '/v1/monitors', remoteAddress, headers })
  // Why it is refused is told to nobody.
  if (response.statusCode === 401) expect(response.body).not.toMatch(/expired|suspend|network|revoked/)
  return response.statusCode
}

describe('partners', () => {
  it('are registered, read, listed, renamed, suspended and let back in', async () => {
    const made = await call('POST', '/v1/partners', { name: '财政部', kind: 'agency', agencyCode: '财政部' })
    expect(made).toMatchObject({
      status: 201,
      body: { name: '财政部', kind: 'agency', agencyCode: 'mof', suspendedAt: null },
    })
    const at = `/v1/partners/${made.body.id}`
    expect((await call('GET', at)).body).toEqual(made.body)
    expect((await call('PATCH', at, { name: '中华人民共和国财政部' })).body).toMatchObject({
      name: '中华人民共和国财政部',
    })
    expect((await call('PATCH', at, { suspended: true })).body).toMatchObject({ suspendedAt: instant })
    expect((await call('PATCH', at, { suspended: false })).body).toMatchObject({ suspendedAt: null })
    const listed: string[] = []
    let next: string | null = ''
    while (next !== null) {
      const { body } = await call('GET', `/v1/partners?kind=agency&limit=1${next === '' ? '' : `&cursor=${next}`}`)
      listed.push(...body.items.map(({ id }) => id))
      next = body.next
    }
    expect(listed).toContain(made.body.id)
    expect(listed).not.toContain(adminId)
  })

  it('refuse what is wrong, no key, and a key without the scope', async () => {
    const at = '/v1/partners'
    for (const body of [
      {},
      { name: ' ', kind: 'staff' },
      { name: 'a', kind: 'bank' },
      { name: 'a', kind: 'staff', x: 1 },
    ]) {
      expect((await call('POST', at, body)).status).toBe(400)
    }
    expect((await call('POST', at, { name: 'a', kind: 'staff', subject: 'sub' })).status).toBe(400)
    expect((await call('PATCH', `${at}/${adminId}`, {})).status).toBe(400)
    expect((await call('PATCH', `${at}/${nobody}`, { name: 'b' })).body.type).toBe('/problems/unknown-partner')
    expect((await call('GET', `${at}/${nobody}`)).status).toBe(404)
    expect((await call('GET', `${at}/${nobody}/keys`)).status).toBe(404)
    expect((await call('POST', `${at}/${nobody}/keys`, { scopes: ['feed'] })).status).toBe(404)
    const clerk = await service.keyOf({ kind: 'staff' }, 'decisions:approve', 'decisions:propose', 'registry:write')
    for (const [method, url] of [
      ['GET', at],
      ['POST', at],
      ['PATCH', `${at}/${nobody}`],
      ['POST', `${at}/${nobody}/keys`],
      ['DELETE', `/v1/keys/${nobody}`],
      ['POST', `/v1/keys/${nobody}/rotate`],
    ] as const) {
      expect((await call(method, url, undefined, null)).status).toBe(401)
      expect((await call(method, url, undefined, clerk)).status).toBe(403)
    }
  })
})

describe('keys', () => {
  it('are shown once, kept as a hash, and listed without the secret', async () => {
    const id = await partner()
    const made = await issue({ label: '主', networks: ['203.0.113.7', '2001:DB8::/32'] }, id)
    expect(made.key).toMatch(/^xj_/)
    const { body } = await call('GET', `/v1/partners/${id}/keys`)
    const { key, ...told } = made
    expect(body.items).toEqual([told])
    expect(told).toMatchObject({ label: '主', networks: ['203.0.113.7/32', '2001:db8::/32'], expiresAt: null })
    const kept = await rowsOf(service.db, sql`select k::text, l::text from partner_keys k, audit_log l`)
    expect(JSON.stringify(kept)).not.toContain(key.slice(-43))
  })

  it('are answered again to who sends the request again, though the service cannot read them', async () => {
    const url = `/v1/partners/${await partner()}/keys`
    const again = (key: string) =>
      service.app.inject({
        ...{ method: 'POST', url, payload: { scopes: ['feed'] } },
        headers: { authorization: `Bearer ${key}`, 'idempotency-key': 'the key' },
      })
    const first = (await again(admin)).json<Body>()
    expect((await again(admin)).json<Body>()).toEqual(first)
    const kept = await rowsOf(service.db, sql`select body::text from idempotency_keys`)
    expect(JSON.stringify(kept)).not.toContain(first.key.slice(-43))
    // Another key of the same partner is not who sent it.
    const { key } = await createKey(service.db, { partnerId: adminId, scopes: ['admin'] }, service.clock.now())
    expect((await again(key)).statusCode).toBe(422)
  })

  it('stop at their expiry, when they are revoked, and while their partner is suspended; the audit log says why', async () => {
    const partnerId = await partner()
    const expiring = await issue({ expiresAt: '2026-11-25T13:00:00+08:00' }, partnerId)
    const other = await issue({}, partnerId)
    expect([await use(expiring.key), await use(other.key)]).toEqual([200, 200])
    service.clock.set('2026-11-25T04:59:59.999Z')
    expect(await use(expiring.key)).toBe(200)
    service.clock.set('2026-11-25T05:00:00.000Z')
    expect([await use(expiring.key), await use(expiring.key), await use(other.key)]).toEqual([401, 401, 200])
    await call('PATCH', `/v1/partners/${partnerId}`, { suspended: true })
    expect(await use(other.key)).toBe(401)
    await call('PATCH', `/v1/partners/${partnerId}`, { suspended: false })
    expect(await use(other.key)).toBe(200)
    expect((await call('DELETE', `/v1/keys/${other.id}`)).status).toBe(204)
    expect(await use(other.key)).toBe(401)
    expect((await call('DELETE', `/v1/keys/${other.id}`)).status).toBe(204)
    expect((await call('DELETE', `/v1/keys/${nobody}`)).body.type).toBe('/problems/unknown-key')
    const told = await rowsOf<{ id: string; reason: string; address: string }>(
      service.db,
      sql`select key_id as id, details ->> 'reason' as reason, address from audit_log
          where action = 'key.used' and outcome = 'refused' and partner_id = ${partnerId} order by id`,
    )
    // Once each, however often it is tried.
    expect(told).toEqual([
      { id: expiring.id, reason: 'expired', address: '192.0.2.1' },
      { id: other.id, reason: 'suspended', address: '192.0.2.1' },
      { id: other.id, reason: 'revoked', address: '192.0.2.1' },
    ])
  })

  it('work from their networks alone, which no header forges', async () => {
    const { key } = await issue({ networks: ['198.51.100.0/24', '2001:db8:7::/48'] })
    for (const [address, status, forwarded] of [
      ['198.51.100.9', 200, undefined],
      ['::ffff:198.51.100.9', 200, undefined],
      ['2001:db8:7:1::1', 200, undefined],
      ['198.51.101.9', 401, undefined],
      ['2001:db8:8::1', 401, undefined],
      ['192.0.2.1', 401, '198.51.100.9'],
      ['10.1.1.1', 200, '198.51.100.9'],
      ['10.1.1.1', 401, '198.51.100.9, 192.0.2.1'],
      ['10.1.1.1', 200, '192.0.2.1, 198.51.100.9, 10.2.2.2'],
    ] as const) {
      expect([address, forwarded, await use(key, address, forwarded)]).toEqual([address, forwarded, status])
    }
  })

  it('are rotated: the new one has the same rights, and the old one works on for the overlap', async () => {
    const old = await issue({ scopes: ['screening', 'feed'], label: '主', expiresAt: '2026-12-25T04:00:00.000Z' })
    const rotated = await call('POST', `/v1/keys/${old.id}/rotate`, { overlapHours: 2 })
    expect(rotated).toMatchObject({ status: 201, body: { scopes: ['screening', 'feed'], label: '主' } })
    expect(rotated.body.expiresAt).toBe('2026-12-25T04:00:00.000Z')
    expect([await use(old.key), await use(rotated.body.key)]).toEqual([200, 200])
    service.clock.set('2026-11-25T06:00:00.000Z')
    expect([await use(old.key), await use(rotated.body.key)]).toEqual([401, 200])
    expect((await call('POST', `/v1/keys/${old.id}/rotate`)).body.type).toBe('/problems/key-not-live')
    expect((await call('POST', `/v1/keys/${nobody}/rotate`)).status).toBe(404)
    expect((await call('POST', `/v1/keys/${rotated.body.id}/rotate`, { overlapHours: -1 })).status).toBe(400)
  })

  it('tell when they were last used, to ten minutes', async () => {
    const id = await partner()
    const { key } = await issue({}, id)
    const lastUse = async () => (await call('GET', `/v1/partners/${id}/keys`)).body.items[0]?.lastUsedAt
    expect(await lastUse()).toBeNull()
    const used = async (at: string, kept: string) => {
      service.clock.set(at)
      expect(await use(key)).toBe(200)
      await expect.poll(lastUse).toBe(kept)
    }
    await used('2026-11-25T04:00:00.000Z', '2026-11-25T04:00:00.000Z')
    await used('2026-11-25T04:09:59.000Z', '2026-11-25T04:00:00.000Z')
    await used('2026-11-25T04:10:00.000Z', '2026-11-25T04:10:00.000Z')
  })

  it('hold no scope that their kind cannot, nor both to administer and to approve, nor more than who makes them', async () => {
    const asked = async (partnerId: string, scopes: Scope[]) =>
      (await call('POST', `/v1/partners/${partnerId}/keys`, { scopes })).body.type
    for (const kind of ['platform', 'agency']) {
      for (const scope of ['decisions:propose', 'decisions:approve', 'registry:write', 'admin'] as const) {
        expect(await asked(await partner(kind), [scope])).toBe('/problems/scope-not-for-kind')
      }
    }
    const colleague = await partner('staff')
    expect(await asked(colleague, ['admin', 'decisions:approve'])).toBe('/problems/duties-not-separate')
    expect(await asked(adminId, ['decisions:propose'])).toBe('/problems/scope-not-held')
    expect((await issue({ scopes: ['admin'] }, adminId)).scopes).toEqual(['admin'])
    expect((await issue({ scopes: ['decisions:approve'] }, colleague)).scopes).toEqual(['decisions:approve'])
  })

  it.each([
    [{ scopes: [] }],
    [{ scopes: ['all'] }],
    [{ networks: ['203.0.113.0/33'] }],
    [{ networks: ['here'] }],
    [{ networks: ['1.2.3'] }],
    [{ networks: ['203.0.113.0/24', '10.1/8'] }],
    [{ networks: ['2130706433'] }],
    [{ expiresAt: '2026-11-25T04:00:00.000Z' }],
    [{ expiresAt: 'tomorrow' }],
    [{ label: '' }],
    [{ secret: 'mine' }],
  ])('refuse %j', async (fields) => {
    const { status } = await call('POST', `/v1/partners/${adminId}/keys`, { scopes: ['admin'], ...fields })
    expect(status).toBe(400)
  })
})
