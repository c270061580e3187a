import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CreditFile } from '../../src/credit-files/schemas.ts'
import { listLateReporters } from '../../src/listings/service.ts'
import { listingEntries } from '../../src/listings/tables.ts'
import { subjects } from '../../src/registry/tables.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'

let service: TestService
const listed = madeUpUscc(1)
const clear = madeUpUscc(2)

beforeAll(async () => {
  service = await startTestService()
  await take(service.db, 'subjects', [
    subjectItem(1, {
      legalRepresentative: '某甲',
      address: '虚构省云州市示例路1号',
      formerNames: ['虚构旧名有限公司'],
    }),
    subjectItem(2),
  ])
  await take(service.db, 'annual-reports', [
    reportItem(1, {
      year: 2024,
      publishedOn: '2025-07-01',
      webPresences: [{ kind: 'website', name: '示例商城', url: 'https://www.brand1.example/' }],
    }),
    reportItem(2),
  ])
  await listLateReporters({ db: service.db, on: '2026-07-08', now: () => new Date('2026-07-08T02:00:00Z') })
  await service.sequence()
})
afterAll(() => service.close())

async function get(url: string, headers: Record<string, string> = {}) {
  return service.app.inject({ url, headers })
}

describe('200', () => {
  it('answers the whole file of a listed business', async () => {
    const response = await get(`/v1/credit-files/${listed}`)
    expect(response.statusCode).toBe(200)
    const file = response.json<CreditFile>()
    expect(file).toMatchObject({
      subject: {
        uscc: listed,
        registrationNumber: null,
        name: '虚构省示例1号贸易有限公司',
        formerNames: ['虚构旧名有限公司'],
        entityType: 'enterprise',
        status: 'active',
        legalRepresentative: '某甲',
        establishedOn: '2020-03-01',
        regionCode: '999900',
        regionName: '虚构省云州市',
        address: '虚构省云州市示例路1号',
      },
      standing: 'abnormal',
      webPresences: [
        {
          kind: 'website',
          name: '示例商城',
          url: 'https://www.brand1.example/',
          host: 'brand1.example',
          sources: ['annual-report'],
          status: 'active',
          licenceDisplay: 'unchecked',
          firstSeenOn: '2025-07-01',
          confirmedOn: '2025-07-01',
        },
      ],
      annualReports: [{ year: 2024, publishedOn: '2025-07-01', onTime: false, revision: 1 }],
      listings: [
        {
          list: 'abnormal',
          ground: { code: 'ABN-68-4-1', label: '未依照规定的期限公示年度报告' },
          authority: '虚构省云州市市场监督管理局',
          listedOn: '2026-07-08',
          status: 'in-force',
          expiresOn: null,
          removedOn: null,
          rulebook: 'RV-ABN-2025',
        },
      ],
      penalties: [],
      honours: [],
      sanctions: expect.arrayContaining([
        expect.objectContaining({ measureCode: 'JS-01', agency: '财政部', imposedOn: '2026-07-08', until: null }),
      ]) as unknown,
      asOf: '2026-11-25',
      knownAt: '2026-11-25T04:00:00.000Z',
      position: 6,
    })
  })

  it('calls a business without an entry clear', async () => {
    const file = (await get(`/v1/credit-files/${clear}`)).json<CreditFile>()
    expect({ standing: file.standing, listings: file.listings }).toEqual({ standing: 'clear', listings: [] })
  })

  it.each([
    ['lower case', listed.toLowerCase()],
    ['inner spaces', `${listed.slice(0, 9)} ${listed.slice(9)}`],
    ['full width', Array.from(listed, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)).join('')],
    ['hyphens', `${listed.slice(0, 8)}-${listed.slice(8)}`],
  ])('takes the code in %s', async (_writing, code) => {
    const response = await get(`/v1/credit-files/${encodeURIComponent(code)}`)
    expect(response.json<CreditFile>().subject.uscc).toBe(listed)
  })

  it('words labels in the reader’s language and leaves codes alone', async () => {
    const file = (await get(`/v1/credit-files/${listed}`, { 'accept-language': 'en-GB,zh;q=0.5' })).json<CreditFile>()
    expect(file.listings[0]?.ground).toMatchObject({
      code: 'ABN-68-4-1',
      label: 'Did not publish its annual report within the time limit',
    })
  })

  it('tells its day in Asia/Shanghai, also when it is another day in UTC', async () => {
    service.clock.set('2026-11-25T16:00:00.000Z')
    expect((await get(`/v1/credit-files/${clear}`)).json<CreditFile>().asOf).toBe('2026-11-26')
    service.clock.set('2026-11-25T15:59:59.999Z')
    expect((await get(`/v1/credit-files/${clear}`)).json<CreditFile>().asOf).toBe('2026-11-25')
  })

  it('shows nothing of an entry that was corrected or revoked, as if it had never been', async () => {
    for (const status of ['corrected', 'revoked'] as const) {
      await service.db.update(listingEntries).set({ status })
      service.files.wrote()
      const body = (await get(`/v1/credit-files/${listed}`)).body
      expect(JSON.parse(body)).toMatchObject({ standing: 'clear', listings: [] })
      expect(body).not.toContain('ABN-68-4-1')
      const found = (await get(`/v1/search?q=${listed}`)).json<{ items: { standing: string }[] }>()
      expect(found.items[0]?.standing).toBe('clear')
    }
    await service.db.update(listingEntries).set({ status: 'in-force' })
    service.files.wrote()
  })

  it('keeps an identity number that an old record holds as its registration number to itself', async () => {
    await service.db
      .update(subjects)
      .set({ registrationNumber: '11010519491231002X' })
      .where(sql`uscc = ${clear}`)
    const response = await get(`/v1/credit-files/${clear}`)
    expect(response.body).not.toContain('11010519491231002X')
    expect(response.json<CreditFile>().subject.registrationNumber).toBeNull()
  })

  it('carries a request id', async () => {
    expect((await get(`/v1/credit-files/${clear}`)).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('304', () => {
  it('answers so while the file says the same, though time and the log go on, and no longer when it changed', async () => {
    const first = await get(`/v1/credit-files/${clear}`)
    const etag = String(first.headers.etag)
    expect(first.headers['cache-control']).toBe('public, no-cache')
    service.clock.set('2026-11-25T05:00:00.000Z')
    const same = await get(`/v1/credit-files/${clear}`, { 'if-none-match': `"other", ${etag}` })
    expect({ status: same.statusCode, body: same.body, etag: same.headers.etag }).toEqual({
      status: 304,
      body: '',
      etag,
    })
    await take(service.db, 'subjects', [subjectItem(2, { address: '新地址', updatedAt: '2026-02-01T00:00:00.000Z' })])
    await service.sequence()
    expect((await get(`/v1/credit-files/${clear}`, { 'if-none-match': etag })).statusCode).toBe(200)
  })
})

describe('400', () => {
  it.each([`${listed.slice(0, 17)}${listed.endsWith('0') ? '1' : '0'}`, '123', '110108000000016', '%00', '<script>'])(
    'calls %s an invalid code, never a lookup miss',
    async (code) => {
      const response = await get(`/v1/credit-files/${encodeURIComponent(code)}`)
      expect(response.statusCode).toBe(400)
      expect(response.headers['content-type']).toContain('application/problem+json')
      expect(response.json()).toMatchObject({
        type: '/problems/invalid-uscc',
        status: 400,
        errors: [{ pointer: '/params/uscc' }],
      })
    },
  )

  it('refuses a query parameter that it does not know, naming it', async () => {
    const response = await get(`/v1/credit-files/${listed}?asof=2026-01-01`)
    expect(response.statusCode).toBe(400)
    expect(response.json()).toMatchObject({
      type: '/problems/invalid-request',
      errors: [{ pointer: '/querystring/asof' }],
    })
  })

  it('words the fault in the reader’s language', async () => {
    const detail = async (language: string) =>
      (await get('/v1/credit-files/123', { 'accept-language': language })).json<{ detail: string }>().detail
    expect(await detail('zh-CN')).toContain('统一社会信用代码')
    expect(await detail('en')).toContain('unified social credit code')
  })
})

describe('404', () => {
  it('tells a valid code that nobody holds from an invalid one', async () => {
    const response = await get(`/v1/credit-files/${madeUpUscc(999)}`)
    expect(response.statusCode).toBe(404)
    expect(response.json()).toMatchObject({
      type: '/problems/unknown-subject',
      instance: `/v1/credit-files/${madeUpUscc(999)}`,
    })
  })

  it('answers a problem for an address that does not exist', async () => {
    const response = await get('/v1/nothing')
    expect(response.statusCode).toBe(404)
    expect(response.json()).toMatchObject({ type: '/problems/not-found' })
  })
})

describe('500', () => {
  it('tells nothing of statements, stacks and folders when the database fails', async () => {
    const broken = await startTestService()
    await broken.db.execute(sql`alter table subjects rename to elsewhere`)
    const response = await broken.app.inject({ url: `/v1/credit-files/${listed}` })
    expect(response.statusCode).toBe(500)
    expect(response.json()).toMatchObject({ type: '/problems/internal-error' })
    expect(response.body).not.toMatch(/select|subjects|\/src\/|at /i)
    await broken.close()
  })
})
