import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { listLateReporters } from '../../src/listings/service.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'
import {
  entitySuggestionsShape,
  extensionShape,
  manifestShape,
  propertySuggestionsShape,
  proposalShape,
  resultBatchShape,
  typeSuggestionsShape,
} from './reconciliation-shapes.ts'

let service: TestService

beforeAll(async () => {
  service = await startTestService()
  await take(service.db, 'subjects', [
    subjectItem(1, {
      name: '云州市云帆电子商务有限公司',
      regionCode: '999901',
      formerNames: ['云州市旧帆贸易有限公司'],
    }),
    subjectItem(2, { name: '望海市星禾食品有限公司', regionCode: '999902' }),
    subjectItem(3, { name: '望海市同名杂货店', entityType: 'individual-business', regionCode: '999901' }),
    subjectItem(4, { name: '望海市同名杂货店', entityType: 'individual-business', regionCode: '999902' }),
    subjectItem(5, { name: '虚构老厂', uscc: undefined, registrationNumber: '110108000000016' }),
  ])
  await take(service.db, 'annual-reports', [
    reportItem(2, { webPresences: [{ kind: 'shop', name: '星禾店', url: 'https://mall.example/shop/2' }] }),
  ])
  await listLateReporters({ db: service.db, on: '2026-07-08', now: () => new Date('2026-07-08T02:00:00Z') })
})
afterAll(() => service.close())

async function get<Shape extends z.ZodType>(shape: Shape, url: string): Promise<z.output<Shape>> {
  const response = await service.app.inject({ url })
  expect(response.statusCode).toBe(200)
  expect(response.headers['access-control-allow-origin']).toBe('*')
  return shape.parse(response.json())
}

const postForm = (fields: Record<string, string>) =>
  service.app.inject({
    method: 'POST',
    url: '/v1/reconcile',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' },
    payload: new URLSearchParams(fields).toString(),
  })

async function ask(query: object) {
  const response = await postForm({ queries: JSON.stringify({ q0: query }) })
  expect(response.statusCode).toBe(200)
  return resultBatchShape.parse(response.json())['q0']!.result
}

describe('200', () => {
  it('tells in its manifest where everything is', async () => {
    const manifest = await get(manifestShape, '/v1/reconcile')
    expect(manifest.view.url).toBe('https://credit.example/credit-files/{{id}}')
    const here = (url: string) => url.replace('https://credit.example', '')
    const at = (service: { service_url: string; service_path: string }) =>
      here(`${service.service_url}${service.service_path}`)
    await get(entitySuggestionsShape, `${at(manifest.suggest.entity)}?prefix=a`)
    await get(propertySuggestionsShape, `${at(manifest.suggest.property)}?prefix=a`)
    await get(typeSuggestionsShape, `${at(manifest.suggest.type)}?prefix=a`)
    await get(proposalShape, `${at(manifest.extend.propose_properties)}?type=business`)
    const preview = await service.app.inject(here(manifest.preview.url).replace('{{id}}', madeUpUscc(2)))
    expect(preview.statusCode).toBe(200)
  })

  it('answers a batch in a form, in a query and as JSON alike', async () => {
    const queries = { q0: { query: '云州市云帆电子商务有限公司' }, 'any key': { query: '星禾食品', limit: 1 } }
    const byForm = await postForm({ queries: JSON.stringify(queries) })
    const byQuery = await service.app.inject(`/v1/reconcile?queries=${encodeURIComponent(JSON.stringify(queries))}`)
    const byJson = await service.app.inject({ method: 'POST', url: '/v1/reconcile', payload: { queries } })
    const batch = resultBatchShape.parse(byForm.json())
    expect(byQuery.json()).toEqual(batch)
    expect(byJson.json()).toEqual(batch)
    expect(Object.keys(batch).sort()).toEqual(['any key', 'q0'])
    expect(batch['q0']!.result[0]).toMatchObject({
      id: madeUpUscc(1),
      name: '云州市云帆电子商务有限公司',
      score: 100,
      match: true,
      type: [{ id: 'enterprise', name: '企业' }],
    })
    expect(batch['any key']!.result).toMatchObject([{ id: madeUpUscc(2), match: false }])
  })

  it('takes a code for the business that has it', async () => {
    const found = { id: madeUpUscc(2), score: 100, match: true }
    expect(await ask({ query: madeUpUscc(2).toLowerCase() })).toMatchObject([found])
    expect(await ask({ query: '随便', properties: [{ pid: 'uscc', v: madeUpUscc(2) }] })).toMatchObject([found])
    expect(await ask({ properties: [{ pid: 'uscc', v: [{ id: madeUpUscc(2) }] }] })).toMatchObject([found])
  })

  it('matches none of twins that only a code tells apart, unless the region does', async () => {
    const both = await ask({ query: '望海市同名杂货店' })
    expect(both.slice(0, 2).map(({ score }) => score)).toEqual([100, 100])
    expect(both.every(({ match }) => !match)).toBe(true)
    const one = await ask({ query: '望海市同名杂货店', properties: [{ pid: 'regionCode', v: 999902 }] })
    expect(one[0]).toMatchObject({ id: madeUpUscc(4), match: true })
  })

  it('narrows by type, and finds nothing of a type that there is not', async () => {
    expect(await ask({ query: '望海市同名杂货店', type: 'individual-business' })).toHaveLength(2)
    expect(await ask({ query: '望海市同名杂货店', type: ['farmer-cooperative', 'branch'] })).toEqual([])
    expect(await ask({ query: '望海市同名杂货店', type: 'Q5' })).toEqual([])
    expect(await ask({ query: '虚构老厂' })).toEqual([])
  })

  it.each(['\u0000', '%', '🙂'.repeat(500), '\u202e云', ' '])('is not confused by %j', async (query) => {
    expect(Array.isArray(await ask({ query }))).toBe(true)
  })

  it('extends a spreadsheet with values of properties', async () => {
    const extend = {
      ids: [madeUpUscc(1), madeUpUscc(2), madeUpUscc(99), 'x'],
      properties: [{ id: 'standing' }, { id: 'establishedOn' }, { id: 'webPresences' }, { id: 'nothing' }],
    }
    const response = await postForm({ extend: JSON.stringify(extend) })
    const { meta, rows } = extensionShape.parse(response.json())
    expect(meta.map(({ id, name }) => [id, name])).toEqual([
      ['standing', '当前状态'],
      ['establishedOn', '成立日期'],
      ['webPresences', '网站、网店'],
      ['nothing', 'nothing'],
    ])
    expect(rows[madeUpUscc(1)]).toEqual({
      standing: [{ str: 'abnormal' }],
      establishedOn: [{ date: '2020-03-01T00:00:00+08:00' }],
      webPresences: [],
      nothing: [],
    })
    expect(rows[madeUpUscc(2)]!['webPresences']).toEqual([{ str: 'https://mall.example/shop/2' }])
    expect(rows[madeUpUscc(99)]).toEqual({ standing: [], establishedOn: [], webPresences: [], nothing: [] })
    expect(Object.keys(rows)).toEqual(expect.arrayContaining(['x']))
  })

  it.each(['constructor', 'toString'])('has no property %s, and no values of it', async (id) => {
    const response = await postForm({ extend: JSON.stringify({ ids: [madeUpUscc(1), id], properties: [{ id }] }) })
    expect(response.statusCode).toBe(200)
    const rows = { [madeUpUscc(1)]: { [id]: [] }, [id]: { [id]: [] } }
    expect(extensionShape.parse(response.json())).toEqual({ meta: [{ id, name: id }], rows })
  })

  it('is not broken by a property whose id is that of the prototype', async () => {
    const extend = { ids: [madeUpUscc(1)], properties: [{ id: '__proto__' }, { id: 'standing' }] }
    const response = await postForm({ extend: JSON.stringify(extend) })
    expect(response.json()).toMatchObject({ rows: { [madeUpUscc(1)]: { standing: [{ str: 'abnormal' }] } } })
  })

  it('passes over what the specification lets a client add to a property', async () => {
    const found = await ask({ query: '云帆', properties: [{ pid: 'uscc', v: madeUpUscc(2), name: '代码' }] })
    expect(found).toMatchObject([{ id: madeUpUscc(2), match: true }])
    const extend = { ids: [madeUpUscc(1)], properties: [{ id: 'standing', name: '当前状态' }], more: true }
    const { rows } = extensionShape.parse((await postForm({ extend: JSON.stringify(extend) })).json())
    expect(rows).toEqual({ [madeUpUscc(1)]: { standing: [{ str: 'abnormal' }] } })
  })

  it('answers the whole of a batch of the size that its manifest tells', async () => {
    const { batchSize } = await get(manifestShape, '/v1/reconcile')
    const queries = Object.fromEntries(Array.from({ length: batchSize }, (_, i) => [`q${i}`, { query: 'a' }]))
    const response = await postForm({ queries: JSON.stringify(queries) })
    expect(Object.keys(resultBatchShape.parse(response.json()))).toHaveLength(batchSize)
  })

  it('gives every property that it proposes a value or none, never a fault', async () => {
    const { properties } = await get(proposalShape, '/v1/reconcile/properties?type=business')
    const extend = { ids: [madeUpUscc(1)], properties: properties.map(({ id }) => ({ id })) }
    const { rows } = await get(extensionShape, `/v1/reconcile?extend=${encodeURIComponent(JSON.stringify(extend))}`)
    expect(Object.keys(rows[madeUpUscc(1)]!)).toEqual(properties.map(({ id }) => id))
    expect(rows[madeUpUscc(1)]).toMatchObject({ listings: [{ str: '未依照规定的期限公示年度报告' }] })
    expect(await get(proposalShape, '/v1/reconcile/properties?limit=2')).toMatchObject({
      limit: 2,
      properties: [{}, {}],
    })
  })

  it('completes businesses, properties and types', async () => {
    const prefix = encodeURIComponent('望海市')
    const all = (await get(entitySuggestionsShape, `/v1/reconcile/suggest/entity?prefix=${prefix}`)).result
    expect(all.length).toBeGreaterThanOrEqual(3)
    const rest = (await get(entitySuggestionsShape, `/v1/reconcile/suggest/entity?prefix=${prefix}&cursor=2`)).result
    expect(rest).toEqual(all.slice(2))
    const byCode = await get(entitySuggestionsShape, `/v1/reconcile/suggest/entity?prefix=${madeUpUscc(1)}`)
    expect(byCode.result).toMatchObject([{ id: madeUpUscc(1), notable: [{ id: 'enterprise' }] }])
    const property = await get(
      propertySuggestionsShape,
      `/v1/reconcile/suggest/property?prefix=${encodeURIComponent('状态')}`,
    )
    expect(property.result.map(({ id }) => id)).toEqual(['standing', 'status'])
    const types = await get(typeSuggestionsShape, '/v1/reconcile/suggest/type?prefix=enter')
    expect(types.result).toEqual([{ id: 'enterprise', name: '企业' }])
    expect(await get(entitySuggestionsShape, '/v1/reconcile/suggest/entity')).toEqual({ result: [] })
  })

  it('shows a preview in which nothing can run, for a frame of any client', async () => {
    const response = await service.app.inject({
      url: `/v1/reconcile/preview?id=${madeUpUscc(1)}`,
      headers: { 'accept-language': 'en' },
    })
    expect(response.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(response.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/)
    expect(response.headers['content-security-policy']).toContain('frame-ancestors *')
    expect(response.headers['x-frame-options']).toBeUndefined()
    expect(response.body).toContain('On the abnormal-operation list')
    expect(response.body).toContain('云州市云帆电子商务有限公司')
    expect(response.body).not.toContain('<script')
  })

  it('speaks the language that is asked for', async () => {
    const response = await service.app.inject({ url: '/v1/reconcile', headers: { 'accept-language': 'en' } })
    expect(response.json()).toMatchObject({ defaultTypes: [{ id: 'business', name: 'Business' }] })
  })

  it('lets pages of any origin ask in JSON', async () => {
    const response = await service.app.inject({ method: 'OPTIONS', url: '/v1/reconcile' })
    expect(response.statusCode).toBe(204)
    expect(response.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'content-type',
    })
  })
})

describe('400', () => {
  it.each([
    ['no JSON', { queries: '{' }, '/queries'],
    ['a list', { queries: '[]' }, '/queries'],
    ['a query of nothing', { queries: '{"q0":{}}' }, '/queries/q0'],
    ['an unknown field', { queries: '{"q0":{"query":"a","limits":1}}' }, '/queries/q0'],
    [
      'too many queries',
      { queries: JSON.stringify(Object.fromEntries(Array.from({ length: 101 }, (_, i) => [i, { query: 'a' }]))) },
      '/queries',
    ],
    ['an extension without ids', { extend: '{"properties":[]}' }, '/extend/ids'],
    ['neither', {}, '/queries'],
  ])('refuses %s', async (_what, fields, pointer) => {
    const response = await postForm(fields)
    expect(response.statusCode).toBe(400)
    expect(response.json()).toMatchObject({ type: '/problems/invalid-request', errors: [{ pointer }] })
  })

  it.each(['?query=a', '/suggest/entity?q=a', '/suggest/entity?prefix=a&cursor=-1', '/properties?limit=x', '/preview'])(
    'refuses %s',
    async (path) => {
      expect((await service.app.inject(`/v1/reconcile${path}`)).statusCode).toBe(400)
    },
  )
})

describe('404', () => {
  it.each([madeUpUscc(99), 'x'])('has no preview of %s', async (id) => {
    expect((await service.app.inject(`/v1/reconcile/preview?id=${id}`)).statusCode).toBe(404)
  })
})
