import { expect, it } from 'vitest'
import type { CreditFile } from '../../src/credit-files/schemas.ts'
import { licensed, plain, useSites } from './filed.ts'

const web = useSites()

it('a past day, and what was known at a past moment, tell what checks had found by then', async () => {
  const filed = await web.file('https://past.example/')
  await web.file('https://answers.example/')
  await web.page('answers.example', plain)
  await web.page('past.example', licensed(filed))
  await web.check('2026-11-05')
  await web.sites().stop('past.example')
  for (const on of ['2026-12-05', '2026-12-06', '2026-12-07', '2026-12-08']) await web.check(on)
  web.service().clock.set('2026-12-20T04:00:00.000Z')
  const read = async (query: string) => {
    const response = await web.service().app.inject(`/v1/credit-files/${filed.uscc}${query}`)
    const [presence] = response.json<CreditFile>().webPresences
    return [presence?.status, presence?.licenceDisplay]
  }
  expect(await read('')).toEqual(['unreachable', 'unchecked'])
  expect(await read('?asOf=2026-12-08')).toEqual(['unreachable', 'unchecked'])
  expect(await read('?asOf=2026-12-07')).toEqual(['active', 'displayed'])
  expect(await read('?asOf=2026-11-05')).toEqual(['active', 'displayed'])
  expect(await read('?asOf=2026-11-04')).toEqual(['active', 'unchecked'])
  expect(await read('?knownAt=2026-11-05T03:59:59Z')).toEqual(['active', 'unchecked'])
  expect(await read('?asOf=2026-12-20&knownAt=2026-12-01T00:00:00Z')).toEqual(['active', 'displayed'])
})
