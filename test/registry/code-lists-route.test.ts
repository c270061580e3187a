import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestService, type TestService } from '../support/service.ts'

interface Item {
  code: string
  name?: string
  label?: string
  level: string
  parent: string | null
}

let service: TestService
beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service.close())

const itemsOf = async (url: string, language = 'zh') => {
  const response = await service.app.inject({ url, headers: { 'accept-language': language } })
  expect(response.statusCode).toBe(200)
  const { items, next } = response.json<{ items: Item[]; next: null }>()
  expect(next).toBeNull()
  return items
}

describe('200', () => {
  it('lists every province with its cities and counties, each once, in the order of the codes', async () => {
    const items = await itemsOf('/v1/regions')
    const codes = items.map((item) => item.code)
    expect(codes).toEqual([...new Set(codes)].sort())
    expect(items.filter((item) => item.level === 'province')).toHaveLength(34)
    expect(items.every((item) => item.parent === null || codes.includes(item.parent))).toBe(true)
    expect(items.every((item) => /^[1-8]\d{5}$/.test(item.code))).toBe(true)
    expect(items).toContainEqual({ code: '310115', name: '浦东新区', level: 'county', parent: '310100' })
    // Region 999900 of made-up businesses is not assigned.
    expect(codes).not.toContain('999900')
  })

  it('lists the 20 sections and 97 divisions of economic activities in both languages', async () => {
    const items = await itemsOf('/v1/industries')
    expect(items.filter((item) => item.level === 'section').map((item) => item.code)).toEqual(
      'A B C D E F G H I J K L M N O P Q R S T'.split(' '),
    )
    const divisions = items.filter((item) => item.level === 'division')
    expect(divisions.map((item) => item.code)).toEqual(
      Array.from({ length: 97 }, (_, i) => String(i + 1).padStart(2, '0')),
    )
    expect(items).toContainEqual({ code: '52', label: '零售业', level: 'division', parent: 'F' })
    expect(await itemsOf('/v1/industries', 'en')).toContainEqual({
      code: '64',
      label: 'Internet and related services',
      level: 'division',
      parent: 'I',
    })
  })
})

describe.each(['/v1/regions', '/v1/industries'])('%s', (url) => {
  it('304: sends nothing to who has the list', async () => {
    const { etag } = (await service.app.inject(url)).headers
    const response = await service.app.inject({ url, headers: { 'if-none-match': String(etag) } })
    expect([response.statusCode, response.body]).toEqual([304, ''])
  })

  it('400: refuses a parameter that does not exist', async () => {
    expect((await service.app.inject(`${url}?level=city`)).statusCode).toBe(400)
  })
})
