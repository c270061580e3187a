import { Model, defaultModel } from '@opensanctions/followthemoney'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Entity } from '../../src/feed/follow-the-money.ts'
import { appendEvents } from '../../src/feed/service.ts'
import { madeUpUscc } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { kinds, pending, type Told } from './histories.ts'

const url = '/v1/feed/exports/entities.ftm.json'
let service: TestService
let key: string

beforeAll(async () => {
  service = await startTestService()
  key = await service.keyWith('feed')
})
afterAll(() => service.close())

async function tell(...tolds: Told[]): Promise<void> {
  await service.db.transaction((tx) => appendEvents(tx, tolds.map(pending)))
  await service.sequence()
}

async function exported(): Promise<Entity[]> {
  const response = await service.app.inject({ url, headers: { authorization: `Bearer ${key}` } })
  expect(response.statusCode).toBe(200)
  expect(response.headers['content-type']).toContain('application/json+ftm')
  return response.body
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Entity)
}

describe('200', () => {
  it('is empty while nobody is on a list', async () => {
    expect(await exported()).toEqual([])
  })

  it('has the businesses on a list with their entries, and nobody who left it', async () => {
    await tell(
      ...[1, 2, 3, 4, 5, 6].map((number) => kinds['entered']!(number, 0)),
      kinds['removedInView']!(1, 1),
      kinds['removedFromView']!(2, 1),
      kinds['corrected']!(4, 1),
      kinds['publicationEnded']!(5, 1),
    )
    const entities = await exported()
    expect(entities.map((entity) => entity.schema)).toEqual(['Company', 'Sanction', 'Company', 'Sanction'])
    const [third, sanction, sixth] = entities
    expect(third?.properties).toMatchObject({
      uscCode: [madeUpUscc(3)],
      jurisdiction: ['cn'],
      topics: ['reg.action', 'debarment'],
      sourceUrl: [`https://credit.example/credit-files/${madeUpUscc(3)}`],
    })
    expect(sanction?.properties).toMatchObject({
      entity: [third?.id],
      program: ['严重违法失信名单'],
      listingDate: ['2026-07-08'],
      authority: ['虚构省云州市市场监督管理局'],
    })
    expect(sixth?.properties['uscCode']).toEqual([madeUpUscc(6)])
  })

  it('names a business once, whatever the number of its entries', async () => {
    const again = kinds['entered']!(99, 0)
    await tell({ ...again, number: 3, data: { ...again.data, name: '虚构新名商店', list: 'abnormal' } })
    const entities = await exported()
    expect(entities.map((entity) => entity.schema)).toEqual(['Company', 'Sanction', 'Sanction', 'Company', 'Sanction'])
    expect(entities[0]?.properties).toMatchObject({
      name: ['虚构新名商店'],
      previousName: ['虚构“3”号\\商店'],
      topics: ['reg.action', 'debarment', 'reg.warn'],
    })
  })

  it('is the same on each export while nothing changes', async () => {
    expect(await exported()).toEqual(await exported())
  })

  it('streams more than a page, each line accepted by the FollowTheMoney library and each reference kept', async () => {
    await tell(...Array.from({ length: 2345 }, (_, i) => kinds['entered']!(1000 + i, 0)))
    const entities = await exported()
    expect(entities).toHaveLength(2 * 2345 + 5)
    const model = new Model(defaultModel)
    const known = new Map(entities.map((entity) => [entity.id, entity]))
    expect(known.size).toBe(entities.length)
    for (const entity of entities) {
      const read = model.getEntity(entity)
      expect(read.getCaption()).not.toBe('')
      for (const [name, values] of Object.entries(entity.properties)) {
        expect([name, read.getProperty(name)]).toEqual([name, values])
        const { type } = read.schema.getProperty(name)
        if (type.name === 'date') expect(values.every((value) => /^\d{4}-\d\d-\d\d$/.test(value))).toBe(true)
        if (type.values.size > 0) expect(values.every((value) => type.values.has(value))).toBe(true)
        if (type.isEntity) expect(values.every((value) => known.has(value))).toBe(true)
      }
    }
  })
})

describe('400', () => {
  it('refuses a parameter that does not exist', async () => {
    const response = await service.app.inject({
      url: `${url}?list=abnormal`,
      headers: { authorization: `Bearer ${key}` },
    })
    expect(response.statusCode).toBe(400)
  })
})

describe('401', () => {
  it('asks for a key', async () => {
    expect((await service.app.inject(url)).statusCode).toBe(401)
  })
})

describe('403', () => {
  it('refuses a key without the scope', async () => {
    const other = await service.keyWith('screening')
    const response = await service.app.inject({ url, headers: { authorization: `Bearer ${other}` } })
    expect(response.statusCode).toBe(403)
  })
})
