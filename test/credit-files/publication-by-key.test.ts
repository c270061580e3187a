import { sql } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import type { CreditFile, ListedEntry } from '../../src/credit-files/schemas.ts'
import type { Manifest } from '../../src/feed/snapshots/schemas.ts'
import { writeSnapshot } from '../../src/feed/snapshots/service.ts'
import { keyOf, showsAfter } from '../../src/feed/state.ts'
import { rowsOf } from '../../src/platform/db.ts'
import { enterprise, other, trader } from '../listings/staff.ts'
import { hidden, names, personalData, shopOf, staffTexts } from './marked-businesses.ts'
import { businesses, days, useWalk } from './walking.ts'

const { staff, folder, key, ids, withdrawn, textOf, expectClean, events } = await useWalk()

describe('the log', () => {
  it('has nothing personal in it and nothing that staff wrote of a case, in any form', async () => {
    for (const accept of ['application/json', 'application/x-ndjson']) {
      const { text } = await textOf({ url: '/v1/feed/events?limit=1000', key: 'feed', accept }, 'zh')
      expect(text).toContain(hidden)
      for (const secret of [...staffTexts, ...Object.values(personalData)]) expect(text).not.toContain(secret)
    }
  })

  it('ends, of whatever was withdrawn, with an event that shows nothing, and of what is void has no content', async () => {
    const newest = new Map((await events()).map((event) => [keyOf(event), event]))
    for (const id of withdrawn()) {
      const event = newest.get(`listing:${id}`)
      expect(event?.data).toMatchObject({ shown: false })
      const sanctions = newest.get(`sanctions:${id}`)
      expect([id, sanctions && showsAfter(sanctions)]).toEqual([id, sanctions && false])
    }
    for (const id of [ids().corrected, ids().revoked]) {
      const event = newest.get(`listing:${id}`)
      expect(Object.keys(event?.data ?? {}).sort()).toEqual(['id', 'list', 'name', 'regionCode', 'shown', 'status'])
    }
    for (const id of [ids().withdrawnPenalty, ids().oldPenalty]) {
      const event = newest.get(`penalty:${id}`)
      expect(event?.data).toMatchObject({ shown: false })
      expect(Object.keys(event?.data ?? {}).sort()).toEqual(['id', 'name', 'reason', 'regionCode', 'shown'])
    }
  })

  it('gives snapshots and an export without any of it', async () => {
    const { db, database, signing, clock } = staff.service()
    const { id, files } = await writeSnapshot({
      ...{ db, url: database.url, folder, signing, now: () => clock.now() },
      signal: new AbortController().signal,
    })
    const urls = [
      '/v1/feed/checkpoint',
      '/v1/feed/snapshots/latest',
      `/v1/feed/snapshots/${id}`,
      ...files.map(({ url }) => url),
      '/v1/feed/exports/entities.ftm.json',
    ]
    let all = ''
    for (const url of urls) all += await expectClean({ url, key: 'feed' })
    expect(all).toContain('可见决〔2026〕1号')
    expect(all).toContain('可见罚〔2026〕1号')
    const manifest = (await textOf({ url: '/v1/feed/snapshots/latest', key: 'feed' }, 'zh')).text.split('\n')[0] ?? ''
    expect(JSON.stringify(decodeJwt((JSON.parse(manifest) as Manifest).signature))).not.toContain(hidden)
  })
})

describe('a screening', () => {
  it.each([undefined, ...days])('of %s has no match that was withdrawn', async (asOf) => {
    const candidates = businesses.flatMap((uscc) => [
      { ref: `code ${uscc}`, uscc },
      { ref: `name ${uscc}`, name: names[uscc] },
      { ref: `url ${uscc}`, url: `https://${shopOf[uscc]}/13812345678` },
    ])
    const payload = { candidates, ...(asOf !== undefined && { asOf }) }
    const call = { method: 'POST' as const, url: '/v1/screenings', key: 'screening' as const, payload }
    const answer = await expectClean(call)
    const { screeningId } = JSON.parse(answer.split('\n')[0] ?? '') as { screeningId: string }
    await expectClean({ url: `/v1/screenings/${screeningId}`, key: 'screening' })
    await expectClean({ url: `/v1/screenings/${screeningId}/certificate`, key: 'screening' })
  })
})

describe('a key with the scope history', () => {
  const read = async <Body>(url: string) =>
    (await staff.service().app.inject({ url, headers: { authorization: `Bearer ${key('history')}` } })).json<Body>()

  it('sees what was withdrawn, in the file of now and of then and in the lists', async () => {
    const listed = async (uscc: string, when = '') =>
      (await read<CreditFile>(`/v1/credit-files/${uscc}${when}`)).listings.map(({ id }) => id)
    expect(await listed(enterprise)).toEqual(expect.arrayContaining([ids().removed, ids().corrected]))
    expect(await listed(enterprise, '?asOf=2026-03-12')).toContain(ids().removed)
    expect(await listed(other)).toContain(ids().revoked)
    expect(await listed(trader)).toContain(ids().periodOver)
    const { penalties } = await read<CreditFile>(`/v1/credit-files/${enterprise}`)
    expect(penalties.map(({ authority }) => authority)).toEqual([`云州市${hidden}`])
    const { items } = await read<{ items: ListedEntry[] }>('/v1/lists/abnormal/entries?limit=200')
    expect(items.map(({ id }) => id)).toEqual(
      expect.arrayContaining([ids().removed, ids().corrected, ids().periodOver]),
    )
    expect(await read(`/v1/lists/serious-violator/entries/${ids().revoked}`)).toMatchObject({ status: 'revoked' })
  })

  it('sees no personal data and no text of staff either', async () => {
    for (const uscc of businesses) {
      const text = JSON.stringify(await read(`/v1/credit-files/${uscc}`))
      for (const secret of [...staffTexts, ...Object.values(personalData)]) expect(text).not.toContain(secret)
    }
  })
})

it('keeps within the service what it does not publish', async () => {
  const [row] = await rowsOf<{ registration_number: string; facts: string }>(
    staff.service().db,
    sql`select s.registration_number, d.facts::text as facts from subjects s join decisions d on d.uscc = s.uscc
        where s.uscc = ${trader} and d.listing_id = ${ids().periodOver}`,
  )
  expect(row?.registration_number).toBe(personalData.identityNumber)
  expect(row?.facts).toContain(staffTexts[0])
})
