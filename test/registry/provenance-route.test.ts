import { beforeAll, describe, expect, it } from 'vitest'
import type { Provenance } from '../../src/registry/claims/schemas.ts'
import { enterprise, useStaff } from '../listings/staff.ts'
import { filingItem, madeUpUscc, reportItem, sellerItem, subjectItem } from '../support/businesses.ts'
import { take } from '../support/take.ts'

const staff = useStaff()
const url = `/v1/credit-files/${enterprise}/provenance`
const receivedAt = '2026-11-26T00:00:00.000Z'

beforeAll(async () => {
  const { db } = staff.service()
  const site = { kind: 'website', name: '示例', url: 'https://brand1.example/' }
  // The newer record states no address and other fields not; the older one comes last.
  await take(
    db,
    'subjects',
    [
      subjectItem(1, { sourceId: 'city', updatedAt: '2026-05-01T00:00:00.000Z', legalRepresentative: '赵某' }),
      subjectItem(1, {
        ...{ sourceId: 'province', updatedAt: '2026-04-01T00:00:00.000Z', name: '虚构省旧名贸易有限公司' },
        ...{ legalRepresentative: '钱某', address: '示例路1号' },
      }),
    ],
    receivedAt,
  )
  await take(db, 'annual-reports', [reportItem(1, { webPresences: [site] })], receivedAt)
  await take(db, 'icp-filings', [filingItem(1)], receivedAt)
  await take(db, 'platform-sellers', [sellerItem(1)], receivedAt)
  await take(
    db,
    'icp-filings',
    [filingItem(1, { status: 'cancelled', updatedAt: '2026-06-01T00:00:00.000Z' })],
    receivedAt,
  )
})

const provenance = async () => (await staff.get(url, 'registrar')).body as unknown as Provenance

describe('200', () => {
  it('tells of each field the newest record that states it, and when', async () => {
    const { fields } = await provenance()
    const of = (name: string) => fields.find(({ field }) => field === name)
    expect(of('name')).toMatchObject({
      value: '虚构省示例1号贸易有限公司',
      origin: { source: 'subjects', sourceId: 'city', updatedAt: '2026-05-01T00:00:00.000Z', receivedAt },
    })
    expect(of('legalRepresentative')).toMatchObject({ value: '赵某', origin: { sourceId: 'city' } })
    expect(of('address')).toMatchObject({
      value: '示例路1号',
      origin: { sourceId: 'province', updatedAt: '2026-04-01T00:00:00.000Z' },
    })
    expect(of('industryCode')).toEqual({ field: 'industryCode', value: null, origin: null })
    expect(of('formerNames')).toEqual({ field: 'formerNames', value: [], origin: null })
  })

  it('tells of each site all who say that the business runs it, or said so', async () => {
    const { webPresences } = await provenance()
    expect(
      webPresences.map(({ key, sources, claims }) => {
        return [
          key,
          sources,
          claims.map(({ source, isInUse, icpNumber, shopId, year }) => [source, isInUse, icpNumber ?? shopId ?? year]),
        ]
      }),
    ).toEqual([
      [
        'brand1.example',
        ['annual-report'],
        [
          ['icp-filing', false, '虚ICP备2026000001号-1'],
          ['annual-report', true, 2025],
        ],
      ],
      ['mall.example/shop/10001', ['platform-sellers'], [['platform-sellers', true, '10001']]],
    ])
  })

  it('is kept by no cache', async () => {
    const response = await staff
      .service()
      .app.inject({ url, headers: { authorization: `Bearer ${staff.keys.registrar}` } })
    expect(response.headers['cache-control']).toBe('no-store')
  })
})

it('400: a code that is none', async () => {
  expect((await staff.get('/v1/credit-files/91999900MA00000000/provenance', 'registrar')).body.type).toBe(
    '/problems/invalid-uscc',
  )
})

it('401: without a key', async () => {
  expect((await staff.get(url, null)).status).toBe(401)
})

it.each(['feed', 'clerk'] as const)('403: with the key of %s', async (key) => {
  expect((await staff.get(url, key)).body.type).toBe('/problems/insufficient-scope')
})

it('404: a code that nobody is registered under', async () => {
  const { status, body } = await staff.get(`/v1/credit-files/${madeUpUscc(99)}/provenance`, 'registrar')
  expect([status, body.type]).toEqual([404, '/problems/unknown-subject'])
})
