import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect } from 'vitest'
import type { FeedEvent } from '../../src/feed/domain.ts'
import { enterprise, other, trader, useStaff } from '../listings/staff.ts'
import { happen, hidden, personalData, staffTexts, type Hidden } from './marked-businesses.ts'

export const businesses = [enterprise, other, trader] as const
/** Days before, between and after whatever was withdrawn. */
export const days = ['2025-07-09', '2026-03-12', '2026-04-15', '2026-05-07', '2026-05-16', '2026-07-01', '2026-11-25']
const languages = ['zh', 'en'] as const

export const query = (parameters: Record<string, string>) => `?${new URLSearchParams(parameters).toString()}`

interface Call {
  method?: 'GET' | 'POST'
  url: string
  key?: 'feed' | 'screening' | 'history'
  accept?: string
  payload?: object
}

/** A service in which much was withdrawn, and answers that are searched for it, for the tests of the file that calls this. */
export async function useWalk() {
  const folder = await mkdtemp(join(tmpdir(), 'xinjian-walk-'))
  const staff = useStaff('2025-07-01T00:00:00.000Z', { SNAPSHOT_DIR: folder })
  let ids: Hidden
  let secrets: string[] = []
  /** Cases that speak of each business, by its place. */
  let cases: string[] = []
  const keys = { feed: '', screening: '', history: '' }

  beforeAll(async () => {
    ids = await happen(staff)
    for (const [list, groundCode] of [
      ['abnormal', 'ABN-68-4-3'],
      ['serious-violator', 'SER-44-10-3'],
    ]) {
      const { body } = await staff.post('/v1/cases', 'registrar', {
        ...{ list, groundCode, title: '{1}、{2}、{3}', text: '{1}。\n{2}。\n{3}。', businesses },
        ...{ periodFrom: '2026-01-01', periodTo: '2026-06-30' },
      })
      cases = [...cases, body.id]
    }
    secrets = [hidden, ...staffTexts, ...Object.values(personalData), ...Object.values(ids)]
    for (const scope of ['feed', 'screening', 'history'] as const) keys[scope] = await staff.service().keyWith(scope)
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  /** The answer with its headers as one text: compressed files unpacked, signed statements decoded. */
  async function textOf(
    { method = 'GET', url, key, accept, payload }: Call,
    language: (typeof languages)[number],
  ): Promise<{ status: number; text: string }> {
    const response = await staff.service().app.inject({
      method,
      url,
      headers: {
        'accept-language': language,
        ...(key && { authorization: `Bearer ${keys[key]}` }),
        ...(accept && { accept }),
      },
      ...(payload && { payload }),
    })
    const type = String(response.headers['content-type'])
    const body = type.includes('gzip')
      ? gunzipSync(response.rawPayload).toString('utf8')
      : type.includes('jose')
        ? JSON.stringify(decodeJwt(response.body))
        : response.body
    return { status: response.statusCode, text: `${body}\n${JSON.stringify(response.headers)}` }
  }

  /** Asserts that an answer has none of the secrets in it, but for those that were asked with. */
  async function expectClean(call: Call, statuses: number[] = [200]): Promise<string> {
    let all = ''
    for (const language of languages) {
      const { status, text } = await textOf(call, language)
      expect(statuses, `${call.url} ${text.slice(0, 500)}`).toContain(status)
      const asked = decodeURIComponent(call.url)
      for (const secret of secrets) {
        if (!asked.includes(secret)) expect(text, `${call.url} (${language}) tells ${secret}`).not.toContain(secret)
      }
      all += text
    }
    return all
  }

  /** The log from its beginning. */
  const events = async () =>
    (
      await staff.service().app.inject({
        url: '/v1/feed/events?limit=1000',
        headers: { authorization: `Bearer ${keys.feed}` },
      })
    ).json<{ events: FeedEvent[] }>().events

  return {
    staff,
    folder,
    key: (scope: keyof typeof keys) => keys[scope],
    /** What was withdrawn. */
    ids: () => ids,
    /** The entries among it. */
    withdrawn: () => [ids.removed, ids.corrected, ids.revoked, ids.periodOver, ids.exitedEarly, ids.leftOpen],
    /** Cases that speak of each business, by its place. */
    cases: () => cases,
    /** From now on this must be nowhere either. */
    hide: (secret: string) => void secrets.push(secret),
    textOf,
    expectClean,
    events,
  }
}
