import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importFile } from '../../src/sources/import.ts'
import { useStaff } from '../listings/staff.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { take } from '../support/take.ts'
import { signInAs } from './signed-in.ts'

const staff = useStaff(undefined, {}, [
  {
    name: 'example',
    description: 'An example',
    cron: '0 3 * * *',
    canDryRun: true,
    run: async () => Promise.resolve({}),
  },
])
const { service, keys } = staff
const hostile = `<script>alert(1)</script>" onload='x'`

/** Sends records of subjects as a file; those that cannot be taken are in quarantine. */
async function send(...records: object[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'xinjian-records-'))
  const file = join(folder, 'subjects.ndjson')
  await writeFile(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  await importFile(service().db, 'subjects', file, { now: () => service().clock.now() })
  await rm(folder, { recursive: true })
}

async function quarantined(status: string) {
  const { body } = await staff.get(`/v1/quarantine?status=${status}`, 'registrar')
  return body.items as unknown as { id: string; settleReason: string | null }[]
}

const scopeOf = {
  '/staff/quarantine': 'registry:write',
  '/staff/leads': 'registry:write',
  '/staff/jobs': 'registry:write',
  '/staff/partners': 'admin',
  '/staff/audit': 'admin',
}

describe.each(Object.entries(scopeOf))('%s', (page, scope) => {
  it('leads to the sign-in page without a session', async () => {
    const answer = await service().app.inject(page)
    expect(answer.statusCode).toBe(303)
    expect(answer.headers['location']).toBe(`/sign-in?next=${encodeURIComponent(page)}`)
  })

  it('names the scope to who does not have it', async () => {
    const outsider = await signInAs(service, keys.feed)
    const { status, body } = await outsider.get(page)
    expect(status).toBe(403)
    expect(body).toContain(scope)
  })
})

describe('quarantine', () => {
  it('shows a hostile record as text; it is refused again as it came, and taken when put right', async () => {
    const registrar = await signInAs(service, keys.registrar)
    await send(subjectItem(21, { uscc: '91999900MA00000000', name: hostile }))
    const [item] = await quarantined('open')
    const path = `/staff/quarantine/${item?.id ?? ''}`
    const shown = await registrar.get('/staff/quarantine')
    expect(shown.body).not.toContain('<script>alert')
    expect(shown.body).toContain('&lt;script>alert')
    expect((await registrar.submit('/staff/quarantine', `${path}/retry`)).location).toBe(
      '/staff/quarantine?done=refused',
    )
    const broken = await registrar.submit('/staff/quarantine', `${path}/fix`, { record: '{"no json' })
    expect(broken.status).toBe(400)
    expect(broken.body).toContain(`id="fix-${item?.id ?? ''}-record-fault"`)
    expect(broken.body).toContain('{&quot;no json')
    const record = JSON.stringify(subjectItem(21))
    const taken = await registrar.submit('/staff/quarantine', `${path}/fix`, { record })
    expect(taken.location).toBe('/staff/quarantine?done=taken')
    const file = await service().app.inject(`/v1/credit-files/${madeUpUscc(21)}`)
    expect(file.statusCode).toBe(200)
  })

  it('discards a record with the reason, and not without', async () => {
    const registrar = await signInAs(service, keys.registrar)
    await send(subjectItem(22, { uscc: '91999900MA00000000' }))
    const [item] = await quarantined('open')
    const path = `/staff/quarantine/${item?.id ?? ''}/discard`
    expect((await registrar.submit('/staff/quarantine', path, { reason: ' ' })).status).toBe(400)
    await registrar.submit('/staff/quarantine', path, { reason: '重复报送' })
    expect(await quarantined('open')).toEqual([])
    expect((await registrar.get('/staff/quarantine?status=discarded')).body).toContain('重复报送')
  })
})

describe('leads', () => {
  it('show both sides with hostile names as text, and are closed with the reason', async () => {
    const registrar = await signInAs(service, keys.registrar)
    const presence = [{ kind: 'website', name: hostile, url: 'https://shared.example/' }]
    await take(service().db, 'annual-reports', [
      reportItem(1, { webPresences: presence }),
      reportItem(2, { webPresences: presence }),
    ])
    const list = await registrar.get('/staff/leads')
    const path = /href="(\/staff\/leads\/[0-9a-f-]{36})"/.exec(list.body)?.[1] ?? ''
    const { body } = await registrar.get(path)
    expect(body).toContain(madeUpUscc(1))
    expect(body).toContain(madeUpUscc(2))
    expect(body).not.toContain('<script>alert')
    expect((await registrar.submit(path, `${path}/close`, { reason: '' })).status).toBe(400)
    const closed = await registrar.submit(path, `${path}/close`, { reason: '同一集团' })
    expect(closed.location).toBe(`${path}?done=closed`)
    expect((await registrar.get(path)).body).toContain('同一集团')
    expect((await registrar.get('/staff/leads')).body).not.toContain(path)
  })
})

describe('jobs', () => {
  it('are started by hand for a day, as a dry run, and one that there is not is told', async () => {
    const registrar = await signInAs(service, keys.registrar)
    const sent = { job: 'example', on: '2026-11-20', dryRun: 'true' }
    const { location = '' } = await registrar.submit('/staff/jobs', '/staff/jobs', sent)
    const { body } = await registrar.get(location)
    expect(body).toContain('2026-11-20')
    expect(body).toContain('Dry run')
    expect((await registrar.get('/staff/jobs')).body).toContain(location)
    const refused = await registrar.submit('/staff/jobs', '/staff/jobs', { job: 'no-such-job' })
    expect(refused.status).toBeGreaterThanOrEqual(400)
    expect(refused.body).toContain('class="faults"')
  })
})

describe('partners', () => {
  it('are registered and given a key that is shown once, works, and stops when it is revoked', async () => {
    const admin = await signInAs(service, await service().keyOf({ kind: 'staff' }, 'admin'))
    const made = await admin.submit('/staff/partners', '/staff/partners', { name: hostile, kind: 'platform' })
    const path = made.location?.split('?')[0] ?? ''
    const { body } = await admin.submit(path, `${path}/keys`, { scopes: ['screening'] })
    const key = /xj_[\w-]+/.exec(body)?.[0] ?? ''
    const page = (await admin.get(path)).body
    expect(page).not.toContain(key)
    expect(page).not.toContain('<script>alert')
    const status = async () =>
      (await service().app.inject({ url: '/v1/monitors', headers: { authorization: `Bearer ${key}` } })).statusCode
    expect(await status()).toBe(200)
    const revoke = /action="([^"]+\/revoke)"/.exec(page)?.[1] ?? ''
    await admin.submit(path, revoke)
    expect(await status()).toBe(401)
  })
})

describe('the audit log', () => {
  it('tells who did what, narrowed down by the action', async () => {
    const admin = await signInAs(service, await service().keyOf({ kind: 'staff', name: hostile }, 'admin'))
    const { body } = await admin.get('/staff/audit?action=lead.closed')
    expect(body).toContain('lead.closed')
    expect(body).not.toContain('quarantine.discarded')
    const all = (await admin.get('/staff/audit')).body
    expect(all).toContain('quarantine.discarded')
    expect(all).not.toContain('<script>alert')
  })

  it('is narrowed down by days in China, of which the last is shown whole', async () => {
    const admin = await signInAs(service, await service().keyOf({ kind: 'staff' }, 'admin'))
    const { body } = await admin.get('/staff/audit')
    // Of the newest entry.
    const at = Date.parse(/<time datetime="([^"]+)"/i.exec(body)?.[1] ?? '')
    const day = (days: number) => new Date(at + 8 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10)
    const shown = async (query: string) => (await admin.get(`/staff/audit?${query}`)).body.includes('session.started')
    expect(await shown(`from=${day(0)}&to=${day(0)}`)).toBe(true)
    expect(await shown(`from=&to=${day(-1)}`)).toBe(false)
    expect(await shown(`from=${day(1)}&to=`)).toBe(false)
  })
})
