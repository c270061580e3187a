import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listLateReporters } from '../../src/listings/service.ts'
import { verifySigned } from '../../src/platform/signing.ts'
import { madeUpUscc, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'

let service: TestService
const url = (uscc: string) => `/v1/credit-files/${uscc}/certificate`

beforeAll(async () => {
  service = await startTestService()
  await take(service.db, 'subjects', [subjectItem(1)])
  await listLateReporters({ db: service.db, on: '2026-07-08', now: () => service.clock.now() })
  await service.sequence()
})
afterAll(() => service.close())

describe('200', () => {
  it('is the credit file, signed, verifiable with the published keys alone', async () => {
    const response = await service.app.inject(url(madeUpUscc(1)))
    expect(response.statusCode).toBe(200)
    expect(response.headers['content-type']).toBe('application/jose')
    const jwks = (await service.app.inject('/.well-known/jwks.json')).json<{ keys: [] }>()
    const file = (await service.app.inject(`/v1/credit-files/${madeUpUscc(1)}`)).json<object>()
    const iat = Date.parse('2026-11-25T04:00:00.000Z') / 1000
    expect(await verifySigned(response.body, jwks)).toEqual({
      ...file,
      iss: 'https://credit.example',
      iat,
      exp: iat + 86_400,
    })
    expect(file).toMatchObject({ standing: 'abnormal' })
  })

  it('is verified no more when a character of it was changed', async () => {
    const { body } = await service.app.inject(url(madeUpUscc(1)))
    const [head = '', payload = '', signature = ''] = body.split('.')
    const said = Buffer.from(payload, 'base64url').toString('utf8').replace('"abnormal"', '"clear"')
    const forged = [head, Buffer.from(said).toString('base64url'), signature].join('.')
    await expect(verifySigned(forged, service.signing.jwks())).rejects.toThrow()
  })

  it('is in the reader’s language and kept by no cache', async () => {
    const response = await service.app.inject({ url: url(madeUpUscc(1)), headers: { 'accept-language': 'en' } })
    expect(JSON.stringify(await verifySigned(response.body, service.signing.jwks()))).toContain('annual report')
    expect(response.headers['cache-control']).toBe('no-store')
  })
})

describe('400', () => {
  it('refuses a code whose check character fails, and a parameter that does not exist', async () => {
    expect((await service.app.inject(url('91999900MA0000015X'))).json()).toMatchObject({
      type: '/problems/invalid-uscc',
    })
    expect((await service.app.inject(`${url(madeUpUscc(1))}?exp=1`)).statusCode).toBe(400)
  })
})

describe('404', () => {
  it('signs nothing of a business that is not registered', async () => {
    const response = await service.app.inject(url(madeUpUscc(999)))
    expect(response.statusCode).toBe(404)
    expect(response.json()).toMatchObject({ type: '/problems/unknown-subject' })
  })
})
