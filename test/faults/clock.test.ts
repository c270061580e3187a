import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { verifyAudit } from '../../src/audit/service.ts'
import { parseConfig } from '../../src/config.ts'
import { verifyDatabase } from '../../src/feed/verify.ts'
import { rebuildEntries } from '../../src/listings/service.ts'
import { parseKey } from '../../src/partners/domain.ts'
import { rowsOf } from '../../src/platform/db.ts'
import { createSchedule } from '../../src/platform/job-schedule.ts'
import type { Job } from '../../src/platform/jobs.ts'
import { enterprise, other, useStaff } from '../listings/staff.ts'
import { signInAs } from '../site/signed-in.ts'

/** Must show 1 of operations: the clock of a machine is set back while the service runs. */

const before = '2026-11-25T04:00:00.000Z'
/** The same business day, and the day before. */
const anHourEarlier = '2026-11-25T03:00:00.000Z'
const aDayEarlier = '2026-11-24T04:00:00.000Z'
const staff = useStaff(before)
const { service, get, propose, decide } = staff
const fileOf = async (uscc: string) => (await get(`/v1/credit-files/${uscc}`, null)).body

describe('the clock is set back', () => {
  it('and decisions follow each other as before: positions, states and files are in the order of what was done', async () => {
    service().clock.set(before)
    const { listingId } = await decide()
    await service().sequence()
    const first = Number((await fileOf(enterprise))['position'])
    expect(await fileOf(enterprise)).toMatchObject({ standing: 'abnormal' })

    service().clock.set(anHourEarlier)
    await decide({ action: 'remove', listingId, facts: { summary: '恢复联系' } })
    await decide({ uscc: other })
    await service().sequence()
    const file = await fileOf(enterprise)
    expect(file).toMatchObject({ standing: 'clear' })
    expect(Number(file['position'])).toBeGreaterThan(first)
    expect(await fileOf(other)).toMatchObject({ standing: 'abnormal', position: file['position'] })

    const { db } = service()
    expect(await rebuildEntries(db)).toMatchObject({ changed: 0, deleted: 0 })
    const { position } = await verifyDatabase(db, { jwks: undefined, checkpoints: undefined }, () => undefined)
    expect(position).toBe(file['position'])
    await verifyAudit(db, null)
    const told = await rowsOf<{ type: string }>(
      db,
      sql`select e.type from feed_events e where e.uscc = ${enterprise} and e.type like 'listing.%' order by e.position`,
    )
    expect(told.map(({ type }) => type)).toEqual(['listing.entered', 'listing.removed'])
  })

  it('and a request that is sent again is answered as the first time', async () => {
    service().clock.set(before)
    const { body } = await propose()
    const headers = { 'idempotency-key': 'once' }
    const approve = () => staff.call('POST', `/v1/decisions/${body.id}/approve`, 'chief', {}, headers)
    const first = await approve()
    expect(first.status).toBe(200)
    for (const instant of [anHourEarlier, aDayEarlier, before]) {
      service().clock.set(instant)
      expect(await approve()).toEqual(first)
    }
  })

  it('and what was ended stays ended: a session signed out of, a key revoked', async () => {
    service().clock.set(before)
    const out = await signInAs(service, staff.keys.clerk)
    const on = await signInAs(service, staff.keys.clerk)
    await out.submit('/account', '/sign-out')
    service().clock.set(anHourEarlier)
    expect((await out.get('/account')).status).toBe(303)
    expect((await on.get('/account')).status).toBe(200)
    // A session begun later than now ends when it was meant to, not later.
    service().clock.set('2026-11-25T16:00:00.001Z')
    expect((await on.get('/account')).status).toBe(303)
    service().clock.set(before)

    const admin = await service().keyOf({ kind: 'staff' }, 'admin')
    const feed = await service().keyWith('feed')
    const use = (key: string) =>
      service().app.inject({ url: '/v1/feed/events', headers: { authorization: `Bearer ${key}` } })
    expect((await use(feed)).statusCode).toBe(200)
    const revoked = await service().app.inject({
      ...{ method: 'DELETE', url: `/v1/keys/${parseKey(feed)?.id ?? ''}` },
      headers: { authorization: `Bearer ${admin}` },
    })
    expect(revoked.statusCode, revoked.body).toBe(204)
    service().clock.set(aDayEarlier)
    expect((await use(feed)).statusCode).toBe(401)
  })

  it('and no slot of a job is run twice, none is left out', async () => {
    const clock = service().clock
    const ran: string[] = []
    const job: Job = {
      name: 'count-slots',
      description: 'Counts the slots that it is run for',
      cron: '0 * * * *',
      catchUp: 'each',
      run: async ({ on, runId }) => {
        const [row] = await rowsOf<{ slot: string }>(
          service().db,
          sql`select to_char(slot_at at time zone 'UTC', 'DD HH24') as slot from job_runs where id = ${runId}`,
        )
        ran.push(`${on} ${row?.slot ?? ''}`)
        return {}
      },
    }
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
    clock.set('2026-11-25T03:30:00.000Z')
    const schedule = createSchedule({
      ...{ database: service().database, clock, jobs: [job], log },
      config: parseConfig({}),
    })
    const at = async (instant: string) => {
      clock.set(instant)
      await schedule.tick()
      await schedule.idle()
    }
    await at('2026-11-25T03:30:00.000Z')
    await at('2026-11-25T05:10:00.000Z')
    // Back over two slots, over a whole day, and on again.
    await at('2026-11-25T03:45:00.000Z')
    await at('2026-11-25T04:20:00.000Z')
    await at('2026-11-24T04:20:00.000Z')
    await at('2026-11-25T05:30:00.000Z')
    await at('2026-11-25T07:00:00.000Z')
    await schedule.stop()
    expect(ran).toEqual(['2026-11-25 25 04', '2026-11-25 25 05', '2026-11-25 25 06', '2026-11-25 25 07'])
  })
})
