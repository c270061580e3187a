import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifySigned } from '../../src/platform/signing.ts'
import type { ScreeningAnswer } from '../../src/screening/schemas.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'
import { enterOnList, tellOfEntry } from './screening.ts'

let service: TestService
let key: string

const shop = (url: string) => ({ kind: 'shop', name: '青桥优选店', url })

beforeAll(async () => {
  service = await startTestService()
  const { db } = service
  key = await service.keyOf({ kind: 'platform' }, 'screening')
  await take(db, 'subjects', [
    subjectItem(1, { name: '云州市云帆电子商务有限公司', regionCode: '999901' }),
    subjectItem(2, { name: '望海市星禾食品有限公司', regionCode: '999902' }),
    subjectItem(3, { name: '南屏青桥百货有限公司', formerNames: ['南屏澜谷商贸有限公司'] }),
    subjectItem(4, { name: '云州市竹里文化传播有限公司' }),
    subjectItem(5, { name: '望海市松塔物流有限公司', status: 'cancelled' }),
    subjectItem(6, { name: '云州市石榴服饰有限公司' }),
    subjectItem(7, { name: '云州市海棠家居有限公司' }),
  ])
  await take(db, 'annual-reports', [
    reportItem(1, { webPresences: [shop('https://shop880001.taobao.com/')] }),
    reportItem(3, { webPresences: [shop('https://mall.example/shop/3')] }),
    reportItem(6, { webPresences: [shop('https://twice.example/shop')] }),
    reportItem(7, { webPresences: [shop('https://twice.example/shop')] }),
  ])
  await enterOnList(db, 1, 'serious-violator', { name: '云州市云帆电子商务有限公司', regionCode: '999901' })
  await enterOnList(db, 2, 'abnormal', { name: '望海市星禾食品有限公司', regionCode: '999902' })
  await enterOnList(db, 6, 'serious-violator', { name: '云州市石榴服饰有限公司' })
  await service.sequence()
})
afterAll(() => service.close())

const post = (payload: object, headers: Record<string, string> = {}) =>
  service.app.inject({
    method: 'POST',
    url: '/v1/screenings',
    headers: { authorization: `Bearer ${key}`, ...headers },
    payload,
  })

async function screen(candidates: object[], more: object = {}): Promise<ScreeningAnswer> {
  const response = await post({ candidates, ...more })
  expect(response.json()).toMatchObject({ results: expect.any(Array) as unknown })
  expect(response.statusCode).toBe(200)
  return response.json()
}

const one = async (candidate: object, more: object = {}) =>
  (await screen([{ ref: 'a', ...candidate }], more)).results[0]!

describe('200', () => {
  it.each([
    ['a serious violator by code', { uscc: madeUpUscc(1) }, 'block', ['serious-violator']],
    ['a code in any writing', { uscc: ` ${madeUpUscc(1).toLowerCase()} ` }, 'block', ['serious-violator']],
    [
      'a serious violator by its shop',
      { url: 'https://shop880001.m.taobao.com/?spm=1' },
      'block',
      ['serious-violator'],
    ],
    [
      'a shop of a serious violator under a clear code',
      { uscc: madeUpUscc(3), url: 'shop880001.taobao.com' },
      'block',
      ['url-mismatch', 'serious-violator'],
    ],
    ['the abnormal list', { uscc: madeUpUscc(2) }, 'review', ['abnormal']],
    ['a name alone', { name: '云州市云帆电子商务有限公司' }, 'review', ['name-only-match']],
    [
      'a name with another code',
      { uscc: madeUpUscc(3), name: '云州市云帆电子商务有限公司' },
      'review',
      ['name-mismatch', 'name-only-match'],
    ],
    [
      'a name that does not go with the code',
      { uscc: madeUpUscc(3), name: '望海市某某网络科技有限公司' },
      'review',
      ['name-mismatch'],
    ],
    ['a code that nobody has', { uscc: madeUpUscc(99) }, 'review', ['unknown-uscc']],
    ['one of two who claim a shop', { url: 'https://twice.example/shop' }, 'review', ['disputed-web-presence']],
    ['a clear code', { uscc: madeUpUscc(3) }, 'clear', []],
    ['a clear code with its name', { uscc: madeUpUscc(3), name: '南屏青桥百货有限公司' }, 'clear', []],
    ['a clear code with its former name', { uscc: madeUpUscc(3), name: '南屏澜谷商贸有限公司' }, 'clear', []],
    ['a clear code with the name of its shop', { uscc: madeUpUscc(3), name: '青桥优选店' }, 'clear', []],
    ['a clear shop', { url: 'mall.example/shop/3' }, 'clear', []],
    ['a shop that nobody filed', { url: 'mall.example/shop/4' }, 'clear', ['unknown-web-presence']],
    ['a name that is on no list', { name: '南屏青桥百货有限公司' }, 'clear', []],
    ['a business that was struck off', { uscc: madeUpUscc(5) }, 'clear', ['not-operating']],
    [
      'a code that fails its check',
      { uscc: '91999900MA0000015M', name: '云州市云帆电子商务有限公司' },
      'invalid',
      ['invalid-uscc'],
    ],
    ['nothing', {}, 'invalid', ['nothing-to-match-on']],
    ['empty cells', { uscc: '', name: ' ', url: '' }, 'invalid', ['nothing-to-match-on']],
    ['no name', { name: '——' }, 'invalid', ['invalid-name', 'nothing-to-match-on']],
    ['no address', { url: 'javascript:alert(1)' }, 'invalid', ['invalid-url', 'nothing-to-match-on']],
    ['a region alone', { regionCode: '9999' }, 'invalid', ['nothing-to-match-on']],
  ])('decides about %s', async (_what, candidate, decision, reasons) => {
    const result = await one(candidate)
    expect(result).toMatchObject({ ref: 'a', decision })
    expect(result.reasons.toSorted()).toEqual(reasons.toSorted())
  })

  it('tells by what it matched', async () => {
    const { matches } = await one({ uscc: madeUpUscc(1), name: '云州市云帆电子商务有限公司' })
    expect(matches).toEqual([
      {
        uscc: madeUpUscc(1),
        name: '云州市云帆电子商务有限公司',
        listingId: expect.any(String) as unknown,
        list: 'serious-violator',
        groundCode: 'SER-44-5-1',
        score: 1,
        matchedOn: 'uscc',
      },
    ])
    expect((await one({ url: 'shop880001.taobao.com' })).matches).toMatchObject([{ matchedOn: 'url', score: 1 }])
    expect((await one({ name: '云州市云帆电子商务有限公司' })).matches).toMatchObject([{ matchedOn: 'name', score: 1 }])
  })

  it('matches a name only in a region where the business may be', async () => {
    const name = '云州市云帆电子商务有限公司'
    for (const [regionCode, decision] of [
      ['999901', 'review'],
      ['9999', 'review'],
      ['999900', 'review'],
      ['999902', 'clear'],
      ['11', 'clear'],
    ]) {
      expect([regionCode, (await one({ name, regionCode })).decision]).toEqual([regionCode, decision])
    }
    expect((await one({ name, regionCode: 'x' })).reasons).toEqual(['invalid-region-code', 'name-only-match'])
  })

  it('looks into the lists that were asked for', async () => {
    expect(await one({ uscc: madeUpUscc(2) }, { lists: ['serious-violator'] })).toMatchObject({
      decision: 'clear',
      matches: [],
    })
    expect(await one({ uscc: madeUpUscc(1) }, { lists: ['abnormal'] })).toMatchObject({
      decision: 'clear',
      matches: [],
    })
  })

  it('takes as alike what reaches the threshold', async () => {
    const name = '云州市云帆电子商务有限责任公司'
    expect((await one({ name }, { threshold: 0.5 })).decision).toBe('review')
    expect((await one({ name: '云帆文具' }, { threshold: 1 })).decision).toBe('clear')
  })

  it('answers in the order asked, one bad candidate among good ones, a ref twice', async () => {
    const { results } = await screen([
      { ref: 'b', uscc: madeUpUscc(1) },
      { ref: 'a', uscc: 'x' },
      { ref: 'b', uscc: madeUpUscc(3) },
    ])
    expect(results.map(({ ref, decision }) => [ref, decision])).toEqual([
      ['b', 'block'],
      ['a', 'invalid'],
      ['b', 'clear'],
    ])
  })

  it('screens a thousand at once', async () => {
    const candidates = Array.from({ length: 1000 }, (_, i) => ({ ref: String(i), uscc: madeUpUscc(1 + (i % 3)) }))
    const { results } = await screen(candidates)
    expect(results.map(({ ref }) => ref)).toEqual(candidates.map(({ ref }) => ref))
  })

  it('follows the lists: an exit clears, an entry that was void leaves nothing, a new name is found', async () => {
    const { db } = service
    await take(db, 'subjects', [subjectItem(20, { name: '云州市银杏园艺有限公司' })])
    const entry = await enterOnList(db, 20, 'serious-violator', { name: '云州市银杏园艺有限公司' })
    await service.sequence()
    const before = await screen([{ ref: 'a', uscc: madeUpUscc(20) }])
    expect(before.results[0]?.decision).toBe('block')
    await take(db, 'subjects', [
      subjectItem(20, { name: '云州市雪松农业有限公司', updatedAt: '2026-11-01T00:00:00.000Z' }),
    ])
    await service.sequence()
    expect(await one({ name: '云州市雪松农业有限公司' })).toMatchObject({
      decision: 'review',
      matches: [{ matchedOn: 'name' }],
    })
    expect((await one({ name: '云州市银杏园艺有限公司' })).matches).toMatchObject([{ matchedOn: 'former-name' }])
    await tellOfEntry(db, entry, 'listing.removed')
    await service.sequence()
    const after = await screen([{ ref: 'a', uscc: madeUpUscc(20) }])
    expect(after.results[0]?.decision).toBe('clear')
    expect(after.position).toBeGreaterThan(before.position)
    await tellOfEntry(db, entry)
    await tellOfEntry(db, entry, 'listing.revoked')
    await service.sequence()
    expect((await one({ uscc: madeUpUscc(20), name: '云州市雪松农业有限公司' })).decision).toBe('clear')
  })

  it('answers as of a past day: who was listed then, unless it may no longer be told', async () => {
    const { db } = service
    await take(db, 'subjects', [subjectItem(30), subjectItem(31)])
    await enterOnList(db, 30, 'abnormal', { listedOn: '2026-07-08' })
    const gone = await enterOnList(db, 31, 'abnormal', { listedOn: '2026-07-08' })
    await db.execute(
      sql`update listing_entries set status = 'removed', removed_on = '2026-09-01' where id = ${gone.id}`,
    )
    await tellOfEntry(db, gone, 'listing.removed')
    await service.sequence()
    const candidates = [30, 31].map((number) => ({ ref: String(number), uscc: madeUpUscc(number) }))
    const decisionsOn = async (asOf: string, asker = key) => {
      const response = await post({ candidates, asOf }, { authorization: `Bearer ${asker}` })
      return response.json<ScreeningAnswer>().results.map(({ decision }) => decision)
    }
    expect(await decisionsOn('2026-07-07')).toEqual(['clear', 'clear'])
    expect(await decisionsOn('2026-07-08')).toEqual(['review', 'clear'])
    const historian = await service.keyWith('screening', 'history')
    expect(await decisionsOn('2026-07-08', historian)).toEqual(['review', 'review'])
    expect(await decisionsOn('2026-09-01', historian)).toEqual(['review', 'clear'])
    expect(await decisionsOn('2026-11-25')).toEqual(['review', 'clear'])
  })

  it('keeps the call as evidence whose digest anybody can compute', async () => {
    const request = {
      candidates: [
        { ref: '甲', name: '云州市云帆电子商务有限公司', regionCode: '9999' },
        { uscc: madeUpUscc(2), ref: 'b' },
      ],
      threshold: 0.9,
      lists: ['serious-violator', 'abnormal'],
    }
    const answer = (await post(request)).json<ScreeningAnswer>()
    const { digest, ...rest } = answer
    expect(digest).toBe(
      createHash('sha256')
        .update(canonicalize({ request, answer: rest })!)
        .digest('hex'),
    )
    const kept = await service.app.inject({
      url: `/v1/screenings/${answer.screeningId}`,
      headers: { authorization: `Bearer ${key}` },
    })
    expect(kept.statusCode).toBe(200)
    expect(kept.json()).toEqual({ ...answer, request, screenedAt: '2026-11-25T04:00:00.000Z' })
  })

  it('certifies what was asked and answered, nothing found included', async () => {
    const request = { candidates: [{ ref: 'a', uscc: madeUpUscc(3) }] }
    const answer = (await post(request)).json<ScreeningAnswer>()
    expect(answer.results[0]?.matches).toEqual([])
    const response = await service.app.inject({
      url: `/v1/screenings/${answer.screeningId}/certificate`,
      headers: { authorization: `Bearer ${key}` },
    })
    expect(response.statusCode).toBe(200)
    expect(response.headers['content-type']).toBe('application/jose')
    const jwks = (await service.app.inject('/.well-known/jwks.json')).json<{ keys: [] }>()
    const payload = (await verifySigned(response.body, jwks)) as { request: object; answer: object; digest: string }
    expect(payload).toMatchObject({
      iss: 'https://credit.example',
      jti: answer.screeningId,
      position: answer.position,
      digest: answer.digest,
      request,
      answer: { results: answer.results },
    })
    const { request: asked, answer: answered } = payload
    expect(
      createHash('sha256')
        .update(canonicalize({ request: asked, answer: answered })!)
        .digest('hex'),
    ).toBe(payload.digest)
  })

  it('screens once for one idempotency key, and answers the same again', async () => {
    const headers = { 'idempotency-key': 'screening-1' }
    const body = { candidates: [{ ref: 'a', uscc: madeUpUscc(3) }] }
    const first = await post(body, headers)
    expect((await post(body, headers)).json()).toEqual(first.json())
    expect((await post({ candidates: [{ ref: 'b', uscc: madeUpUscc(3) }] }, headers)).statusCode).toBe(422)
  })

  it('lets nobody change the evidence', async () => {
    const change = service.db.execute(sql`update screenings set position = 1`)
    await expect(change).rejects.toMatchObject({
      cause: { message: expect.stringContaining('append-only') as unknown },
    })
  })
})

describe('400', () => {
  it.each([
    [{}, '/body/candidates'],
    [{ candidates: [] }, '/body/candidates'],
    [{ candidates: Array.from({ length: 1001 }, () => ({ ref: 'a', name: '甲' })) }, '/body/candidates'],
    [{ candidates: [{ name: '甲' }] }, '/body/candidates/0/ref'],
    [{ candidates: [{ ref: 'a', legalRepresentative: '某人' }] }, '/body/candidates/0/legalRepresentative'],
    [{ candidates: [{ ref: 'a' }], asOf: '2026-02-30' }, '/body/asOf'],
    [{ candidates: [{ ref: 'a' }], asOf: '2026-11-26' }, '/body/asOf'],
    [{ candidates: [{ ref: 'a' }], threshold: 0.1 }, '/body/threshold'],
    [{ candidates: [{ ref: 'a' }], lists: [] }, '/body/lists'],
    [{ candidates: [{ ref: 'a' }], lists: ['other'] }, '/body/lists/0'],
    [{ candidates: [{ ref: 'a', name: '\ud800' }] }, '/body/candidates/0/name'],
    [{ candidates: [{ ref: 'a', name: '甲'.repeat(10_001) }] }, '/body/candidates/0/name'],
    [{ candidates: [{ ref: 'a' }], limit: 5 }, '/body/limit'],
  ])('refuses %#', async (body, pointer) => {
    const response = await post(body)
    expect(response.statusCode).toBe(400)
    expect(response.json()).toMatchObject({ type: '/problems/invalid-request', errors: [{ pointer }] })
  })

  it('refuses an id that is none', async () => {
    const response = await service.app.inject({ url: '/v1/screenings/x', headers: { authorization: `Bearer ${key}` } })
    expect(response.statusCode).toBe(400)
  })
})

describe('401', () => {
  it.each([
    '/v1/screenings/0197a0d0-0000-7000-8000-000000000000',
    '/v1/screenings/0197a0d0-0000-7000-8000-000000000000/certificate',
  ])('asks for a key at %s', async (url) => {
    expect((await service.app.inject({ url })).statusCode).toBe(401)
  })

  it('asks for a key before anything is screened', async () => {
    const response = await service.app.inject({ method: 'POST', url: '/v1/screenings', payload: { candidates: [] } })
    expect(response.statusCode).toBe(401)
    expect(response.headers['www-authenticate']).toContain('Bearer')
  })
})

describe('403', () => {
  it('names the scope that is needed', async () => {
    const response = await post(
      { candidates: [{ ref: 'a' }] },
      { authorization: `Bearer ${await service.keyWith('feed')}` },
    )
    expect(response.statusCode).toBe(403)
    expect(response.headers['www-authenticate']).toContain('screening')
  })
})

describe('404', () => {
  it("does not find another partner's screening, nor its certificate", async () => {
    const { screeningId } = await screen([{ ref: 'a', uscc: madeUpUscc(3) }])
    const other = await service.keyOf({ kind: 'platform' }, 'screening')
    for (const url of [`/v1/screenings/${screeningId}`, `/v1/screenings/${screeningId}/certificate`]) {
      const response = await service.app.inject({ url, headers: { authorization: `Bearer ${other}` } })
      expect(response.statusCode).toBe(404)
      expect(response.json()).toMatchObject({ type: '/problems/unknown-screening' })
    }
  })
})
