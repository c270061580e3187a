import { sql } from 'drizzle-orm'
import { afterAll, beforeAll } from 'vitest'
import type { Config } from '../../src/config.ts'
import type { Job } from '../../src/platform/jobs.ts'
import { rowsOf } from '../../src/platform/db.ts'
import { madeUpUscc, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'

export const enterprise = madeUpUscc(1)
export const other = madeUpUscc(2)
export const trader = madeUpUscc(3, '92')
export const cooperative = madeUpUscc(4, '93')

export interface Answer {
  status: number
  // Tests read whatever the answer has.
  body: Record<string, unknown> & { id: string; type: string; detail: string; status: unknown; items: Answer['body'][] }
}

/** A service with four businesses and the keys of two members of staff, for the tests of the file that calls this. */
export function useStaff(
  instant = '2026-11-25T04:00:00.000Z',
  settings: Partial<Config> = {},
  jobs: readonly Job[] = [],
) {
  let service: TestService
  const keys: Record<'clerk' | 'chief' | 'feed' | 'registrar', string> = {
    clerk: '',
    chief: '',
    feed: '',
    registrar: '',
  }
  beforeAll(async () => {
    service = await startTestService(instant, settings, jobs)
    await take(
      service.db,
      'subjects',
      [
        subjectItem(1),
        subjectItem(2),
        subjectItem(3, { uscc: trader, entityType: 'individual-business', name: '虚构示例小店' }),
        subjectItem(4, { uscc: cooperative, entityType: 'farmer-cooperative', name: '虚构示例合作社' }),
      ],
      instant,
    )
    await service.sequence()
    keys.clerk = await service.keyOf({ kind: 'staff' }, 'decisions:propose', 'decisions:approve')
    keys.chief = await service.keyOf({ kind: 'staff' }, 'decisions:propose', 'decisions:approve')
    keys.registrar = await service.keyOf({ kind: 'staff' }, 'registry:write')
    keys.feed = await service.keyWith('feed')
  })
  afterAll(() => service.close())

  const call = async (
    method: 'GET' | 'POST',
    url: string,
    key: keyof typeof keys | null,
    payload?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const response = await service.app.inject({
      method,
      url,
      headers: { ...(key !== null && { authorization: `Bearer ${keys[key]}` }), 'accept-language': 'en', ...headers },
      ...(payload && { payload }),
    })
    return { status: response.statusCode, body: response.json() }
  }
  const post = (url: string, key: keyof typeof keys | null, payload: object = {}) => call('POST', url, key, payload)
  const get = (url: string, key: keyof typeof keys | null) => call('GET', url, key)
  let number = 0

  /** Proposes as the clerk; the defaults enter the enterprise for unreachability. */
  const propose = (fields: Record<string, unknown> = {}) =>
    post('/v1/decisions', 'clerk', {
      action: 'enter',
      list: 'abnormal',
      uscc: enterprise,
      decisionNumber: `云市监决〔2026〕${(number += 1)}号`,
      authority: '云州市市场监督管理局',
      decidedOn: '2026-11-20',
      facts: { summary: '通过登记的住所无法联系', establishedOn: '2026-11-18' },
      ...(fields['action'] === undefined || fields['action'] === 'enter' ? { groundCode: 'ABN-68-4-4' } : {}),
      ...fields,
    })
  /** Proposes as the clerk and approves as the chief; answers the decision. */
  const decide = async (fields: Record<string, unknown> = {}) => {
    const proposed = await propose(fields)
    if (proposed.status !== 201) throw new Error(JSON.stringify(proposed.body))
    const approved = await post(`/v1/decisions/${proposed.body.id}/approve`, 'chief')
    if (approved.status !== 200) throw new Error(JSON.stringify(approved.body))
    return approved.body as typeof approved.body & { listingId: string }
  }
  const entry = async (id: string) => {
    const [row] = await rowsOf<Record<string, unknown>>(service.db, sql`select * from listing_entries where id = ${id}`)
    return row
  }
  const events = async (key: string) =>
    rowsOf<{ type: string; data: Record<string, unknown> }>(
      service.db,
      sql`select type, data from feed_outbox where key = ${key} order by seq`,
    )
  return { service: () => service, keys, call, post, get, propose, decide, entry, events }
}
